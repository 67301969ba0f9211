"""What an experiment is: its artifacts, found before any is made."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
from collections.abc import Mapping, Sequence

from jaxfer import distributed, facs, parallel
from jaxfer.artifacts import Store
from jaxfer.config import Config
from jaxfer.data import conditions, preparation, readers, selection
from jaxfer.data.table import DataError, FaceTable
from jaxfer.experiment import checks
from jaxfer.experiment.artifact import Artifact, Run, walk
from jaxfer.experiment.described import (
  Dictionary,
  Encoder,
  Features,
  Inverted,
)
from jaxfer.experiment.measured import Measured
from jaxfer.experiment.networks import Generated, Trained
from jaxfer.experiment.probes import Plan, Probe
from jaxfer.experiment.sets import Folds, Prepared, Standin
from jaxfer.learn import learners
from jaxfer.learn.train import Profile
from jaxfer.svm import machines

# What each stage of a command makes.
_KINDS: Mapping[str, tuple[type[Artifact], ...]] = {
  "prepare": (Standin, Prepared, Folds),
  "pretrain": (Trained,),
  "extract": (Encoder, Dictionary, Inverted, Features),
  "probe": (Probe,),
  "generate": (Generated, Measured),
  "report": (),
}
STAGES = (*_KINDS,)
VERSIONS = {one.stage: one.version for kind in _KINDS.values() for one in kind}

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, eq=False)
class Experiment:
  """The artifacts that a config asks for."""

  run: Run  # the config, and where and by what they are made
  # By role (`preparation.roles`), the cropped faces; the same artifact where
  # two use the same set.
  sets: Mapping[str, Prepared]
  # By role, the test folds of labelled faces; `emotion` are those of the
  # emotions behind action units.
  folds: Mapping[str, Folds]
  network: Trained  # the DCGAN of the whole set learnt from
  # Of every representation, the trained discriminator's first.
  probes: tuple[Probe, ...]
  # What faces are worth that the network generates; None where its learner
  # draws none.
  measured: Measured | None

  @property
  def config(self) -> Config:
    """What was asked for."""
    return self.run.config

  @functools.cached_property
  def artifacts(self) -> list[Artifact]:
    """All of them: each once, after those that it is made from."""
    first = [*self.sets.values(), *self.folds.values(), self.network]
    last = [self.measured] if self.measured else []
    return walk([*first, *self.probes, *last])

  def of(self, stage: str) -> list[Artifact]:
    """The artifacts of one of `STAGES`."""
    found = self.artifacts
    return [a for kind in _KINDS[stage] for a in found if isinstance(a, kind)]

  @property
  def networks(self) -> list[Trained]:
    """Every trained network, those before that others start from."""
    return [one for one in self.artifacts if isinstance(one, Trained)]

  @property
  def solver(self) -> tuple[str, str]:
    """By which way machines are fitted, and why; see `Folds.solver`."""
    return self.folds["probe"].solver(self.folds.get("test"))

  def require_labels(self) -> None:
    """Raises where there is nothing to test; see `Folds.require_labels`."""
    for folds in self.folds.values():
      folds.require_labels()

  def make(self, stage: str, *, probed: bool = False) -> None:
    """Makes one of `STAGES`' artifacts, and what they are made from.

    Where labels do not suffice, there is nothing to test: the DCGAN of the
    whole set and its features are all there is. Where machines are to be fitted
    and tested (`probed`), in this stage or a later one, labels are needed. Of
    several processes all run the stages up to the training, and rank 0 alone
    the others.

    Raises:
      DataError: if labels are needed and do not suffice; before any training.
    """
    if stage not in ("prepare", "pretrain") and not distributed.leads():
      return
    lacking = [folds for folds in self.folds.values() if folds.lack]
    if probed:
      self.require_labels()
    if stage == "prepare":
      for prepared in self.sets.values():
        prepared.path()
      for folds in self.folds.values():
        if folds.lack:
          _log.info("%s", folds.lack)
        else:
          folds.path()
    elif stage in ("pretrain", "extract"):
      wanted = [*self.probes[0].features]
      if not lacking:
        wanted = [one for probe in self.probes for one in probe.needed()]
      for one in wanted:
        if stage == "extract":
          one.path()
        elif isinstance(one.network, Trained):
          one.network.path()
    else:
      if stage == "generate" and not self.measured:
        _log.info("no faces are generated: %s", learners.DRAWS_NONE)
      for artifact in self.of(stage):
        artifact.path()


def make(
  config: Config,
  store: Store,
  devices: Sequence[parallel.Device],
  profile: Profile | None = None,
) -> Experiment:
  """Finds the data and derives every artifact's identity.

  The config is valid; its `data.pretrain`, if empty, is filled in. Devices are
  those that will share a batch.

  Raises:
    DataError: if a dataset is missing or unusable.
    ValueError: if a setting cannot work.
  """
  preparation.settle(config)
  checks.check(config, len(devices))
  backend = machines.choose(config.svm.backend)
  run = Run(config, store, devices, backend, profile)
  sets = _sets(run)
  learnt = sets["pretrain"].source
  if isinstance(learnt, FaceTable):
    conditions.refuse_unknown(learnt.faces, config.gan.condition)
  folds = {
    role: Folds(run, prepared, config.run.task)
    for role, prepared in sets.items()
    if role != "pretrain"
  }
  within = config.run.task == "au" and "test" not in sets
  if within and _tells_emotions(sets["probe"]):
    folds["emotion"] = Folds(run, sets["probe"], "emotion")
  plan = Plan(run, sets, folds, _split(sets.get("test", sets["probe"])))
  network, probes = (
    plan.network("trained", config.run.seed),
    tuple(plan.probes()),
  )
  assert isinstance(network, Trained)
  measured = None
  if learners.draws(config.gan.learner):
    measured = Measured(run, Generated(run, network), probes[0])
  found = Experiment(run, sets, folds, network, probes, measured)
  assert found.artifacts  # derives each: what cannot work is found out here
  return found


def _sets(run: Run) -> dict[str, Prepared]:
  """By role, the prepared faces; their datasets are read."""
  config, data = run.config, run.config.data
  roles = preparation.roles(config)
  first = {data[role]: role for role in reversed(roles)}  # that a set has
  tables = {
    name: readers.read(name, readers.locate(name, data), data)
    for name in (() if data.standin.draw else first)
  }
  colour = preparation.find_colour(config, tables)
  by_name = {}
  for name, role in first.items():
    source = tables[name] if name in tables else Standin(run, name)
    by_name[name] = Prepared(run, name, role, source, colour)
  return {role: by_name[data[role]] for role in roles}


def _split(tested: Prepared) -> bool:
  """Whether a set has a part to be trained on, and another to be tested.

  Of a user's own its table tells, of others its description.
  """
  if tested.dataset != "labelled" or isinstance(tested.source, Standin):
    return readers.get(tested.dataset).official
  parts = {face.split for face in tested.source.faces} - {None}
  return "train" in parts and len(parts) > 1


def _tells_emotions(prepared: Prepared) -> bool:
  if isinstance(prepared.source, Standin):
    return readers.get(prepared.dataset).emotions
  with contextlib.suppress(DataError):
    named = selection.select(list(prepared.source.faces), "emotion").names
    # Table VI, the rule from emotions to action units, has no other classes.
    return {*named} <= {*facs.EMOTIONS}
  return False
