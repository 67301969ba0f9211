"""What a face shows along its film."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jaxfer.report.figures import canvas

_POINTS = 480  # of a line; more are means of neighbours
_HIGH, _ROW = 2.0, 0.22  # inches of probabilities, and of a unit


def timeline(
  points: Sequence[tuple[float, Sequence[float]]],
  names: Sequence[str],
  *,
  units: bool,
) -> canvas.Figure:
  """A face's probabilities along its film, or when each unit is present.

  Args:
    points: seconds and, by class, probabilities; of action units 1 or 0.
    names: of the classes.
    units: whether they are action units.
  """
  table = np.array([(time, *values) for time, values in points])
  if len(table) > _POINTS:
    parts = np.array_split(table, _POINTS)
    table = np.stack([part.mean(0) for part in parts])
  times, values = table[:, 0], table[:, 1:].T
  fig = canvas.figure(0.6 + _ROW * len(names) if units else 0.9 + _HIGH)
  axes = fig.add_subplot()
  if units:
    _strips(axes, times, values, names)
  else:
    axes.set_ylim(0, 1)
    for place, (name, row) in enumerate(zip(names, values, strict=True)):
      label = canvas.plain(name)
      axes.plot(times, row, lw=1.4, label=label, **canvas.series(place))
    columns = min(len(names), 4)
    fig.legend(loc="outside upper left", ncols=columns, **canvas.LEGEND)
  axes.set_xlabel("seconds", **canvas.LABEL)
  canvas.quiet(axes, grid="" if units else "y")
  return fig


def _strips(
  axes: canvas.Axes, times: np.ndarray, values: np.ndarray, names: Sequence[str]
) -> None:
  """A row for each unit, dark where it is present."""
  step = (times[-1] - times[0]) / max(len(times) - 1, 1) or 1.0
  edges = np.append(times, times[-1] + step)
  rows = np.arange(len(names) + 1)
  axes.pcolormesh(
    edges, rows, values, cmap=canvas.ramp("subject"), vmin=0, vmax=1
  )
  axes.set_yticks(rows[:-1] + 0.5, [canvas.plain(name) for name in names])
  axes.invert_yaxis()
