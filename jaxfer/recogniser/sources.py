"""What inputs name: photographs, folders, films, a camera, arrays."""

from __future__ import annotations

import functools
import glob
import math
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer.data import files, images, video
from jaxfer.errors import UserError
from jaxfer.recogniser.pictures import Camera, Film, Source, Still

_CAMERA = re.compile(r"camera:(\d{1,2})")


def expand(
  inputs: Any, *, every: int = 1, fps: float = 0.0, max_megapixels: float
) -> list[Source]:
  """What inputs name, each once.

  Args:
    inputs: a path, `camera:0`, a glob, a picture (H, W, 3) or several
      (N, H, W, 3) of uint8; or a sequence of these.
    every: one of so many frames of a film is looked at.
    fps: frames a second to look at instead; 0: by `every`.
    max_megapixels: of the largest photograph or frame that is decoded.

  Raises:
    UserError: if an input names nothing.
  """
  if every < 1 or not 0 <= fps < math.inf:
    raise UserError(
      f"every={every}, fps={fps:g}: every is 1 or more, fps 0 or more"
    )
  found: dict[str, Source] = {}
  for one in _several(inputs):
    if isinstance(one, np.ndarray):
      name = str(len(found))
      found[name] = Still(name, functools.partial(np.asarray, _picture(one)))
      continue
    for name in _names(os.fspath(one)):
      if _CAMERA.fullmatch(name):
        found[name] = Camera(name, every, fps)
      elif video.is_video_name(name):
        found[name] = Film(name, every, fps, max_megapixels)
      else:
        found[name] = Still(
          name, functools.partial(_read, name, max_megapixels)
        )
  return list(found.values())


def _several(inputs: Any) -> Iterable[Any]:
  if isinstance(inputs, str | os.PathLike):
    return [inputs]
  if isinstance(inputs, np.ndarray) and inputs.ndim == 3:
    return [inputs]
  return inputs


def _picture(image: np.ndarray) -> np.ndarray:
  if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
    raise UserError(
      f"a picture of {image.dtype} {image.shape}: expected uint8 (H, W, 3), RGB"
    )
  return image


def _read(name: str, max_megapixels: float) -> np.ndarray:
  """A photograph; raises `images.ImageError` if it shows nothing."""
  if files.is_unread_picture(name):
    raise images.ImageError(files.not_read(name))
  path = Path(name)
  try:
    if path.exists() and not path.is_file():  # a named pipe never ends
      raise images.ImageError("not a file of data")
    with path.open("rb") as file:
      return np.asarray(images.load_face(file, max_megapixels=max_megapixels))
  except OSError as error:
    raise images.ImageError(f"unreadable: {error.strerror}") from error


def _names(given: str) -> Iterator[str]:
  """The files that an input names, in order."""
  path = Path(given)
  if _CAMERA.fullmatch(given) or path.is_file():
    yield given
  elif path.is_dir():
    names = [
      name
      for name in files.walk(path)
      if video.is_video_name(name)
      or files.is_image_name(name)
      or files.is_unread_picture(name)  # gives a row that says so
    ]
    if not names:
      raise UserError(f"{given} holds no photograph and no film")
    yield from ((path / name).as_posix() for name in names)
  else:
    # Path.glob takes no pattern from the root on.
    matching = sorted(glob.glob(given, recursive=True))  # noqa: PTH207
    found = [name for name in matching if Path(name).is_file()]
    if not found:
      raise UserError(f"{given} is no file, no folder and no pattern of any")
    yield from found
