"""How well a representation tells what faces show: fitted, tuned, tested.

Two ways to choose a head's settings. Shared: one choice by the error over the
very splits that are tested, as the paper's text reads. Nested: in each split a
fresh choice on person-disjoint folds of its training rows, which is all that it
sees; action units are always tuned so, each by its AUC, with the threshold of
its largest F1.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from jaxfer.svm import splits, threads, tuning
from jaxfer.svm.splits import Split
from jaxfer.svm.task import Head, Scorer, Task
from jaxfer.svm.tuning import Report, Tuned


@dataclasses.dataclass(frozen=True)
class Fitted:
  """Machines of the same training rows."""

  rows: np.ndarray  # what they were fitted on
  questions: np.ndarray  # what they answer, (J,)
  records: list[dict[str, Any]]  # with what, (J,) as `search.json` has it
  scorer: Scorer  # scores rows


@dataclasses.dataclass(frozen=True)
class Tested:
  """What a split's machines gave."""

  split: Split  # who was fitted on, and who tested
  # (m, Q, width) of the rows tested; nan where there is no machine.
  scores: np.ndarray
  # What the machine was given; of action units what each was, None where the
  # training rows were all with the unit, or all without.
  records: Any
  # (Q,) AUC of each action unit's machine on its own training rows.
  train_auc: np.ndarray


def run(
  head: Head,
  tested: Sequence[Split],
  values: Sequence[Any] | None,
  report: Report,
  *,
  shared: bool = False,
) -> list[Tested]:
  """Tunes and fits each split's machines, and tests them.

  Args:
    head: what is fitted, on its task.
    tested: the splits; if shared, together they test the rows tuned on.
    values: the candidates; None: (C, g) are searched.
    report: called with candidates tried: with all of them once if shared, else
      in each split.
    shared: whether classes are tuned and tested on the same splits.
  """
  task = head.task
  shared = shared and not task.units
  if shared:
    question = np.zeros(1, int)
    plans = [[_Plan(s.train, question, tested, task.seed)] for s in tested]
  else:
    # Splitting silences warnings, which is not for threads to do.
    plans = [
      _plan(task, split.train, task.seed + 1 + split.fold) for split in tested
    ]
  every = plans[0] if shared else [one for own in plans for one in own]
  _prepare(head, [split.train for split in tested], every)
  tuned = _tune(head, plans[0], values, report) if shared else None

  def test(one: tuple[Split, list[_Plan]]) -> Tested:
    split, own = one
    found = tuned or _tune(head, own, values, report)
    return _test(head, split, _fit(head, own, found))

  over = threads.in_turn if task.units else threads.in_threads
  return over(test, zip(tested, plans, strict=True))


def fit_final(
  head: Head, values: Sequence[Any] | None, report: Report
) -> list[Fitted]:
  """Machines tuned and fitted on all rows as in `run`, for new faces."""
  task = head.task
  plans = _plan(task, np.arange(len(task.labels)), task.seed)
  _prepare(head, [plan.rows for plan in plans], plans)
  return _fit(head, plans, _tune(head, plans, values, report))


def arrays(found: Sequence[Tested], task: Task) -> dict[str, np.ndarray]:
  """What splits gave, laid over all rows.

  Returns:
    `scores` (N, K) or (N, Q), nan for a row that no split tests; `fold` (N,),
    -1 for such a row; and of action units `thresholds` (N, Q), of the machine
    that scored the row, and `train_auc` (S, Q).
  """
  scores = np.full((*task.labels.shape, task.width), np.nan)
  fold = np.full(len(scores), -1)
  for one in found:
    scores[one.split.test], fold[one.split.test] = one.scores, one.split.fold
  if not task.units:
    return {"scores": scores[:, 0], "fold": fold}
  thresholds = np.full(task.labels.shape, np.nan)
  for one in found:
    given = [own["threshold"] if own else np.nan for own in one.records]
    thresholds[one.split.test] = given
  return {
    "scores": scores[..., 0],
    "thresholds": thresholds,
    "fold": fold,
    "train_auc": np.stack([one.train_auc for one in found]),
  }


@dataclasses.dataclass(frozen=True)
class _Plan:
  """Questions of the same training rows, and what tunes them."""

  rows: np.ndarray
  questions: np.ndarray
  tuned_on: Sequence[Split]
  seed: int


def _plan(task: Task, rows: np.ndarray, seed: int) -> list[_Plan]:
  """What can be learnt from rows, by the rows that it is coded on.

  Questions of the same rows go together, so that machines share kernels, and
  folds that share their combinations evenly serve them all.
  """
  plans = []
  coded = task.labels[rows] >= 0
  patterns, which = np.unique(coded, axis=1, return_inverse=True)
  for p, pattern in enumerate(patterns.T):
    own, questions = rows[pattern], np.flatnonzero(which.ravel() == p)
    questions = questions[task.learnable(own, questions)]
    if len(questions):
      labels = task.labels[:, questions]
      _, strata = np.unique(labels, axis=0, return_inverse=True)
      fold = splits.inner_folds(
        strata.ravel(), task.people, own, task.svm.inner_folds, seed
      )
      inner = [
        Split(k, own[fold != k], own[fold == k]) for k in range(fold.max() + 1)
      ]
      plans.append(_Plan(own, questions, inner, seed))
  return plans


def _prepare(head: Head, sets: list[np.ndarray], plans: list[_Plan]) -> None:
  """Tells the head of all training sets, those of tuning among them."""
  tried = [head.fewer(one.train) for plan in plans for one in plan.tuned_on]
  head.prepare([*sets, *tried])


def _tune(
  head: Head,
  plans: list[_Plan],
  values: Sequence[Any] | None,
  report: Report,
) -> list[list[Tuned]]:
  found = [
    tuning.tune(head, one.questions, one.tuned_on, values, one.seed, report)
    for one in plans
  ]
  if values is not None:  # a search reports each of its points
    report(len(values))
  return found


def _fit(
  head: Head, plans: list[_Plan], tuned: list[list[Tuned]]
) -> list[Fitted]:
  fitted = []
  for plan, chosen in zip(plans, tuned, strict=True):
    space, values = head.space(plan.rows), [one.value for one in chosen]
    jobs = [*zip(plan.questions, values, strict=True)]
    scorer = head.fit(space, plan.rows, jobs)
    records = [
      head.describe(one.value, space) | one.record(head.task.units)
      for one in chosen
    ]
    fitted.append(Fitted(plan.rows, plan.questions, records, scorer))
  return fitted


def _test(head: Head, split: Split, fitted: list[Fitted]) -> Tested:
  """A split's test rows, scored by machines that have its training rows."""
  task = head.task
  count = task.labels.shape[1]
  scores = np.full((len(split.test), count, task.width), np.nan)
  train_auc, records = np.full(count, np.nan), [None] * count
  for one in fitted:
    train = one.rows if task.units else one.rows[:0]
    decided = one.scorer(np.concatenate([train, split.test]))
    own, scores[:, one.questions] = np.split(decided, [len(train)])
    for j, question in enumerate(one.questions):
      records[question] = one.records[j]
      if task.units:
        present = task.labels[train, question] == 1
        train_auc[question] = roc_auc_score(present, own[:, j, 0])
  given = records if task.units else records[0]
  return Tested(split, scores, given, train_auc)
