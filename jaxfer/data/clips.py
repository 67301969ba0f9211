"""Clips of one face: which frames are taken, and how they are cropped.

A clip becomes `frames` frames, `stride` frames of the film apart. Of a longer
one the middle is taken, or its end where that is the peak; a shorter one stands
still at both ends. The face is found in some of the frames, and the median of
its boxes is held over all, so that what moves in the crops is the face.
"""

from __future__ import annotations

import dataclasses
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from jaxfer import artifacts
from jaxfer.data import cut, detect, images, video
from jaxfer.data.cut import Crop
from jaxfer.data.dataset import Findings
from jaxfer.data.detect import Box
from jaxfer.data.table import Clip, Face, FaceTable, Rejection, open_file

_LOOKED_AT = 5  # frames of a clip in which its face is looked for


def table(
  found: Findings,
  clips: Sequence[tuple[Face, Clip]],
  *,
  peaks: bool = False,
) -> FaceTable:
  """The clips of a dataset, with all that was found besides them."""
  root, by_path = found.root, {face.path: clip for face, clip in clips}

  def opener(face: Face) -> BinaryIO:
    """The video; or of pictures the list of their checksums."""
    files = by_path[face.path].files
    if len(files) == 1:
      return open_file(root / files[0])
    sums = []
    for file in files:
      with open_file(root / file) as picture:
        sums.append(artifacts.digest(picture))
    return io.BytesIO("\n".join(sums).encode())

  whole = found.table((face for face, _ in clips), opener)
  return dataclasses.replace(whole, clips=by_path, peaks=peaks)


def by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
  """Pictures by their folder, in the order of the numbers in their names."""
  found: dict[str, list[str]] = {}
  for path in paths:
    found.setdefault(Path(path).parent.as_posix(), []).append(path)
  return {folder: sorted(one, key=_by_number) for folder, one in found.items()}


def _by_number(path: str) -> tuple[list[int], str]:
  name = Path(path).stem
  return [int(digits) for digits in re.findall(r"\d+", name)], name


def choose(count: int, frames: int, stride: int, *, peak: bool) -> list[int]:
  """The numbers of the `frames` that are taken of the `count` of a clip.

  They are a `stride` apart, and end with the clip where that is its `peak`,
  else lie in its middle, of two the second alone; the first and the last are
  repeated where there are too few.
  """
  span = (frames - 1) * stride + 1
  spare = count - span
  middle = count // 2 - stride if frames == 2 else math.floor(spare / 2)
  first = spare if peak else middle
  places = first + stride * np.arange(frames)
  return np.clip(places, 0, count - 1).tolist()


def read(
  found: FaceTable,
  face: Face,
  *,
  frames: int,
  stride: int,
  max_megapixels: float,
) -> tuple[str, list[np.ndarray]]:
  """A clip's checksum, and the frames taken, (H, W, 3) uint8 of one size.

  Raises:
    ImageError: if it cannot be read, without the place where it lies.
  """
  root, clip = found.root, found.clips[face.path]
  try:
    with images.faults():
      with found.open(face) as file:
        sha256 = artifacts.digest(file)
      if len(clip.files) == 1 and video.is_video_name(clip.files[0]):
        name = str(root / clip.files[0])
        with video.opened(name) as film:
          images.refuse_large(video.size(film), max_megapixels)
        shown = [
          number
          for number, time in enumerate(video.times(name))
          if clip.start <= time < clip.end
        ]
        if not shown:
          raise images.ImageError(
            f"no frame between {clip.start:g} and {clip.end:g} s"
          )
        places = choose(len(shown), frames, stride, peak=found.peaks)
        pictures = video.take(name, [shown[place] for place in places])
      else:
        places = choose(len(clip.files), frames, stride, peak=found.peaks)
        decoded = {}
        for place in dict.fromkeys(places):
          with open_file(root / clip.files[place]) as file:
            image = images.load(file, max_megapixels=max_megapixels)
          decoded[place] = np.asarray(image)
        pictures = [decoded[place] for place in places]
  except video.SourceError as error:
    plain = str(error).replace(f"{root}/", "")
    raise images.ImageError(plain) from error
  sizes = dict.fromkeys(one.shape[1::-1] for one in pictures)
  if len(sizes) > 1:
    words = [f"{width}×{height}" for width, height in sizes]
    raise images.ImageError(
      f"its frames are of several sizes: {', '.join(words)} pixels"
    )
  [size] = sizes
  images.refuse_small(size)
  if (mean := pictures[len(pictures) // 2].mean()) < images.BLACK:
    raise images.ImageError(f"a black clip: its mean is {mean:.1f} of 255")
  return sha256, pictures


class Finder:
  """Decodes a clip, finds its face and crops it; safe in threads.

  Args:
    table: the clips.
    settings: as `crop.write_faces` takes them; `frames` and `stride`; and
      `still`, whether only the middle of these frames, or the peak, is kept.
    boxes: the file that the detector `boxes_csv` reads.

  Attributes:
    shape: of a crop: (frames, size, size, 3); of a still (size, size, 3).
  """

  def __init__(
    self, table: FaceTable, settings: Mapping[str, Any], boxes: Path | None
  ):
    self._table, self._settings = table, settings
    self._find = detect.make(settings, boxes)
    size, frames, still = (settings[k] for k in ("size", "frames", "still"))
    self.shape = (*(() if still else (frames,)), size, size, 3)

  def __call__(self, face: Face) -> Crop | Rejection:
    """What becomes of a clip."""
    s = self._settings
    how = {k: s[k] for k in ("frames", "stride", "max_megapixels")}
    try:
      sha256, pictures = read(self._table, face, **how)
      box = self._box(face, pictures)
    except images.ImageError as error:
      return Rejection(face.path, str(error))
    if s["still"]:
      place = -1 if self._table.peaks else len(pictures) // 2
      pictures = [pictures[place]]
    faces = [cut.cut(Image.fromarray(one), box, s) for one in pictures]
    return Crop(np.stack(faces).reshape(self.shape), box, sha256)

  def _box(self, face: Face, pictures: Sequence[np.ndarray]) -> Box:
    """The median of the boxes in some frames, where most of them hold one."""
    chosen = np.linspace(0, len(pictures) - 1, _LOOKED_AT).round().astype(int)
    looked = [pictures[place] for place in np.unique(chosen)]
    found = [box for one in looked if (box := self._find(face, one))]
    if 2 * len(found) <= len(looked):
      name = self._settings["detector"]
      raise images.ImageError(
        f"a face found by {name} in {len(found)} of {len(looked)} frames"
      )
    return middle(found)


def middle(boxes: Sequence[Box]) -> Box:
  """The median of the boxes of one face, side by side."""
  names = ("left", "top", "width", "height", "confidence")
  sides = [[getattr(box, name) for name in names] for box in boxes]
  found = dict(zip(names, np.median(sides, axis=0).tolist(), strict=True))
  return Box(**found, among=max(box.among for box in boxes))
