"""The stages in order: what each reads and what it writes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from jaxfer import controls, distributed, features, parallel, plan
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data import conditions, crop, pools, sheet
from jaxfer.data.pools import load_faces
from jaxfer.data.table import iterate_csv, write_csv
from jaxfer.gan import checkpoints, sample
from jaxfer.gan import state as statelib
from jaxfer.gan.train import Profile, train
from jaxfer.measure import work as measure
from jaxfer.measure.subject import Subject
from jaxfer.plan.arms import RULE, Arm
from jaxfer.plan.networks import Features, Network
from jaxfer.sets import Sets, make, make_together
from jaxfer.svm import problem as problems
from jaxfer.svm import stage
from jaxfer.svm.work import Job

SHEET_SIDE = 12  # faces along each side of a contact sheet

_log = logging.getLogger(__name__)


class Pipeline:
  """An experiment in a workdir: each artifact is made when first asked for.

  Args:
    config: a valid experiment.
    experiment: the artifacts it asks for.
    store: where they lie.
    devices: the devices, of all processes, that share the training.
    profile: training steps to trace, if any.
  """

  def __init__(
    self,
    config: Config,
    experiment: plan.Plan,
    store: Store,
    devices: Sequence[parallel.Device],
    profile: Profile | None = None,
  ):
    self._config, self._plan, self._store = config, experiment, store
    self._devices, self._profile = devices, profile
    # Of several processes: a pass or two over the faces need no sharing.
    self._own_devices = parallel.own(devices)
    self._sets = Sets(config, experiment, store)

  def run(self, name: str, *, probed: bool = False) -> None:
    """Makes one stage's artifacts, and what they are made from.

    Where labels do not suffice, there is nothing to test: the DCGAN of the
    whole set and its features are all there is. Of several processes all run
    the stages up to the training, and rank 0 alone the others.

    Args:
      name: of the stage.
      probed: whether machines are to be fitted and tested, in this stage or a
        later one, so that labels are needed.

    Raises:
      DataError: if labels are needed and do not suffice; before any training.
    """
    if name not in ("prepare", "pretrain") and not distributed.leads():
      return
    lacks = {role: self._sets.lack(role) for role in self._plan.folds}
    if probed:
      self.require_labels()
    wanted = self._plan.arms[0].features
    if name != "prepare" and not any(lacks.values()):
      wanted = [one for arm in self._plan.arms for one in self._needed(arm)]
    if name == "prepare":
      for role in self._plan.prepare:
        self.prepare(role)
      for role, lack in lacks.items():
        if lack:
          _log.info("%s", lack)
        else:
          self.folds(role)
    elif name == "pretrain":
      for one in wanted:
        if one.network is not None and one.network.weights is not None:
          self.pretrain(one.network)
    elif name == "extract":
      for one in wanted:
        self.extract(one)
    elif name == "probe":
      for arm in self._plan.arms:
        self.probe(arm)
    else:
      self.measure()

  def require_labels(self) -> None:
    """Raises where there is nothing to test; see `Sets.require_labels`."""
    self._sets.require_labels()

  def prepare(self, role: str) -> Path:
    """Cropped faces of a role; see `Sets.prepare`."""
    return self._sets.prepare(role)

  def folds(self, role: str) -> Path:
    """Test folds of a role's labelled faces; see `Sets.folds`."""
    return self._sets.folds(role)

  def pretrain(self, network: Network) -> Path:
    """The trained DCGAN: checkpoints, metrics by step, sample grids."""
    spec = network.weights
    assert spec is not None
    pool = self._sets.learnt_from(network)
    events = self._store.workdir.absolute() / "tensorboard"

    def build(out: Path) -> None:
      train(
        pool.load(),
        out.absolute(),
        gan=self._config.gan,
        seed=network.seed,
        devices=self._devices,
        labels=pool.labels(self._config.gan.condition),
        start=self._start(network),
        profile=self._profile,
        events=events if self._config.run.tensorboard else None,
        run=spec.key,
      )

    return make_together(self._store, spec, build)

  def extract(self, wanted: Features) -> Path:
    """A set's faces described: features.npy, rows.csv."""
    described = self._sets.of(wanted.faces)

    def build(out: Path) -> None:
      faces = load_faces(described)
      if wanted.network is None:
        np.save(out / "features.npy", getattr(controls, wanted.kind)(faces))
      else:
        dcgan, state = self.networks(wanted.network)
        features.write(
          dcgan.disc,
          state.disc,
          self._sets.learnt_from(wanted.network).load(),
          faces,
          out,
          layer=wanted.kind,
          batch=self._config.features.batch,
          devices=self._own_devices,
          label=f"extract {wanted.spec.label}",
        )
      rows = iterate_csv(described / "manifest.csv")
      write_csv(out / "rows.csv", crop.MANIFEST_COLUMNS, rows)

    return self._make(wanted.spec, build)

  def problem(self, arm: Arm) -> problems.Problem:
    """What an arm recognises, in whom."""
    return problems.read(*self._folds_of(arm))

  def probe(self, arm: Arm) -> Path:
    """Out-of-fold scores of one representation under its protocols."""
    folds, test_folds = self._folds_of(arm)

    def build(out: Path) -> None:
      paths = [str(self.extract(x) / "features.npy") for x in self._needed(arm)]
      # Those of the faces fitted on, then those of another set tested.
      count = len(paths) // 2 if arm.test_features else len(paths)
      stage.run(
        Job(
          label=arm.spec.label,
          machine=arm.machine,
          protocols=arm.protocols,
          features=tuple(paths[:count]),
          folds=str(folds),
          test_features=tuple(paths[count:]),
          test_folds=str(test_folds),
          out=str(out),
          svm=self._config.svm.to_dict(),
          seed=self._config.run.seed,
          backend=self._plan.backend[0],
          keep_machine=arm.keeps_machine,
          audit=not arm.sealed and not arm.test_features,
          count_labels=arm.counts_labels,
        )
      )

    return self._make(arm.spec, build)

  def _folds_of(self, arm: Arm) -> tuple[Path, Path | str]:
    role = "emotion" if arm.representation == RULE else "probe"
    return self.folds(role), self.folds("test") if arm.test_folds else ""

  def _needed(self, arm: Arm) -> list[Features]:
    """An arm's features; there may be fewer folds than were planned for."""
    problem = self.problem(arm)
    count = max(len(problem.tested(p) or []) for p in arm.protocols)
    return [*arm.features[:count], *arm.test_features[:count]]

  def generate(self) -> Path:
    """Faces drawn from the generator: faces.npy, labels.npy, sheet.png."""
    gan = self.pretrain(self._plan.network)
    seed, count = self._config.run.seed, self._config.generate.count

    def build(out: Path) -> None:
      dcgan, state = self.networks(self._plan.network)
      faces = sample.write(dcgan, state.gen, gan, out, seed=seed, count=count)
      sheet.write(faces[: SHEET_SIDE**2], out / "sheet.png", SHEET_SIDE)

    return self._make(self._plan.generate, build)

  def measure(self) -> Path:
    """What generated faces are worth: metrics.json, panels.npz."""
    network, arm = self._plan.network, self._plan.arms[0]
    lacks = any(map(self._sets.lack, self._plan.folds))
    probe = self.probe(arm) if arm.keeps_machine and not lacks else None
    described, generated = self.extract(arm.features[0]), self.generate()

    def build(out: Path) -> None:
      assert network.weights is not None
      dcgan, state = self.networks(network)
      learnt = self._sets.learnt_from(network)
      told = self._config.gan.condition
      subject = Subject(
        network=network.weights.name.partition("-")[2],
        fakes=load_faces(generated),
        reals=learnt.load(),
        people=pools.people(
          self._sets.of(network.faces), only_au=network.only_au
        ),
        dcgan=dcgan,
        state=state,
        statistics=features.load_statistics(described),
        probe=probe,
        names=conditions.NAMES[told],
        labels=sample.read_labels(generated),
        told=learnt.labels(told),
      )
      measure.write(out, subject, self._config, self._own_devices)

    return self._make(self._plan.measure, build)

  def networks(
    self, network: Network
  ) -> tuple[statelib.DCGAN, statelib.GANState]:
    """The networks, at their initial weights or as training left them."""
    dcgan, state = self._initial(network.seed)
    if network.weights is not None:
      state = checkpoints.load(self.pretrain(network), state)
    return dcgan, state

  def _start(self, network: Network) -> statelib.GANState | None:
    """The weights that a network's training starts from, if not random."""
    given = self._config.gan.init_from
    if network.start is not None:
      return self.networks(network.start)[1]
    if given:
      return checkpoints.load(Path(given), self._initial(network.seed)[1])
    return None

  @functools.cache  # noqa: B019  a pipeline lives as long as its run
  def _initial(self, seed: int) -> tuple[statelib.DCGAN, statelib.GANState]:
    return statelib.create(
      self._config.gan,
      image_size=self._config.crop.size,
      seed=seed,
      labels=conditions.length(self._config.gan.condition),
    )

  def _make(self, spec: Spec, build) -> Path:
    return make(self._store, spec, build)
