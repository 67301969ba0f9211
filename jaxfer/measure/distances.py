"""How far generated faces are from real ones, in one space."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from jaxfer.measure import spaces
from jaxfer.measure.number import Number, absent, few
from jaxfer.measure.spaces import Space
from jaxfer.metrics import (
  bootstrap,
  frechet,
  inception_score,
  kernel_distance,
  manifold,
)

# As the papers that named these measures have them.
_NEAREST = 3  # precision and recall
_BALL = 5  # density and coverage
_SPLITS = 10  # inception score
# Rows from which the paper of FID calls its estimate sound.
_ENOUGH = 2048
# Rows of the subsets that papers take KID over. It is unbiased at any N, but
# its spread with fewer is wider than of any number in print, and far from the
# normal distribution that its interval supposes.
_SUBSET = 1000
# A ball holds k of N rows. From 20 k on that is a twentieth of the set at most,
# and balls no longer reach from mode to mode.
_BALLS = 20
_NORMAL = 1.959964  # 97.5 % of the normal distribution

NO_INCEPTION = "generate.inception names no weights of FID's InceptionV3"
"""Why what bears Inception's name is absent."""


def measure(space: Space, draws: int, seed: int) -> dict[str, Number]:
  """Every distance in a space, by a name that begins with the space's.

  Args:
    space: faces as rows, N of each kind, N at least 2.
    draws: bootstrap draws.
    seed: fixes them.

  Returns:
    In a space of Inception `fid`, `kid` and `is`, elsewhere
    `frechet_distance` and `kernel_distance`; and precision, recall, density
    and coverage.
  """
  own = spaces.is_inception(space.name)
  found = {
    "fid" if own else "frechet_distance": _frechet(space, draws, seed),
    "kid" if own else "kernel_distance": _kernel(space),
  }
  if space.fake_logits is not None:
    found["is"] = _inception_score(space, draws, seed)
  numbers = {f"{space.name}/{name}": found[name] for name in found}
  return numbers | neighbours(space, draws, seed)


def without_inception() -> dict[str, Number]:
  """The numbers that take Inception, undefined without its weights."""
  return {
    f"{spaces.INCEPTION}/{name}": absent(NO_INCEPTION)
    for name in ("fid", "kid", "is")
  }


def _frechet(space: Space, draws: int, seed: int) -> Number:
  found = frechet.between(space.real, space.fake)
  floor = frechet.between(space.real, space.other)
  warnings = (found.caution,) if found.caution else ()
  if spaces.is_inception(space.name):
    words = "the distance grows as N falls, compare it at this N only"
    warnings += few(len(space.fake), _ENOUGH, words)
  return Number(
    found.value,
    *_sizes(space),
    ci95=_drawn(found.value, space.real, space.fake, draws, seed),
    floor=floor.value,
    floor_ci95=_drawn(floor.value, space.real, space.other, draws, seed),
    warnings=warnings,
    reason=found.reason,
  )


def _drawn(
  value: float | None, a: np.ndarray, b: np.ndarray, draws: int, seed: int
) -> list[float] | None:
  """The interval of a Fréchet distance, over draws of both sets' rows."""
  if value is None:
    return None
  rng = np.random.default_rng(seed)
  values = []
  for _ in range(draws):
    rows = rng.integers(0, len(a), len(a)), rng.integers(0, len(b), len(b))
    values.append(frechet.between(a[rows[0]], b[rows[1]]).value)
  found = bootstrap.recentred(value, np.array(values, float))
  return found and [max(end, 0.0) for end in found]


def _kernel(space: Space) -> Number:
  found = kernel_distance.kernel_distance(space.real, space.fake)
  floor = kernel_distance.kernel_distance(space.real, space.other)
  return Number(
    found.value,
    *_sizes(space),
    ci95=_normal(found),
    floor=floor.value,
    floor_ci95=_normal(floor),
    warnings=few(
      len(space.fake),
      _SUBSET,
      "the distance spreads widely, and its interval may be too narrow",
    ),
    reason=found.reason,
  )


def _normal(found: kernel_distance.KernelDistance) -> list[float] | None:
  if found.value is None or found.error is None:
    return None
  half = _NORMAL * found.error
  return [found.value - half, found.value + half]


def neighbours(space: Space, draws: int, seed: int) -> dict[str, Number]:
  """Precision, recall, density and coverage, named as in `measure`.

  Args:
    space: as in `measure`.
    draws: bootstrap draws.
    seed: fixes them.
  """
  common = {"draws": draws, "seed": seed}
  found, floor = (
    manifold.precision_recall(space.real, rows, _NEAREST, **common)
    for rows in (space.fake, space.other)
  )
  numbers = {
    name: _share(
      space, getattr(found, name), getattr(floor, name), found, _NEAREST
    )
    for name in ("precision", "recall")
  }
  found, floor = (
    manifold.density_coverage(space.real, rows, _BALL, **common)
    for rows in (space.fake, space.other)
  )
  numbers |= {
    name: _share(
      space, getattr(found, name), getattr(floor, name), found, _BALL
    )
    for name in ("density", "coverage")
  }
  numbers["coverage"] = dataclasses.replace(
    numbers["coverage"], ceiling=found.ceiling
  )
  return {f"{space.name}/{name}": number for name, number in numbers.items()}


def _share(
  space: Space, found: manifold.Share, floor: manifold.Share, whole: Any, k: int
) -> Number:
  return Number(
    found.value,
    *_sizes(space),
    ci95=found.ci95,
    floor=floor.value,
    floor_ci95=floor.ci95,
    warnings=few(
      len(space.fake),
      _BALLS * k,
      f"balls out to neighbour {k} are wide, and hide what is left out",
    ),
    reason=whole.reason,
  )


def _inception_score(space: Space, draws: int, seed: int) -> Number:
  assert space.fake_logits is not None and space.real_logits is not None
  found, floor = (
    inception_score.inception_score(logits, _SPLITS, seed)
    for logits in (space.fake_logits, space.real_logits)
  )
  return Number(
    found.value,
    *_sizes(space),
    ci95=_scored(found.value, space.fake_logits, draws, seed),
    floor=floor.value,
    floor_ci95=_scored(floor.value, space.real_logits, draws, seed),
    warnings=tuple(filter(None, [found.caution])),
    reason=found.reason,
  )


def _scored(
  value: float | None, logits: np.ndarray, draws: int, seed: int
) -> list[float] | None:
  if value is None:
    return None
  rng = np.random.default_rng(seed)
  values = [
    inception_score.inception_score(
      logits[rng.integers(0, len(logits), len(logits))], _SPLITS, seed
    ).value
    for _ in range(draws)
  ]
  found = bootstrap.recentred(value, np.array(values, float))
  return found and [max(end, 1.0) for end in found]


def _sizes(space: Space) -> tuple[int, int]:
  return len(space.real), len(space.fake)
