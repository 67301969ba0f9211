"""Action units by emotion, side, person."""

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.standin.face import expression


def units_of(activations):
  active = (activations > 0).any(axis=1)
  return {unit for unit, on in zip(facs.AUS, active, strict=True) if on}


@pytest.mark.parametrize("emotion", facs.EMOTIONS)
def test_an_emotion_moves_exactly_the_units_of_table_six(emotion):
  assert units_of(expression.pose(emotion)) == facs.EMOTION_AUS[emotion]
  for person in range(10):
    drawn = expression.draw(0, person, emotion)
    assert units_of(drawn) == facs.EMOTION_AUS[emotion]
    assert drawn.dtype == np.float32
    assert drawn.shape == (14, 2)


def test_neutral_is_all_zero():
  for person in range(20):
    assert not expression.draw(0, person, "neutral").any()


def test_contempt_shows_on_one_side_which_is_the_persons_own():
  sides = set()
  for person in range(20):
    left, right = expression.draw(0, person, "contemptuous")[facs.AUS.index(12)]
    assert (left > 0) != (right > 0)
    sides.add(bool(right > 0))
  assert sides == {False, True}


def test_strength_differs_between_people_and_sides():
  happy = np.stack([expression.draw(0, k, "happy") for k in range(20)])
  smile = happy[:, facs.AUS.index(12)]
  assert smile.mean(axis=1).std() > 0.05
  assert np.abs(smile[:, 0] - smile[:, 1]).max() > 0.05
  assert np.median(smile) > 0.5


def test_compose_takes_pairs_and_refuses_strangers():
  activations = expression.compose({1: 0.5, 12: (0.2, 0.8)})
  assert activations[facs.AUS.index(1)].tolist() == [0.5, 0.5]
  np.testing.assert_allclose(activations[facs.AUS.index(12)], [0.2, 0.8])
  with pytest.raises(ValueError, match="AU20 is not drawn; choose among 1, 2"):
    expression.compose({20: 1.0})
  with pytest.raises(ValueError, match=r"not be negative, got -0\.5"):
    expression.compose({4: -0.5})
  with pytest.raises(ValueError, match="'bored' is not one of angry"):
    expression.pose("bored")
