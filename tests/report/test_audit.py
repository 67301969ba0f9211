"""The audit of leaks, as sentences and tables and as rows of plain values."""

import pytest

from jaxfer import terms
from jaxfer.report import audit, wording


def _rows(table):
  """The name of each row, and its cells."""
  return [(name, cells) for name, *cells in map(table.cells, table.rows)]


def _heads(table):
  return tuple(column.title for column in table.columns[1:])


def test_differences_are_told_with_what_they_are_taken_from(results):
  table = audit.between(results)
  rows = {(name.text, name.detail): cells for name, cells in _rows(table)}
  first, second, gap = rows["random folds − unseen people", "accuracy"]
  blocks = results["protocols"]
  assert first.text == wording.percent(blocks["paper"]["accuracy"])
  assert second.text == wording.percent(blocks["subject"]["accuracy"])
  found = results["differences"]["paper - subject"]["accuracy"]
  assert gap.text == wording.write("rate_difference", found["value"])
  assert gap.detail == wording.bounds("rate", found["ci95"])


def test_sealed_is_compared_on_its_own_folds(results):
  # Not with `subject`: another number of folds would be part of the gap.
  table = audit.between(results)
  name = (
    f"{terms.PROTOCOLS['unsealed'].title} − {terms.PROTOCOLS['sealed'].title}",
    "mean AUC",
  )
  (cells,) = [c for n, c in _rows(table) if (n.text, n.detail) == name]
  blocks = results["protocols"]
  assert [cell.text for cell in cells[:2]] == [
    f"{blocks[p]['auc_mean']:.3f}" for p in ("unsealed", "sealed")
  ]


def test_action_units_are_compared_in_area_alone(units):
  table = audit.between(units.results)
  assert {name.detail for name, _ in _rows(table)} == {"mean AUC"}
  units.results["differences"] = {}
  assert audit.between(units.results) is None


def test_every_label_has_its_own_difference(results):
  table = audit.areas(results)
  blocks, found = results["protocols"], results["audit"]["areas"]
  first = _heads(table).index("random folds −\nunseen people")
  for name, row in _rows(table):
    gap = found["paper - subject"][name.text]
    one, other = (
      blocks[p]["auc"][name.text]["value"] for p in ("paper", "subject")
    )
    assert gap["value"] == pytest.approx(one - other)
    assert row[first].text == wording.difference("auc", gap["value"])
    assert row[first].detail == wording.bounds("area", gap["ci95"])
  rows = list(audit.area_rows(results))
  assert len(rows) == len(found) * len(results["names"])
  results["audit"]["areas"] = {}
  assert audit.areas(results) is None


def test_copies_are_counted_in_pairs_and_faces(results, make):
  results["audit"]["near_duplicates"] = {
    "identical": 2,
    "near": 1240,
    "faces": 900,
    "of": 1608,
  }
  assert audit.copies(results) == (
    "Random folds put 1,242 pairs of near-copies on both sides, 2 of them"
    " identical: 900 of the 1,608 faces of rafd are in one."
  )
  results["audit"]["near_duplicates"] |= {"identical": 0, "near": 0}
  assert "put no two near-copies among the 1,608" in (audit.copies(results))
  assert "tests another set" in audit.copies(make("au-8").results)


def test_people_are_named_by_every_representation(results):
  results["audit"]["identity"]["hog"] |= {
    "accuracy": None,
    "reason": "too few people",
  }
  table = audit.identity(results)
  rows = {name.text: cells for name, cells in _rows(table)}
  trained = [cell.text for cell in rows["trained discriminator"]]
  assert trained == [wording.percent(rate) for rate in (0.93, 0.11, 0.41, 0.52)]
  assert rows["HOG"][0].text == wording.MISSING
  assert rows["HOG"][0].detail == "too few people"
  results["audit"]["identity"] = {}
  assert audit.identity(results) is None


def test_rows_tell_all_that_the_audit_found(units):
  rows = list(audit.rows(units.results))
  found = {(r["question"], r["of"], r["measure"]): r["value"] for r in rows}
  assert found["near_duplicates", "rafd", "near"] == 7
  assert found["identity", "pixels", "accuracy"] == 0.99
  (same,) = [r for r in rows if r["question"] == "same_columns"]
  assert (same["value"], same["reason"]) == (3, "AU7, AU23 and AU24")


def test_rows_of_the_emotion_rule_pair_both_areas(units):
  rows = list(audit.rule_rows(units.results))
  (row,) = [
    r for r in rows if (r["protocol"], r["action_unit"]) == ("subject", "AU12")
  ]
  own = units.results["protocols"]["subject"]["aus"]["AU12"]
  rule = units.results["audit"]["emotion_rule"]["subject"]["aus"]["AU12"]
  assert row["machine_auc"].value == own["auc"]
  assert row["rule_auc"].value == rule["auc"]
