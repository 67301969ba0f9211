"""Confusion matrices: of one protocol, and of all experiments."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from jaxfer.report import palette
from jaxfer.report.figures import canvas

_COLUMNS = 2


def confusion_chart(
  path: Path,
  counts: np.ndarray,
  classes: Sequence[str],
  title: str,
  protocol: str = "",
  note: str = "",
) -> Path:
  """A confusion matrix: counts written, rows coloured by their shares.

  Args:
    path: the PNG to write.
    counts: (K, K) faces of class i named j.
    classes: the K names.
    title: what the protocol is called.
    protocol: the one that colours it.
    note: a line at the foot.

  Returns:
    The path.
  """
  counts = np.asarray(counts)
  fig = canvas.figure(4.9, note)
  axes = fig.add_subplot()
  written = np.where(counts > 0, counts.astype(str), "")
  _matrix(axes, counts, written, canvas.TEXT - 1, protocol)
  names = [canvas.plain(name) for name in classes]
  axes.set_xticks(
    range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor"
  )
  axes.set_yticks(range(len(names)), names)
  axes.set_xlabel("named", **canvas.LABEL)
  axes.set_ylabel("shown", **canvas.LABEL)
  axes.set_title(canvas.plain(title), loc="left", **canvas.LABEL)
  return canvas.save(fig, path)


def confusion_grid(
  path: Path,
  matrices: Mapping[str, tuple[np.ndarray, Sequence[str]]],
  protocol: str = "",
  note: str = "",
) -> Path:
  """Confusion matrices of all experiments, in percent of each row.

  Args:
    path: the PNG to write.
    matrices: experiment, as it is to be printed -> (K, K) faces of class i
      named j, and the K names; experiments may differ in their classes. A
      class without faces has an empty row.
    protocol: the one that colours it.
    note: a line at the foot.

  Returns:
    The path.

  Reference: the paper's Figure 6.
  """
  rows = -(-len(matrices) // _COLUMNS)
  fig = canvas.figure(0.6 + 2.07 * rows, note, "compressed")
  panels = canvas.panels(fig, len(matrices), _COLUMNS)
  for axes, (title, (counts, classes)) in zip(
    panels, matrices.items(), strict=True
  ):
    counts = np.asarray(counts)
    percents = np.round(100 * _shares(counts)).astype(int)
    written = np.where(counts > 0, percents.astype(str), "")
    _matrix(axes, counts, written, 6.5, protocol)
    names = [canvas.plain(name) for name in classes]
    axes.set_xticks(range(len(names)), _short(classes))
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(labelsize=7, pad=1)
    lines = "\n".join(textwrap.wrap(title, 38))
    axes.set_title(
      canvas.plain(lines), loc="left", pad=3, fontsize=8, color=palette.INK
    )
  fig.suptitle(
    "percent of the faces shown (rows) that were named (columns)",
    x=0.01,
    ha="left",
    fontsize=8,
    color=palette.QUIET,
  )
  return canvas.save(fig, path)


def _shares(counts: np.ndarray) -> np.ndarray:
  return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _matrix(
  axes: Axes,
  counts: np.ndarray,
  written: np.ndarray,
  size: float,
  protocol: str,
) -> None:
  """Cells coloured by their share of the row, with text of a size."""
  shares = _shares(counts)
  axes.imshow(shares, cmap=canvas.ramp(protocol), vmin=0, vmax=1)
  for (true, named), text in np.ndenumerate(written):
    axes.text(
      named,
      true,
      text,
      ha="center",
      va="center",
      fontsize=size,
      color=canvas.ink(float(shares[true, named])),
    )
  canvas.quiet(axes)
  axes.tick_params(length=0)


def _short(names: Sequence[str]) -> list[str]:
  """The first letters of each, three or as many as tell them apart."""
  letters = 3
  while len({name[:letters] for name in names}) < len({*names}):
    letters += 1
  return [canvas.plain(name[:letters]) for name in names]
