"""Faces that lie on both sides of a test: the same file, or nearly so."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer.data import duplicates, likeness, pools
from jaxfer.data.pools import load_stills
from jaxfer.data.table import DataError, iterate_csv
from jaxfer.svm.problem import Problem


@dataclasses.dataclass(frozen=True)
class Found:
  """The copies among the faces of some prepared sets, laid end to end."""

  start: Mapping[Path, int]  # by set, the position of its first face
  file: np.ndarray  # (N,) a number for each file content
  # (P, 2) positions of copies, the earlier first; the same file too, where
  # both crops are alike.
  pairs: np.ndarray

  @property
  def near(self) -> np.ndarray:
    """(Q, 2) pairs that are not the same file."""
    same = self.file[self.pairs[:, 0]] == self.file[self.pairs[:, 1]]
    return self.pairs[~same]

  def across(self, tested: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which faces have a copy among others.

    Args:
      tested: (n,) positions of some faces.
      other: (m,) positions of the others; a face may be among them itself.

    Returns:
      (n,) 2 where the same file is among the others, 1 where only a near copy
      is, else 0.
    """
    known = np.zeros(len(self.file), bool)
    known[other] = True
    near = np.zeros(len(self.file), bool)
    for one, two in (self.near.T, self.near.T[::-1]):
      near[one[known[two]]] = True
    same = np.isin(self.file[tested], self.file[other])
    return np.where(same, 2, near[tested].astype(int))


@functools.lru_cache(maxsize=64)  # a suite asks for the same sets many times
def look(folders: tuple[Path, ...]) -> Found:
  """The copies among the faces of some prepared sets, each named once."""
  start, files = {}, []
  for folder in folders:
    start[folder] = len(files)
    files += [row["sha256"] for row in iterate_csv(folder / "manifest.csv")]
  pictures = np.concatenate([*map(_pictures, folders)])
  pairs = [
    (pair.first, pair.second) for pair in duplicates.find(pictures, files)
  ]
  return Found(
    start,
    np.unique(np.array(files, str), return_inverse=True)[1],
    np.array(pairs, int).reshape(-1, 2),
  )


@functools.lru_cache(maxsize=8)
def _pictures(folder: Path) -> np.ndarray:
  return likeness.pictures(load_stills(folder))


@dataclasses.dataclass(frozen=True)
class Sets:
  """The prepared sets of an experiment, and who is left out of which."""

  pretrain: Path  # the set that the DCGAN learns from
  probe: Path  # the set that is fitted on
  test: Path | None  # another set, which is tested
  folds: Path  # fold assignments of the set that is tested
  only_au: int  # as in `pools.Pool`
  itself: bool  # whether the DCGAN learns from the set that is tested

  def left_out(self, protocol: str, fold: int) -> int | None:
    """What the DCGAN behind a split has not seen, as `pools.Pool` takes it."""
    if not self.itself:
      return None
    return {"sealed": fold, "official_sealed": pools.OFFICIAL}.get(protocol)

  def learnt(self, left_out: int | None) -> np.ndarray:
    """Rows of `pretrain` that such a DCGAN has seen."""
    try:
      rows = pools.Pool(
        self.pretrain, self.folds, left_out, self.only_au
      ).rows()
    except DataError:  # such a DCGAN cannot be trained, so none was
      rows = []
    return np.array(rows, int)


def count(
  sets: Sets, problem: Problem, protocols: Sequence[str]
) -> dict[str, Any]:
  """Faces tested that have a copy on the other side, under each protocol.

  Returns:
    By protocol `fitted`, among the faces that the machine was fitted on, and
    `learnt`, among those that its DCGAN learnt from: how many of the faces
    tested (`of`) are there as the same file (`identical`), and how many only as
    a near copy (`near`).
  """
  folders = (sets.pretrain, sets.probe, sets.test)
  found = look(tuple(dict.fromkeys(f for f in folders if f is not None)))
  where = found.start[sets.probe] + problem.rows
  if sets.test is not None:
    where = np.concatenate([where, found.start[sets.test] + problem.test_rows])
  pools_by: dict[int | None, np.ndarray] = {}
  out: dict[str, Any] = {}
  for protocol in protocols:
    kinds: dict[str, list[np.ndarray]] = {"fitted": [], "learnt": []}
    for split in problem.tested(protocol) or []:
      left_out = sets.left_out(protocol, split.fold)
      if left_out not in pools_by:
        learnt = sets.learnt(left_out)
        pools_by[left_out] = found.start[sets.pretrain] + learnt
      tested = where[split.test]
      kinds["fitted"].append(found.across(tested, where[split.train]))
      kinds["learnt"].append(found.across(tested, pools_by[left_out]))
    out[protocol] = {
      side: _counts(np.concatenate(parts)) for side, parts in kinds.items()
    }
  return out


def _counts(kind: np.ndarray) -> dict[str, int]:
  return {
    "identical": int((kind == 2).sum()),
    "near": int((kind == 1).sum()),
    "of": len(kind),
  }
