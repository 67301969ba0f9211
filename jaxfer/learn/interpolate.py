"""Paths between latents along the sphere they lie on."""

from __future__ import annotations

import numpy as np


def spherical(a: np.ndarray, b: np.ndarray, steps: int) -> np.ndarray:
  """Latents on the arc from one, (D,), to another: (steps, D) float32.

  Standard normal latents of many dimensions all have about the same length; the
  straight line between two leaves that shell, an arc does not. Lengths go from
  one to the other evenly. Both ends are among the steps.

  Raises:
    ValueError: if there are fewer than two steps.

  Reference: Shoemake, Computer Graphics 19(3), 1985; White, arXiv:1609.04468.
  """
  if steps < 2:
    raise ValueError(f"a path has two ends: steps={steps} must be 2 or more")
  a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
  lengths = np.linalg.norm(a), np.linalg.norm(b)
  cosine = np.clip(a @ b / max(lengths[0] * lengths[1], 1e-12), -1, 1)
  angle = np.arccos(cosine)
  t = np.linspace(0, 1, steps)[:, None]
  if np.sin(angle) < 1e-6:  # the same direction, or opposite ones
    return ((1 - t) * a + t * b).astype(np.float32)
  ends = a / lengths[0], b / lengths[1]
  turned = np.sin((1 - t) * angle) * ends[0] + np.sin(t * angle) * ends[1]
  path = ((1 - t) * lengths[0] + t * lengths[1]) * turned / np.sin(angle)
  return path.astype(np.float32)
