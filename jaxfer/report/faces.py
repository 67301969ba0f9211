"""Pictures of faces, printed as their owners allow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_INK, _NOTE = (28, 36, 48), (91, 102, 117)
_LINE, _TEXT = 22, 14.0  # pixels of a line of text, and of its letters


def face_grid(
  path: Path,
  faces: np.ndarray,
  mode: str,
  columns: int = 8,
  note: str = "",
) -> Path | None:
  """Faces in rows.

  Args:
    path: the PNG to write.
    faces: uint8 (N, S, S, 3), N >= 1.
    mode: `show`; `blur`, beyond recognition; or `hide`, which draws nothing.
    columns: faces in a row.
    note: a line at the foot, such as that the faces are stand-ins.

  Returns:
    The path, or None where nothing was drawn.
  """
  if mode == "hide":
    return None
  rows = [faces[i : i + columns] for i in range(0, len(faces), columns)]
  return _print(path, rows, [""] * len(rows), mode, note)


def film_strip(
  path: Path,
  grids: Sequence[tuple[int, np.ndarray]],
  size: int,
  mode: str,
  note: str = "",
) -> Path | None:
  """The first row of faces of each sample grid, one below the other.

  Args:
    path: the PNG to write.
    grids: step and uint8 image (H, W, 3) of square faces in rows.
    size: height and width of a face in pixels.
    mode: as in `face_grid`.
    note: a line at the foot.

  Returns:
    The path, or None where nothing was drawn.
  """
  if mode == "hide":
    return None
  rows = [_first_row(grid, size) for _, grid in grids]
  return _print(path, rows, [f"{step:,}" for step, _ in grids], mode, note)


def contact_sheet(
  path: Path, sheet: np.ndarray, mode: str, note: str = ""
) -> Path | None:
  """A sheet of faces that was made elsewhere.

  Args:
    path: the PNG to write.
    sheet: the image to print, uint8 (H, W, 3).
    mode: as in `face_grid`.
    note: a line at the foot.

  Returns:
    The path, or None where nothing was drawn.
  """
  if mode == "hide":
    return None
  image = Image.fromarray(sheet)
  if mode == "blur":
    # How large its faces are is unknown: enough for ten in a row.
    image = image.filter(ImageFilter.GaussianBlur(max(image.size) / 40))
  return _save(path, image, note)


def _first_row(grid: np.ndarray, size: int) -> np.ndarray:
  """The first row of a grid as faces (columns, H, W, 3)."""
  down, across = (max(side // size, 1) for side in grid.shape[:2])
  height, width = grid.shape[0] // down, grid.shape[1] // across
  row = grid[:height, : across * width]
  return row.reshape(height, across, width, 3).transpose(1, 0, 2, 3)


def _print(
  path: Path,
  rows: Sequence[np.ndarray],
  labels: Sequence[str],
  mode: str,
  note: str,
) -> Path:
  height, width = rows[0].shape[1:3]
  margin = 9 * max(map(len, labels)) + (8 if any(labels) else 0)
  across = max(map(len, rows))
  sheet = Image.new(
    "RGB", (margin + across * width, len(rows) * height), "white"
  )
  draw = ImageDraw.Draw(sheet)
  for i, (row, label) in enumerate(zip(rows, labels, strict=True)):
    place = (margin - 8, i * height + height // 2)
    draw.text(place, label, fill=_INK, font=_font(), anchor="rm")
    for j, face in enumerate(row):
      image = Image.fromarray(face)
      if mode == "blur":
        # Each alone, so that faces do not run into each other.
        image = image.filter(ImageFilter.GaussianBlur(width / 6))
      sheet.paste(image, (margin + j * width, i * height))
  return _save(path, sheet, note)


def _save(path: Path, image: Image.Image, note: str) -> Path:
  if note:
    width, height = image.size
    whole = Image.new("RGB", (width, height + _LINE), "white")
    whole.paste(image)
    draw, place = ImageDraw.Draw(whole), (width - 2, height + _LINE // 2)
    # Smaller where a few faces are narrower than their note.
    long = draw.textlength(note, font=_font())
    font = _font(min(_TEXT, _TEXT * (width - 4) / long))
    draw.text(place, note, fill=_NOTE, font=font, anchor="rm")
    image = whole
  image.save(path, format="PNG", optimize=True)
  return path


def _font(
  size: float = _TEXT,
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
  return ImageFont.load_default(size=size)
