"""Krippendorff's alpha: how far raters agree beyond chance."""

from __future__ import annotations

import numpy as np


def nominal_alpha(counts: np.ndarray) -> float:
  """Krippendorff's alpha of answers in unordered categories.

    alpha = 1 - D_o / D_e
    D_o = 1/n sum_u (m_u^2 - sum_k n_uk^2) / (m_u - 1)
    D_e = (n^2 - sum_k n_k^2) / (n (n - 1))

  with n_uk the answers k to item u, m_u = sum_k n_uk, n_k = sum_u n_uk and
  n = sum_k n_k, over items with two answers or more. Raters need not have
  answered all items. 1 is agreement on every item, 0 what chance gives; it is
  negative where raters disagree more than chance would have them.

  Args:
    counts: (U, K) how many raters gave item u the answer k.

  Returns:
    At most 1; nan where it is undefined: no item has two answers, or all
    answers are the same.

  Reference: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011),
    section C.
  """
  counts = np.asarray(counts, float)
  paired = counts[counts.sum(1) > 1]
  each = paired.sum(1)
  total, answers = each.sum(), paired.sum(0)
  expected = total**2 - (answers**2).sum()
  if not expected:
    return float("nan")
  observed = ((each**2 - (paired**2).sum(1)) / (each - 1)).sum()
  return float(1 - observed * (total - 1) / expected)
