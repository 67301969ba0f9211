"""Which faces of a table a task can use, and what is to be told of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxfer import facs
from jaxfer.data.table import DataError, Face

TASKS = ("emotion", "au")
"""What is recognised: one emotion of a face, or each of its action units."""

NOT_CODED = -1


@dataclasses.dataclass(frozen=True, kw_only=True)
class Labelled:
  """The labelled faces of a task."""

  task: str  # one of `TASKS`
  # K emotions in the order of `facs.sort_classes`, or action units such as
  # `AU1`, by number.
  names: tuple[str, ...]
  rows: np.ndarray  # (N,) positions in the table of faces
  # Of emotions, (N,) the class of each face; of units, (N, K) int8, 1 present,
  # 0 absent, -1 not coded.
  labels: np.ndarray
  # (N,) what folds share evenly: the emotion, or the combination of units.
  strata: np.ndarray
  # (N,) person of each face as a number, or None without person ids.
  people: np.ndarray | None


def label(
  faces: Sequence[Face], rows: Sequence[int], task: str, names: Sequence[str]
) -> dict[str, Any]:
  """The fields of `Labelled`, from the faces used and each one's position."""
  if task == "emotion":
    labels = np.array([names.index(str(face.emotion)) for face in faces], int)
    strata = labels
  else:
    units = [int(name.removeprefix("AU")) for name in names]
    coded = [[face.aus.get(n, NOT_CODED) for n in units] for face in faces]
    labels = np.array(coded, np.int8)
    strata = np.unique(labels, axis=0, return_inverse=True)[1]
  groups = [face.group for face in faces]
  people = None
  if None not in groups:
    people = np.unique(np.array(groups, str), return_inverse=True)[1]
  return {
    "task": task,
    "names": tuple(names),
    "rows": np.array(rows, int),
    "labels": labels,
    "strata": strata,
    "people": people,
  }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Selection(Labelled):
  """The faces that a task can use, in table order, and those it cannot."""

  unlabelled: int  # number of faces without a label of the task
  # Of each emotion left out its name, how many faces and people show it, or
  # None without person ids, and the reason.
  set_aside: list[dict[str, Any]]


def select(
  faces: Sequence[Face], task: str, aus: tuple[int, ...] = facs.AUS
) -> Selection:
  """The faces of a table that a task can use; of units, those asked for.

  Raises:
    DataError: if the labels leave nothing to recognise.
  """
  choose = _emotions if task == "emotion" else _action_units
  names, rows, unlabelled, set_aside = choose(faces, aus)
  return Selection(
    **label([faces[i] for i in rows], rows, task, names),
    unlabelled=unlabelled,
    set_aside=set_aside,
  )


_Choice = tuple[list[str], list[int], int, list[dict[str, Any]]]


def _emotions(faces: Sequence[Face], _: tuple[int, ...]) -> _Choice:
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
      set_aside.append(
        {
          "emotion": emotion,
          "faces": len(members),
          "people": people,
          "reason": reason,
        }
      )
  if len(kept) < 2:
    who = "" if None in subjects else f", people: {len(set(subjects))}"
    raise DataError(
      "recognition needs two emotions or more, each of two"
      f" {'people' if by_person else 'faces'}; found"
      f" {', '.join(kept) or 'none'} (labelled faces: {len(known)}{who})"
      + "".join(f"; {s['emotion']}: {s['reason']}" for s in set_aside)
    )
  rows = [i for i in known if faces[i].emotion in kept]
  return kept, rows, len(faces) - len(known), set_aside


def _action_units(faces: Sequence[Face], aus: tuple[int, ...]) -> _Choice:
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
  return [f"AU{n}" for n in coded], rows, len(faces) - len(rows), []
