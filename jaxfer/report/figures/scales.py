"""Accuracies and areas under the curve: how each is written and measured."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, MaxNLocator, PercentFormatter

from jaxfer.report import palette, wording
from jaxfer.report.figures import canvas


def is_area(metric: str) -> bool:
  """Whether a metric, such as `auc_mean`, is an area under a ROC curve."""
  return metric.startswith("auc")


def written(metric: str, value: float, places: int = 1) -> str:
  """A value as tables write it, such as `97.1 %`, or `0.987` for an area.

  Args:
    metric: a key of `wording.METRICS`.
    value: a fraction or an area.
    places: decimals of a percentage.
  """
  if is_area(metric):
    return wording.area(value)
  return wording.percent(value, places)


def least(metric: str) -> float:
  """Where an axis starts: 0.5, which is guessing, for an area; else 0."""
  return 0.5 if is_area(metric) else 0.0


def measure(axes: Axes, axis: Axis, metric: str) -> None:
  """Names and ticks an axis in a metric's units, from its low end to 1.

  Args:
    axes: the axes, with their limits set.
    axis: its `xaxis` or `yaxis`.
    metric: a key of `wording.METRICS`.
  """
  low, high = axis.get_view_interval()
  ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, min(high, 1))
  axis.set_major_locator(
    FixedLocator([t for t in ticks if low - 1e-9 <= t <= 1 + 1e-9])
  )
  if not is_area(metric):
    places = 0 if np.ptp(ticks) > 0.04 else 1
    axis.set_major_formatter(PercentFormatter(1, places, " %"))
  axis.set_label_text(wording.METRICS.get(metric, metric), **canvas.LABEL)
  axis.grid(color=palette.HAIR, lw=0.6)
  canvas.quiet(axes)
