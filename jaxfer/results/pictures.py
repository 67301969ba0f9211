"""What a report shows beside numbers: shapes, and evidence laid over faces."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jaxfer import config as configlib
from jaxfer import facs
from jaxfer.data.pools import load_faces, load_stills
from jaxfer.experiment import Experiment
from jaxfer.experiment.described import INVERTED
from jaxfer.learn import learners
from jaxfer.learn.gan import sizes
from jaxfer.learn.learners import Drawer
from jaxfer.measure import work
from jaxfer.results.evidence import Layer, Located, Panels
from jaxfer.svm import weights
from jaxfer.svm.problem import Problem

_GRIDS = 10


def load(path: Path) -> np.ndarray:
  """A picture, uint8 (H, W, 3)."""
  with Image.open(path) as image:
    return np.asarray(image.convert("RGB"))


def grids(gan: Path) -> tuple[tuple[int, np.ndarray], ...]:
  """Steps and sample grids, spread evenly over the training of an artifact."""
  every = sorted((gan / "grids").glob("[0-9]*.png"))
  places = np.linspace(0, len(every) - 1, _GRIDS if every else 0).round()
  chosen = [every[place] for place in np.unique(places.astype(int))]
  return tuple((int(path.stem), load(path)) for path in chosen)


def layers(config: configlib.Config) -> tuple[list[Layer], list[Layer]]:
  """The layers of the networks, from their own shapes.

  The generator's from the latent on, none of a learner that draws none; the
  discriminator's up to the one that features are taken from.
  """
  size = config.crop.size
  learner = learners.asked(config)
  state = learners.shapes(learner)
  params, count = learner.encoder(state).params, sizes.depth(size)
  time = learners.frames(config.gan)
  deepest = sizes.deepest(size, time)
  discriminator = [Layer("face", (size, size, 3))]
  for i in range(1, count + 1):
    maps = params[f"conv{i}"]["kernel"].shape[-1]
    shape = (size >> i, size >> i, maps)
    discriminator.append(Layer(f"conv{i}", shape, sizes.receptive_field(i)))
  generator = []
  if isinstance(learner, Drawer):
    params, side = state.gen.params, sizes.SMALLEST_MAP
    places = math.prod(deepest)
    seed = params["seed_kernel"].shape
    generator = [
      Layer("latent", (seed[0],)),
      Layer("projection", (side, side, seed[1] // places)),
    ]
    for i in range(1, count + 1):
      maps = params[f"up{i}"]["kernel"].shape[-2]
      generator.append(Layer(f"up{i}", (side << i, side << i, maps)))
  names = [layer.name for layer in discriminator]
  if config.features.readout in names:  # and not every layer
    del discriminator[names.index(config.features.readout) + 1 :]
  for network in (generator, discriminator) if len(deepest) > 2 else ():
    for place, layer in enumerate(network):
      if len(layer.shape) == 3:
        halved = int(math.log2(size // layer.shape[0]))
        name = f"{layer.name} × {time >> halved}"
        network[place] = dataclasses.replace(layer, name=name)
  return generator, discriminator


def locate(
  probe: Path,
  features: Path,
  faces: Path,
  problem: Problem,
  side: int,
) -> Located | None:
  """For each action unit, the face that shows it most surely, and where.

  The face is the one with the unit that scores highest out of fold under
  `subject` or `unsealed` (`paper` without person ids); the map is that of the
  machine trained on all faces. None where there is no machine.

  Args:
    probe: the trained probe's artifact.
    features: the features' artifact.
    faces: the prepared set.
    problem: what was recognised.
    side: height and width of the layer's maps that the features are.
  """
  images = load_stills(faces)
  if not (probe / weights.FILE).exists() or load_faces(faces).ndim > 4:
    return None
  machines, names = weights.load(probe)
  strictest = (probe / f"{p}.npz" for p in ("subject", "unsealed", "paper"))
  path = next(path for path in strictest if path.exists())
  with np.load(path, allow_pickle=False) as saved:
    scores = saved["scores"]
  table = np.load(features / "features.npy", mmap_mode="r", allow_pickle=False)
  shown, maps, titles = [], [], []
  for a, name in enumerate(names):
    known = np.where(problem.labels[:, a] == 1, scores[:, a], np.nan)
    if not np.isfinite(known).any() or np.isnan(machines.biases[a]):
      continue
    row = problem.rows[int(np.nanargmax(known))]
    shown.append(images[row])
    maps.append(machines.maps(table[row][None], side, side)[0, a])
    number = int(name.removeprefix("AU"))
    titles.append(f"{name} {facs.AU_NAMES[number]}")
  if not shown:
    return None
  return Located(np.stack(shown), np.stack(maps), tuple(titles))


def panels(measured: Path) -> Panels:
  """The faces that were measured, as the report shows them."""
  with np.load(measured / work.PANELS, allow_pickle=False) as saved:
    return Panels(**saved)


def inverted(
  experiment: Experiment,
) -> tuple[dict[str, Any], np.ndarray] | None:
  """How far the generator can draw the faces tested, if that was asked for.

  Returns:
    `told`, the share of the variance of latents that the encoder tells, and
    mean squared errors of pixels of 0 to 1, `pointed` and `found`; and faces as
    of `Evidence.inverted`.
  """
  every = (
    one.inverted for probe in experiment.probes for one in probe.features
  )
  artifact = next(filter(None, every), None)
  if artifact is None:
    return None
  with np.load(artifact.path() / INVERTED, allow_pickle=False) as saved:
    pointed, found = map(float, saved["errors"])
    told = {"told": float(saved["told"]), "pointed": pointed, "found": found}
    return told, saved["faces"]
