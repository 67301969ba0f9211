"""What a stage makes: nothing, until its path is asked for."""

from __future__ import annotations

import abc
import dataclasses
import functools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from jaxfer import distributed, parallel
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data import conditions
from jaxfer.data.table import DataError
from jaxfer.gan import state as statelib
from jaxfer.gan.train import Profile

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
  """What all stages of an experiment share.

  Attributes:
    config: a valid experiment.
    store: where artifacts lie.
    devices: those, of all processes, that share the training.
    backend: the SVM backend and why.
    profile: training steps to trace, if any.
  """

  config: Config
  store: Store
  devices: Sequence[parallel.Device]
  backend: tuple[str, str]
  profile: Profile | None = None

  @property
  def own_devices(self) -> Sequence[parallel.Device]:
    """Of several processes, this one's: not all work is worth sharing."""
    return parallel.own(self.devices)

  @functools.cache  # noqa: B019  lives as long as its program
  def initial(self, seed: int) -> tuple[statelib.DCGAN, statelib.GANState]:
    """The networks at their initial weights."""
    return statelib.create(
      self.config.gan,
      image_size=self.config.crop.size,
      seed=seed,
      labels=conditions.length(self.config.gan.condition),
    )


@dataclasses.dataclass(frozen=True)
class Declaration:
  """What determines an artifact.

  Attributes:
    label: tells it apart from others of its stage, in a listing.
    settings: the config fields and constants that its stage reads.
    inputs: by role, the artifacts read, or the checksums of other files.
    doing: what making it is, in words.
  """

  label: str
  settings: Mapping[str, Any]
  inputs: Mapping[str, Artifact | str]
  doing: str


class Artifact(abc.ABC):
  """What a stage makes, from others.

  A stage is a subclass: it declares what determines the artifact, and says how
  it is built; nothing else does.

  Attributes:
    stage: its name, with which the folder's begins.
    version: part of the key; raised when the stage's code changes what it makes
      from the same inputs.
    resumable: whether `build` goes on with what an interrupted run left.
    made_by: of several processes, `one` that asks; the `leader`, for which the
      others wait; or `all` together, of which rank 0 writes.
    run: what all stages share.
  """

  stage: ClassVar[str]
  version: ClassVar[int]
  resumable: ClassVar[bool] = False
  made_by: ClassVar[str] = "one"
  run: Run

  @abc.abstractmethod
  def declare(self) -> Declaration:
    """What determines it."""

  @abc.abstractmethod
  def build(self, out: Path) -> None:
    """Fills an empty folder; where `resumable`, one that was begun."""

  @functools.cached_property
  def declared(self) -> Declaration:
    """What determines it."""
    return self.declare()

  @functools.cached_property
  def spec(self) -> Spec:
    """The same, with the keys of its inputs."""
    declared = self.declared
    inputs = {
      role: one.key if isinstance(one, Artifact) else one
      for role, one in declared.inputs.items()
    }
    settings = dict(declared.settings)
    return Spec(self.stage, declared.label, self.version, settings, inputs)

  @property
  def needs(self) -> list[Artifact]:
    """The artifacts that it is made from."""
    inputs = self.declared.inputs.values()
    return [one for one in inputs if isinstance(one, Artifact)]

  @property
  def key(self) -> str:
    """SHA-256 of what determines it."""
    return self.spec.key

  @property
  def name(self) -> str:
    """The folder's name."""
    return self.spec.name

  @property
  def state(self) -> str:
    """One of `ready`, `begun` and `new`."""
    return self.run.store.state(self.spec)

  def path(self) -> Path:
    """The finished folder; made, with what it is made from, if not there.

    Raises:
      DataError: if the data do not do; of several processes, on all that make
        it.
    """
    make = {"one": make_alone, "leader": make_first, "all": make_together}
    if distributed.several() and self.made_by == "leader":
      for one in self.needs:  # while the others listen
        if one.made_by == "leader":
          one.path()
    return make[self.made_by](
      self.run.store,
      self.spec,
      self.build,
      resumable=self.resumable,
      doing=self.declared.doing,
    )


def walk(roots: Iterable[Artifact]) -> list[Artifact]:
  """Artifacts and all that they are made from: each once, inputs first."""
  found: dict[str, Artifact] = {}

  def add(one: Artifact) -> None:
    if one.name not in found:
      for below in one.needs:
        add(below)
      found[one.name] = one

  for root in roots:
    add(root)
  return list(found.values())


def make_alone(
  store: Store,
  spec: Spec,
  build: Callable[[Path], None],
  *,
  resumable: bool = False,
  doing: str = "making",
) -> Path:
  """`Store.make`, said aloud where there is something to do."""
  if (state := store.state(spec)) != "ready":
    again = "going on with " if state == "begun" and resumable else ""
    _log.info("%s%s → %s", again, doing, spec.name)
  return store.make(spec, build, resumable=resumable)


def make_first(
  store: Store, spec: Spec, build: Callable[[Path], None], **how: Any
) -> Path:
  """`make_alone` by rank 0; of several processes, the others wait for it.

  Raises:
    DataError: on all of them, where the data does not do.
  """
  if not distributed.several() or spec.name in store.shared:
    return make_alone(store, spec, build, **how)
  failed = None
  if distributed.leads():
    try:
      make_alone(store, spec, build, **how)
    except DataError as error:
      failed = error
  if distributed.told(int(failed is not None)):
    raise failed or DataError(f"{spec.name} is not made: rank 0 says why")
  store.shared.add(spec.name)
  return store.path(spec)


def make_together(
  store: Store, spec: Spec, build: Callable[[Path], None], **how: Any
) -> Path:
  """`make_alone` of what all of several processes build, and rank 0 writes."""
  if not distributed.several() or spec.name in store.shared:
    return make_alone(store, spec, build, **how)
  begun = False

  def announce(out: Path) -> None:
    nonlocal begun
    begun = bool(distributed.told(1))
    build(out)

  if distributed.leads():
    make_alone(store, spec, announce, **how)
    if not begun:
      distributed.told(0)
  elif distributed.told():
    build(store.partial(spec))
  store.shared.add(spec.name)
  return store.path(spec)
