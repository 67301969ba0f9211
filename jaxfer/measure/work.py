"""Everything that is measured of a generator, from faces to files."""

from __future__ import annotations

import dataclasses
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from threadpoolctl import threadpool_limits

from jaxfer import features, logs, parallel
from jaxfer.config import Config
from jaxfer.data import sheet
from jaxfer.learn import encoding, sample
from jaxfer.learn.keys import Purpose
from jaxfer.measure import distances, diversity, motion, spaces, verdict
from jaxfer.measure import labels as labellib
from jaxfer.measure.number import Number, absent
from jaxfer.measure.spaces import PIXELS, Space
from jaxfer.measure.subject import Drawn, Subject, draw
from jaxfer.svm.heads import HEADS

METRICS, PANELS = "metrics.json", "panels.npz"
_SHOWN = 9  # generated faces beside their nearest real ones
_NO_MACHINE = (
  "the run keeps no machine to name faces by: nobody has a label, or another"
  " set is tested"
)
_NOT_KEPT = "svm.head={}, and a run keeps support vector machines alone"
_PATHS, _STEPS = 4, 8  # interpolations, and faces on each


def write(
  out: Path,
  subject: Subject,
  config: Config,
  devices: Sequence[parallel.Device],
) -> None:
  """Measures a generator.

  Leaves `metrics.json`, what is returned by `measure`, and in `classes` the
  same of each class that the networks were told; and `panels.npz`, uint8 faces:
  `sampled` (P, S, S, 3) and the `nearest` of those learnt from, `first` and
  `second` of the most alike pairs, `paths` (Q, T, S, S, 3). Of clips these are
  the middle frames, and so are what is measured in pixels and by Inception.
  """
  fakes, reals = sheet.still(subject.fakes), sheet.still(subject.reals)
  seed = config.run.seed
  drawn = draw(len(fakes), len(reals), config.generate.compare, seed)
  # Many small decompositions: threads of BLAS would wait for each other.
  with threadpool_limits(1):
    found, repeated, nearest = measure(subject, drawn, config, devices)
    found["classes"] = {}
    for name, part in subject.classes():
      counts = len(part.fakes), len(part.reals), config.generate.compare
      own = draw(*counts, seed)
      found["classes"][name] = measure(part, own, config, devices)[0]
  logs.write_json(out / METRICS, found)
  shown = drawn.fake[: min(_SHOWN, len(nearest))]
  pairs = drawn.fake[repeated]
  np.savez(
    out / PANELS,
    allow_pickle=False,
    sampled=fakes[shown],
    nearest=reals[nearest[: len(shown)]],
    first=fakes[pairs[:, 0]],
    second=fakes[pairs[:, 1]],
    paths=_paths(subject, seed),
  )


def measure(
  subject: Subject,
  drawn: Drawn,
  config: Config,
  devices: Sequence[parallel.Device],
) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
  """Every number of a generator, from the faces that are compared.

  Returns:
    JSON-like `count` (N), `network`, `numbers` by name, `labels` and
    `collapse`; (P, 2) positions among the compared of the most alike pairs;
    and (N,) the nearest real face of each that is compared.
  """
  if drawn.count < 2:
    reason = (
      f"{len(subject.fakes)} generated and {len(subject.reals)} real faces are"
      " too few to compare"
    )
    numbers, labels = {}, labellib.Labels(total_variation=absent(reason))
    judged = verdict.Verdict(verdict.UNKNOWN, (reason,), ())
    pairs, nearest = np.empty((0, 2), int), np.empty(0, int)
  else:
    flat = _described(subject, drawn, config, devices)
    numbers, pairs, nearest = _numbers(subject, drawn, flat, config, devices)
    labels = _labels(subject, flat, config)
    judged = verdict.judge(numbers, labels.total_variation)
  found = {
    "count": drawn.count,
    "network": subject.network,
    "numbers": {k: dataclasses.asdict(v) for k, v in numbers.items()},
    "labels": dataclasses.asdict(labels),
    "collapse": dataclasses.asdict(judged),
  }
  return found, pairs, nearest


def _numbers(
  subject: Subject,
  drawn: Drawn,
  flat: Space,
  config: Config,
  devices: Sequence[parallel.Device],
) -> tuple[dict[str, Number], np.ndarray, np.ndarray]:
  """Numbers by name, the most alike pairs, the nearest real faces."""
  fakes, reals = sheet.still(subject.fakes), sheet.still(subject.reals)
  generate, seed = config.generate, config.run.seed
  common = {"draws": generate.bootstrap, "seed": seed}
  own = spaces.people_of(subject.people, drawn.real)
  small = spaces.of(PIXELS, spaces.pixels, fakes, reals, drawn)
  numbers = distances.neighbours(small, **common)
  numbers |= distances.measure(_pooled(flat, config), **common)
  if generate.inception:
    for space in spaces.of_inception(
      Path(generate.inception),
      generate.dialects,
      fakes,
      reals,
      drawn,
      devices,
    ):
      numbers |= distances.measure(space, **common)
  else:
    numbers |= distances.without_inception()
  numbers |= diversity.likeness(
    fakes, reals, subject.people, drawn, generate.ssim, **common
  )
  numbers |= diversity.bins(small, seed)
  repeated, pairs = diversity.repeats(small, own)
  copied, nearest = diversity.copies(
    fakes, reals, subject.people, drawn, **common
  )
  numbers |= repeated | copied
  if subject.fakes.ndim == 5:
    numbers |= motion.measure(subject.fakes, subject.reals, drawn, **common)
  return numbers, pairs, nearest


def _labels(subject: Subject, flat: Space, config: Config) -> labellib.Labels:
  """What the run's own machine sees, where it keeps one."""
  if subject.probe is None:
    head = config.svm.head
    why = _NO_MACHINE if HEADS[head].kept else _NOT_KEPT.format(head)
    return labellib.Labels(total_variation=absent(why))
  return labellib.compare(
    subject.probe,
    flat.fake,
    flat.real,
    flat.other,
    draws=config.generate.bootstrap,
    seed=config.run.seed,
  )


def _described(
  subject: Subject,
  drawn: Drawn,
  config: Config,
  devices: Sequence[parallel.Device],
) -> Space:
  """The features that a probe sees, flat."""

  def describe(faces: np.ndarray) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
      path = Path(folder) / "features.npy"
      features.extract(
        subject.learner,
        subject.encoder,
        faces,
        path,
        readout=config.features.readout,
        batch=min(config.features.batch, len(faces)),
        devices=devices,
      )
      return np.load(path, allow_pickle=False)

  name = f"disc:{subject.network}"
  return spaces.of(name, describe, subject.fakes, subject.reals, drawn)


def _pooled(flat: Space, config: Config) -> Space:
  """The maps of what is read first, and not what stands beside it."""
  first = config.features.readout.partition(encoding.BESIDE)[0]
  maps, *places = encoding.shape(first, config.crop.size, config.gan)
  count = math.prod(places)
  return Space(
    flat.name,
    *(
      spaces.pooled(rows[:, : maps * count], count)
      for rows in (flat.fake, flat.real, flat.other)
    ),
  )


def _paths(subject: Subject, seed: int) -> np.ndarray:
  """(Q, T, S, S, 3) faces on arcs between latents, both ends included."""
  ends = np.asarray(
    sample.latents(seed, 2 * _PATHS, subject.learner.latent, Purpose.PATHS)
  ).reshape(_PATHS, 2, -1)
  z = np.concatenate([sample.spherical(a, b, _STEPS) for a, b in ends])
  told = None
  if subject.labels is not None:
    kept = np.resize(subject.labels, (_PATHS, subject.labels.shape[1]))
    told = kept.repeat(_STEPS, axis=0)
  drawn = sample.draw(subject.learner, subject.state, jnp.asarray(z), told)
  faces = sheet.still(drawn)
  return faces.reshape(_PATHS, _STEPS, *faces.shape[1:])
