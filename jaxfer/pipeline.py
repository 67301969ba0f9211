"""The stages in order: what each reads and what it writes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import artifacts, controls, features, logs, parallel, plan
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data import crop, inspection, readers, sheet
from jaxfer.data import folds as foldlib
from jaxfer.data.standin import datasets as standins
from jaxfer.data.table import Face, from_row, iterate_csv, write_csv
from jaxfer.gan import sample, train
from jaxfer.gan import state as statelib
from jaxfer.gan.checkpoints import Checkpoints
from jaxfer.svm import stage

SHEET_SIDE = 12  # faces along each side of a contact sheet

_log = logging.getLogger(__name__)


class Pipeline:
  """An experiment in a workdir: each artifact is made when first asked for.

  Args:
    config: a valid experiment.
    experiment: the artifacts it asks for.
    store: where they lie.
    devices: the devices that share the work.
    profile: training steps to trace, if any.
  """

  def __init__(
    self,
    config: Config,
    experiment: plan.Plan,
    store: Store,
    devices: Sequence[parallel.Device],
    profile: train.Profile | None = None,
  ):
    self._config, self._plan, self._store = config, experiment, store
    self._devices, self._profile = devices, profile

  def run(self, name: str) -> None:
    """Makes one stage's artifacts, and what they are made from."""
    {
      "prepare": self.prepare_all,
      "pretrain": self.pretrain,
      "extract": lambda: self.extract("trained"),
      "probe": lambda: [self.probe(r) for r in self._plan.probe],
      "generate": self.generate,
    }[name]()

  def prepare_all(self) -> None:
    """Cropped faces of both roles and, where they have labels, test folds."""
    self.prepare("pretrain")
    if any(face.emotion for face in iterate_rows(self.prepare("probe"))):
      self.folds()
    else:
      _log.info("no face of %s has an emotion", self._config.data.probe)

  def prepare(self, role: str) -> Path:
    """Cropped faces of a role: faces.npy, manifest.csv, rejected.csv."""
    name = self._config.data[role]
    spec = self._plan.prepare[role]

    def build(out: Path) -> None:
      table = self._plan.tables.get(name)
      if table is None:
        root = self._draw_standin(name)
        table = readers.read(name, root, self._config.data)
      crop.write_faces(
        table,
        out,
        spec.settings,
        boxes=Path(self._config.crop.boxes),
        progress=logs.Progress(f"prepare {name}", len(table.faces), "images"),
      )
      twice = inspection.write(out)
      if twice["across_people"] or twice["across_splits"]:
        _log.warning(
          "%s: %d pairs of copies across people, %d across splits; see"
          " duplicates.csv",
          spec.name,
          twice["across_people"],
          twice["across_splits"],
        )

    return self._make(spec, build, resumable=True)

  def folds(self) -> Path:
    """Test folds of the labelled faces: folds.csv, selection.json."""
    spec = self._plan.folds
    faces = self.prepare("probe")
    return self._make(
      spec,
      lambda out: foldlib.write_folds(
        list(iterate_rows(faces)),
        out,
        folds=self._config.svm.folds,
        seed=self._config.run.seed,
      ),
    )

  def pretrain(self) -> Path:
    """The trained DCGAN: checkpoints, metrics by step, sample grids."""
    faces = load_faces(self.prepare("pretrain"))
    return self._make(
      self._plan.pretrain,
      lambda out: train.train(
        faces,
        out,
        gan=self._config.gan,
        seed=self._config.run.seed,
        devices=self._devices,
        profile=self._profile,
        events=(
          self._store.workdir / "tensorboard"
          if self._config.run.tensorboard
          else None
        ),
      ),
      resumable=True,
    )

  def extract(self, network: str) -> Path:
    """Features of the probe's faces: features.npy, rows.csv."""
    spec = self._plan.extract[network]
    source, probed = self.prepare("pretrain"), self.prepare("probe")

    def build(out: Path) -> None:
      dcgan, state = self.networks(trained=network == "trained")
      pool, faces = load_faces(source), load_faces(probed)
      norms = len(state.disc.batch_stats)
      progress = logs.Progress(
        f"extract {network}", norms * len(pool) + len(faces), "passes"
      )
      done = 0

      def report(more: int) -> None:
        nonlocal done
        done += more
        progress(done)

      common = {
        "batch": self._config.features.batch,
        "devices": self._devices,
        "report": report,
      }
      params = state.disc.params
      clock = logs.Clock()
      stats = features.recompute_statistics(
        dcgan.disc, params, state.disc.batch_stats, pool, **common
      )
      np.savez(out / "statistics.npz", **_flat(stats))
      with clock("extract"):
        features.extract(
          dcgan.disc,
          params,
          stats,
          faces,
          out / "features.npy",
          layer=self._config.features.layer,
          **common,
        )
      rows = iterate_csv(probed / "manifest.csv")
      write_csv(out / "rows.csv", crop.MANIFEST_COLUMNS, rows)
      rate = {"images_per_s": round(len(faces) / clock.seconds["extract"], 1)}
      logs.write_json(out / "timing.json", rate)

    return self._make(spec, build)

  def probe(self, representation: str) -> Path:
    """Out-of-fold scores of one representation under each protocol."""
    spec = self._plan.probe[representation]
    folds = self.folds()
    source = (
      self.extract(representation)
      if representation in self._plan.extract
      else self.prepare("probe")
    )

    def build(out: Path) -> None:
      path = source / "features.npy"
      if representation not in self._plan.extract:
        path = out / "features.npy"
        describe = getattr(controls, representation)
        np.save(path, describe(load_faces(source)))
      stage.run(
        stage.Job(
          label=representation,
          features=str(path),
          folds=str(folds),
          out=str(out),
          svm=self._config.svm.to_dict(),
          seed=self._config.run.seed,
          backend=self._plan.backend[0],
          keep_machine=representation == "trained",
        )
      )

    return self._make(spec, build)

  def generate(self) -> Path:
    """Faces drawn from the generator: faces.npy, sheet.png."""
    self.pretrain()

    def build(out: Path) -> None:
      dcgan, state = self.networks(trained=True)
      z = sample.latents(
        self._config.run.seed, self._config.generate.count, dcgan.latent
      )
      faces = sample.draw(dcgan, state.gen, z)
      np.save(out / "faces.npy", faces)
      sheet.write(faces[: SHEET_SIDE**2], out / "sheet.png", SHEET_SIDE)

    return self._make(self._plan.generate, build)

  def networks(
    self, *, trained: bool
  ) -> tuple[statelib.DCGAN, statelib.GANState]:
    """The networks, at their initial weights or as pretraining left them."""
    dcgan, state = self._initial
    if trained:
      checkpoints = Checkpoints(self.pretrain() / "checkpoints")
      restored = checkpoints.restore(state)
      checkpoints.close()
      if restored is None:
        raise artifacts.DamagedError(
          f"{self._plan.pretrain.name} holds no intact checkpoint: delete it"
          " and run again"
        )
      state = restored
    return dcgan, state

  @functools.cached_property
  def _initial(self) -> tuple[statelib.DCGAN, statelib.GANState]:
    return statelib.create(
      self._config.gan,
      image_size=self._config.crop.size,
      seed=self._config.run.seed,
    )

  def _draw_standin(self, name: str) -> Path:
    spec = self._plan.standin[name]

    def build(out: Path) -> None:
      progress = None

      def report(done: int, total: int) -> None:
        nonlocal progress
        progress = progress or logs.Progress(f"draw {name}", total, "images")
        progress(done)

      standins.write(out=out, **spec.settings, progress=report)

    return self._make(spec, build, resumable=True)

  def _make(self, spec: Spec, build, *, resumable: bool = False) -> Path:
    if (state := self._store.state(spec)) != "ready":
      verb = "go on with" if state == "begun" and resumable else "make"
      _log.info("%s %s", verb, spec.name)
    return self._store.make(spec, build, resumable=resumable)


def _flat(stats: statelib.Tree) -> dict[str, Any]:
  """Batch statistics as arrays by name, such as `norm2.mean`."""
  return {
    f"{norm}.{name}": np.asarray(value)
    for norm, values in stats.items()
    for name, value in values.items()
  }


def load_faces(folder: Path) -> np.ndarray:
  """The (N, H, W, 3) uint8 faces of an artifact, memory-mapped."""
  return np.load(folder / "faces.npy", mmap_mode="r", allow_pickle=False)


def iterate_rows(folder: Path) -> Iterator[Face]:
  """The facts of the faces of a prepared artifact, in order."""
  return map(from_row, iterate_csv(folder / "manifest.csv"))
