"""The paper's numbers, against the paper's own sums."""

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.report.published import EXPERIMENTS, published


def test_radboud_views_find_their_experiments():
  frontal, multi = (
    published("radboud", "frontal"),
    published("radboud", "multi"),
  )
  assert (frontal.name, frontal.accuracy) == ("Exp5", 0.9764)  # section 4-A
  assert (multi.name, multi.accuracy) == ("Exp4", None)


@pytest.mark.parametrize(
  ("experiment", "view"), [("radboud", "all"), ("own_faces", "frontal")]
)
def test_nothing_is_printed_for_other_runs(experiment, view):
  assert published(experiment, view) is None


def test_every_column_of_table_2_averages_to_its_last_row():
  # The column of Exp4 does not, as its remark says.
  for key, entry in EXPERIMENTS.items():
    assert entry.key == key
    assert tuple(entry.auc) == facs.EMOTIONS
    mean = np.mean([area for area in entry.auc.values() if area is not None])
    if key == "exp4":
      assert f"{mean:.3f}" == "0.940"
      assert "0.940" in entry.remark and entry.auc_mean == 0.932
    else:
      assert entry.auc_mean == pytest.approx(mean, abs=6e-4)


def test_contempt_is_absent_in_the_wild():
  absent = {k for k, e in EXPERIMENTS.items() if e.auc["contemptuous"] is None}
  assert absent == {"exp6", "exp7", "exp8"}


def test_accuracies_as_stated():
  # Section 4-A (Exp1, Exp5) and the rows "ours" of Table III.
  stated = {k: e.accuracy for k, e in EXPERIMENTS.items() if e.accuracy}
  assert stated == {
    "exp1": 0.9857,
    "exp5": 0.9764,
    "exp6": 0.6187,
    "exp7": 0.6044,
    "exp8": 0.4452,
  }
