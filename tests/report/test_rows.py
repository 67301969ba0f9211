"""A run as rows of plain values: each number under its own name."""

import pytest

from jaxfer.report import by_label, scores
from jaxfer.report.paper import UNITS

_METRICS = (
  "auc",
  "average_precision",
  "f1",
  "f1_tuned",
  "f1_skew_normalised",
)


def _where(rows, **wanted):
  (found,) = [
    row for row in rows if all(row[k] == v for k, v in wanted.items())
  ]
  return found


@pytest.mark.parametrize(
  ("representation", "protocol"),
  [("trained", "paper"), ("trained", "sealed"), ("hog", "subject")],
)
def test_a_units_row_has_all_that_is_known_of_it(
  make, representation, protocol
):
  results = make("au-1").results
  every = {"trained": results["protocols"], **results["controls"]}
  entry = every[representation][protocol]["aus"]["AU12"]
  row = _where(
    by_label.unit_rows(results),
    representation=representation,
    protocol=protocol,
    action_unit="AU12",
  )
  for metric in _METRICS:
    assert row[metric].value == entry[metric]
    assert row[metric].bounds == tuple(entry[f"{metric}_ci95"])
  assert len({row[metric].value for metric in _METRICS}) == len(_METRICS)
  assert row["published"] == UNITS["au1"].auc["AU12"]
  assert row["train_auc"] == 0.97
  assert row["base_rate"] == entry["base_rate"]
  assert (row["faces_with_it"], row["other_faces"]) == (
    entry["n_pos"],
    entry["n_neg"],
  )
  assert row["faces_with_it"] < row["other_faces"]
  assert row["folds_used"] == 3
  assert row["reason"] is None


def test_a_unit_that_no_face_shows_is_empty_with_its_reason(make):
  results = make("au-1").results
  row = _where(
    by_label.unit_rows(results),
    representation="trained",
    protocol="subject",
    action_unit="AU27",
  )
  assert {row[metric].value for metric in _METRICS} == {None}
  assert row["auc"].bounds == (None, None)
  assert row["reason"]
  # What the paper prints does not depend on our faces.
  assert str(row["published"]) == "0.672"


def test_every_unit_is_under_every_protocol_once(make):
  results = make("au-8").results
  rows = list(by_label.unit_rows(results))
  keys = [(r["representation"], r["protocol"], r["action_unit"]) for r in rows]
  every = {"trained": results["protocols"], **results["controls"]}
  assert sorted(keys) == sorted(
    (name, protocol, unit)
    for name, blocks in every.items()
    for protocol, block in blocks.items()
    if block
    for unit in results["names"]
  )
  results["paper_reference"] = None
  assert {row["published"] for row in by_label.unit_rows(results)} == {None}


def test_each_fold_of_emotions_has_what_its_machine_was_given(results):
  folds = results["protocols"]["subject"]["search"]["folds"]
  folds[1] |= {"C": 3.0, "gamma": 0.02, "score": 0.7}
  results["controls"]["hog"]["subject"]["search"]["folds"] = [
    {"value": 5, "score": 0.6}  # of nearest neighbours
  ]
  rows = list(scores.search_rows(results))
  assert _where(rows, representation="trained", protocol="subject", fold=2) == {
    "representation": "trained",
    "protocol": "subject",
    "fold": 2,
    "C": 3.0,
    "gamma": 0.02,
    "value": None,
    "score": 0.7,
  }
  row = _where(rows, representation="hog", protocol="subject")
  assert (row["fold"], row["value"], row["score"]) == (1, 5, 0.6)
  assert (row["C"], row["gamma"]) == (None, None)


def test_each_unit_of_each_fold_has_its_own_machine(make):
  results = make("au-1").results
  folds = results["protocols"]["subject"]["search"]["folds"]
  place = results["names"].index("AU12")
  folds[2] = list(folds[2])
  folds[2][place] = {"C": 10.0, "auc": 0.9, "threshold": -0.25}
  rows = list(scores.search_rows(results))
  own = {"representation": "trained", "protocol": "subject"}
  assert _where(rows, **own, fold=3, action_unit="AU12") == {
    **own,
    "fold": 3,
    "action_unit": "AU12",
    "C": 10.0,
    "auc": 0.9,
    "threshold": -0.25,
  }
  assert _where(rows, **own, fold=2, action_unit="AU12")["C"] == 1.0
  # Nothing could be learnt of it.
  row = _where(rows, **own, fold=3, action_unit="AU27")
  assert (row["C"], row["auc"], row["threshold"]) == (None, None, None)
  count = sum(r["protocol"] == "subject" for r in rows)
  representations = 1 + sum(
    "subject" in b for b in results["controls"].values()
  )
  assert count == representations * 3 * len(results["names"])
