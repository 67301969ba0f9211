"""Pictures of faces, sharp or blurred beyond recognition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFilter

from jaxfer.report.figures import canvas

_AGAINST_FOR = LinearSegmentedColormap.from_list("evidence", canvas.DIVERGING)


def face_grid(faces: np.ndarray, columns: int = 8, *, mode: str) -> Image.Image:
  """Faces in rows: uint8 (N, S, S, 3), N >= 1, to `show` or to `blur`."""
  rows = [faces[i : i + columns] for i in range(0, len(faces), columns)]
  return _tiled(rows, [""] * len(rows), mode)


def film_strip(
  grids: Sequence[tuple[int, np.ndarray]], size: int, *, mode: str
) -> Image.Image:
  """The first row of faces of each sample grid, one below the other.

  A grid has a step and a uint8 image (H, W, 3) of faces of one size in rows.
  """
  rows = [_first_row(grid, size) for _, grid in grids]
  return _tiled(rows, [f"{step:,}" for step, _ in grids], mode)


def films(
  clips: np.ndarray, columns: int = 6, *, mode: str
) -> list[Image.Image]:
  """Clips in rows, a picture for each frame: uint8 (N, T, S, S, 3)."""
  return [
    face_grid(clips[:, k], columns, mode=mode) for k in range(clips.shape[1])
  ]


def contact_sheet(sheet: np.ndarray, *, mode: str) -> Image.Image:
  """A sheet of faces that was made elsewhere, uint8 (H, W, 3)."""
  image = Image.fromarray(sheet)
  if mode == "blur":
    # How large its faces are is unknown: enough for ten in a row.
    image = image.filter(ImageFilter.GaussianBlur(max(image.size) / 40))
  return image


def pairs_sheet(
  left: np.ndarray, right: np.ndarray, labels: Sequence[str], *, mode: str
) -> Figure:
  """Pairs of faces side by side, such as near-duplicates across folds.

  Args:
    left: uint8 (n, S, S, 3), n >= 1.
    right: uint8 (n, S, S, 3), the other face of each pair.
    labels: (n,) text below each pair, such as `fold 3 | fold 7`.
    mode: `show`, or `blur`.
  """
  fig, panels = canvas.multiples([""] * len(left), 3, (0.15, 1.05))
  for axes, one, other, label in zip(panels, left, right, labels, strict=True):
    gap = np.full((len(one), max(len(one) // 32, 1), 3), 255, np.uint8)
    pair = [_printed(one, mode), gap, _printed(other, mode)]
    _image(axes, np.concatenate(pair, axis=1))
    text = canvas.plain(label)
    axes.set_xlabel(text, fontsize=8, color=canvas.INK, labelpad=3)
  return fig


def evidence_sheet(
  faces: np.ndarray, maps: np.ndarray, titles: Sequence[str], *, mode: str
) -> Figure:
  """Faces under the evidence that a linear machine found in each cell.

  Each map has a scale of its own, the same for both signs. A cell is coloured
  as a whole: nothing finer is known.

  Args:
    faces: uint8 (n, S, S, 3), n >= 1.
    maps: (n, h, w) finite evidence, positive for the class.
    titles: (n,) what each map speaks of, such as an action unit.
    mode: `show`, or `blur`.
  """
  maps = np.asarray(maps, np.float64)
  fig, panels = canvas.multiples(titles, 4, (0.55, 1.5), wrap=18)
  for axes, face, evidence in zip(panels, faces, maps, strict=True):
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
  _key(fig, panels)
  return fig


def _tiled(
  rows: Sequence[np.ndarray], labels: Sequence[str], mode: str
) -> Image.Image:
  """Rows of faces, each beside its label."""
  height, width = rows[0].shape[1:3]
  margin = 9 * max(map(len, labels)) + (8 if any(labels) else 0)
  size = margin + max(map(len, rows)) * width, len(rows) * height
  sheet = Image.new("RGB", size, "white")
  draw = ImageDraw.Draw(sheet)
  for i, (row, label) in enumerate(zip(rows, labels, strict=True)):
    place, font = (margin - 8, i * height + height // 2), canvas.letters()
    draw.text(place, label, fill=canvas.INK, font=font, anchor="rm")
    for j, face in enumerate(row):
      image = Image.fromarray(_printed(face, mode))
      sheet.paste(image, (margin + j * width, i * height))
  return sheet


def _first_row(grid: np.ndarray, size: int) -> np.ndarray:
  """The first row of a grid as faces (columns, H, W, 3)."""
  down, across = (max(side // size, 1) for side in grid.shape[:2])
  height, width = grid.shape[0] // down, grid.shape[1] // across
  row = grid[:height, : across * width]
  return row.reshape(height, across, width, 3).transpose(1, 0, 2, 3)


def _printed(face: np.ndarray, mode: str) -> np.ndarray:
  """A face as its owner allows it.

  Each is blurred alone, so that faces do not run into each other.
  """
  if mode != "blur":
    return face
  blur = ImageFilter.GaussianBlur(face.shape[1] / 6)
  return np.asarray(Image.fromarray(face).filter(blur))


def _image(axes: Axes, image: np.ndarray) -> None:
  axes.imshow(image, interpolation="bilinear")
  axes.set(xticks=[], yticks=[])
  axes.spines[:].set_visible(False)


def _key(fig: Figure, panels: list[Axes]) -> None:
  """The colours of both signs, below the faces."""
  bar = fig.colorbar(
    ScalarMappable(Normalize(-1, 1), _AGAINST_FOR),
    ax=panels,
    location="bottom",
    shrink=0.7,
    aspect=40,
    pad=0.02,
    ticks=[-1, 0, 1],
  )
  bar.ax.set_xticklabels(["against", "none", "for"])
  bar.ax.tick_params(length=0, labelsize=8, labelcolor=canvas.INK)
  bar.outline.set_visible(False)
