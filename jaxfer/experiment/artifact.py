"""What a stage makes: nothing, until its path is asked for."""

from __future__ import annotations

import abc
import dataclasses
import functools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import jax

from jaxfer import distributed, parallel
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data.table import DataError
from jaxfer.learn import learners
from jaxfer.learn.learners import State
from jaxfer.learn.train import Profile

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
  """What all stages of an experiment share."""

  config: Config  # a valid experiment
  store: Store  # where artifacts lie
  # Those, of all processes, that share the training.
  devices: Sequence[parallel.Device]
  backend: tuple[str, str]  # the SVM backend and why
  profile: Profile | None = None  # training steps to trace, if any

  @property
  def own_devices(self) -> Sequence[parallel.Device]:
    """Of several processes, this one's: not all work is worth sharing."""
    return parallel.own(self.devices)

  @functools.cache  # noqa: B019  lives as long as its program
  def initial(self, seed: int) -> tuple[Any, State]:
    """The learner, and its initial state."""
    learner = learners.asked(self.config)
    return learner, learner.init(jax.random.key(seed))


Inputs = Mapping[str, "Artifact | str"]
"""By role, the artifacts read, or the checksums of other files."""

Declared = tuple[str, Mapping[str, Any], Inputs]
"""A label, which tells an artifact apart from others of its stage in a listing;
the config fields and constants that its stage reads; what it is made from."""


class Artifact(abc.ABC):
  """What a stage makes, from others.

  A stage is a subclass: it declares what determines the artifact, and says how
  it is built; nothing else does.
  """

  stage: ClassVar[str]  # its name, with which the folder's begins
  # Part of the key; raised when the stage's code changes what it makes from the
  # same inputs.
  version: ClassVar[int]
  doing: ClassVar[str]  # what making it is, in words; {} is the label
  # Whether it goes on with what an interrupted run left.
  resumable: ClassVar[bool] = False
  # Of several processes, `one` that asks; the `leader`, for which the others
  # wait; or `all` together, of which rank 0 writes.
  made_by: ClassVar[str] = "one"
  run: Run  # what all stages share

  @abc.abstractmethod
  def _declare(self) -> Declared:
    """What determines it."""

  @abc.abstractmethod
  def _build(self, out: Path) -> None:
    """Fills an empty folder; where `resumable`, one that was begun."""

  @functools.cached_property
  def _declared(self) -> Declared:
    return self._declare()

  @functools.cached_property
  def spec(self) -> Spec:
    """What determines it."""
    label, settings, inputs = self._declared
    keys = {
      role: one.key if isinstance(one, Artifact) else one
      for role, one in inputs.items()
    }
    return Spec(self.stage, label, self.version, dict(settings), keys)

  @property
  def key(self) -> str:
    """SHA-256 of what determines it."""
    return self.spec.key

  @property
  def name(self) -> str:
    """The folder's name."""
    return self.spec.name

  @property
  def needs(self) -> list[Artifact]:
    """The artifacts that it is made from."""
    inputs = self._declared[2].values()
    return [one for one in inputs if isinstance(one, Artifact)]

  @property
  def state(self) -> str:
    """One of `ready`, `begun` and `new`."""
    return self.run.store.state(self.spec)

  def path(self) -> Path:
    """The finished folder; made, with what it is made from, if not there.

    Raises:
      DataError: if the data do not do; of several processes, on all of them.
    """
    if self.made_by == "one":
      return self._make(self._build)
    shared = self.run.store.shared
    if self.name not in shared:
      if self.made_by == "leader":
        self._make_first()
      else:
        self._make_together()
      shared.add(self.name)
    return self.run.store.path(self.spec)

  def _make(self, build: Callable[[Path], None]) -> Path:
    """`Store.make`, said aloud where there is something to do."""
    if (state := self.state) != "ready":
      again = "going on with " if state == "begun" and self.resumable else ""
      doing = self.doing.format(self.spec.label)
      _log.info("%s%s → %s", again, doing, self.name)
    return self.run.store.make(self.spec, build, resumable=self.resumable)

  def _make_first(self) -> None:
    """Rank 0 makes it, the others wait; all raise where the data do not do."""
    for one in self.needs:  # while all listen
      if one.made_by == "leader":
        one.path()
    failed = None
    if distributed.leads():
      try:
        self._make(self._build)
      except DataError as error:
        failed = error
    if distributed.told(int(failed is not None)):
      raise failed or DataError(f"{self.name} is not made: rank 0 says why")

  def _make_together(self) -> None:
    """All build it, unless rank 0 finds it ready; rank 0 writes."""
    begun = False

    def announce(out: Path) -> None:
      nonlocal begun
      begun = bool(distributed.told(1))
      self._build(out)

    if distributed.leads():
      self._make(announce)
      if not begun:
        distributed.told(0)
    elif distributed.told():
      self._build(self.run.store.partial(self.spec))


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
