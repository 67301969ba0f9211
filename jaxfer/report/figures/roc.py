"""ROC curves: of one protocol, and of all experiments class by class."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from jaxfer.report import palette, wording
from jaxfer.report.figures import canvas

Curve = tuple[np.ndarray, np.ndarray]
"""False and true positive rates, each (K,)."""

_ACROSS, _UP = "other faces taken for it", "its faces found"
_COLUMNS = 3


def roc_chart(
  path: Path,
  curves: Mapping[str, Curve],
  areas: Mapping[str, float | None],
  title: str,
  note: str = "",
) -> Path:
  """ROC curves of all emotions under one protocol.

  Args:
    path: the PNG to write.
    curves: emotion -> false and true positive rates, each (K,).
    areas: emotion -> area under the curve, or None where it is undefined.
    title: the protocol.
    note: a line at the foot.

  Returns:
    The path.
  """
  fig = canvas.figure(5.2, note)
  axes = fig.add_subplot()
  keys = []
  colours = palette.of_classes(wording.in_order(curves))
  for place, emotion in enumerate(colours):
    style = canvas.series(place)
    style["color"] = colours[emotion]
    text = canvas.plain(f"{emotion} {_area(areas.get(emotion))}")
    keys += axes.plot(*curves[emotion], lw=1.5, label=text, **style)
  _square(axes)
  axes.set_xlabel(_ACROSS, **canvas.LABEL)
  axes.set_ylabel(_UP, **canvas.LABEL)
  axes.set_title(canvas.plain(title), loc="left", **canvas.LABEL)
  for axis in (axes.xaxis, axes.yaxis):
    axis.set_ticks(*canvas.PERCENT)
  canvas.quiet(axes)
  # Below the diagonal there is room wherever the scores are of use.
  axes.legend(
    handles=keys,
    loc="lower right",
    edgecolor="none",
    framealpha=0.85,
    **canvas.LEGEND,
  )
  return canvas.save(fig, path)


def roc_grid(
  path: Path,
  curves: Mapping[str, Mapping[str, Curve]],
  areas: Mapping[str, Mapping[str, float | None]],
  titles: Mapping[str, str],
  note: str = "",
) -> Path:
  """ROC curves of all experiments: a panel for each class.

  Args:
    path: the PNG to write.
    curves: experiment, as it is to be printed -> class -> false and true
      positive rates; a class that an experiment did not test is absent.
    areas: experiment -> class -> area under the curve, or None where it is
      undefined; absent as above.
    titles: class -> title of its panel, in order.
    note: a line at the foot.

  Returns:
    The path.

  Reference: the paper's Figures 5 (emotions) and 7 (action units).
  """
  columns = 2 if max(map(len, curves), default=0) < 28 else 1
  lines = -(-len(curves) // columns) + 1
  rows = -(-len(titles) // _COLUMNS)
  fig = canvas.figure(0.75 + 0.165 * lines + 1.52 * rows, note, "compressed")
  panels = canvas.panels(fig, len(titles), _COLUMNS)
  for place, (label, title) in enumerate(titles.items()):
    axes = panels[place]
    keys = _lines(axes, curves, areas, label)
    axes.legend(handles=keys, loc="lower right", **_INSIDE)
    lines = "\n".join(textwrap.wrap(title, 27))
    axes.set_title(
      canvas.plain(lines), loc="left", pad=3, fontsize=7, color=palette.INK
    )
    _square(axes)
    canvas.quiet(axes, 7)
    below = place // _COLUMNS < rows - 1
    axes.set_xticks([0, 0.5, 1], [] if below else ["0", "50 %", "100 %"])
    aside = place % _COLUMNS > 0
    axes.set_yticks([0, 0.5, 1], [] if aside else ["0", "50 %", "100 %"])
  key = fig.legend(
    handles=[
      Line2D([], [], lw=1.5, label=canvas.plain(name), **canvas.series(place))
      for place, name in enumerate(curves)
    ],
    loc="outside upper left",
    ncols=columns,
    frameon=False,
    title=f"area under the curve in each panel; {wording.MISSING} not tested"
    f"\nacross: {_ACROSS}; up: {_UP}",
    title_fontsize=8,
    alignment="left",
    **canvas.LEGEND | {"fontsize": 8},
  )
  key.get_title().set_color(palette.QUIET)
  return canvas.save(fig, path)


_INSIDE: dict[str, Any] = {
  "fontsize": 6.5,
  "labelcolor": palette.INK,
  "handlelength": 1.6,
  "handletextpad": 0.4,
  "labelspacing": 0.15,
  "borderpad": 0.1,
  "borderaxespad": 0.2,
  "edgecolor": "none",
  "framealpha": 0.85,
}


def _lines(
  axes: Axes,
  curves: Mapping[str, Mapping[str, Curve]],
  areas: Mapping[str, Mapping[str, float | None]],
  label: str,
) -> list[Line2D]:
  """One class's line of each experiment, named by its area."""
  keys = []
  for place, (experiment, by_class) in enumerate(curves.items()):
    # Without a curve, an empty line keeps the experiment's place.
    line = Line2D([], [], ls="")
    if label in by_class:
      (line,) = axes.plot(*by_class[label], lw=1.2, **canvas.series(place))
    line.set_label(_area(areas.get(experiment, {}).get(label)))
    keys.append(line)
  return keys


def _square(axes: Axes) -> None:
  axes.plot([0, 1], [0, 1], color=palette.HAIR, lw=1, zorder=0)
  axes.set(xlim=(-0.01, 1), ylim=(0, 1.01), aspect="equal")


def _area(value: float | None) -> str:
  return wording.MISSING if value is None else wording.area(value)
