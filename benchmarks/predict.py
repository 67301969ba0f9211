"""Frames a second from a film to rows, beside decoding and finding alone.

    python -m benchmarks.predict

Drawn faces in 640×480, one and four of them; a discriminator of width 64 and a
support vector machine of 500 vectors, untrained: what they say is nothing, how
long they take is the same. The peer decodes and finds faces as OpenCV does in
one thread, and names nothing: naming costs less than finding where the ratio is
at least a half. py-feat publishes 17.6 frames a second for its Detectorv2 on
one CPU thread.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from benchmarks import harness
from jaxfer.configs import base
from jaxfer.data import detect
from jaxfer.learn import learners
from jaxfer.metrics.calibration import Calibration
from jaxfer.recogniser import file, network
from jaxfer.recogniser.heads import Centres, Emotions
from jaxfer.recogniser.model import Model
from jaxfer.svm.final import Recogniser
from jaxfer.svm.multiclass import OneVsOne

_GOAL = 18  # frames a second
_SUPPORT = 500
_RSS = 1.0  # GiB over the model
_NAMES = ("angry", "happy", "neutral", "sad")


def measure(
  *, repeats: int, width: int = 64, frames: int = 60, long: int = 10_000
) -> list[harness.Row]:
  """All rows.

  Args:
    repeats: turns that count.
    width: maps of the discriminator's first layer.
    frames: of the films that are timed.
    long: frames of the film that shows whether time and memory stay.
  """
  model, rows = recogniser(width), []
  with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    for count in (1, 4):
      path = film(folder / f"{count}.mp4", count, frames, (640, 480))
      rows += _speed(model, path, count, repeats)
    rows += _flat(model, film(folder / "long.mp4", 1, long, (160, 120)), long)
    rows.append(_start(model, folder))
  return rows


def recogniser(width: int) -> Model:
  """An untrained one, of every part."""
  config = base.get_config()
  config.gan.width = width
  _, state = learners.create(config.gan, image_size=64, seed=0)
  settings = {"size": 64, "width": width, "layer": "conv4"}
  describer = network.Describer(settings, state.disc)
  rng = np.random.default_rng(0)
  dimension = 128 * width
  pairs = np.array(list(itertools.combinations(range(len(_NAMES)), 2)))
  crop = config.crop.to_dict()
  crop |= {"detector": "viola_jones", "colour": "rgb", "max_megapixels": 64.0}
  support = rng.normal(0, 1, (_SUPPORT, dimension)).astype(np.float32)
  machine = OneVsOne(
    classes=len(_NAMES),
    present=np.arange(len(_NAMES)),
    pairs=pairs,
    rows=np.arange(_SUPPORT),
    coefficients=rng.normal(0, 1, (_SUPPORT, len(pairs))),
    biases=np.zeros(len(pairs)),
  )
  metric = {"metric": "accuracy", "value": None, "interval95": None}
  told = {"tested_on": "nobody", "doubt": None, "recall": None, "auc": {}}
  return Model(
    describer=describer,
    crop=crop,
    seen={"smallest": 0.0, "colour": True},
    head=Emotions(
      _NAMES,
      Recogniser(_NAMES, support, machine, gamma=1e-4, C=1.0),
      Calibration(1.0),
    ),
    centres=Centres(support, 1e6),
    card={
      "experiment": "untrained",
      "task": "emotion",
      "drawn": True,
      "measured": metric | told,
      "data": {},
      "probabilities": None,
      "familiar": {"quantile": 0.95, "meaning": "nothing"},
      "experiment_hash": "0" * 12,
      "intended_use": "to be timed",
    },
  )


def film(path: Path, faces: int, frames: int, size: tuple[int, int]) -> Path:
  """A film of drawn faces that move a little."""
  from jaxfer.standin.face import expression, identities, render, scene

  columns = 1 if faces == 1 else 2
  side = min(size[0] // columns, size[1] // (-(-faces // columns))) * 9 // 10
  side -= side % 2
  still = []
  for person in range(faces):
    who = identities.draw(
      0, person, female=bool(person % 2), child=False, dark=False
    )
    shown = scene.draw(0, person, 0)
    face = expression.pose("happy")
    still.append(render.render(who, shown, face, [0.0], (side, side))[0])
  writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30, size)
  for frame in range(frames):
    picture = np.full((size[1], size[0], 3), 128, np.uint8)
    move = round(2 * np.sin(frame / 5)) + 4
    for i, one in enumerate(still):
      x = i % columns * (size[0] // columns) + move
      y = i // columns * (size[1] // 2) + move
      room = picture[y : y + side, x : x + side]
      room[:] = one[: room.shape[0], : room.shape[1]]
    writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
  writer.release()
  return path


def _speed(
  model: Model, path: Path, count: int, repeats: int
) -> list[harness.Row]:
  search = detect.searcher(model.crop)

  def ours() -> int:
    return len({row.frame for row in model.predict(str(path))})

  def peer() -> int:
    reading, done = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), 0
    while True:
      there, image = reading.read()
      if not there:
        return done
      search(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
      done += 1

  found = sum(row.face is not None for row in model.predict(str(path)))
  mine, other = harness.rates([ours, peer], repeats)
  note = f"{found} faces found in all"
  work, unit = f"640×480, {count} face{'s' if count > 1 else ''}", "frames/s"
  alone, wish = "decoding and finding alone", "a goal; py-feat publishes 17.6"
  goal = 1.0 if count == 1 else None
  return [
    harness.Row(work, mine, other, unit, alone, goal=0.5, note=note),
    harness.Row(f"{work}, end to end", mine, _GOAL, unit, wish, goal=goal),
  ]


def _flat(model: Model, path: Path, frames: int) -> list[harness.Row]:
  """The last tenth of a long film beside its first, and memory."""
  part = frames // 10
  marks: list[float] = []
  before = harness.peak_gib()
  for row in model.predict(str(path)):
    if row.face in (None, 0) and row.frame % part == 0:
      marks.append(time.perf_counter())
  spent = np.diff(marks)
  grown = max(harness.peak_gib() - before, 1e-3)
  last, second = part / float(spent[-1]), part / float(spent[1])
  work, peer = f"the last tenth of {frames:,} frames", "the second tenth"
  return [
    harness.Row(work, last, second, "frames/s", peer, goal=0.9),
    harness.within(f"memory over {frames:,} frames", grown, _RSS, "GiB"),
  ]


def _start(model: Model, folder: Path) -> harness.Row:
  """From nothing to a first row, with programs that were compiled before."""
  path = folder / "model.jaxfer"
  file.write(path, model)
  code = (
    "import sys, jaxfer, numpy as np;"
    "m = jaxfer.load(sys.argv[1]);"
    "next(m.predict(np.zeros((64, 64, 3), np.uint8), detector='precropped'))"
  )
  cache = {
    "JAX_COMPILATION_CACHE_DIR": str(folder / "compiled"),
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
  }
  for _ in range(2):
    start = time.perf_counter()
    harness.python("-c", code, str(path), **cache)
    spent = time.perf_counter() - start
  return harness.within("loading to a first row", spent, 5.0)


if __name__ == "__main__":
  harness.main("predict", __doc__, measure, repeats=3)
