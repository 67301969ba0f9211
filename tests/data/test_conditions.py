"""What a conditional DCGAN is told of each face."""

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.data import conditions
from jaxfer.data.table import DataError, Face


def face(emotion=None, **aus):
  numbers = {int(name[2:]): value for name, value in aus.items()}
  return Face("f.png", "own", emotion=emotion, aus=numbers)


def test_an_emotion_is_one_of_eight_and_an_unknown_one_is_none():
  labels = conditions.encode([face("sad"), face(), face("angry")], "emotion")
  assert labels.dtype == np.int8
  assert labels.sum(axis=1).tolist() == [1, 0, 1]
  assert [conditions.NAMES["emotion"][i] for i in labels.argmax(1)] == [
    "sad",
    "angry",  # of zeros: the first
    "angry",
  ]


def test_a_unit_that_was_not_coded_is_neither_present_nor_absent():
  labels = conditions.encode([face(AU1=1, AU12=0), face("happy")], "aus")
  names = conditions.NAMES["aus"]
  assert labels.shape == (2, len(facs.AUS)) == (2, conditions.length("aus"))
  assert labels[0, names.index("AU1")] == 1
  assert labels[0, names.index("AU12")] == -1
  assert np.abs(labels).sum() == 2


@pytest.mark.parametrize(
  ("condition", "known"), [("emotion", face(AU1=1)), ("aus", face("sad"))]
)
def test_faces_without_any_such_label_are_refused_with_the_count(
  condition, known
):
  with pytest.raises(DataError, match=f"'{condition}'.*none of the 3 faces"):
    conditions.encode([known] * 3, condition)


def test_labels_are_drawn_as_often_as_they_occur():
  labels = conditions.encode([face("sad")] * 3 + [face("happy")], "emotion")
  drawn = conditions.draw(labels, 4000, seed=1)
  # Binomial: the standard deviation of the share is 0.007.
  assert drawn[:, 6].mean() == pytest.approx(0.75, abs=0.03)
  assert (drawn.sum(1) == 1).all()
  assert (conditions.draw(labels, 50, seed=1) == drawn[:50]).all()
  assert (conditions.draw(labels, 50, seed=2) != drawn[:50]).any()


def test_a_row_of_a_grid_has_one_label_the_most_frequent_first():
  labels = conditions.encode([face("angry"), *[face("sad")] * 2], "emotion")
  grid = conditions.by_row(labels, 3, 2).argmax(1).reshape(3, 2)
  sad, angry = 6, 0
  assert grid.tolist() == [[sad, sad], [angry, angry], [sad, sad]]


def test_classes_of_ones_own_are_refused_before_work():
  faces = [Face("a", "labelled", emotion=e) for e in ("happy", "pain", None)]

  conditions.refuse_unknown(faces, "")
  conditions.refuse_unknown(faces[::2], "emotion")
  with pytest.raises(DataError, match="also labelled pain"):
    conditions.refuse_unknown(faces, "emotion")
