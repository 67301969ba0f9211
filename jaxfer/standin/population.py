"""Who is in a set, and how many: strangers, never the same in two sets."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jaxfer.standin.face import identities
from jaxfer.standin.face.identities import Identity


class Stranger(NamedTuple):
  """A person drawn by chance."""

  who: Identity
  female: bool


def own_seed(dataset: str, seed: int) -> int:
  """A dataset's own stream of chance.

  Without it, person 7 of two sets would be one person, and what is learnt on
  one set would be known on the other.
  """
  return (zlib.crc32(dataset.encode()) << 32) + seed


def meet(
  seed: int,
  person: int,
  *,
  female: float = 0.5,
  child: float = 0.0,
  dark: float = 0.3,
) -> Stranger:
  """Draws one person of a population; depends on the arguments alone.

  `female`, `child` and `dark` are the population's shares of women and girls,
  of children, and of skin, hair and eyes from the darker half.
  """
  rng = np.random.default_rng([seed, person, 5])
  is_female, is_child, is_dark = (
    rng.random(3) < (female, child, dark)
  ).tolist()
  who = identities.draw(
    seed, person, female=is_female, child=is_child, dark=is_dark
  )
  return Stranger(who, is_female)


def apportion(total: int, weights: Sequence[float]) -> list[int]:
  """Splits a total by largest remainders; nobody goes empty if it can be.

  Returns:
    A count for each of the weights, which are positive; their sum is the total.
  """
  exact = total * np.asarray(weights, float) / sum(weights)
  counts = np.floor(exact).astype(int)
  rest = np.argsort(counts - exact, kind="stable")[: total - counts.sum()]
  counts[rest] += 1
  while total >= len(counts) and counts.min() == 0:
    counts[counts.argmax()] -= 1
    counts[counts.argmin()] += 1
  return counts.tolist()
