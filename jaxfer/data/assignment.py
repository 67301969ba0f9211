"""Who a task uses and when each is tested, as an artifact."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import facs
from jaxfer.data import folds as foldlib
from jaxfer.data import selection
from jaxfer.data.selection import Labelled
from jaxfer.data.table import Face, read_csv, write_csv

_KINDS = ("paper", "subject", "sealed")
_FOLDS = tuple(f"{kind}_fold" for kind in _KINDS)
# The owners' words for the part that is tested, in order of preference.
_TEST_PARTS = ("test", "val", "valid")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Folds(Labelled):
  """The labelled faces of a task, and when each is tested."""

  # By kind, (N,) test fold of each face: `paper` random, `subject` person-
  # disjoint, `sealed` the same but fewer; those that exist.
  fold: Mapping[str, np.ndarray]
  # (N,) `train`, `test` or empty by the owner's split, or None.
  official: np.ndarray | None
  # By kind, `official` included, why it does not exist.
  reasons: Mapping[str, str]
  notes: Mapping[str, Any]  # `unlabelled` and `set_aside`


def write(
  faces: list[Face],
  out: Path,
  *,
  task: str,
  aus: tuple[int, ...],
  folds: int,
  sealed_folds: int,
  seed: int,
) -> None:
  """Assigns every labelled face of a table to its test folds.

  Writes `folds.csv`, a row per face (its row in the manifest, path, group,
  labels, and its fold of each kind), and `selection.json`. `folds` is the
  number of `paper` and `subject` folds wanted, `sealed_folds` that of `sealed`
  ones; the seed fixes the assignment.

  Raises:
    DataError: if recognition is impossible with these labels.
  """
  chosen = selection.select(faces, task, aus)
  strata = chosen.strata
  if task == "au":
    strata = foldlib.merge_rare(strata, folds)
  fold = {"paper": foldlib.random_folds(strata, folds, seed)}
  reasons: dict[str, str] = {}
  if chosen.people is None:
    reasons = dict.fromkeys(("subject", "sealed"), "faces carry no person ids")
  elif len(np.unique(chosen.people)) < 2:
    reasons = dict.fromkeys(("subject", "sealed"), "there is only one person")
  else:
    for kind, count in (("subject", folds), ("sealed", sealed_folds)):
      fold[kind] = foldlib.person_folds(strata, chosen.people, count, seed)
  official = _official([faces[row].split for row in chosen.rows])
  if official is None:
    reasons["official"] = "the owner gives no split of the labelled faces"
  units = [f"AU{n}" for n in facs.AUS]
  columns = ("row", "path", "group", "emotion", *units, *_FOLDS, "official")
  table = (
    {
      "row": row,
      "path": faces[row].path,
      "group": faces[row].group or "",
      "emotion": faces[row].emotion or "",
      **{f"AU{n}": faces[row].aus.get(n, "") for n in facs.AUS},
      **{f"{kind}_fold": fold[kind][i] for kind in fold},
      "official": "" if official is None else official[i],
    }
    for i, row in enumerate(chosen.rows)
  )
  write_csv(out / "folds.csv", columns, table)
  record = {
    "task": task,
    "names": chosen.names,
    "unlabelled": chosen.unlabelled,
    "set_aside": chosen.set_aside,
    "reasons": reasons,
  }
  text = json.dumps(record, indent=2)
  (out / "selection.json").write_text(text, encoding="utf-8")


def read(folder: Path) -> Folds:
  """The assignment that `write` wrote."""
  table = read_csv(folder / "folds.csv")
  notes = json.loads((folder / "selection.json").read_text(encoding="utf-8"))
  reasons, task, names = (notes.pop(k) for k in ("reasons", "task", "names"))
  faces = [
    Face(
      row["path"],
      dataset="",
      subject=row["group"] or None,
      emotion=row["emotion"],
      aus={n: int(row[f"AU{n}"]) for n in facs.AUS if row[f"AU{n}"]},
    )
    for row in table
  ]
  rows = [int(row["row"]) for row in table]
  return Folds(
    **selection.label(faces, rows, task, names),
    fold={
      kind: np.array([int(row[f"{kind}_fold"]) for row in table])
      for kind in _KINDS
      if kind not in reasons
    },
    official=None
    if "official" in reasons
    else np.array([row["official"] for row in table]),
    reasons=reasons,
    notes=notes,
  )


def held_out_people(folder: Path, fold: int) -> frozenset[str]:
  """The people, as the table of faces names them, of one sealed test fold."""
  return frozenset(
    row["group"]
    for row in read_csv(folder / "folds.csv")
    if row["sealed_fold"] == str(fold)
  )


def _official(parts: list[str | None]) -> np.ndarray | None:
  tested = next((part for part in _TEST_PARTS if part in parts), None)
  if tested is None or "train" not in parts:
    return None
  words = {"train": "train", tested: "test"}
  return np.array([words.get(part or "", "") for part in parts])
