"""What carries over: a table of scores, coloured."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from jaxfer import terms
from jaxfer.report import palette, wording
from jaxfer.report.figures import canvas


def transfer_heat_map(
  path: Path,
  rows: Sequence[str],
  columns: Sequence[str],
  values: np.ndarray,
  published: np.ndarray | None = None,
  metric: str = "auc_mean",
  protocol: str = "",
  note: str = "",
) -> Path:
  """Scores by what was learnt from and what was tested on.

  Args:
    path: the PNG to write.
    rows: faces learnt from, (R,) names.
    columns: faces tested on, (C,) names.
    values: (R, C) fractions or areas; NaN where there is none, which is
      hatched.
    published: (R, C) the paper's numbers, each a `Decimal`, written below ours
      in brackets; None where it prints none; or None.
    metric: what the values are, a key of `terms.METRICS`.
    protocol: the one that colours it.
    note: a line at the foot.

  Returns:
    The path.

  Raises:
    ValueError: if the values or the published ones have another shape than
      the names.

  Reference: the paper's Tables IV and V.
  """
  values = np.asarray(values, np.float64)
  if published is None:
    published = np.full_like(values, None, object)
  expected = (len(rows), len(columns))
  for name, table in (("values", values), ("published", published)):
    if table.shape != expected:
      raise ValueError(
        f"{name} is {table.shape}, the names are {expected}: give a row for"
        " each of `rows` and a column for each of `columns`"
      )
  # A word a line, so that headings of narrow columns do not meet.
  headings = [canvas.plain(name).replace(" ", "\n") for name in columns]
  more = max((heading.count("\n") for heading in headings), default=0)
  fig = canvas.figure(1.1 + 0.46 * len(rows) + 0.18 * more, note)
  axes = fig.add_subplot()
  least = terms.METRICS[metric].least
  shades = (values - least) / (1 - least)
  axes.imshow(shades, cmap=canvas.ramp(protocol), vmin=0, vmax=1, aspect="auto")
  for (row, column), value in np.ndenumerate(values):
    missing = np.isnan(value)
    if missing:
      axes.add_patch(_hatched(row, column))
    axes.text(
      column,
      row,
      _cell(metric, value, published.item(row, column)),
      ha="center",
      va="center",
      fontsize=canvas.TEXT - 1,
      color=canvas.ink(float(shades[row, column])),
      bbox=_OVER_HATCHES if missing else None,
    )
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
  brackets = (
    "" if all(p is None for p in published.flat) else " (printed in the paper)"
  )
  axes.set_title(name + brackets, loc="left", pad=8, **canvas.LABEL)
  return canvas.save(fig, path)


_OVER_HATCHES = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def _hatched(row: int, column: int) -> Rectangle:
  return Rectangle(
    (column - 0.5, row - 0.5),
    1,
    1,
    facecolor="white",
    edgecolor=palette.HAIR,
    hatch="////",
    lw=0,
  )


def _cell(metric: str, value: float, published: Decimal | None) -> str:
  ours = wording.MISSING if np.isnan(value) else wording.score(metric, value)
  if published is None:
    return ours
  return f"{ours}\n({wording.score(metric, published)})"
