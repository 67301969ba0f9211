"""The faces of an experiment: drawn, cropped, dealt into folds."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

from jaxfer import facs, logs
from jaxfer import standin as standins
from jaxfer.data import (
  assignment,
  crop,
  files,
  inspection,
  preparation,
  readers,
  selection,
)
from jaxfer.data.pools import iterate_rows
from jaxfer.data.table import DataError, FaceTable
from jaxfer.experiment.artifact import Artifact, Declared, Run
from jaxfer.learn import learners
from jaxfer.svm import heads


@dataclasses.dataclass(frozen=True, eq=False)
class Standin(Artifact):
  """Drawn faces in the place of a dataset, as its owner lays it out."""

  stage, version, resumable = "standin", 1, True
  doing = "drawing {} stand-ins"

  run: Run
  dataset: str

  def _declare(self) -> Declared:
    settings = standins.describe(self.dataset, self.run.config.data)
    return self.dataset, settings, {}

  def _build(self, out: Path) -> None:
    progress = None

    def report(done: int, total: int) -> None:
      nonlocal progress
      label = f"draw {self.dataset}"
      progress = progress or logs.Progress(label, total, "images")
      progress(done)

    standins.write(out=out, **self.spec.settings, progress=report)


@dataclasses.dataclass(frozen=True, eq=False)
class Prepared(Artifact):
  """A dataset's cropped faces: faces.npy, manifest.csv, rejected.csv."""

  stage, version, resumable, made_by = "prepare", 3, True, "leader"
  doing = "preparing {} faces"

  run: Run
  dataset: str  # its name
  role: str  # one of those in which the experiment uses it
  source: FaceTable | Standin  # what its reader found, or faces to be drawn
  colour: str  # of all sets of the experiment, rgb or grey

  def _declare(self) -> Declared:
    settings, inputs = preparation.describe(
      self.run.config, self.role, self.colour
    )
    if readers.get(self.dataset).clips:
      # A learner of stills sees the middle frame of the same clips.
      gan = self.run.config.gan
      settings["frames"] = gan.clip.frames
      settings["still"] = not learners.frames(gan)
    data = self.source
    if isinstance(data, FaceTable):
      data = files.fingerprint(data)
    return self.dataset, settings, {"data": data, **inputs}

  @property
  def count(self) -> int:
    """Images that are there to be cropped."""
    if isinstance(self.source, FaceTable):
      return len(self.source.faces)
    drawn = standins.count(**self.source.spec.settings)
    if readers.get(self.dataset).clips:
      drawn = round(drawn / standins.get(self.dataset).frames)
    return min(drawn, self.run.config.data[self.dataset].count or drawn)

  def _build(self, out: Path) -> None:
    config, table = self.run.config, self.source
    if isinstance(table, Standin):
      table = readers.read(self.dataset, table.path(), config.data)
    label, total = f"prepare {self.dataset}", len(table.faces)
    crop.write_faces(
      table,
      out,
      self.spec.settings,
      boxes=Path(config.crop.boxes),
      progress=logs.Progress(label, total, "images"),
    )
    inspection.write(out, self.dataset)


@dataclasses.dataclass(frozen=True, eq=False)
class Folds(Artifact):
  """Test folds of a set's labelled faces: folds.csv, selection.json."""

  stage, version, made_by = "folds", 3, "leader"
  doing = "dealing {} folds"

  run: Run
  faces: Prepared  # the set
  task: str  # `emotion` or `au`

  def _declare(self) -> Declared:
    svm, label = self.run.config.svm, f"{self.faces.dataset}-{self.task}"
    settings = {
      "folds": svm.folds,
      "sealed_folds": svm.sealed_folds,
      "seed": self.run.config.run.seed,
      "task": self.task,
    }
    if self.task == "au":
      settings["aus"] = list(svm.aus)
    return label, settings, {"faces": self.faces}

  def _build(self, out: Path) -> None:
    svm = self.run.config.svm
    assignment.write(
      list(iterate_rows(self.faces.path())),
      out,
      task=self.task,
      aus=svm.aus or facs.AUS,
      folds=svm.folds,
      sealed_folds=svm.sealed_folds,
      seed=self.run.config.run.seed,
    )

  @property
  def count(self) -> int:
    """Faces with a label of the task, if none is rejected."""
    source = self.faces.source
    if not isinstance(source, FaceTable):
      return self.faces.count
    if self.task == "emotion":
      return sum(bool(face.emotion) for face in source.faces)
    return sum(bool(face.aus) for face in source.faces)

  def solver(self, tested: Folds | None = None) -> tuple[str, str]:
    """By which way machines are fitted on its faces, and why.

    Args:
      tested: the faces of another set, which are tested.

    Returns:
      A key of `heads.SOLVERS`, and the reason in words.
    """
    count = self.count + (tested.count if tested else 0)
    return heads.solver(self.run.config.svm, count)

  @functools.cached_property
  def lack(self) -> str:
    """Why labels do not suffice for the task; empty where they do."""
    faces = list(iterate_rows(self.faces.path()))
    aus = self.run.config.svm.aus or facs.AUS
    try:
      selection.select(faces, self.task, aus)
    except DataError as error:
      labelled = [
        f for f in faces if (f.emotion if self.task == "emotion" else f.aus)
      ]
      people = {face.group for face in faces} - {None}
      said = f"no face of {self.faces.dataset} has a label"
      if labelled:
        said = f"the labels of {self.faces.dataset} do not suffice"
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
    if self.lack:
      dataset = readers.get(self.faces.dataset)
      raise DataError(
        f"{self.lack}\n  what was prepared is kept, and nothing was trained"
        f"\n  where labels are looked for: {dataset.layout}; what is read of"
        f" them, jaxfer verify says"
        "\n  features need no label: --stage=extract"
      )
