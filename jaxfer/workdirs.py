"""What a workdir holds: its trained DCGANs, found again and opened."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jaxfer import artifacts
from jaxfer.data import readers
from jaxfer.gan import checkpoints
from jaxfer.gan import state as statelib


@dataclasses.dataclass(frozen=True)
class Trained:
  """A trained DCGAN and the faces that it learnt from.

  Attributes:
    folder: its artifact.
    settings: what it was trained with.
    faces: the prepared set that it learnt from, or from a part of.
    dataset: that set's name.
    standin: whether those faces are drawn.
    size: height and width of a face in pixels.
  """

  folder: Path
  settings: Mapping[str, Any]
  faces: Path
  dataset: str
  standin: bool
  size: int

  @property
  def restricted(self) -> bool:
    """Whether the set's owner restricts who may see the faces."""
    return not self.standin and readers.get(self.dataset).restricted

  def open(self) -> tuple[statelib.DCGAN, statelib.GANState]:
    """The networks as training left them.

    Raises:
      DamagedError: if no checkpoint is intact.
    """
    dcgan, state = statelib.create(
      SimpleNamespace(**self.settings),
      image_size=self.size,
      seed=self.settings["seed"],
    )
    return dcgan, checkpoints.load(self.folder, state)


def find(workdir: Path, name: str = "") -> Trained:
  """One trained DCGAN of a workdir.

  Args:
    workdir: the folder of a run.
    name: its artifact's name, or how that begins; empty where there is one.

  Raises:
    ValueError: if there is none of that name or there are several, listing
      them; or if the faces that it learnt from are gone.
  """
  if not workdir.is_dir():
    raise ValueError(f"{workdir} is no folder: --workdir is that of a run")
  every = sorted(
    path.name
    for path in workdir.glob("pretrain-*")
    if (path / artifacts.PROVENANCE).exists()
  )
  chosen = [one for one in every if one.startswith(name)]
  if name in every:
    chosen = [name]
  if not every:
    raise ValueError(
      f"{workdir} holds no trained DCGAN: run jaxfer.main there first"
    )
  if len(chosen) != 1:
    begins = f", {len(chosen)} of which begin with {name!r}" if name else ""
    raise ValueError(
      f"{workdir} holds {len(every)} trained DCGANs{begins}; name one:"
      + "".join(f"\n    {one}" for one in every)
    )
  folder = workdir / chosen[0]
  record = artifacts.provenance(folder)
  prepared = _with_key(workdir, "prepare", record["inputs"]["faces"])
  if prepared is None:
    raise ValueError(
      f"the faces that {folder.name} learnt from are no longer in {workdir}:"
      " jaxfer.main --stage=prepare makes them again"
    )
  faces = artifacts.provenance(prepared)
  drawn = _with_key(workdir, "standin", faces["inputs"]["data"])
  return Trained(
    folder=folder,
    settings=record["settings"],
    faces=prepared,
    dataset=faces["settings"]["dataset"],
    standin=drawn is not None,
    size=faces["settings"]["size"],
  )


def _with_key(workdir: Path, stage: str, key: str) -> Path | None:
  whole = (
    path
    for path in sorted(workdir.glob(f"{stage}-*"))
    if (path / artifacts.PROVENANCE).exists()
  )
  return next((p for p in whole if artifacts.provenance(p)["key"] == key), None)
