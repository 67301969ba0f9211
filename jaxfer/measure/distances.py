"""How far generated faces are from real ones, in one space."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

import numpy as np

from jaxfer.measure import spaces
from jaxfer.measure.number import Number, absent, beside, few
from jaxfer.measure.spaces import Space
from jaxfer.metrics import (
  bootstrap,
  frechet,
  inception_score,
  kernel_distance,
  manifold,
)
from jaxfer.metrics.estimate import Estimate

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
    _drawn(frechet.between, (space.real, rows), 0.0, draws, seed)
    for rows in (space.fake, space.other)
  )
  warnings = ()
  if spaces.is_inception(space.name):
    words = "the distance grows as N falls, compare it at this N only"
    warnings = few(len(space.fake), _ENOUGH, words)
  return beside(found, floor, *space.sizes, warnings)


def _kernel(space: Space) -> Number:
  found, floor = (
    kernel_distance.kernel_distance(space.real, rows)
    for rows in (space.fake, space.other)
  )
  words = "the distance spreads widely, and its interval may be too narrow"
  warnings = few(len(space.fake), _SUBSET, words)
  return beside(found, floor, *space.sizes, warnings)


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
    warnings = few(len(space.fake), _BALLS * k, words)
    for name in names:
      own, other = (getattr(one, name) for one in (found, floor))
      most = getattr(found, "ceiling", None) if name == "coverage" else None
      numbers[f"{space.name}/{name}"] = beside(
        own, other, *space.sizes, warnings, most
      )
  return numbers


def _inception_score(space: Space, draws: int, seed: int) -> Number:
  assert space.fake_logits is not None and space.real_logits is not None
  score = functools.partial(
    inception_score.inception_score, splits=_SPLITS, seed=seed
  )
  found, floor = (
    _drawn(score, (logits,), 1.0, draws, seed)
    for logits in (space.fake_logits, space.real_logits)
  )
  return beside(found, floor, *space.sizes)


def _drawn(
  measured: Callable[..., Estimate],
  sets: Sequence[np.ndarray],
  least: float,
  draws: int,
  seed: int,
) -> Estimate:
  """What is measured of sets, with an interval over draws of their rows."""
  found = measured(*sets)
  if found.value is None:
    return found
  rng = np.random.default_rng(seed)
  values = [
    measured(*(rows[rng.integers(0, len(rows), len(rows))] for rows in sets))
    for _ in range(draws)
  ]
  known = np.array([one.value for one in values], float)
  ends = bootstrap.recentred(found.value, known)
  ends = ends and [max(end, least) for end in ends]
  return dataclasses.replace(found, ci95=ends)
