"""Does a generator leave faces out, or copy its training set?"""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from jaxfer.metrics import bootstrap
from jaxfer.metrics.estimate import Estimate
from jaxfer.metrics.manifold import blocks, check_features, squared_distances

_BLOCK = 256  # rows whose distances to all others are in memory at a time


@dataclasses.dataclass(frozen=True)
class DifferentBins:
  """Statistically different bins."""

  # Share of bins that hold more or fewer fakes than real rows.
  different: Estimate
  # Jensen-Shannon divergence of the shares of rows, in nats.
  divergence: Estimate
  # (K,) share of real rows in each bin; empty where it is undefined.
  real: np.ndarray
  fake: np.ndarray  # (K,) share of fakes


@dataclasses.dataclass(frozen=True)
class Memorisation:
  """How near rows are to the training set."""

  nearest: np.ndarray  # (M,) index of the nearest training row of each row
  distances: np.ndarray  # (M,) float64, the distance to it
  mean: Estimate  # mean distance, with an interval by drawing the rows
  # Share of rows nearer to their training row than any other training row is
  # to it, likewise.
  copied: Estimate


def different_bins(
  real: np.ndarray,
  fake: np.ndarray,
  bins: int,
  significance: float,
  seed: int,
) -> DifferentBins:
  """Compares the masses of two sets in k-means bins of the real one.

  A bin differs where the two-proportion z-test, two-sided with pooled
  variance, rejects equal shares. What held-out real faces give, as many as
  there are fakes, is the floor.

  Args:
    real: (N, D), of any real type.
    fake: (M, D), the same.
    bins: K.
    significance: level of the test of each bin.
    seed: fixes the k-means start.

  Returns:
    Both quantities, without intervals; undefined where real rows cannot fill
    K bins.

  Raises:
    ValueError: if the two do not fit, hold nan or infinity, or K is below 2.

  Reference: Richardson & Weiss, arXiv:1805.12462.
  """
  check_features(real, fake)
  if bins < 2:
    raise ValueError(f"bins={bins} must be at least 2")
  n, m = len(real), len(fake)
  if n < bins or not m:
    return _no_bins(f"{n} real and {m} fake rows cannot fill {bins} bins")
  means = KMeans(bins, n_init="auto", random_state=seed)
  with warnings.catch_warnings():
    # Fewer distinct rows than bins: said below, in terms of the metric.
    warnings.simplefilter("ignore", ConvergenceWarning)
    labels = means.fit_predict(np.asarray(real, np.float64))
  p = np.bincount(labels, minlength=bins) / n
  if not p.all():
    return _no_bins(f"real rows fill {np.count_nonzero(p)} of {bins} bins")
  found = means.predict(np.asarray(fake, np.float64))
  q = np.bincount(found, minlength=bins) / m
  pooled = (n * p + m * q) / (n + m)
  z = (p - q) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
  count = int(np.sum(2 * stats.norm.sf(np.abs(z)) < significance))
  middle = (p + q) / 2
  divergence = float((_relative(p, middle) + _relative(q, middle)) / 2)
  least = float(pooled.min() * min(n, m))
  caution = (
    f"a bin expects {least:.1f} of {min(n, m)} rows, and its test wants 5:"
    " take fewer bins or more rows"
  )
  caution = caution if least < 5 else ""
  return DifferentBins(
    Estimate(count / bins, caution=caution),
    Estimate(divergence, caution=caution),
    p,
    q,
  )


def memorisation(
  rows: np.ndarray,
  train: np.ndarray,
  draws: int,
  seed: int,
  people: np.ndarray | None = None,
) -> Memorisation:
  """Finds the nearest training row of each row.

  A row is called copied where it is nearer to a training row than that row's
  own nearest neighbour is. Held-out real faces in the place of fakes give the
  floor. Several pictures of a person hide copies, being near each other: name
  the people, and a training row's neighbours are those of other people.

  Args:
    rows: (M, D) fakes, of any real type.
    train: (N, D), the same.
    draws: bootstrap draws.
    seed: fixes them.
    people: (N,) who is on each training row, or None for all different.

  Returns:
    The neighbours; numbers are undefined where nobody else is there to
    compare with.

  Raises:
    ValueError: if the two do not fit, or hold nan or infinity.

  Reference: Alaa et al., arXiv:2102.08921 (authenticity).
  """
  check_features(rows, train)
  who = np.arange(len(train)) if people is None else np.asarray(people)
  if len(who) != len(train):
    raise ValueError(
      f"{len(who)} people for {len(train)} training rows: name one for each"
    )
  if not len(rows) or len(np.unique(who)) < 2:
    reason = (
      f"{len(rows)} rows and {len(np.unique(who))} people to compare with:"
      " there must be 1 and 2"
    )
    undefined = Estimate(reason=reason)
    return Memorisation(np.empty(0, int), np.empty(0), undefined, undefined)
  rows, train = np.asarray(rows, np.float64), np.asarray(train, np.float64)
  nearest, distances = np.empty(len(rows), int), np.empty(len(rows))
  for part in blocks(len(rows), _BLOCK):
    apart = squared_distances(rows[part], train)
    nearest[part] = apart.argmin(1)
    distances[part] = np.sqrt(apart.min(1))
  # Only training rows that are a nearest one need a neighbour of their own.
  used, back = np.unique(nearest, return_inverse=True)
  own = np.empty(len(used))
  for part in blocks(len(used), _BLOCK):
    apart = squared_distances(train[used[part]], train)
    apart[who[used[part], None] == who[None]] = np.inf
    own[part] = np.sqrt(apart.min(1))
  copied = distances < own[back]
  weights = bootstrap.draw_weights(len(rows), draws, seed) / len(rows)
  return Memorisation(
    nearest,
    distances,
    Estimate(float(distances.mean()), bootstrap.interval(weights @ distances)),
    Estimate(float(copied.mean()), bootstrap.interval(weights @ copied)),
  )


def _no_bins(reason: str) -> DifferentBins:
  empty, undefined = np.empty(0), Estimate(reason=reason)
  return DifferentBins(undefined, undefined, empty, empty)


def _relative(p: np.ndarray, q: np.ndarray) -> float:
  held = p > 0
  return float(np.sum(p[held] * np.log(p[held] / q[held])))
