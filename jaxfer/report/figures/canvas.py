"""What every figure shares: its size, its type, its quiet axes, its bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from jaxfer import terms
from jaxfer.report import palette

WIDTH, DPI, TEXT = 5.0, 200, 10.0
"""Inches, pixels an inch, points.

Small pages with large type: read at phone width, where 5 inches become 4.
"""

LABEL: dict[str, Any] = {"fontsize": TEXT, "color": palette.INK}
"""How titles and axis names look."""

LEGEND: dict[str, Any] = {
  "fontsize": TEXT - 1,
  "labelcolor": palette.INK,
  "handletextpad": 0.5,
  "columnspacing": 1.2,
}
"""How legends look."""

PERCENT = (np.linspace(0, 1, 6), [f"{p} %" for p in range(0, 101, 20)])
"""Ticks and their names for an axis of fractions."""

DASHED = (0, (4, 1.5))
"""A dashed line that stays one when thin."""


def figure(
  height: float,
  note: str,
  layout: Literal["constrained", "compressed"] = "constrained",
) -> Figure:
  """An empty figure of the common width.

  Args:
    height: in inches.
    note: a line at the foot, such as that the faces are stand-ins; or nothing.
    layout: `compressed` for panels of a fixed aspect, which sit close.
  """
  fig = Figure(figsize=(WIDTH, height), dpi=DPI, layout=layout)
  FigureCanvasAgg(fig)
  if note:
    fig.supxlabel(
      plain(note), fontsize=TEXT - 2, color=palette.QUIET, x=0.99, ha="right"
    )
  return fig


def panels(fig: Figure, count: int, columns: int) -> list[Axes]:
  """Small multiples in rows, as many as needed.

  Args:
    fig: an empty figure.
    count: number of panels, at least 1.
    columns: panels in a row.

  Returns:
    The axes, row by row; nothing is drawn where the last row falls short.
  """
  grid = fig.subplots(-(-count // columns), columns, squeeze=False).ravel()
  for axes in grid[count:]:
    axes.set_axis_off()
  return list(grid[:count])


def quiet(axes: Axes, text: float = TEXT - 1) -> None:
  """Draws the axes in hairlines, the data before them.

  Args:
    axes: to change in place.
    text: size of the tick names in points.
  """
  axes.spines[["top", "right"]].set_visible(False)
  axes.spines[["left", "bottom"]].set_color(palette.HAIR)
  axes.tick_params(labelsize=text, labelcolor=palette.QUIET, color=palette.HAIR)
  axes.set_axisbelow(True)


def plain(text: str) -> str:
  """Text from data, kept from being read as mathematics."""
  return text.replace("$", r"\$")


def series(place: int) -> dict[str, Any]:
  """Style of the line at a place: a colour, and every other one dashed."""
  # So that hue is not the only difference.
  return {
    "color": palette.SERIES[place % len(palette.SERIES)],
    "ls": "-" if place % 2 == 0 else DASHED,
  }


def ramp(protocol: str) -> LinearSegmentedColormap:
  """From none to all, in a protocol's colour."""
  full, *_ = terms.protocol(protocol).look
  return LinearSegmentedColormap.from_list("ramp", ["#FFFFFF", full])


def ink(share: float) -> str:
  """The colour of text that is read on a share of a `ramp`.

  Args:
    share: of the ramp's full colour, 0 to 1; NaN is white.
  """
  return "white" if share > 0.7 else palette.INK


def save(fig: Figure, path: Path) -> Path:
  """Writes a figure as PNG, the same bytes every time.

  Args:
    fig: the figure.
    path: the PNG to write.

  Returns:
    The path.
  """
  # The default metadata name the library's version, which changes the bytes.
  fig.savefig(path, metadata={"Software": None})
  return path
