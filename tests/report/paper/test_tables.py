"""The print's numbers, against sums of them and against each other."""

from decimal import Decimal

import pytest

from jaxfer import facs
from jaxfer.data import readers
from jaxfer.report.paper import (
  ACCURACIES,
  DATASETS,
  EMOTIONS,
  REFERENCES,
  SAMPLES,
  UNITS,
)

# Sums of the print, areas with their average: by experiment, then by label.
COLUMNS_2 = "8.822 8.980 8.585 8.450 8.993 6.960 7.030 6.030"
ROWS_2 = "7.474 4.684 7.540 7.428 7.517 7.190 7.147 7.504 7.366"
COLUMNS_4 = "13.701 14.890 13.926 10.454 10.490 14.829 10.019 10.360"
ROWS_4 = (
  "7.540 6.622 6.011 6.824 6.005 6.612 6.449 6.249 6.211 6.514 7.050 "
  "6.893 7.365 5.746 6.578"
)


def _sums(numbers):
  """Sums of rows, written as they would be added by hand; a dash is 0."""
  return " ".join(str(sum(n or 0 for n in row)) for row in numbers)


def test_table_2_adds_up_by_column_and_by_row():
  columns = [[*e.auc.values(), e.auc_mean] for e in EMOTIONS.values()]
  assert _sums(columns) == COLUMNS_2
  assert _sums(zip(*columns, strict=True)) == ROWS_2
  for key, e in EMOTIONS.items():
    assert (e.key, e.name) == (key, key.capitalize())
    assert tuple(e.auc) == facs.EMOTIONS
    absent = {name for name, area in e.auc.items() if area is None}
    assert absent == ({"contemptuous"} if key > "exp5" else set())
  assert "94.6" in EMOTIONS["exp1"].remark == EMOTIONS["exp5"].remark
  assert all(s in EMOTIONS["exp4"].remark for s in ("0.940", "0.932"))


def test_table_4_adds_up_by_column_and_by_row():
  every = [UNITS[f"au{number}"] for number in range(1, 9)]
  columns = [[*u.auc.values(), u.auc_mean] for u in every]
  assert _sums(columns) == COLUMNS_4
  assert _sums(zip(*columns, strict=True)) == ROWS_4
  for number, u in enumerate(every, 1):
    assert (u.key, u.name) == (f"au{number}", f"Exp-{number}")
    assert tuple(u.auc) == tuple(f"AU{unit}" for unit in facs.AUS)


def test_table_5_has_each_design_once():
  rows = [UNITS[f"au{number}"] for number in range(1, 9)]
  ck, radboud = "enhanced CK", "Radboud"
  assert [(row.pretrained, row.train, row.test) for row in rows] == [
    (ck, ck, ck),
    (ck, radboud, radboud),
    ("CelebA", ck, ck),
    ("CelebA", ck, radboud),
    ("CelebA", radboud, ck),
    ("CelebA", radboud, radboud),
    (ck, ck, radboud),
    (ck, radboud, ck),
  ]
  # Section 4-B3: these train and test on different sets.
  assert [row.key for row in rows if row.crosses] == [
    *("au4", "au5", "au7", "au8")
  ]


def test_the_au7_experiment_has_two_areas_and_no_average():
  entry = UNITS["au7-only"]
  # Section 4-B3: "an AUC of 0.58 for testing and 0.842 for training".
  assert [str(a) for a in entry.auc.values()] == ["0.58"]
  assert [str(a) for a in entry.auc_train.values()] == ["0.842"]
  assert {*entry.auc} == {*entry.auc_train} == {"AU7"}
  assert entry.auc_mean is None and entry.auc_source == "section 4-B3"


def test_accuracies_as_stated():
  # Section 4-A (Exp1, Exp5) and the rows "ours" of Table III.
  stated = {k: str(e.accuracy) for k, e in EMOTIONS.items() if e.accuracy}
  assert stated == {
    "exp1": "0.9857",
    "exp5": "0.9764",
    "exp6": "0.6187",
    "exp7": "0.6044",
    "exp8": "0.4452",
  }


@pytest.mark.parametrize(
  ("dataset", "key", "rows", "total"),
  [
    ("Radboud", "exp1", 11, "1022.88"),
    ("SFEW", "exp8", 11, "458.27"),
    ("KDEF", "exp7", 6, "431.67"),
    ("RAF", "exp6", 6, "448.71"),
  ],
)
def test_table_3_adds_up_and_ends_with_the_experiments_own(
  dataset, key, rows, total
):
  *others, ours = every = ACCURACIES[dataset]
  assert len(every) == rows
  assert str(sum(row.percent for row in every)) == total
  assert (ours.authors, ours.reference) == ("ours", None)
  assert str(ours.accuracy) == str(EMOTIONS[key].accuracy)
  assert all(row.reference in REFERENCES for row in others)


def test_numbers_have_the_digits_of_the_print():
  assert str(EMOTIONS["exp1"].auc["disgusted"]) == "1"
  assert str(EMOTIONS["exp3"].auc["sad"]) == "0.940"
  first = [str(ACCURACIES[name][0].percent) for name in ("Radboud", "RAF")]
  assert first == ["85.00", "82.7"]
  # Table VII, dashes left out.
  for column, digits in {
    "inception_score": "0.875 1.036 1.112 1.237 1.6942 1.874",
    "fid": "12.84 75.376 56.937 34.360 25.069 38.20 12.30 52.8230 22.318",
    "ssim": "0.629 0.8563 0.8686 0.8833 0.705 0.8942",
    "amt_percent": "41.3 24.7 74.9 19.5 76.72",
  }.items():
    values = [getattr(row, column) for row in SAMPLES]
    assert " ".join(str(v) for v in values if v is not None) == digits
  cited = [row.reference for row in SAMPLES]
  assert cited == [66, 67, 68, 8, 69, 70, 71, 72, None]
  assert SAMPLES[-1].amt == Decimal("0.7672")
  assert [row.model for row in SAMPLES if not row.edits] == ["Ours"]


def test_table_1_as_printed():
  found = {k: (d.images, d.participants) for k, d in DATASETS.items()}
  assert found == {
    "rafd": (8040, 67),
    "kdef": (4900, 70),
    "raf_db": (29672, None),
    "celeba": (30000, 10177),
    "ck_plus": (327, 210),
  }
  for name, row in DATASETS.items():
    assert hasattr(readers, name)
    assert row.sequences == (name == "ck_plus")
  labels = [row.annotations.split()[0] for row in DATASETS.values()]
  assert labels == ["8", "7", "7", "40", "8"]


def test_what_is_cited_is_listed_with_its_year():
  # But for Eleftheriadis, which the audit names.
  for rows in ACCURACIES.values():
    for row in rows[:-1]:
      entry = REFERENCES[row.reference]
      assert entry.year == row.year or row.reference == 56
      assert entry.author.lower() in row.authors.lower()
  years = {n: REFERENCES[n].year for n in (3, 8, *range(23, 27), 37, 56)}
  assert [*years.values()] == [2019, 2018, None, 2017, 2017, 2018, 2017, 2014]
  years = [REFERENCES[n].year for n in (63, 65, *range(66, 73))]
  assert years == [2018, 2014, 2017, 2018, 2018, 2019, 2020, 2019, 2017]
