"""What a face does: action units by side, drawn for a person and an emotion.

The eight emotions are the paper's Table VI (`facs.EMOTION_AUS`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from jaxfer import facs

PRESENT = 0.2
"""Activation, on the stronger side, from which a unit counts as present."""

_ROW = {unit: row for row, unit in enumerate(facs.AUS)}


def compose(
  units: Mapping[int, float | tuple[float, float]],
) -> np.ndarray:
  """An expression from action units, by FACS number.

  Activations lie in [0, 1]: one number for both sides, or a pair for the
  image's left and right.

  Returns:
    (14, 2) float32: a row per unit of `facs.AUS`, left and right.

  Raises:
    ValueError: for a unit outside the fourteen, or a negative activation.
  """
  activations = np.zeros((len(facs.AUS), 2), np.float32)
  for unit, activation in units.items():
    if unit not in _ROW:
      known = ", ".join(map(str, facs.AUS))
      raise ValueError(f"AU{unit} is not drawn; choose among {known}")
    activations[_ROW[unit]] = activation
  if activations.min() < 0:
    raise ValueError(
      f"activations must not be negative, got {activations.min():g}"
    )
  return activations


def pose(emotion: str, *, gain: float = 1.0, side: int = 0) -> np.ndarray:
  """The textbook expression of one of `facs.EMOTIONS`.

  Every unit has the activation `gain`; contempt shows on a side, 0 the image's
  left, 1 its right.

  Returns:
    (14, 2) float32, as `compose`; all zero for neutral.

  Raises:
    ValueError: for an unknown emotion.
  """
  if emotion not in facs.EMOTION_AUS:
    known = ", ".join(facs.EMOTIONS)
    raise ValueError(f"emotion {emotion!r} is not one of {known}")
  units = dict.fromkeys(facs.EMOTION_AUS[emotion], (gain, gain))
  if emotion == "contemptuous":
    units[12] = (0.0, gain) if side else (gain, 0.0)
  return compose(units)


def draw(
  seed: int,
  person: int,
  emotion: str,
  *,
  sitting: int | None = None,
) -> np.ndarray:
  """Draws how one person shows one emotion, (14, 2) float32 in [0, 1.1].

  A person has a strength for each unit, a stronger side, and a side on which
  contempt shows; a sitting has a gain, some jitter, and now and then a unit
  that hardly moves. Neutral is always all zero. Where a person shows an emotion
  more than once, sittings are numbered; else there is one for each emotion.
  """
  own = np.random.default_rng([seed, person, 2])
  strength = own.uniform(0.82, 1.12, len(facs.AUS))
  tilt = own.normal(0.0, 0.07, len(facs.AUS))
  side = int(own.integers(2))
  textbook = pose(emotion, side=side)
  if sitting is None:
    sitting = facs.EMOTIONS.index(emotion)
  rng = np.random.default_rng([seed, person, 3, sitting])
  gain = rng.uniform(0.5, 1.0)
  jitter = rng.normal(1.0, 0.11, len(facs.AUS))
  weak = rng.random(len(facs.AUS)) < 0.08
  # A lone unit that fails would leave a neutral face with another label.
  if len(facs.EMOTION_AUS[emotion]) > 1:
    jitter = np.where(weak, 0.4 * jitter, jitter)
  sides = np.stack([1.0 - tilt, 1.0 + tilt], axis=1)
  activations = textbook * sides * (gain * strength * jitter)[:, None]
  return np.clip(activations, 0.0, 1.1).astype(np.float32)


def present(activations: np.ndarray) -> np.ndarray:
  """Which units count as present: (..., 14, 2) to (..., 14) bool."""
  return activations.max(axis=-1) >= PRESENT
