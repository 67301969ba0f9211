"""What the experiments find together, in words computed from the numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.estimates import AHEAD, BEHIND, Estimate, area
from jaxfer.report.extensions import SEEDS_NEEDED, seed_count
from jaxfer.report.suite.members import Member
from jaxfer.report.suite.suite import Suite


def lead(suite: Suite) -> str:
  """What random folds are worth, over all areas under the curve."""
  gaps = [paper - subject for _, _, paper, subject in _cells(suite)]
  if not gaps:
    return (
      "No experiment was scored both within random folds and on people kept"
      " apart, so nothing is known of what random folds are worth."
    )
  median, above = float(np.median(gaps)), sum(gap > 0 for gap in gaps)
  verb = "are higher" if median > 0 else "are not higher"
  return (
    f"Areas under the curve {verb} within random folds, as the paper describes"
    " them, than on people whom no classifier was fitted on: the median"
    f" difference over {len(gaps)} of them is {_signed(median)}, and"
    f" {above} are higher."
  )


def remarks(suite: Suite) -> list[str]:
  """Further sentences, each only where there is something to say."""
  found = (_leaks(suite), _sealed(suite), _nearest(suite), _controls(suite))
  return [sentence for sentence in found if sentence]


def _cells(suite: Suite) -> Iterator[tuple[Member, str, float, float]]:
  """Each class of Tables II and IV with its areas under both protocols.

  Where another set is tested nothing is random, and both differ in C alone.
  """
  for member in (*suite.columns("emotion"), *suite.columns("au")):
    if not member.found or member.crosses:
      continue
    for name in member.results["names"]:
      paper, subject = (
        area(member.block(p), name).value for p in ("paper", "subject")
      )
      if paper is not None and subject is not None:
        yield member, name, float(paper), float(subject)


def _leaks(suite: Suite) -> str | None:
  every = _known(suite, "paper - subject")
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
      written = _signed(most)
      if task == "emotion":
        written = wording.difference("accuracy", most)
      text += f" The largest in {words} is {written}, in {name}."
  return text


def _sealed(suite: Suite) -> str | None:
  known = _known(suite, "subject - sealed")
  if not known:
    return None
  shown = sum(_side(v) == AHEAD for _, v in known)
  return (
    "That the DCGAN had seen the people tested, without labels, is shown to"
    f" have helped in {shown} of {len(known)} experiments where it had."
  )


def _nearest(suite: Suite) -> str | None:
  if not suite.of_paper:
    return None
  if len(suite.standins) == len(suite.members):
    return (
      "All faces are drawn stand-ins: how near these numbers are to the printed"
      " ones means nothing."
    )
  nearer = []
  for member, name, random, unseen in _cells(suite):
    number = member.areas.get(name)
    if number is None or member in suite.standins:
      continue
    nearer.append(abs(random - float(number)) - abs(unseen - float(number)))
  if not nearer:
    return None
  return (
    f"Of {len(nearer)} printed areas with both of ours beside them,"
    f" {sum(gap < 0 for gap in nearer)} lie nearer to ours within random folds"
    f" and {sum(gap > 0 for gap in nearer)} nearer to ours {_where(suite)}."
  )


def _controls(suite: Suite) -> str | None:
  clauses = []
  for control in terms.UNLEARNT:
    gaps = (
      m.gap(f"trained - {control}", m.headline, "subject")
      for m in suite.members
    )
    known = [side for gap in gaps if (side := _side(gap))]
    if known:
      ahead, behind = known.count(AHEAD), known.count(BEHIND)
      row = terms.representation(control)
      the = "the " if row.network else ""
      clauses.append(
        f"{the}{row.title} in {ahead} of {len(known)} experiments"
        + (f" and behind in {behind}" if behind else "")
      )
  if not clauses:
    return None
  return (
    f"{wording.capital(_where(suite))} the trained discriminator is shown to be"
    f" ahead of {wording.sentence(clauses)}.{_caveat(suite)}"
  )


def _where(suite: Suite) -> str:
  """The line of `subject` as a place, `on unseen people`."""
  return f"on {suite.titles['subject']}"


def _caveat(suite: Suite) -> str:
  seeds = [seed_count(member.results) for member in suite.members]
  if min(seeds) >= SEEDS_NEEDED:
    return ""
  few = (
    "one pretraining seed" if max(seeds) == 1 else "too few pretraining seeds"
  )
  return f" That is of {few}; a claim takes three."


def _known(suite: Suite, name: str) -> list[tuple[Member, Estimate]]:
  """The experiments that have a difference, with that of their headline."""
  pairs = [(m, m.gap(name, m.headline)) for m in suite.members]
  return [(m, v) for m, v in pairs if v.value is not None]


def _side(estimate: Estimate) -> str:
  """Where the interval of a difference lies; nothing where there is none."""
  return estimate.side if estimate.interval else ""


def _signed(number: float) -> str:
  return f"{number:+.3f}".replace("-", "\N{MINUS SIGN}")
