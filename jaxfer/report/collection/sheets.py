"""The figures of faces, each printed as its experiment allows."""

from __future__ import annotations

import numpy as np

from jaxfer.report import faces, figures
from jaxfer.report.collection.folder import Folder, Picture
from jaxfer.report.collection.members import Collection, Member

_FACES = 16  # on a sheet, in rows of eight
_AU7_FACES = 32
_PAIRS = 6


def learnt(
  collection: Collection, folder: Folder
) -> dict[str, dict[str, Picture]]:
  """Figure 4: real faces of each set learnt from, and generated ones.

  Args:
    collection: the experiments.
    folder: receives the files.

  Returns:
    By set, `real` and `generated`: those that were drawn.
  """
  return {
    name: _both(member, folder, f"figure_4_{place}")
    for place, (name, member) in enumerate(collection.learnt_sets().items(), 1)
  }


def as_printed(collection: Collection, folder: Folder) -> dict[str, Picture]:
  """Generated faces with the default and with the printed beta1.

  Args:
    collection: the experiments.
    folder: receives the files.

  Returns:
    Figures by experiment.
  """
  drawn = {
    member.name: _sheet(
      folder, f"as_printed_{place}", member.evidence.fakes, member
    )
    for place, member in enumerate(collection.as_printed or (), 1)
  }
  return {name: picture for name, picture in drawn.items() if picture}


def au7(collection: Collection, folder: Folder) -> Picture | None:
  """Figure 8: faces that show AU7, as the DCGAN learnt from them.

  Args:
    collection: the experiments.
    folder: receives the file.
  """
  member = collection.au7_only
  if member is None:
    return None
  return _sheet(folder, "figure_8", member.evidence.real, member, _AU7_FACES)


def copies(collection: Collection, folder: Folder) -> dict[str, Picture]:
  """Some near-copies across the random folds of each set.

  Args:
    collection: the experiments.
    folder: receives the files.

  Returns:
    Figures by set.
  """
  drawn = {}
  sets = collection.tested_sets().items()
  for place, (name, (member, *_)) in enumerate(sets, 1):
    pairs = member.evidence.pairs
    if pairs is not None:
      drawn[name] = folder.draw(
        f"copies_{place}",
        figures.pairs_sheet,
        pairs.first[:_PAIRS],
        pairs.second[:_PAIRS],
        pairs.labels[:_PAIRS],
        member.evidence.faces,
      )
  return {name: picture for name, picture in drawn.items() if picture}


def _both(member: Member, folder: Folder, name: str) -> dict[str, Picture]:
  drawn = {
    kind: _sheet(folder, f"{name}_{kind}", pictured, member)
    for kind, pictured in (
      ("real", member.evidence.real),
      ("generated", member.evidence.fakes),
    )
  }
  return {kind: picture for kind, picture in drawn.items() if picture}


def _sheet(
  folder: Folder,
  name: str,
  pictured: np.ndarray | None,
  member: Member,
  count: int = _FACES,
) -> Picture | None:
  if pictured is None or not len(pictured):
    return None
  # From the whole set, which may be in order of people.
  places = np.linspace(0, len(pictured) - 1, min(count, len(pictured)))
  return folder.draw(
    name,
    faces.face_grid,
    pictured[places.astype(int)],
    member.evidence.faces,
  )
