"""Which raters do not count, and why."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Sequence

from jaxfer.errors import UserError
from jaxfer.study.answers import Rater
from jaxfer.study.key import Key


@dataclasses.dataclass(frozen=True)
class Rules:
  """What a rater's answers must keep to.

  Attributes:
    failed_checks: largest share of attention checks answered otherwise than
      they ask, of those answered.
    answered: smallest share of the faces that have an answer.
    fastest: milliseconds below which nobody sees and answers; 100 after Luce
      (1986), as Whelan (2008), "Effective analysis of reaction time data",
      cites it.
    too_fast: largest share of answers given faster than that.
  """

  failed_checks: float = 0.25
  answered: float = 0.8
  fastest: int = 100
  too_fast: float = 0.1

  def __post_init__(self):
    """Raises ValueError for shares that are none."""
    for name in ("failed_checks", "answered", "too_fast"):
      value = getattr(self, name)
      if not 0 <= value <= 1:
        raise UserError(f"--{name}={value} is a share: from 0 to 1")
    if self.fastest < 0:
      raise UserError(f"--fastest={self.fastest} must be 0 ms or more")


def reasons(raters: Sequence[Rater], key: Key, rules: Rules) -> list[list[str]]:
  """For each rater, why the answers do not count; nothing where they do.

  A file does not count whose answers, with their times, all are in another:
  it is a copy, under whatever code, or was handed in too early. Other files of
  one code that differ do not count at all: which of them is the rater's own
  cannot be told.
  """
  found: list[list[str]] = [[] for _ in raters]
  originals: list[Rater] = []
  for i in sorted(
    range(len(raters)), key=lambda i: (-len(raters[i].answers), raters[i].file)
  ):
    given = raters[i].answers.items()
    whole = next((x for x in originals if given <= x.answers.items()), None)
    if whole is None:
      originals.append(raters[i])
    else:
      found[i].append(f"all of its answers are in {whole.file}")
  files = collections.Counter(rater.code for rater in originals)
  for rater, why in zip(raters, found, strict=True):
    if files[rater.code] > 1:
      why.append(f"{files[rater.code]} files of {rater.code} that differ")
    why += _conduct(rater, key, rules)
  return found


def failed_checks(rater: Rater, key: Key) -> tuple[int, int]:
  """Attention checks answered otherwise than they ask, and all answered."""
  given = [
    rater.answers[item].said != asked
    for item, asked in key.checks.items()
    if item in rater.answers
  ]
  return sum(given), len(given)


def _conduct(rater: Rater, key: Key, rules: Rules) -> list[str]:
  why = []
  failed, checks = failed_checks(rater, key)
  if failed > rules.failed_checks * checks:
    why.append(
      f"{failed} of {checks} attention checks failed, more than"
      f" {rules.failed_checks:.0%}"
    )
  given = sum(item in rater.answers for item in key.faces)
  if given < rules.answered * len(key.faces):
    why.append(
      f"{given} of {len(key.faces)} faces answered, fewer than"
      f" {rules.answered:.0%}"
    )
  times = [answer.milliseconds for answer in rater.answers.values()]
  fast = sum(time < rules.fastest for time in times)
  if fast > rules.too_fast * len(times):
    why.append(
      f"{fast} of {len(times)} answers faster than {rules.fastest} ms, more"
      f" than {rules.too_fast:.0%}"
    )
  return why
