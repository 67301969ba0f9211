"""The faces of an experiment: drawn, cropped, dealt into folds, learnt from."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from jaxfer import facs, logs, plan, standin
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data import assignment, crop, inspection, pools, readers
from jaxfer.data.pools import iterate_rows
from jaxfer.plan.networks import Network

_log = logging.getLogger(__name__)


class Sets:
  """The prepared sets in a workdir: each is made when first asked for.

  Args:
    config: a valid experiment.
    experiment: the artifacts it asks for.
    store: where they lie.
  """

  def __init__(self, config: Config, experiment: plan.Plan, store: Store):
    self._config, self._plan, self._store = config, experiment, store

  def has_labels(self, role: str) -> bool:
    """Whether any face of a role's set has one for the role's task."""
    faces = self.prepare("probe" if role == "emotion" else role)
    if self._plan.folds[role].settings["task"] == "emotion":
      return any(face.emotion for face in iterate_rows(faces))
    return any(face.aus for face in iterate_rows(faces))

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

    return make(self._store, spec, build, resumable=True)

  def folds(self, role: str) -> Path:
    """Test folds of a role's labelled faces: folds.csv, selection.json."""
    spec = self._plan.folds[role]
    faces = self.prepare("probe" if role == "emotion" else role)
    svm = self._config.svm
    return make(
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


def make(
  store: Store,
  spec: Spec,
  build: Callable[[Path], None],
  *,
  resumable: bool = False,
) -> Path:
  """`Store.make`, said aloud where there is something to do."""
  if (state := store.state(spec)) != "ready":
    verb = "go on with" if state == "begun" and resumable else "make"
    _log.info("%s %s", verb, spec.name)
  return store.make(spec, build, resumable=resumable)
