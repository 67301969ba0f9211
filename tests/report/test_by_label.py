"""Action units, one by one, and beside the emotion they follow from."""

import pytest

from jaxfer import terms
from jaxfer.report import by_label, wording
from jaxfer.report.paper import experiment


def _rows(table):
  """The name of each row, and its cells."""
  return [(name, cells) for name, *cells in map(table.cells, table.rows)]


def _heads(table):
  return tuple(column.title for column in table.columns[1:])


def _row(table, name):
  (cells,) = [cells for first, cells in _rows(table) if first.text == name]
  return dict(zip(_heads(table), cells, strict=True))


def test_printed_areas_stand_before_ours(make):
  results = make("au-1").results
  printed = experiment(results)
  table = by_label.areas(results, printed)
  row = _row(table, "AU12")
  first, *ours = row.values()
  assert first.text == str(printed.auc["AU12"]) == "1"
  shown = [
    results["protocols"][p]["aus"]["AU12"]["auc"]
    for p in ("paper", "subject", "sealed")
  ]
  assert [cell.text for cell in ours] == [f"{value:.3f}" for value in shown]
  # All fourteen, by number, below their mean.
  names = [first.text for first, _ in _rows(table)]
  assert names[0] == "mean of the units"
  numbers = [int(name.removeprefix("AU")) for name in names[1:]]
  assert numbers == sorted(numbers)
  assert len(numbers) == 14


def test_details_give_every_metric_its_own_column(make):
  results = make("au-1").results
  tables = by_label.details(results)
  block = results["protocols"]["subject"]
  # First the protocol that findings are told of.
  assert next(iter(tables)) == terms.PROTOCOLS["subject"].title
  row = _row(tables[terms.PROTOCOLS["subject"].title], "AU12")
  entry = block["aus"]["AU12"]
  for column, name in {
    "F1\nat 0": "f1",
    "F1\ntuned": "f1_tuned",
    "F1 tuned,\nskew-norm.": "f1_skew_normalised",
  }.items():
    assert row[column].text == wording.percent(entry[name])
  assert row["average\nprecision"].text == f"{entry['average_precision']:.3f}"
  assert row["base\nrate"].text == wording.percent(entry["base_rate"])
  assert row["faces\nwith it"].text == str(entry["n_pos"])
  assert row["faces\nwith it"].detail == f"of {entry['n_pos'] + entry['n_neg']}"
  assert row["AUC on\ntraining faces"].text == "0.970"


def test_a_unit_without_faces_says_why(make):
  results = make("au-1").results
  table = next(iter(by_label.details(results).values()))
  row = _row(table, "AU27")
  assert row["F1\nat 0"].text == wording.MISSING
  assert row["F1\nat 0"].detail
  assert row["faces\nwith it"].text == "0"


def test_coders_are_named(make):
  assert ("probe", "ck", "coded by people") in by_label.provenance(
    make("au-1").results
  )
  assert ("probe", "rafd", "rule: Table VI") in by_label.provenance(
    make("au-2").results
  )


def test_machines_stand_beside_the_emotion_rule(make):
  results = make("au-2").results
  table = by_label.emotion_rule(results)
  row = _row(table, "AU12")
  own = results["protocols"]["paper"]["aus"]["AU12"]["auc"]
  rule = results["audit"]["emotion_rule"]["paper"]["aus"]["AU12"]["auc"]
  machines = row[f"machines\n{terms.PROTOCOLS['paper'].title}"]
  emotion = row[f"by the emotion\n{terms.PROTOCOLS['paper'].title}"]
  assert (machines.text, emotion.text) == (f"{own:.3f}", f"{rule:.3f}")
  gap = results["audit"]["emotion_rule"]["paper"]["difference"]["auc_mean"]
  said = _row(table, "machines − emotion")
  assert said[f"machines\n{terms.PROTOCOLS['paper'].title}"].text == (
    wording.difference("auc_mean", gap["value"])
  )
  assert by_label.emotion_rule(make("au-1").results) is None


@pytest.mark.parametrize("missing", [None, {}])
def test_a_difference_of_other_faces_is_not_taken(make, missing):
  results = make("au-2").results
  results["audit"]["emotion_rule"]["paper"]["difference"] = missing
  table = by_label.emotion_rule(results)
  said = _row(table, "machines − emotion")
  cell = said[f"machines\n{terms.PROTOCOLS['paper'].title}"]
  assert (cell.text, cell.detail) == (wording.MISSING, "not the same faces")
