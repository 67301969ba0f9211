"""How far generated faces are from real ones, in one space."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
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
from jaxfer.metrics.manifold import Share

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

  In a space of Inception `fid`, `kid` and `is`, elsewhere `frechet_distance`
  and `kernel_distance`; and precision, recall, density and coverage. The space
  has at least 2 rows of each kind.
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
  found, floor = (
    frechet.between(space.real, rows) for rows in (space.fake, space.other)
  )
  ends = (
    _drawn(one.value, frechet.between, sets, 0.0, draws, seed)
    for one, sets in (
      (found, (space.real, space.fake)),
      (floor, (space.real, space.other)),
    )
  )
  warnings = (found.caution,) if found.caution else ()
  if spaces.is_inception(space.name):
    words = "the distance grows as N falls, compare it at this N only"
    warnings += few(len(space.fake), _ENOUGH, words)
  shares = map(Share, (found.value, floor.value), ends)
  return _number(space, *shares, warnings=warnings, reason=found.reason)


def _kernel(space: Space) -> Number:
  found, floor = (
    kernel_distance.kernel_distance(space.real, rows)
    for rows in (space.fake, space.other)
  )
  words = "the distance spreads widely, and its interval may be too narrow"
  return _number(
    space,
    Share(found.value, _normal(found)),
    Share(floor.value, _normal(floor)),
    warnings=few(len(space.fake), _SUBSET, words),
    reason=found.reason,
  )


def _normal(found: kernel_distance.KernelDistance) -> list[float] | None:
  if found.value is None or found.error is None:
    return None
  half = _NORMAL * found.error
  return [found.value - half, found.value + half]


def neighbours(space: Space, draws: int, seed: int) -> dict[str, Number]:
  """Precision, recall, density and coverage, by such names too."""
  numbers = {}
  for of_both, k, names in (
    (manifold.precision_recall, _NEAREST, ("precision", "recall")),
    (manifold.density_coverage, _BALL, ("density", "coverage")),
  ):
    found, floor = (
      of_both(space.real, rows, k, draws=draws, seed=seed)
      for rows in (space.fake, space.other)
    )
    words = f"balls out to neighbour {k} are wide, and hide what is left out"
    common = {
      "warnings": few(len(space.fake), _BALLS * k, words),
      "reason": found.reason,
    }
    for name in names:
      shares = (getattr(one, name) for one in (found, floor))
      most = getattr(found, "ceiling", None) if name == "coverage" else None
      numbers[f"{space.name}/{name}"] = _number(
        space, *shares, ceiling=most, **common
      )
  return numbers


def _inception_score(space: Space, draws: int, seed: int) -> Number:
  assert space.fake_logits is not None and space.real_logits is not None
  score = functools.partial(
    inception_score.inception_score, splits=_SPLITS, seed=seed
  )
  both = space.fake_logits, space.real_logits
  found, floor = map(score, both)
  ends = (
    _drawn(one.value, score, (logits,), 1.0, draws, seed)
    for one, logits in zip((found, floor), both, strict=True)
  )
  return _number(
    space,
    *map(Share, (found.value, floor.value), ends),
    warnings=tuple(filter(None, [found.caution])),
    reason=found.reason,
  )


def _drawn(
  value: float | None,
  measured: Callable[..., Any],
  sets: Sequence[np.ndarray],
  least: float,
  draws: int,
  seed: int,
) -> list[float] | None:
  """The interval of what is measured of sets, over draws of their rows."""
  if value is None:
    return None
  rng = np.random.default_rng(seed)
  values = [
    measured(*(rows[rng.integers(0, len(rows), len(rows))] for rows in sets))
    for _ in range(draws)
  ]
  known = np.array([one.value for one in values], float)
  found = bootstrap.recentred(value, known)
  return found and [max(end, least) for end in found]


def _number(space: Space, found: Share, floor: Share, **more: Any) -> Number:
  """What was found of generated faces, and of real ones in their place."""
  return Number(
    found.value,
    n_real=len(space.real),
    n_fake=len(space.fake),
    ci95=found.ci95,
    floor=floor.value,
    floor_ci95=floor.ci95,
    **more,
  )
