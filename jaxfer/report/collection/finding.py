"""What the experiments find together, in words computed from the numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jaxfer import terms
from jaxfer.report import estimates, wording
from jaxfer.report.advantage import SEEDS_NEEDED
from jaxfer.report.collection.members import Collection, Experiment, Member
from jaxfer.report.estimates import AHEAD, BEHIND, Estimate


def lead(collection: Collection) -> str:
  """What random folds are worth, over all areas under the curve.

  Args:
    collection: the experiments.

  Returns:
    One sentence.
  """
  gaps = [paper - subject for _, _, paper, subject in _cells(collection)]
  if not gaps:
    return (
      "No experiment was scored both within random folds and on people kept"
      " apart, so nothing is known of what random folds are worth."
    )
  median, above = float(np.median(gaps)), sum(gap > 0 for gap in gaps)
  verb = "are higher" if median > 0 else "are not higher"
  return (
    f"Areas under the curve {verb} within random folds, as the paper describes"
    " them, than on people whom no machine was fitted on: the median difference"
    f" over {len(gaps)} of them is {_signed(median)}, and {above} are higher."
  )


def remarks(collection: Collection) -> list[str]:
  """Further sentences, each only where there is something to say.

  Args:
    collection: the experiments.
  """
  found = (
    _leaks(collection),
    _sealed(collection),
    _nearest(collection),
    _controls(collection),
  )
  return [sentence for sentence in found if sentence]


def _cells(
  collection: Collection,
) -> Iterator[tuple[Experiment, str, float, float]]:
  """Each class of Tables II and IV with its areas under both protocols.

  Where another set is tested nothing is random, and both differ in C alone.
  """
  for one in (*collection.emotions(), *collection.units()):
    if one.member is None or one.member.crosses:
      continue
    for name in one.member.results["names"]:
      paper, subject = (
        estimates.area(one.member.block(p), name).value
        for p in ("paper", "subject")
      )
      if paper is not None and subject is not None:
        yield one, name, float(paper), float(subject)


def _leaks(collection: Collection) -> str | None:
  every = _known(collection, "paper - subject")
  known = [(m, v) for m, v in every if not m.crosses]
  if not known:
    return None
  shown = [(m, v) for m, v in known if _side(v) == AHEAD]
  text = (
    f"In {len(shown)} of {len(known)} experiments the difference of the whole"
    " experiment is shown: its interval lies above 0."
  )
  for task, words in (("emotion", "accuracy"), ("au", "mean AUC")):
    gaps = [(float(v.value or 0), m.name) for m, v in shown if m.task == task]
    if gaps:
      most, name = max(gaps)
      written = wording.points(most) if task == "emotion" else _signed(most)
      text += f" The largest in {words} is {written}, in {name}."
  return text


def _sealed(collection: Collection) -> str | None:
  known = _known(collection, "subject - sealed")
  if not known:
    return None
  shown = sum(_side(v) == AHEAD for _, v in known)
  return (
    "That the DCGAN had seen the people tested, without labels, is shown to"
    f" have helped in {shown} of {len(known)} experiments where it had."
  )


def _nearest(collection: Collection) -> str | None:
  if len(collection.standins) == len(collection.members):
    return (
      "All faces are drawn stand-ins: how near these numbers are to the printed"
      " ones means nothing."
    )
  paper = subject = even = 0
  for one, name, random, unseen in _cells(collection):
    number = one.areas.get(name)
    if number is None or one.member is None or one.member.results["standin"]:
      continue
    apart = abs(random - float(number)) - abs(unseen - float(number))
    paper, subject = paper + (apart < 0), subject + (apart > 0)
    even += apart == 0
  if not paper + subject + even:
    return None
  return (
    f"Of {paper + subject + even} printed areas with both of ours beside them,"
    f" {paper} lie nearer to ours within random folds and {subject} nearer to"
    f" ours {_where(collection)}."
  )


def _controls(collection: Collection) -> str | None:
  clauses = []
  for control in terms.UNLEARNT:
    sides = [
      _side(m.gap(f"trained - {control}", m.headline, "subject"))
      for m in collection.members
    ]
    known = [side for side in sides if side]
    if known:
      ahead, behind = known.count(AHEAD), known.count(BEHIND)
      name = terms.representation(control).title
      clauses.append(
        f"{name} in {ahead} of {len(known)} experiments"
        + (f" and behind in {behind}" if behind else "")
      )
  if not clauses:
    return None
  return (
    f"{wording.capital(_where(collection))} the trained discriminator is shown"
    " to be ahead of"
    f" {wording.sentence(clauses)}.{_caveat(collection)}"
  )


def _where(collection: Collection) -> str:
  """The line of `subject` as a place, `on unseen people`."""
  return f"on {collection.titles['subject']}"


def _caveat(collection: Collection) -> str:
  seeds = [
    len((m.results.get("seeds") or {}).get("seeds", [0]))
    for m in collection.members
  ]
  if min(seeds) >= SEEDS_NEEDED:
    return ""
  few = (
    "one pretraining seed" if max(seeds) == 1 else "too few pretraining seeds"
  )
  return f" That is of {few}; a claim takes three."


def _known(collection: Collection, name: str) -> list[tuple[Member, Estimate]]:
  """The experiments that have a difference, with that of their headline."""
  pairs = [(m, m.gap(name, m.headline)) for m in collection.members]
  return [(m, v) for m, v in pairs if v.value is not None]


def _side(estimate: Estimate) -> str:
  """Where the interval of a difference lies; nothing where there is none."""
  return estimate.side if estimate.interval else ""


def _signed(number: float) -> str:
  return f"{number:+.3f}".replace("-", "\N{MINUS SIGN}")
