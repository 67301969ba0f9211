"""Axes of accuracies and areas under the curve."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, MaxNLocator, PercentFormatter

from jaxfer.report import palette, wording
from jaxfer.report.figures import canvas


def measure(axes: Axes, axis: Axis, metric: str) -> None:
  """Names and ticks an axis in a metric's units, from its low end to 1.

  Args:
    axes: the axes, with their limits set.
    axis: its `xaxis` or `yaxis`.
    metric: a key of `wording.METRICS`.
  """
  row = wording.metric(metric)
  low, high = axis.get_view_interval()
  ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, min(high, 1))
  axis.set_major_locator(
    FixedLocator([t for t in ticks if low - 1e-9 <= t <= 1 + 1e-9])
  )
  if row.unit == "rate":
    places = 0 if np.ptp(ticks) > 0.04 else 1
    axis.set_major_formatter(PercentFormatter(1, places, " %"))
  axis.set_label_text(row.title, **canvas.LABEL)
  axis.grid(color=palette.HAIR, lw=0.6)
  canvas.quiet(axes)
