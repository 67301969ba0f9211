"""Faces with what was found in them, printed as their owners allow."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from PIL import Image, ImageFilter

from jaxfer.report import palette
from jaxfer.report.figures import canvas

_AGAINST_FOR = LinearSegmentedColormap.from_list("evidence", palette.DIVERGING)
_COLUMNS = 4
_PAIRS = 3  # in a row


def evidence_sheet(
  path: Path,
  faces: np.ndarray,
  maps: np.ndarray,
  titles: Sequence[str],
  mode: str,
  note: str = "",
) -> Path | None:
  """Faces under the evidence that a linear machine found in each cell.

  Each map has a scale of its own, the same for both signs. A cell is coloured
  as a whole: nothing finer is known.

  Args:
    path: the PNG to write.
    faces: uint8 (n, S, S, 3).
    maps: (n, h, w) finite evidence, positive for the class.
    titles: (n,) what each map speaks of, such as an action unit.
    mode: `show`; `blur`, beyond recognition; or `hide`, which draws nothing.
    note: a line at the foot.

  Returns:
    The path, or None where nothing was drawn: hidden, or no faces.

  Raises:
    ValueError: if faces, maps and titles differ in number.
  """
  maps = np.asarray(maps, np.float64)
  _check(faces=faces, maps=maps, titles=titles)
  if mode == "hide" or not len(faces):
    return None
  rows = -(-len(faces) // _COLUMNS)
  fig = canvas.figure(0.55 + 1.5 * rows, note, "compressed")
  panels = canvas.panels(fig, len(faces), _COLUMNS)
  for axes, face, evidence, title in zip(
    panels, faces, maps, titles, strict=True
  ):
    _image(axes, _printed(face, mode))
    side = len(face)
    shares = evidence / (np.abs(evidence).max() or 1.0)
    axes.imshow(
      shares,
      cmap=_AGAINST_FOR,
      vmin=-1,
      vmax=1,
      # Weak evidence is clear, so that the face shows through.
      alpha=0.7 * np.abs(shares),
      extent=(-0.5, side - 0.5, side - 0.5, -0.5),
      interpolation="nearest",
    )
    lines = "\n".join(textwrap.wrap(title, 18))
    axes.set_title(
      canvas.plain(lines), loc="left", pad=3, fontsize=8, color=palette.INK
    )
  _key(fig, panels)
  return canvas.save(fig, path)


def pairs_sheet(
  path: Path,
  left: np.ndarray,
  right: np.ndarray,
  labels: Sequence[str],
  mode: str,
  note: str = "",
) -> Path | None:
  """Pairs of faces side by side, such as near-duplicates across folds.

  Args:
    path: the PNG to write.
    left: uint8 (n, S, S, 3).
    right: uint8 (n, S, S, 3), the other face of each pair.
    labels: (n,) text below each pair, such as `fold 3 | fold 7`.
    mode: as in `evidence_sheet`.
    note: a line at the foot.

  Returns:
    The path, or None where nothing was drawn: hidden, or no pairs.

  Raises:
    ValueError: if left, right and labels differ in number.
  """
  _check(left=left, right=right, labels=labels)
  if mode == "hide" or not len(left):
    return None
  rows = -(-len(left) // _PAIRS)
  fig = canvas.figure(0.15 + 1.05 * rows, note, "compressed")
  panels = canvas.panels(fig, len(left), _PAIRS)
  for axes, one, other, label in zip(panels, left, right, labels, strict=True):
    gap = np.full((len(one), max(len(one) // 32, 1), 3), 255, np.uint8)
    pair = [_printed(one, mode), gap, _printed(other, mode)]
    _image(axes, np.concatenate(pair, axis=1))
    axes.set_xlabel(
      canvas.plain(label), fontsize=8, color=palette.INK, labelpad=3
    )
  return canvas.save(fig, path)


def _check(**parts: np.ndarray | Sequence[str]) -> None:
  """Raises where parts that belong together differ in number."""
  counts = {name: len(part) for name, part in parts.items()}
  if len({*counts.values()}) > 1:
    raise ValueError(f"{counts} differ in number: give one of each to a face")


def _key(fig: Figure, panels: list[Axes]) -> None:
  """The colours of both signs, below the faces."""
  scale = ScalarMappable(Normalize(-1, 1), _AGAINST_FOR)
  bar = fig.colorbar(
    scale,
    ax=panels,
    location="bottom",
    shrink=0.7,
    aspect=40,
    pad=0.02,
    ticks=[-1, 0, 1],
  )
  bar.ax.set_xticklabels(["against", "none", "for"])
  bar.ax.tick_params(length=0, labelsize=8, labelcolor=palette.INK)
  bar.outline.set_visible(False)


def _image(axes: Axes, image: np.ndarray) -> None:
  axes.imshow(image, interpolation="bilinear")
  axes.set(xticks=[], yticks=[])
  axes.spines[:].set_visible(False)


def _printed(face: np.ndarray, mode: str) -> np.ndarray:
  """The face as its owner allows it."""
  if mode == "blur":
    blur = ImageFilter.GaussianBlur(len(face) / 6)
    return np.asarray(Image.fromarray(face).filter(blur))
  return face
