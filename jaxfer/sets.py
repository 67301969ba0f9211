"""The faces of an experiment: drawn, cropped, dealt into folds, learnt from."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from jaxfer import distributed, facs, logs, plan, standin
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data import (
  assignment,
  crop,
  inspection,
  pools,
  readers,
  selection,
)
from jaxfer.data.pools import iterate_rows
from jaxfer.data.table import DataError
from jaxfer.plan.networks import Network

_log = logging.getLogger(__name__)

# What making an artifact is, in words.
_DOING: Mapping[str, Callable[[Spec], str]] = {
  "standin": lambda spec: f"drawing {spec.label} stand-ins",
  "prepare": lambda spec: f"preparing {spec.label} faces",
  "folds": lambda spec: f"dealing {spec.label} folds",
  "pretrain": lambda spec: f"training the DCGAN {spec.label}",
  "extract": lambda spec: f"describing faces, {spec.label}",
  "probe": lambda spec: f"probing, {spec.label}",
  "generate": lambda spec: "generating faces",
  "measure": lambda spec: "measuring generated faces",
}


class Sets:
  """The prepared sets in a workdir: each is made when first asked for.

  Args:
    config: a valid experiment.
    experiment: the artifacts it asks for.
    store: where they lie.
  """

  def __init__(self, config: Config, experiment: plan.Plan, store: Store):
    self._config, self._plan, self._store = config, experiment, store

  @functools.cache  # noqa: B019  sets live as long as their run
  def lack(self, role: str) -> str:
    """Why a role's labels do not suffice for its task; empty where they do."""
    faces = list(iterate_rows(self.prepare(_faces_of(role))))
    name = self._config.data[_faces_of(role)]
    task = self._plan.folds[role].settings["task"]
    try:
      selection.select(faces, task, self._config.svm.aus or facs.AUS)
    except DataError as error:
      labelled = [
        f for f in faces if (f.emotion if task == "emotion" else f.aus)
      ]
      people = {face.group for face in faces} - {None}
      said = f"no face of {name} has a label"
      if labelled:
        said = f"the labels of {name} do not suffice"
      return (
        f"{said}: of {len(faces):,} faces prepared {len(labelled):,} are"
        f" labelled, and {len(people) or 'no'} people are named; {error}"
      )
    return ""

  def require_labels(self) -> None:
    """Raises where labels do not suffice to fit and test machines.

    Raises:
      DataError: saying what was found, what is needed, and what to do.
    """
    for role in self._plan.folds:
      if lack := self.lack(role):
        dataset = readers.get(self._config.data[_faces_of(role)])
        raise DataError(
          f"{lack}\n  what was prepared is kept, and nothing was trained"
          f"\n  where labels are looked for: {dataset.layout}; what is read of"
          f" them, python -m jaxfer.data.verify says"
          "\n  features need no label: --stage=extract"
        )

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
      inspection.write(out, name)

    return make_known(self._store, spec, build, resumable=True)

  def folds(self, role: str) -> Path:
    """Test folds of a role's labelled faces: folds.csv, selection.json."""
    spec = self._plan.folds[role]
    faces = self.prepare(_faces_of(role))
    svm = self._config.svm
    return make_known(
      self._store,
      spec,
      lambda out: assignment.write(
        list(iterate_rows(faces)),
        out,
        task=spec.settings["task"],
        aus=svm.aus or facs.AUS,
        folds=svm.folds,
        sealed_folds=svm.sealed_folds,
        seed=self._config.run.seed,
      ),
    )

  def of(self, prepared: Spec) -> Path:
    """The artifact of a prepared set, by its identity."""
    roles = {spec.name: role for role, spec in self._plan.prepare.items()}
    return self.prepare(roles[prepared.name])

  def learnt_from(self, network: Network) -> pools.Pool:
    """The faces that a network learns from."""
    folds = None
    if network.folds is not None:
      roles = {spec.name: role for role, spec in self._plan.folds.items()}
      folds = str(self.folds(roles[network.folds.name]).absolute())
    return pools.Pool(
      faces=str(self.of(network.faces).absolute()),
      folds=folds,
      left_out=network.left_out,
      only_au=network.only_au,
    )

  def _draw_standin(self, name: str) -> Path:
    spec = self._plan.standin[name]

    def build(out: Path) -> None:
      progress = None

      def report(done: int, total: int) -> None:
        nonlocal progress
        progress = progress or logs.Progress(f"draw {name}", total, "images")
        progress(done)

      standin.write(out=out, **spec.settings, progress=report)

    return make(self._store, spec, build, resumable=True)


def _faces_of(role: str) -> str:
  """The role whose faces are dealt into a role's folds."""
  return "probe" if role == "emotion" else role


def make(
  store: Store,
  spec: Spec,
  build: Callable[[Path], None],
  *,
  resumable: bool = False,
) -> Path:
  """`Store.make`, said aloud where there is something to do."""
  if (state := store.state(spec)) != "ready":
    again = "going on with " if state == "begun" and resumable else ""
    _log.info("%s%s → %s", again, _DOING[spec.stage](spec), spec.name)
  return store.make(spec, build, resumable=resumable)


def make_known(
  store: Store,
  spec: Spec,
  build: Callable[[Path], None],
  *,
  resumable: bool = False,
) -> Path:
  """`make` by rank 0; of several processes, the others wait for it.

  Raises:
    DataError: on all of them, where the data does not do.
  """
  if not distributed.several() or spec.name in store.shared:
    return make(store, spec, build, resumable=resumable)
  failed = None
  if distributed.leads():
    try:
      make(store, spec, build, resumable=resumable)
    except DataError as error:
      failed = error
  if distributed.told(int(failed is not None)):
    raise failed or DataError(f"{spec.name} is not made: rank 0 says why")
  store.shared.add(spec.name)
  return store.path(spec)


def make_together(
  store: Store, spec: Spec, build: Callable[[Path], None]
) -> Path:
  """`make` of what all of several processes build, and rank 0 writes."""
  if not distributed.several() or spec.name in store.shared:
    return make(store, spec, build, resumable=True)
  begun = False

  def announce(out: Path) -> None:
    nonlocal begun
    begun = bool(distributed.told(1))
    build(out)

  if distributed.leads():
    make(store, spec, announce, resumable=True)
    if not begun:
      distributed.told(0)
  elif distributed.told():
    build(store.partial(spec))
  store.shared.add(spec.name)
  return store.path(spec)
