"""Tables of numbers, coloured: confusion, and what carries over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.figures import canvas


def confusion_chart(
  counts: np.ndarray, classes: Sequence[str], title: str, protocol: str = ""
) -> Figure:
  """A confusion matrix: counts written, rows coloured by their shares.

  Of (K, K) faces, class i named j; a protocol has the title and the colour.
  """
  fig = canvas.figure(4.9)
  axes = fig.add_subplot()
  _confusion(axes, counts, counts, canvas.TEXT - 1, protocol)
  names = [canvas.plain(name) for name in classes]
  axes.set_xticks(
    range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor"
  )
  axes.set_yticks(range(len(names)), names)
  axes.set_xlabel("named", **canvas.LABEL)
  axes.set_ylabel("shown", **canvas.LABEL)
  axes.set_title(canvas.plain(title), loc="left", **canvas.LABEL)
  return fig


def confusion_grid(
  matrices: Mapping[str, tuple[np.ndarray, Sequence[str]]], protocol: str = ""
) -> Figure:
  """Confusion matrices of all experiments, in percent of each row.

  Args:
    matrices: experiment, as it is to be printed -> (K, K) faces of class i
      named j, and the K names; experiments may differ in their classes. A
      class without faces has an empty row.
    protocol: the one that colours it.

  Reference: the paper's Figure 6.
  """
  fig, panels = canvas.multiples([*matrices], 2, (0.6, 2.07), wrap=38)
  for axes, (counts, classes) in zip(panels, matrices.values(), strict=True):
    percents = np.round(100 * _shares(counts)).astype(int)
    _confusion(axes, counts, percents, 6.5, protocol)
    names = [canvas.plain(name) for name in classes]
    axes.set_xticks(range(len(names)), _short(classes))
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(labelsize=7, pad=1)
  fig.suptitle(
    "percent of the faces shown (rows) that were named (columns)",
    x=0.01,
    ha="left",
    fontsize=8,
    color=canvas.QUIET,
  )
  return fig


def transfer_heat_map(
  rows: Sequence[str],
  columns: Sequence[str],
  values: np.ndarray,
  published: np.ndarray | None = None,
  metric: str = "auc_mean",
  protocol: str = "",
) -> Figure:
  """Scores by what was learnt from and what was tested on.

  Args:
    rows: faces learnt from, (R,) names.
    columns: faces tested on, (C,) names.
    values: (R, C) fractions or areas; NaN where there is none, which is
      hatched.
    published: (R, C) the paper's numbers, each a `Decimal`, written below ours
      in brackets; None where it prints none; or None.
    metric: what the values are, a key of `terms.METRICS`.
    protocol: the one that colours it.

  Reference: the paper's Tables IV and V.
  """
  values = np.asarray(values, np.float64)
  if published is None:
    published = np.full_like(values, None, object)
  # A word a line, so that headings of narrow columns do not meet.
  headings = [canvas.plain(name).replace(" ", "\n") for name in columns]
  more = max((heading.count("\n") for heading in headings), default=0)
  fig = canvas.figure(1.1 + 0.46 * len(rows) + 0.18 * more)
  axes = fig.add_subplot()
  least = terms.METRICS[metric].least
  shades = (values - least) / (1 - least)
  axes.imshow(shades, cmap=canvas.ramp(protocol), vmin=0, vmax=1, aspect="auto")
  for place, value in np.ndenumerate(values):
    text = _with_print(metric, value, published.item(place))
    _write(axes, place, text, float(shades[place]), canvas.TEXT - 1)
  axes.set_xticks(range(len(columns)), headings)
  axes.set_yticks(range(len(rows)), [*map(canvas.plain, rows)])
  axes.xaxis.tick_top()
  axes.set_xlabel("tested on", **canvas.LABEL)
  axes.xaxis.set_label_position("top")
  axes.set_ylabel("learnt from · trained on", **canvas.LABEL)
  canvas.quiet(axes)
  axes.spines[["left", "bottom"]].set_visible(False)
  axes.tick_params(length=0)
  name = terms.METRICS[metric].title
  printed = any(number is not None for number in published.flat)
  brackets = " (printed in the paper)" if printed else ""
  axes.set_title(name + brackets, loc="left", pad=8, **canvas.LABEL)
  return fig


def _shares(counts: np.ndarray) -> np.ndarray:
  """Counts as shares of their rows."""
  counts = np.asarray(counts)
  return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _confusion(
  axes: Axes,
  counts: np.ndarray,
  written: np.ndarray,
  size: float,
  protocol: str,
) -> None:
  """Cells coloured by their share of the row, with numbers where any fell."""
  shares = _shares(counts)
  axes.imshow(shares, cmap=canvas.ramp(protocol), vmin=0, vmax=1)
  for place, count in np.ndenumerate(counts):
    text = str(written[place]) if count > 0 else ""
    _write(axes, place, text, float(shares[place]), size)
  canvas.quiet(axes)
  axes.tick_params(length=0)


def _write(
  axes: Axes, place: tuple[int, ...], text: str, share: float, size: float
) -> None:
  """Writes into a cell of a share of the full colour; NaN is hatched."""
  row, column = place
  over = None
  if np.isnan(share):
    hatched = {"facecolor": "white", "edgecolor": canvas.HAIR, "lw": 0}
    corner = (column - 0.5, row - 0.5)
    axes.add_patch(Rectangle(corner, 1, 1, hatch="////", **hatched))
    over = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
  axes.text(
    column,
    row,
    text,
    ha="center",
    va="center",
    fontsize=size,
    color="white" if share > 0.7 else canvas.INK,
    bbox=over,
  )


def _with_print(metric: str, value: float, published: Decimal | None) -> str:
  """A score, and below it the paper's in brackets."""
  ours = wording.MISSING if np.isnan(value) else wording.score(metric, value)
  if published is None:
    return ours
  return f"{ours}\n({wording.score(metric, published)})"


def _short(names: Sequence[str]) -> list[str]:
  """The first letters of each, three or as many as tell them apart."""
  letters = 3
  while len({name[:letters] for name in names}) < len({*names}):
    letters += 1
  return [canvas.plain(name[:letters]) for name in names]
