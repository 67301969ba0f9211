"""Near copies: which are found, and which pairs of others are taken for one.

    JAXFER_REAL_FACES=... python -m benchmarks.near_copies

The folder holds `lab`, frontal photographs in which faces are found, and
`wild`, cropped ones. A copy is made by each kind of change, once of the
photograph, before the face is found and cut out, and once of the finished crop
of 64×64 pixels; then all faces are searched for pairs.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from benchmarks import harness
from jaxfer.configs import base
from jaxfer.data import cut, detect, duplicates, likeness
from jaxfer.data.readers import labelled
from jaxfer.data.table import Face

_LAB = 40  # photographs that are copied
_WILD = 100  # photographs that are copied, others for each kind

Change = Callable[[Image.Image], Image.Image]


def resaved(quality: int) -> Change:
  """Saved again as JPEG."""

  def change(image: Image.Image) -> Image.Image:
    with io.BytesIO() as file:
      image.save(file, "JPEG", quality=quality)
      return Image.open(file).convert("RGB")

  return change


def relit(curve: Callable[[np.ndarray], np.ndarray]) -> Change:
  """Every grey value, from 0 to 1, replaced by another."""
  values = np.clip(curve(np.arange(256) / 255), 0, 1) * 255
  table = np.rint(values).astype(np.uint8).tolist()
  return lambda image: image.point(table * 3)


def moved(shift: float = 0, turn: float = 0, fill: str = "edge") -> Change:
  """Shifted to the right and down by a share of the side; turned by degrees."""
  border = {"edge": cv2.BORDER_REPLICATE, "black": cv2.BORDER_CONSTANT}[fill]

  def change(image: Image.Image) -> Image.Image:
    width, height = image.size
    centre = ((width - 1) / 2, (height - 1) / 2)
    matrix = cv2.getRotationMatrix2D(centre, turn, 1)
    matrix[:, 2] += (shift * width, shift * height / 2)
    pixels = cv2.warpAffine(
      np.asarray(image),
      matrix,
      image.size,
      flags=cv2.INTER_CUBIC,
      borderMode=border,
    )
    return Image.fromarray(pixels)

  return change


def cropped(left: float, top: float, right: float, bottom: float) -> Change:
  """So much cut off each side, as a share of it, and scaled up again."""

  def change(image: Image.Image) -> Image.Image:
    width, height = image.size
    box = (
      left * width, top * height, (1 - right) * width, (1 - bottom) * height
    )  # fmt: skip
    return image.resize(image.size, Image.Resampling.BICUBIC, box=box)

  return change


def both(*changes: Change) -> Change:
  """One after the other."""

  def change(image: Image.Image) -> Image.Image:
    for one in changes:
      image = one(image)
    return image

  return change


CHANGES: dict[str, Change] = {
  "re-saved, JPEG 50": resaved(50),
  "grey": lambda image: image.convert("L").convert("RGB"),
  "brighter, × 1.3": relit(lambda x: 1.3 * x),
  "darker, × 0.7": relit(lambda x: 0.7 * x),
  "contrast × 1.4": relit(lambda x: 1.4 * (x - 0.5) + 0.5),
  "gamma 1.6": relit(lambda x: x**1.6),
  "shifted 3 %": moved(0.03),
  "shifted 5 %": moved(0.05),
  "turned 3°": moved(turn=3),
  "turned 5°": moved(turn=-5),
  "turned 5°, black corners": moved(turn=5, fill="black"),
  "zoomed 5 %": cropped(0.025, 0.025, 0.025, 0.025),
  "zoomed 8 %": cropped(0.04, 0.04, 0.04, 0.04),
  "cropped 5 % at two sides": cropped(0.05, 0, 0, 0.05),
  "mirrored": ImageOps.mirror,
  "mirrored, re-saved": both(ImageOps.mirror, resaved(50)),
  "mirrored, turned 3°": both(ImageOps.mirror, moved(turn=3)),
  "shifted 5 %, brighter": both(moved(0.05), relit(lambda x: 1.3 * x)),
  "turned 15°": moved(turn=15),
  "shifted 10 %": moved(0.1),
}
"""By name, the ways in which a copy differs."""


def measure() -> list[harness.Row]:
  """Rows of both folders."""
  root = Path(os.environ["JAXFER_REAL_FACES"])
  return [*lab(root / "lab"), *wild(root / "wild")]


def lab(root: Path) -> Iterator[harness.Row]:
  """Recall on faces of a laboratory, and pairs among its photographs."""
  faces = labelled.read(root, "index.csv").faces
  photos = [_open(root, face) for face in faces]
  crops = [_detected(photo) for photo in photos]
  chosen = [i for i, face in enumerate(faces) if face.emotion == "neutral"]
  chosen = chosen[:_LAB]
  for name, change in CHANGES.items():
    ways = {
      "photograph": [_detected(change(photos[i])) for i in chosen],
      "crop": [_whole(change(Image.fromarray(crops[i]))) for i in chosen],
    }
    for way, copies in ways.items():
      pairs = found([*crops, *copies])
      right = sum((i, len(crops) + k) in pairs for k, i in enumerate(chosen))
      yield _recall(f"lab, {way}: {name}", right, len(chosen))
  yield from _false(f"lab, {len(crops)} faces", found(crops), faces)


def wild(root: Path) -> Iterator[harness.Row]:
  """The same on faces in the wild, in one search; its pairs and its time."""
  faces = labelled.read(root, "index.csv").faces
  photos = [_open(root, face) for face in faces]
  crops = [_whole(photo) for photo in photos]
  order = np.random.default_rng(0).permutation(len(faces)).tolist()
  copies, origin = [], {}
  for name, change in CHANGES.items():
    for _ in range(_WILD):
      i = order.pop()
      origin[i, len(crops) + len(copies)] = name
      copies.append(_whole(change(photos[i])))
  start, used = time.perf_counter(), time.process_time()
  pairs = found([*crops, *copies])
  wall, cpu = time.perf_counter() - start, time.process_time() - used
  right = [name for pair, name in origin.items() if pair in pairs]
  for name in CHANGES:
    yield _recall(f"wild: {name}", right.count(name), _WILD)
  among = {pair: kind for pair, kind in pairs.items() if pair[1] < len(crops)}
  yield from _false(f"wild, {len(crops)} faces", among, faces)
  memory = harness.peak_gib()
  note = f"{cpu:.0f} s of CPU time; at most {memory:.1f} GiB, photographs too"
  work = f"search of {len(crops) + len(copies)} faces"
  yield harness.Row(work, wall, None, "s", "no peer", note=note)


def found(faces: Sequence[np.ndarray]) -> dict[tuple[int, int], str]:
  """By positions, the kind of each pair."""
  files = [face.tobytes().hex() for face in faces]
  pictures = likeness.pictures(np.stack(faces))
  return {
    (pair.first, pair.second): pair.kind
    for pair in duplicates.find(pictures, files)
  }


def _recall(work: str, right: int, total: int) -> harness.Row:
  return harness.Row(work, right / total, None, "found", f"of {total} copies")


def _false(
  work: str, pairs: dict[tuple[int, int], str], faces: Sequence[Face]
) -> Iterator[harness.Row]:
  """Pairs of one person and of two, among photographs as they are."""
  for kind in ("identical", "near"):
    people = [
      faces[i].subject == faces[j].subject
      for (i, j), one in pairs.items()
      if one == kind
    ]
    total = len(faces) * (len(faces) - 1) // 2
    against = f"of {total:,} pairs"
    for who, count in (
      ("one person", people.count(True)),
      ("two people", people.count(False)),
    ):
      yield harness.Row(f"{work}: {kind}, {who}", count, None, "pairs", against)


def _open(root: Path, face: Face) -> Image.Image:
  with Image.open(root / face.path) as image:
    return image.convert("RGB")


_SETTINGS = {
  **base.get_config().crop,
  "detector": "viola_jones",
  "colour": "rgb",
}
_FIND = detect.make(_SETTINGS)


def _detected(image: Image.Image) -> np.ndarray:
  box = _FIND(Face("", "labelled"), np.asarray(image))
  return _whole(image) if box is None else cut.cut(image, box, _SETTINGS)


def _whole(image: Image.Image) -> np.ndarray:
  size = (_SETTINGS["size"],) * 2
  return np.asarray(image.resize(size, Image.Resampling.BICUBIC))


if __name__ == "__main__":
  harness.main("near_copies", __doc__, measure)
