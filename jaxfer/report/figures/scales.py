"""Axes of fractions and areas: ticks at exact, equal steps, and their names."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.axis import Axis

from jaxfer import terms
from jaxfer.report import palette
from jaxfer.report.figures import canvas

_MOST = 6  # ticks on an axis


def ticks(low: float, high: float, percent: bool) -> dict[float, str]:
  """Places at equal steps of 1, 2 or 5 times a power of ten, and their names.

  Args:
    low: where the axis starts.
    high: where it ends, above `low`.
    percent: whether fractions are named in percent.

  Returns:
    Two to six places by value, each with its exact name.
  """
  exponent = math.floor(math.log10((high - low) / _MOST))
  for unit in (1, 2, 5, 10, 20):
    step = unit * 10.0**exponent
    # A sliver of a step, so that an end that is a tick is not rounded off.
    first = math.ceil(low / step - 1e-6)
    last = math.floor(high / step + 1e-6)
    if last - first < _MOST:
      break
  else:
    raise ValueError(f"no ticks from {low} to {high}: the end must be above")
  scale, sign = (100, " %") if percent else (1, "")
  places = max(-exponent - (unit >= 10) - 2 * percent, 0)
  values = (round(k * step, 12) for k in range(first, last + 1))
  return {
    value: f"{scale * value:.{places}f}{sign}".replace("-", "\N{MINUS SIGN}")
    for value in values
  }


def measure(axes: Axes, axis: Axis, metric: str, end: float = 1.0) -> None:
  """Names and ticks an axis in a metric's units, from its low end.

  Args:
    axes: the axes, with their limits set.
    axis: its `xaxis` or `yaxis`.
    metric: a key of `terms.METRICS`.
    end: where the ticks end; beyond it there is room for numbers.
  """
  row = terms.METRICS[metric]
  low, high = axis.get_view_interval()
  named = ticks(low, min(high, end), row.unit == "rate")
  axis.set_ticks([*named], labels=[*named.values()])
  axis.set_label_text(row.title, **canvas.LABEL)
  axis.grid(color=palette.HAIR, lw=0.6)
  canvas.quiet(axes)
