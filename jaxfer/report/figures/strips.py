"""Groups of lines under headings, each line a value on one common axis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from jaxfer import terms
from jaxfer.report import palette, wording
from jaxfer.report.figures import canvas

LINE = 0.2
"""Height of a line in inches; the y axis counts lines."""

Cell = tuple[float, float, float]
"""A value with the bounds of its interval."""

_GAP = 0.5  # lines between two groups


def after(line: float, lines: int) -> float:
  """Where the next group starts.

  Args:
    line: where this one does, in lines from the top.
    lines: number of lines under its heading.
  """
  return line + 1 + lines + _GAP


def group(
  axes: Axes,
  line: float,
  title: str,
  cells: Mapping[str, Cell],
  *,
  printed: Decimal | None,
  metric: str,
) -> float:
  """Draws a heading, the paper's number, and one line for each protocol.

  Args:
    axes: of the figure.
    line: where the heading goes, in lines from the top.
    title: the heading.
    cells: protocol -> value and interval; where empty, it says `not run`.
    printed: the paper's number, or None.
    metric: what the values are, a key of `terms.METRICS`.

  Returns:
    Where the next group starts.
  """
  heading(axes, line, title)
  lines = max(len(cells), 1) + (printed is not None)
  here = line + 1
  if printed is not None:
    last = line + lines
    place = float(printed)
    axes.plot([place] * 2, [here, last], color=palette.INK, lw=0.6, zorder=1)
    axes.add_line(_tick([place], [here]))
    beside(axes, place, here, wording.score(metric, printed))
    here += 1
  for place, (protocol, (value, low, high)) in enumerate(cells.items()):
    colour, *_ = terms.protocol(protocol).look
    axes.plot([low, high], [here + place] * 2, color=colour, lw=1.6)
    axes.add_line(_mark(protocol, [value], [here + place]))
    text = wording.score(metric, value)
    beside(axes, max(value, high), here + place, text)
  if not cells:
    start = axes.get_xlim()[0]
    beside(axes, start, here, "not run", palette.QUIET)
  return after(line, lines)


def heading(axes: Axes, line: float, text: str) -> None:
  """Writes what the lines below are about.

  Args:
    axes: of the figure.
    line: where, in lines from the top.
    text: the heading.
  """
  axes.annotate(
    canvas.plain(text),
    (0, line),
    xycoords=("axes fraction", "data"),
    color=palette.INK,
    fontsize=canvas.TEXT,
    fontweight="bold",
    va="center",
    bbox=_OVER_LINES,
  )


def beside(
  axes: Axes, value: float, line: float, text: str, colour: str = palette.INK
) -> None:
  """Writes a number to the right of its mark.

  Args:
    axes: of the figure.
    value: where the mark ends.
    line: its line.
    text: the number.
    colour: of the text.
  """
  axes.annotate(
    text,
    (value, line),
    (8, 0),
    textcoords="offset points",
    color=colour,
    fontsize=canvas.TEXT - 1.5,
    va="center",
    bbox=_OVER_LINES,
  )


def close(axes: Axes, end: float) -> None:
  """Puts the first line at the top, and leaves the strip without a y axis.

  Args:
    axes: of the figure.
    end: where a further group would start.
  """
  axes.set(ylim=(end - _GAP, -0.7), yticks=[])
  axes.spines["left"].set_visible(False)


def legend(
  fig: Figure,
  protocols: Iterable[str],
  *,
  printed: bool,
  names: Mapping[str, str] | None = None,
) -> None:
  """Names the marks above the strip.

  Args:
    fig: the figure.
    protocols: in order.
    printed: whether the paper's tick is among them.
    names: of protocols; None for those of `terms.PROTOCOLS`.
  """
  names, keys = names or terms.titles(), []
  for protocol in protocols:
    keys.append(_mark(protocol, [], []))
    keys[-1].set_label(canvas.plain(names.get(protocol, protocol)))
  if printed:
    keys.append(_tick([], []))
    keys[-1].set_label("printed in the paper")
  fig.legend(
    handles=keys,
    loc="outside upper left",
    frameon=False,
    **canvas.LEGEND,
  )


_OVER_LINES = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


def _mark(protocol: str, x: list[float], y: list[float]) -> Line2D:
  colour, marker, filled = terms.protocol(protocol).look
  face = colour if filled else "white"
  return Line2D(x, y, ls="", marker=marker, ms=7, mew=1.6, mec=colour, mfc=face)


def _tick(x: list[float], y: list[float]) -> Line2D:
  return Line2D(x, y, ls="", marker="|", ms=11, mew=1.8, color=palette.INK)
