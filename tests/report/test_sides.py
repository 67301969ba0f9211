"""What stands beside scores: copies on the other side, and few people."""

import pytest

from jaxfer.report import audit, page, scores
from jaxfer.report.paper import experiment


@pytest.fixture
def copied(results):
  """Copies under two protocols, and few people under one."""
  counts = {
    "fitted": {"identical": 3, "near": 2, "of": 144},
    "learnt": {"identical": 0, "near": 0, "of": 144},
  }
  results["audit"]["copies"] = {"paper": counts, "subject": counts}
  why = "5 of the 144 faces tested have a copy"
  results["audit"]["unseen"]["subject"] = {"holds": False, "reason": why}
  few = {"units": 12, "coverage": 0.89, "at_most": False}
  results["protocols"]["subject"]["interval"] = few
  return results


def _rows(table):
  return {
    name.detail: [(cell.text, cell.detail) for cell in cells]
    for name, *cells in map(table.cells, table.rows)
    if name.detail
  }


def test_copies_and_few_people_stand_below_the_scores(copied):
  rows = _rows(scores.scores(copied, experiment(copied)))
  assert rows["among the faces fitted on"] == [
    ("", ""),  # the paper's column
    ("5 of 144", "3 the same file"),
    ("5 of 144", "3 the same file"),
    ("—", ""),  # not counted
  ]
  behind = rows["people behind them"]
  assert behind[2] == (
    "12",
    "covers the truth in about 89\N{NO-BREAK SPACE}% of cases, not 95",
  )
  assert "5 of 144 with a copy among the faces fitted on" in (
    dict(scores.tiles(copied, None))["people kept apart by name"].detail
  )
  (said,) = [t for t in scores.absences(copied) if "copy" in t]
  assert said.startswith("people kept apart by name: ")


def test_a_dcgan_of_the_tested_set_has_learnt_from_all_of_it(copied):
  found = copied["audit"]["copies"]
  found["paper"]["learnt"] = {"identical": 144, "near": 0, "of": 144}
  found["sealed"] = found["paper"] | {
    "learnt": {"identical": 0, "near": 0, "of": 144}
  }
  told = "among those the DCGAN learnt from"
  copied["audit"]["people"] = {}
  row = _rows(scores.scores(copied, None))[told]
  assert row[0] == ("all", "it learnt from this set")
  assert row[-1] == ("0 of 144", "")  # sealed
  copied["audit"]["people"] = {"learnt": {"known": True, "reason": "-"}}
  row = _rows(scores.scores(copied, None))[told]
  assert row[0] == ("144 of 144", "144 the same file")


def test_the_page_warns_of_few_people_with_the_figure(copied):
  said = audit.warning(copied).replace("\N{NO-BREAK SPACE}", " ")
  assert said == (
    "People kept apart by name: interval from 12 people: covers the truth in"
    " about 89 % of cases, not 95."
  )
  copied["protocols"]["subject"]["interval"]["coverage"] = None
  assert audit.warning(copied) is None


def test_csv_has_copies_and_coverage(copied, tmp_path):
  page.write_tables(tmp_path, copied)
  text = (tmp_path / "audit.csv").read_text()
  assert "copies fitted,subject,identical,3,count,5 of the 144 faces" in text
  printed = (tmp_path / "scores.tex").read_text()
  assert "& people kept apart by name &" in printed
  assert "& unseen people &" not in printed
  assert "0.89" in (tmp_path / "scores.csv").read_text()
