"""The paper's numbers, against the paper's own sums."""

import re
from decimal import Decimal

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.data import readers
from jaxfer.report.published import (
  ACCURACIES,
  AU_EXPERIMENTS,
  DATASETS,
  EXPERIMENTS,
  PAPER,
  SAMPLES,
)


def test_every_column_of_table_2_averages_to_its_last_row():
  # The column of Exp4 does not, as its remark says.
  for key, entry in EXPERIMENTS.items():
    assert entry.key == key
    assert tuple(entry.auc) == facs.EMOTIONS
    mean = np.mean(
      [float(area) for area in entry.auc.values() if area is not None]
    )
    if key == "exp4":
      assert f"{mean:.3f}" == "0.940"
      assert "0.940" in entry.remark and str(entry.auc_mean) == "0.932"
    else:
      assert float(entry.auc_mean) == pytest.approx(mean, abs=6e-4)


def test_every_column_of_table_4_averages_to_its_last_row():
  for number in range(1, 9):
    entry = AU_EXPERIMENTS[f"au{number}"]
    assert (entry.key, entry.name) == (f"au{number}", f"Exp-{number}")
    assert tuple(entry.auc) == facs.AUS
    mean = np.mean([*map(float, entry.auc.values())])
    assert float(entry.auc_mean) == pytest.approx(mean, abs=5e-4)


def test_table_5_has_each_design_once():
  rows = [AU_EXPERIMENTS[f"au{number}"] for number in range(1, 9)]
  designs = {(row.pretrained, row.train, row.test) for row in rows}
  assert designs == {
    (pretrained, train, test)
    for pretrained in ("enhanced CK", "CelebA")
    for train in ("enhanced CK", "Radboud")
    for test in ("enhanced CK", "Radboud")
  }
  # Section 4-B3: experiments 4, 5, 7 and 8 train and test on different sets.
  assert [row.key for row in rows if row.crosses] == [
    "au4",
    "au5",
    "au7",
    "au8",
  ]


def test_the_au7_experiment_has_two_areas_and_no_average():
  entry = AU_EXPERIMENTS["au7-only"]
  # Section 4-B3: "an AUC of 0.58 for testing and 0.842 for training".
  assert (entry.auc, entry.auc_train) == (
    {7: Decimal("0.58")},
    {7: Decimal("0.842")},
  )
  assert entry.auc_mean is None and entry.auc_source == "section 4-B3"


def test_contempt_is_absent_in_the_wild():
  absent = {k for k, e in EXPERIMENTS.items() if e.auc["contemptuous"] is None}
  assert absent == {"exp6", "exp7", "exp8"}


def test_accuracies_as_stated():
  # Section 4-A (Exp1, Exp5) and the rows "ours" of Table III.
  stated = {k: str(e.accuracy) for k, e in EXPERIMENTS.items() if e.accuracy}
  assert stated == {
    "exp1": "0.9857",
    "exp5": "0.9764",
    "exp6": "0.6187",
    "exp7": "0.6044",
    "exp8": "0.4452",
  }


@pytest.mark.parametrize(
  ("dataset", "key"),
  [("Radboud", "exp1"), ("RAF", "exp6"), ("KDEF", "exp7"), ("SFEW", "exp8")],
)
def test_the_last_row_of_table_3_is_the_experiments_own(dataset, key):
  *others, ours = ACCURACIES[dataset]
  assert (ours.authors, ours.reference) == ("ours", None)
  assert ours.accuracy == EXPERIMENTS[key].accuracy
  assert all(row.reference in PAPER.references for row in others)


def test_table_3_has_as_many_rows_as_printed():
  counts = {dataset: len(rows) for dataset, rows in ACCURACIES.items()}
  assert counts == {"Radboud": 11, "SFEW": 11, "KDEF": 6, "RAF": 6}


def test_table_1_is_keyed_by_the_readers():
  for name in DATASETS:
    assert hasattr(readers, name)


def test_table_7_ends_with_the_only_sampler():
  assert [row.model for row in SAMPLES if not row.edits] == ["Ours"]
  assert SAMPLES[-1].model == "Ours"
  assert all(row.amt is None or 0 < row.amt < 1 for row in SAMPLES)


def test_shares_and_areas_lie_between_0_and_1():
  entries = [*EXPERIMENTS.values(), *AU_EXPERIMENTS.values()]
  areas = [a for e in entries for a in e.auc.values() if a is not None]
  shares = [row.accuracy for rows in ACCURACIES.values() for row in rows]
  assert all(0 < value <= 1 for value in areas + shares)


@pytest.mark.parametrize(
  ("topic", "statement"),
  [*PAPER.statements.items(), *PAPER.unit_statements.items()],
)
def test_the_numbers_of_a_sentence_stand_in_it(topic, statement):
  spelt = {6: "six", 8: "eight"}
  text = statement.quote.replace(",", "").lower()
  for value in statement.values:
    forms = {f"{value:g}", f"{100 * value:g}%", spelt.get(value, "—")}
    assert any(form in text for form in forms), (topic, value)
  for number in statement.references:
    assert f"[{number}]" in statement.quote


@pytest.mark.parametrize(
  ("topic", "statement"), [*PAPER.unit_statements.items()]
)
def test_the_units_of_a_sentence_stand_in_it(topic, statement):
  runs = re.findall(r"AU([\d,]+)", statement.quote)
  named = [int(n) for run in runs for n in run.split(",") if n]
  assert set(named) == set(statement.units) or not named, topic


def test_experiments_that_are_named_exist():
  for statement in PAPER.statements.values():
    assert {*statement.experiments} <= {*EXPERIMENTS}
  for statement in PAPER.unit_statements.values():
    assert {*statement.experiments} <= {*AU_EXPERIMENTS}


def test_numbers_have_the_digits_of_the_print():
  assert str(EXPERIMENTS["exp1"].auc["disgusted"]) == "1"
  assert str(EXPERIMENTS["exp3"].auc["sad"]) == "0.940"
  assert str(AU_EXPERIMENTS["au7-only"].auc[7]) == "0.58"
  assert [str(row.fid) for row in SAMPLES] == [
    *("12.84", "75.376", "56.937", "34.360", "25.069"),
    *("38.20", "12.30", "52.8230", "22.318"),
  ]
  # 85.00 % and 82.7 % in Table III.
  first = [str(ACCURACIES[name][0].accuracy) for name in ("Radboud", "RAF")]
  assert first == ["0.8500", "0.827"]
