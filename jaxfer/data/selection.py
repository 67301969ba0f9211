"""Which faces of a table a task can use, and what is to be told of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

from jaxfer import facs
from jaxfer.data.table import DataError, Face

TASKS = ("emotion", "au")
"""What is recognised: one emotion of a face, or each of its action units."""

NOT_CODED = -1


@dataclasses.dataclass(frozen=True)
class SetAside:
  """An emotion that cannot be evaluated, and why."""

  emotion: str
  faces: int
  people: int | None
  reason: str


@dataclasses.dataclass(frozen=True)
class Labelled:
  """The faces that a task uses, in table order.

  Attributes:
    rows: (N,) positions in the table.
    names: K emotions in the order of `facs.sort_classes`, or action units such
      as `AU1`, by number.
    labels: of emotions, (N,) the class of each face; of units, (N, K) int8, 1
      present, 0 absent, -1 not coded.
    strata: (N,) what folds share evenly: the emotion, or the combination of
      units.
    people: (N,) person of each face as a number, or None without person ids.
    unlabelled: number of faces without a label of the task.
    set_aside: emotions left out.
  """

  rows: np.ndarray
  names: tuple[str, ...]
  labels: np.ndarray
  strata: np.ndarray
  people: np.ndarray | None
  unlabelled: int
  set_aside: tuple[SetAside, ...]


def select(
  faces: list[Face], task: str, aus: tuple[int, ...] = facs.AUS
) -> Labelled:
  """The faces that a task can use.

  Args:
    faces: all faces of a table.
    task: one of `TASKS`.
    aus: the action units asked for.

  Raises:
    DataError: if the labels leave nothing to recognise.
  """
  if task == "emotion":
    return _emotions(faces)
  return _action_units(faces, aus)


def _emotions(faces: list[Face]) -> Labelled:
  """The labelled faces whose emotion at least two people show.

  A class of one person cannot be tested on another; with fewer than two people
  in all, or no ids, classes need two faces instead.
  """
  known = [i for i, face in enumerate(faces) if face.emotion]
  subjects = [faces[i].group for i in known]
  by_person = None not in subjects and len(set(subjects)) > 1
  kept, set_aside = [], []
  for emotion in facs.sort_classes(str(faces[i].emotion) for i in known):
    members = [i for i in known if faces[i].emotion == emotion]
    people = len({faces[i].group for i in members}) if by_person else None
    if (len(members) if people is None else people) >= 2:
      kept.append(emotion)
    else:
      unit = "face" if people is None else "person"
      reason = f"one {unit} only: it cannot be both learnt and tested"
      set_aside.append(SetAside(emotion, len(members), people, reason))
  if len(kept) < 2:
    who = "" if None in subjects else f", people: {len(set(subjects))}"
    raise DataError(
      "recognition needs two emotions or more, each of two"
      f" {'people' if by_person else 'faces'}; found"
      f" {', '.join(kept) or 'none'} (labelled faces: {len(known)}{who})"
      + "".join(f"; {s.emotion}: {s.reason}" for s in set_aside)
    )
  rows = np.array([i for i in known if faces[i].emotion in kept])
  labels = np.array([kept.index(str(faces[i].emotion)) for i in rows])
  return Labelled(
    rows=rows,
    names=tuple(kept),
    labels=labels,
    strata=labels,
    people=_people(faces, rows),
    unlabelled=len(faces) - len(known),
    set_aside=tuple(set_aside),
  )


def _action_units(faces: list[Face], aus: tuple[int, ...]) -> Labelled:
  """The faces coded for any of the units; units never coded are left out."""
  coded = [n for n in aus if any(n in face.aus for face in faces)]
  rows = [
    i for i, face in enumerate(faces) if any(n in face.aus for n in coded)
  ]
  if len(rows) < 2:
    raise DataError(
      f"recognising action units needs two coded faces or more, got {len(rows)}"
      f" of {len(faces)} coded for any of"
      f" {', '.join(f'AU{n}' for n in aus)}"
    )
  labels = np.array(
    [[faces[i].aus.get(n, NOT_CODED) for n in coded] for i in rows], np.int8
  )
  _, strata = np.unique(labels, axis=0, return_inverse=True)
  return Labelled(
    rows=np.array(rows),
    names=tuple(f"AU{n}" for n in coded),
    labels=labels,
    strata=strata,
    people=_people(faces, rows),
    unlabelled=len(faces) - len(rows),
    set_aside=(),
  )


def _people(faces: list[Face], rows: Iterable[int]) -> np.ndarray | None:
  groups = [faces[i].group for i in rows]
  if None in groups:
    return None
  return np.unique([str(group) for group in groups], return_inverse=True)[1]
