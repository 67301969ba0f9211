"""What is known of both sides of an experiment's tests, from its faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from jaxfer import config as configlib
from jaxfer.data import disjoint, pools, readers
from jaxfer.data.disjoint import Side
from jaxfer.results import copies
from jaxfer.results.claims import Claims
from jaxfer.svm.problem import PROTOCOLS, Problem


def judge(
  sets: Mapping[str, Path],
  folds: Path,
  problem: Problem,
  config: configlib.Config,
) -> Claims:
  """Compares the people and the pictures of both sides of every test.

  Args:
    sets: by role, the prepared faces.
    folds: fold assignments of the set that is tested.
    problem: what is recognised, in whom.
    config: the experiment's config.
  """
  data = config.data
  role = "test" if "test" in sets else "probe"
  itself = data.pretrain == data[role]
  word = data.people_apart
  tested = problem.test_rows if role == "test" else problem.rows
  other = _side(sets[role], data[role], tested)
  fitted = learnt = None
  if role == "test":
    one = _side(sets["probe"], data.probe, problem.rows)
    fitted = disjoint.judge(one, other, word)
  if not itself:
    rows = pools.Pool(sets["pretrain"], only_au=data.only_au).rows()
    one = _side(sets["pretrain"], data.pretrain, rows)
    learnt = disjoint.judge(one, other, word)
  faces = copies.Sets(
    pretrain=sets["pretrain"],
    probe=sets["probe"],
    test=sets.get("test"),
    folds=folds,
    only_au=data.only_au,
    itself=itself,
  )
  return Claims(
    fitted=fitted,
    learnt=learnt,
    copies=copies.count(
      faces, problem, [p for p in PROTOCOLS if problem.tested(p)]
    ),
    tested=data[role],
    started=bool(config.gan.init_from),
  )


def _side(faces: Path, name: str, rows: Sequence[int] | np.ndarray) -> Side:
  every = [face.subject for face in pools.iterate_rows(faces)]
  return Side(readers.get(name), tuple(every[row] for row in rows))
