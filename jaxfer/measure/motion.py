"""How much moves in clips: generated ones against real ones.

A generator may draw good frames that all but stand still, or that flicker.
What changes from frame to frame tells both, in grey levels and by no network.
"""

from __future__ import annotations

import numpy as np

from jaxfer.measure.number import Number, beside
from jaxfer.measure.subject import Drawn
from jaxfer.metrics import bootstrap
from jaxfer.metrics.estimate import Estimate
from jaxfer.metrics.motion import change

NAME = "motion/change"


def measure(
  fakes: np.ndarray, reals: np.ndarray, drawn: Drawn, draws: int, seed: int
) -> dict[str, Number]:
  """The mean `change` of generated clips, and as its floor that of real ones.

  Args:
    fakes: (M, T, H, W, 3) uint8 generated clips.
    reals: (N, T, H, W, 3) uint8 real ones.
    drawn: which are compared.
    draws: bootstrap draws.
    seed: fixes them.
  """
  weights = bootstrap.draw_weights(drawn.count, draws, seed) / drawn.count
  found, floor = (
    Estimate(float(each.mean()), bootstrap.interval(weights @ each))
    for each in (change(fakes[drawn.fake]), change(reals[drawn.real]))
  )
  return {NAME: beside(found, floor, drawn.count, drawn.count)}
