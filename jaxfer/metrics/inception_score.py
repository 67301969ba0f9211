"""Inception score: are images sure of a class, and all classes there?

The classes are ImageNet's, which do not describe faces: the score is there
because papers print it. A generator that draws each class once scores K.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.special import log_softmax, logsumexp

from jaxfer.metrics.estimate import Estimate


def inception_score(logits: np.ndarray, splits: int, seed: int) -> Estimate:
  """Exponential of the mean KL divergence of p(y|x) from p(y).

  The rows are shuffled by the seed and then cut into contiguous splits, since
  rows in order of class would make each split look collapsed.

  Args:
    logits: (N, K), of any real type.
    splits: number of splits.
    seed: fixes the shuffle.

  Returns:
    The mean score over the splits, from 1 to K, without an interval; undefined
    where there are fewer rows than splits.

  Raises:
    ValueError: if logits are not a finite matrix, or splits is below 1.

  Reference: Salimans et al., arXiv:1606.03498, section 4.
  """
  logits = np.asarray(logits, np.float64)
  if logits.ndim != 2 or not np.isfinite(logits).all():
    raise ValueError(
      f"logits of shape {logits.shape} must be a finite (N, K): mend what"
      " made them"
    )
  if splits < 1:
    raise ValueError(f"splits={splits} must be at least 1")
  rows, classes = logits.shape
  if rows < splits:
    reason = f"{rows} rows cannot be cut into {splits} splits"
    return Estimate(reason=reason)
  order = np.random.default_rng(seed).permutation(rows)
  edges = np.arange(splits + 1) * rows // splits
  scores = [
    _score(logits[order[low:high]]) for low, high in itertools.pairwise(edges)
  ]
  least = rows // splits
  caution = (
    f"a split of {least} rows cannot score above {least}, and {classes}"
    " classes could score more: take fewer splits or more rows"
  )
  caution = caution if least < classes else ""
  return Estimate(float(np.mean(scores)), caution=caution)


def _score(logits: np.ndarray) -> float:
  # All in logarithms: a class that no row gives any mass would be 0 · log 0.
  given = log_softmax(logits, axis=1)
  marginal = logsumexp(given, axis=0) - np.log(len(given))
  divergence = np.sum(np.exp(given) * (given - marginal), axis=1)
  return float(np.exp(divergence.mean()))
