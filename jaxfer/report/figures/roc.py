"""ROC curves class by class, of protocols or of experiments."""

from __future__ import annotations

import textwrap
import types
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

_ACROSS, _UP = "false positive rate", "true positive rate"
_RATE: dict[str, Any] = {"fontsize": 7, "color": palette.QUIET, "labelpad": 1}
_COLUMNS = 3


def roc_grid(
  path: Path,
  curves: Mapping[str, Mapping[str, Curve]],
  areas: Mapping[str, Mapping[str, float | None]],
  titles: Mapping[str, str],
  colours: Mapping[str, str] = types.MappingProxyType({}),
  note: str = "",
) -> Path:
  """ROC curves of experiments or of protocols: a panel for each class.

  Args:
    path: the PNG to write.
    curves: experiment or protocol, as it is to be printed -> class -> false and
      true positive rates; a class that it did not test is absent.
    areas: experiment or protocol -> class -> area under the curve, or None
      where it is undefined; absent as above.
    titles: class -> title of its panel, in order.
    colours: of experiments or protocols that have one of their own.
    note: a line at the foot.

  Returns:
    The path.

  Reference: the paper's Figures 5 (emotions) and 7 (action units).
  """
  columns = 2 if max(map(len, curves), default=0) < 28 else 1
  lines = -(-len(curves) // columns) + 1
  rows = -(-len(titles) // _COLUMNS)
  fig = canvas.figure(0.8 + 0.165 * lines + 1.52 * rows, note, "compressed")
  panels = canvas.panels(fig, len(titles), _COLUMNS)
  styles: dict[str, dict[str, Any]] = {
    name: canvas.series(place) | {"color": colours[name]}
    if name in colours
    else canvas.series(place)
    for place, name in enumerate(curves)
  }
  for place, (label, title) in enumerate(titles.items()):
    axes = panels[place]
    keys = _lines(axes, curves, areas, label, styles)
    axes.legend(handles=keys, loc="lower right", **_INSIDE)
    lines = "\n".join(textwrap.wrap(title, 27))
    axes.set_title(
      canvas.plain(lines), loc="left", pad=3, fontsize=7, color=palette.INK
    )
    _square(axes)
    canvas.quiet(axes, 7)
    lowest, first = place + _COLUMNS >= len(titles), place % _COLUMNS == 0
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"] if lowest else [])
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"] if first else [])
    if lowest:
      axes.set_xlabel(_ACROSS, **_RATE)
    if first:
      axes.set_ylabel(_UP, **_RATE)
  key = fig.legend(
    handles=[
      Line2D([], [], lw=1.5, label=canvas.plain(name), **style)
      for name, style in styles.items()
    ],
    loc="outside upper left",
    ncols=columns,
    frameon=False,
    title=f"area under the curve in each panel; {wording.MISSING} not tested",
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
  styles: Mapping[str, Mapping[str, Any]],
) -> list[Line2D]:
  """One class's line of each experiment or protocol, named by its area."""
  keys = []
  for name, by_class in curves.items():
    # Without a curve, an empty line keeps the place.
    line = Line2D([], [], ls="")
    if label in by_class:
      (line,) = axes.plot(*by_class[label], lw=1.2, **styles[name])
    line.set_label(_area(areas.get(name, {}).get(label)))
    keys.append(line)
  return keys


def _square(axes: Axes) -> None:
  axes.plot([0, 1], [0, 1], color=palette.HAIR, lw=1, zorder=0)
  axes.set(xlim=(-0.01, 1), ylim=(0, 1.01), aspect="equal")


def _area(value: float | None) -> str:
  return wording.MISSING if value is None else wording.write("area", value)
