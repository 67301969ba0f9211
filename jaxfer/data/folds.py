"""Who is tested when: fold assignments of the evaluation protocols."""

from __future__ import annotations

import dataclasses
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from jaxfer.data.table import DataError, Face, read_csv, write_csv


@dataclasses.dataclass(frozen=True)
class SetAside:
  """An emotion that cannot be evaluated, and why."""

  emotion: str
  faces: int
  people: int | None
  reason: str


@dataclasses.dataclass(frozen=True)
class Labelled:
  """The faces that a probe uses, in table order.

  Attributes:
    rows: (N,) positions in the table.
    emotions: the classes, sorted; labels index into them.
    labels: (N,) class of each face.
    people: (N,) person of each face as a number, or None without person ids.
    unlabelled: number of faces without an emotion.
    set_aside: emotions left out.
  """

  rows: np.ndarray
  emotions: tuple[str, ...]
  labels: np.ndarray
  people: np.ndarray | None
  unlabelled: int
  set_aside: tuple[SetAside, ...]


def select(faces: list[Face]) -> Labelled:
  """The labelled faces whose emotion at least two people show.

  A class of one person cannot be tested on another; with fewer than two people
  in all, or no ids, classes need two faces instead.

  Args:
    faces: all faces of a table.

  Raises:
    DataError: if fewer than two emotions are left.
  """
  known = [i for i, face in enumerate(faces) if face.emotion]
  subjects = [faces[i].group for i in known]
  by_person = None not in subjects and len(set(subjects)) > 1
  kept, set_aside = [], []
  for emotion in sorted({str(faces[i].emotion) for i in known}):
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
  people = None
  if None not in subjects:
    _, people = np.unique(
      [str(faces[i].group) for i in rows], return_inverse=True
    )
  return Labelled(
    rows=rows,
    emotions=tuple(kept),
    labels=labels,
    people=people,
    unlabelled=len(faces) - len(known),
    set_aside=tuple(set_aside),
  )


def random_folds(labels: np.ndarray, folds: int, seed: int) -> np.ndarray:
  """Random stratified folds, blind to who is in the picture.

  Args:
    labels: (N,) classes.
    folds: number of folds wanted; at most the largest class has faces.
    seed: fixes the assignment.

  Returns:
    (N,) test fold of each row, 0 … folds - 1.
  """
  folds = min(folds, int(np.bincount(labels).max()))
  splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
  return _assign(splitter, labels, None)


def person_folds(
  labels: np.ndarray, people: np.ndarray, folds: int, seed: int
) -> np.ndarray:
  """Stratified folds that never divide a person.

  Args:
    labels: (N,) classes.
    people: (N,) person of each row.
    folds: number of folds wanted; fewer where there are fewer people.
    seed: fixes the assignment.

  Returns:
    (N,) test fold of each row, from 0; none is empty.

  Raises:
    ValueError: if there are fewer than two people.
  """
  count = len(np.unique(people))
  if count < 2:
    raise ValueError(
      f"person-disjoint folds need two people or more, got {count}"
    )
  folds = min(folds, count, int(np.bincount(labels).max()))
  splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
  assigned = _assign(splitter, labels, people)
  # Where a few people have most faces, the splitter can leave a fold empty.
  return np.unique(assigned, return_inverse=True)[1]


def _assign(
  splitter: StratifiedKFold | StratifiedGroupKFold,
  labels: np.ndarray,
  people: np.ndarray | None,
) -> np.ndarray:
  fold_of = np.empty(len(labels), int)
  with warnings.catch_warnings():
    # Classes smaller than the fold count stay in: the report lists the folds
    # that lack them.
    warnings.filterwarnings("ignore", "The least populated class")
    splits = splitter.split(labels, labels, people)
    for fold, (_, test) in enumerate(splits):
      fold_of[test] = fold
  return fold_of


@dataclasses.dataclass(frozen=True)
class Folds:
  """Who a probe uses, and when each is tested.

  Attributes:
    rows: (N,) positions in the table of faces.
    emotions: the classes.
    labels: (N,) class of each face.
    people: (N,) person of each face, or None without person ids.
    paper: (N,) random test folds.
    subject: (N,) person-disjoint test folds, or None.
    notes: `unlabelled`, `set_aside`, and `subject_reason` where `subject` is
      None.
  """

  rows: np.ndarray
  emotions: tuple[str, ...]
  labels: np.ndarray
  people: np.ndarray | None
  paper: np.ndarray
  subject: np.ndarray | None
  notes: dict[str, Any]


def write_folds(faces: list[Face], out: Path, *, folds: int, seed: int) -> None:
  """Assigns every labelled face to its test folds.

  Writes `folds.csv`, a row per face (its row in the manifest, path, group,
  emotion, and its fold under each protocol), and `selection.json`.

  Args:
    faces: all faces of a table.
    out: an existing folder.
    folds: number of folds wanted.
    seed: fixes the assignment.

  Raises:
    DataError: if recognition is impossible with these labels.
  """
  chosen = select(faces)
  paper = random_folds(chosen.labels, folds, seed)
  subject, reason = None, None
  if chosen.people is None:
    reason = "faces carry no person ids"
  elif len(np.unique(chosen.people)) < 2:
    reason = "there is only one person"
  else:
    subject = person_folds(chosen.labels, chosen.people, folds, seed)
  write_csv(
    out / "folds.csv",
    ("row", "path", "group", "emotion", "paper_fold", "subject_fold"),
    (
      {
        "row": row,
        "path": faces[row].path,
        "group": faces[row].group or "",
        "emotion": faces[row].emotion,
        "paper_fold": paper[i],
        "subject_fold": "" if subject is None else subject[i],
      }
      for i, row in enumerate(chosen.rows)
    ),
  )
  selection = {
    "emotions": chosen.emotions,
    "unlabelled": chosen.unlabelled,
    "set_aside": [dataclasses.asdict(s) for s in chosen.set_aside],
    "subject_reason": reason,
  }
  text = json.dumps(selection, indent=2)
  (out / "selection.json").write_text(text, encoding="utf-8")


def read_folds(folder: Path) -> Folds:
  """The assignment that `write_folds` wrote."""
  table = read_csv(folder / "folds.csv")
  notes = json.loads((folder / "selection.json").read_text(encoding="utf-8"))
  emotions = tuple(notes.pop("emotions"))
  subjects = [row["group"] for row in table]
  people = None
  if all(subjects):
    _, people = np.unique(subjects, return_inverse=True)
  subject = None
  if notes["subject_reason"] is None:
    subject = np.array([int(row["subject_fold"]) for row in table])
  return Folds(
    rows=np.array([int(row["row"]) for row in table]),
    emotions=emotions,
    labels=np.array([emotions.index(row["emotion"]) for row in table]),
    people=people,
    paper=np.array([int(row["paper_fold"]) for row in table]),
    subject=subject,
    notes=notes,
  )
