"""Who is drawn: one person's looks as numbers, from (seed, person) alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_LIGHT_SKIN = ((0.94, 0.79, 0.70), (0.90, 0.73, 0.62), (0.84, 0.66, 0.54))
_DARK_SKIN = ((0.80, 0.62, 0.49), (0.70, 0.51, 0.38), (0.53, 0.37, 0.27))
_HAIR = {
  "black": (0.10, 0.08, 0.07),
  "dark brown": (0.21, 0.14, 0.10),
  "brown": (0.34, 0.23, 0.15),
  "light brown": (0.47, 0.34, 0.22),
  "blond": (0.76, 0.61, 0.38),
  "red": (0.52, 0.26, 0.13),
  "grey": (0.62, 0.60, 0.58),
}
_IRIS = (
  (0.24, 0.13, 0.07),
  (0.36, 0.23, 0.11),
  (0.30, 0.38, 0.22),
  (0.27, 0.44, 0.58),
  (0.42, 0.52, 0.56),
)
_SHIRTS = (
  (0.13, 0.13, 0.15),
  (0.23, 0.28, 0.38),
  (0.45, 0.16, 0.18),
  (0.25, 0.38, 0.30),
  (0.72, 0.70, 0.67),
  (0.40, 0.33, 0.45),
  (0.62, 0.49, 0.31),
)


class Identity(NamedTuple):
  """One person. Lengths are in half head heights, colours in [0, 1].

  Factors are relative to the average head; amounts lie in [0, 1].
  """

  head_width: np.ndarray  # factor
  jaw: np.ndarray  # factor on the jaw's width
  chin: np.ndarray  # length by which the chin is lower
  chin_width: np.ndarray  # factor
  cheek: np.ndarray  # factor on the cheekbones
  brow_ridge: np.ndarray  # length by which it juts out
  ear: np.ndarray  # factor
  neck: np.ndarray  # factor on the neck's width
  skin: np.ndarray  # (3,)
  redness: np.ndarray  # amount
  freckles: np.ndarray  # amount
  age: np.ndarray  # amount of lines, bags and folds
  mole: np.ndarray  # (3,) x, y, amount
  eye_x: np.ndarray
  eye_y: np.ndarray
  eye_width: np.ndarray  # half the width
  eye_tilt: np.ndarray
  eye_open: np.ndarray  # factor
  lashes: np.ndarray  # factor on the upper lid's line
  iris: np.ndarray  # (3,)
  brow_y: np.ndarray
  brow_width: np.ndarray  # half the thickness
  brow_arch: np.ndarray
  brow_length: np.ndarray  # factor
  brow_colour: np.ndarray  # (3,)
  nose_length: np.ndarray  # length by which the base is lower
  nose_width: np.ndarray  # factor
  nose_depth: np.ndarray  # length by which the tip is further out
  nose_hump: np.ndarray  # length by which the bridge is further out
  mouth_y: np.ndarray
  mouth_width: np.ndarray  # half the width
  mouth_curve: np.ndarray  # corners' height at rest
  lip: np.ndarray  # factor on the lips' thickness
  lip_colour: np.ndarray  # (3,)
  hair: np.ndarray  # amount of hair on the skull, 0 bald
  hair_colour: np.ndarray  # (3,)
  hair_volume: np.ndarray
  hair_top: np.ndarray  # length of hair that stands above the crown
  hair_long: np.ndarray  # 1 hair falls to the shoulders
  hair_low: np.ndarray  # how far the long hair falls
  hairline: np.ndarray  # height of the hairline over the forehead
  temples: np.ndarray  # length by which the hairline recedes at the temples
  fringe: np.ndarray  # length by which a fringe hangs below the hairline
  sweep: np.ndarray  # slope of the hairline from one side to the other
  part: np.ndarray  # where the strands begin
  curl: np.ndarray  # amount
  beard: np.ndarray  # amount
  moustache: np.ndarray  # amount
  glasses: np.ndarray  # 0 none, 1 worn
  glasses_width: np.ndarray  # half a lens's width
  glasses_height: np.ndarray
  shirt: np.ndarray  # (3,)
  texture: np.ndarray  # int32, seeds this person's noise


def draw(
  seed: int, person: int, *, female: bool, child: bool, dark: bool
) -> Identity:
  """Draws one person: every leaf float32, but for `texture`.

  `dark` takes skin, hair and eyes from the darker half.
  """
  rng = np.random.default_rng([seed, person, 0])
  u, n = rng.uniform, rng.normal
  adult = 0.0 if child else 1.0
  age = adult * u(0.0, 1.0) ** 1.5
  skin = _between(_DARK_SKIN if dark else _LIGHT_SKIN, u())
  hair = _hair_colour(rng, dark=dark, age=age)
  style = _hair_style(rng, female=female, child=child, age=age)
  bearded = adult * (not female)
  beard = bearded * (u() < 0.28) * u(0.35, 0.95)
  moustache = bearded * max(beard * (u() < 0.85), (u() < 0.12) * u(0.6, 1.0))
  # A brow as light as the skin around it would carry no expression.
  limit = 0.42 * skin.mean() / max(hair.mean(), 1e-3)
  lip = np.array([0.80, 0.40, 0.38]) * (1.0 if female else 0.93)
  values = {
    "head_width": n(1.04 if child else 1.0, 0.055),
    "jaw": n(0.94 if female or child else 1.06, 0.08),
    "chin": n(-0.06 if child else -0.01 if female else 0.015, 0.025),
    "chin_width": n(0.9 if female or child else 1.1, 0.15),
    "cheek": n(1.0, 0.12),
    "brow_ridge": n(-0.02 if female or child else 0.012, 0.008),
    "ear": n(1.0, 0.1),
    "neck": n(0.72 if child else 0.84 if female else 1.02, 0.06),
    "skin": skin * n(1.0, 0.015, 3),
    "redness": u(0.2, 1.0) * (0.6 if dark else 1.0),
    "freckles": (not dark) * (u() < 0.2) * u(0.4, 1.0),
    "age": age,
    "mole": [u(-0.36, 0.36), u(-0.6, 0.0), (u() < 0.3) * u(0.5, 0.9)],
    "eye_x": n(0.236, 0.009),
    "eye_y": n(-0.015 if child else 0.0, 0.012),
    "eye_width": n(0.129 if child else 0.120, 0.006),
    "eye_tilt": n(0.06 if female else 0.03, 0.04),
    "eye_open": n(1.12 if child else 1.05 if female else 0.96, 0.09),
    "lashes": u(1.15, 1.7) if female else u(0.75, 1.1),
    "iris": _pick(rng, _IRIS[:2] if dark else _IRIS),
    "brow_y": n(0.165, 0.012),
    "brow_width": u(0.014, 0.022) if female or child else u(0.020, 0.034),
    "brow_arch": u(0.01, 0.05) if female else u(0.0, 0.03),
    "brow_length": n(1.0, 0.06),
    "brow_colour": hair * min(0.8, limit),
    "nose_length": n(-0.03 if child else 0.0, 0.02),
    "nose_width": n(0.85 if child else 0.9 if female else 1.05, 0.10),
    "nose_depth": n(-0.05 if child else -0.01 if female else 0.01, 0.018),
    "nose_hump": n(-0.02 if female or child else 0.0, 0.012),
    "mouth_y": n(-0.455, 0.012),
    "mouth_width": n(0.178 if child else 0.192, 0.011),
    "mouth_curve": n(0.0, 0.006),
    "lip": n(1.12 if female else 0.95, 0.16),
    "lip_colour": (0.55 * lip + 0.45 * skin) * (0.86 if dark else 1.0),
    "hair_colour": hair,
    "beard": beard,
    "moustache": moustache,
    "glasses": u() < (0.05 if child else 0.16),
    "glasses_width": u(0.165, 0.19),
    "glasses_height": u(0.105, 0.15),
    "shirt": np.array(_pick(rng, _SHIRTS)) * n(1.0, 0.06, 3),
    **style,
  }
  leaves = {k: np.asarray(v, np.float32) for k, v in values.items()}
  texture = np.asarray(rng.integers(1 << 20), np.int32)
  return Identity(texture=texture, **leaves)


def _hair_style(rng, *, female, child, age) -> dict[str, float]:
  u = rng.uniform
  long = u() < (0.72 if female else 0.05)
  bald = not female and not child and u() < 0.08 + 0.25 * age
  curl = (u() < 0.3) * u(0.5, 1.0)
  fringe = u(0.06, 0.20) if u() < (0.42 if female or child else 0.2) else 0.0
  recede = 0.0 if female or child else u(0.0, 0.06) + 0.10 * age * u()
  return {
    "hair": 0.0 if bald else 1.0,
    "hair_volume": u(0.025, 0.07) + 0.03 * curl,
    "hair_top": u(-0.02, 0.03) if female else u(-0.03, 0.10),
    "hair_long": float(long and not bald),
    "hair_low": u(0.0, 1.0),
    "hairline": rng.normal(0.54, 0.025) + 0.4 * recede,
    "temples": recede + u(0.0, 0.04),
    "fringe": fringe,
    "sweep": u(-0.22, 0.22) * (fringe > 0),
    "part": u(-0.22, 0.22),
    "curl": curl,
  }


def _hair_colour(rng, *, dark: bool, age: float) -> np.ndarray:
  names = list(_HAIR)
  weights = np.array(
    [6, 3, 1, 0, 0, 0, 2 * age] if dark else [1, 3, 3, 3, 3, 1, 4 * age**2]
  )
  name = rng.choice(names, p=weights / weights.sum())
  return np.array(_HAIR[name]) * rng.uniform(0.85, 1.15)


def _pick(rng, colours) -> tuple[float, float, float]:
  return colours[int(rng.integers(len(colours)))]


def _between(anchors, t: float) -> np.ndarray:
  """The colour a share t of the way along a row of colours."""
  table = np.array(anchors)
  place = np.linspace(0.0, 1.0, len(table))
  return np.array([np.interp(t, place, channel) for channel in table.T])
