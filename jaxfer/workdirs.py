"""What a workdir holds: its trained DCGANs, found again and opened."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxfer import artifacts
from jaxfer.data import conditions, pools, readers
from jaxfer.errors import UserError
from jaxfer.learn import checkpoints, learners
from jaxfer.learn.learners import State


@dataclasses.dataclass(frozen=True)
class Trained:
  """A trained DCGAN and the faces that it learnt from."""

  folder: Path  # its artifact
  settings: Mapping[str, Any]  # what it was trained with
  faces: Path  # the prepared set that it learnt from, or from a part of
  folds: Path | None  # the fold assignments that say from which part, or None
  dataset: str  # that set's name
  # Whether those faces are drawn. A folder of drawings that was deleted since
  # cannot vouch for faces cut from it: False.
  standin: bool
  size: int  # height and width of a face in pixels

  @property
  def restricted(self) -> bool:
    """Whether the set's owner restricts who may see the faces."""
    return not self.standin and readers.get(self.dataset).restricted

  def refuse_drawing_none(self) -> None:
    """Raises a UserError where what was trained draws no faces."""
    learner = learners.section(self.settings).learner
    if not learners.draws(learner):
      raise UserError(
        f"{self.folder.name} has no generated faces: {learners.DRAWS_NONE}"
        f" (gan.learner={learner}); name one that a DCGAN was trained in"
      )

  def refuse_clips(self) -> None:
    """Raises where what was trained sees and draws clips, no pictures.

    Raises:
      UserError: naming it.
    """
    if "clip" in self.settings:
      raise UserError(
        f"{self.folder.name} is a network of clips, and this command takes one"
        " of faces: the run's report shows what it recognises and draws; in"
        " configs/video.py middle_frame is of faces"
      )

  def pool(self) -> pools.Pool:
    """The part of `faces` that it learnt from."""
    return pools.Pool(
      self.faces,
      self.folds,
      left_out=self.settings.get("left_out"),
      only_au=self.settings.get("only_au", 0),
    )

  def open(self) -> tuple[Any, State]:
    """The learner, and its state as training left it.

    Raises:
      DamagedError: if a file of its artifact is not what was written.
    """
    try:
      artifacts.verify(self.folder)
    except artifacts.DamagedError as error:
      raise artifacts.DamagedError(
        f"{error}: run it again as it was run, which sets the damaged"
        " folder aside and trains anew"
      ) from error
    gan = learners.section(self.settings)
    told = conditions.length(gan.condition)
    learner = learners.make(gan, image_size=self.size, labels=told)
    # Shapes alone: to draw weights that are then replaced takes seconds.
    return learner, checkpoints.load(self.folder, learners.shapes(learner))

  def refuse_restricted(self, owner_permits: bool) -> None:
    """Raises where the faces that it learnt from may not be shown to others.

    Whoever runs this may say that the owner permits it.

    Raises:
      ValueError: if the set's owner restricts who may see its faces.
    """
    if self.restricted and not owner_permits:
      dataset = readers.get(self.dataset)
      raise UserError(
        f"the owner of {dataset.title} restricts who may see its faces, and"
        " generated faces may resemble them: read the agreement"
        f" ({dataset.request}); if it allows this, say so with"
        " --owner_permits"
      )


def find(workdir: Path, name: str = "") -> Trained:
  """One trained DCGAN of a run's workdir.

  It is told by its artifact's name, or how that begins; without one, where
  there is only one, not counting those that were kept from the people of a test
  fold.

  Raises:
    ValueError: if there is none of that name or there are several, listing
      them; or if the faces that it learnt from are gone.
    DamagedError: if a record is not what was written.
  """
  if not workdir.is_dir():
    raise UserError(f"{workdir} is no folder: --workdir is that of a run")
  every = _whole(workdir, "pretrain")
  if not every:
    raise UserError(
      f"{workdir} holds no trained DCGAN: run `jaxfer run` there first"
    )
  chosen = [one for one in every if one.name.startswith(name)]
  if not name:
    unsealed = [
      one
      for one in every
      if "left_out" not in artifacts.provenance(one)["settings"]
    ]
    chosen = unsealed or every
  chosen = [one for one in chosen if one.name == name] or chosen
  if len(chosen) != 1:
    begins = f", {len(chosen)} of which begin with {name!r}" if name else ""
    raise UserError(
      f"{workdir} holds {len(every)} trained DCGANs{begins}; name one by"
      " --dcgan:" + "".join(f"\n    {one.name}" for one in every)
    )
  trained = read(chosen[0])
  if trained is None:
    raise UserError(
      f"the faces that {chosen[0].name} learnt from are no longer in"
      f" {workdir}: `jaxfer run --stage=prepare` makes them again"
    )
  return trained


def read(folder: Path) -> Trained | None:
  """A trained DCGAN; None where the faces that it learnt from are gone.

  Raises:
    DamagedError: if a record is not what was written.
  """
  workdir, record = folder.parent, artifacts.provenance(folder)
  made_from = record["inputs"]
  prepared = made_by(workdir, "prepare", made_from["faces"])
  folds = made_by(workdir, "folds", made_from.get("folds"))
  if prepared is None or (folds is None and "folds" in made_from):
    return None
  faces = artifacts.provenance(prepared)
  drawn = made_by(workdir, "standin", faces["inputs"]["data"])
  return Trained(
    folder=folder,
    settings=record["settings"],
    faces=prepared,
    folds=folds,
    dataset=faces["settings"]["dataset"],
    standin=drawn is not None,
    size=faces["settings"]["size"],
  )


def made_by(workdir: Path, stage: str, key: str | None) -> Path | None:
  """The artifact of a stage that has this key, if the workdir holds it."""
  if key is None:
    return None
  for folder in _whole(workdir, stage):
    # A name ends as the key begins: no other artifact's record is read.
    begins = folder.name.rpartition("-")[2]
    if key.startswith(begins) and artifacts.provenance(folder)["key"] == key:
      return folder
  return None


def _whole(workdir: Path, stage: str) -> list[Path]:
  """A stage's finished artifacts, in the order of their names."""
  return [
    path
    for path in sorted(workdir.glob(f"{stage}-*"))
    if (path / artifacts.PROVENANCE).exists()
  ]
