"""From neutral to peak: smooth, never back, and coded as drawn."""

import collections

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.standin import sequence
from jaxfer.standin.face import expression

WEIGHTS = {"happy": 3, "sad": 1, "angry": 1}


@pytest.fixture(scope="module")
def planned():
  return sequence.plan(40, 5, sequences=(3, 7), emotional=0.5, weights=WEIGHTS)


def test_every_unit_rises_from_nothing_to_its_peak(planned):
  for one in planned[::7]:
    ramps = sequence.ramps(5, one)
    assert ramps.shape == (one.frames, len(facs.AUS), 2)
    assert not ramps[0].any()
    np.testing.assert_allclose(ramps[-1], one.peak, rtol=1e-6)
    assert (np.diff(ramps, axis=0) >= 0).all()
    assert np.diff(ramps, axis=0).max() < 0.4  # no unit jumps


def test_units_do_not_set_in_together(planned):
  onsets = set()
  one = max(planned, key=lambda s: (s.peak > 0.2).any(axis=1).sum())
  coded = expression.present(sequence.ramps(5, one))
  for column in coded.T[coded[-1]]:
    onsets.add(int(column.argmax()))
  assert len(onsets) > 1


def test_a_unit_counts_from_the_threshold_on_either_side():
  acts = np.zeros((14, 2), np.float32)
  acts[3] = (expression.PRESENT, 0.0)
  acts[4] = expression.PRESENT - 0.01
  assert expression.present(acts).nonzero()[0].tolist() == [3]


def test_named_sequences_show_what_they_are_named(planned):
  shown = collections.Counter(one.emotion for one in planned)
  assert 0.35 < shown[None] / len(planned) < 0.65
  assert shown["happy"] > shown["sad"]
  for one in planned:
    units = {
      u for u, p in zip(facs.AUS, one.peak.any(axis=1), strict=True) if p
    }
    if one.emotion is not None:
      assert units == facs.EMOTION_AUS[one.emotion]
    else:
      assert tuple(sorted(units)) in sequence.DISPLAYS


def test_nobody_shows_an_emotion_twice(planned):
  for person in range(40):
    named = [s.emotion for s in planned if s.person == person and s.emotion]
    assert len(named) == len(set(named))


@pytest.mark.parametrize(
  ("frame", "code"),
  # The owners' own S010_001_01594215 is 1 h 59 min 42 s, frame 15.
  [(((1 * 60 + 59) * 60 + 42) * 30 + 15, "01594215"), (29, "00000029")],
)
def test_time_codes_are_hours_minutes_seconds_frames(frame, code):
  assert sequence.timecode(frame) == code


def test_time_codes_sort_as_time_does(planned):
  for one in planned:
    codes = [sequence.timecode(one.start + k) for k in range(one.frames)]
    assert codes == sorted(set(codes))
    assert all(int(code[:2]) < 24 for code in codes)
