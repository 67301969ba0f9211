"""What Table VI's labels make of Tables II and IV."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jaxfer import facs
from jaxfer.report import wording
from jaxfer.report.inconsistencies.inconsistency import Inconsistency, quoted
from jaxfer.report.published import Paper, PublishedAUs

_BY_RULE = "Radboud"  # the dataset whose units are labelled by Table VI


def duplicates() -> list[tuple[int, ...]]:
  """The groups of units that are one column of rule-made labels."""
  return [units for units in facs.columns().values() if len(units) > 1]


def one_machine(paper: Paper) -> Iterator[Inconsistency]:
  """Duplicate columns that are learnt and tested, yet differ in area.

  Labels, faces and features are the same, so the SVMs are.
  """
  for units in duplicates():
    every = [e for e in _tested_by_rule(paper) if not e.crosses]
    differing = [e for e in every if _differ(e, units)]
    if not differing:
      continue
    equal = [e.name for e in every if e not in differing]
    yield Inconsistency(
      f"{_named(units)} are one task on Radboud, with different areas",
      _areas(differing, units),
      "Table VI gives the units to the same emotion, so labels, faces and SVMs"
      " are the same and the areas should be",
      "Tables IV and VI",
      (
        f"They are equal in {wording.sentence(equal)}, as they should be. "
        if equal
        else ""
      )
      + "Folds drawn anew for each unit would explain a small difference.",
      "reading",
    )


def one_column(paper: Paper) -> Iterator[Inconsistency]:
  """Duplicate columns on the tested side alone: three SVMs, one truth."""
  for units in duplicates():
    tested = [e for e in _tested_by_rule(paper) if e.crosses]
    differing = [e for e in tested if _differ(e, units)]
    if not differing:
      continue
    learnt = [
      e.name for e in paper.units.values() if e.crosses and e.train == _BY_RULE
    ]
    (shown,) = (e for e, group in facs.columns().items() if group == units)
    yield Inconsistency(
      f"{_named(units)} are tested against one label column",
      _areas(differing, units),
      f"on Radboud each means {wording.sentence(sorted(shown))}; the range is "
      + wording.sentence(
        [f"{wording.area(_range(e, units))} in {e.name}" for e in differing]
      ),
      "Tables IV, V and VI",
      "Their SVMs learnt from the enhanced CK labels, which differ by unit, so"
      " the areas may differ. They say how well each tells one emotion, not how"
      " well each tells its unit."
      + (
        f" In {wording.sentence(learnt)} it is the reverse: one SVM under"
        f" {len(units)} names."
        if learnt
        else ""
      ),
      "reading",
    )


def emotions_renamed(paper: Paper) -> Iterator[Inconsistency]:
  """Units that one emotion alone shows: their areas beside the emotion's."""
  single = {
    next(iter(shown)): units
    for shown, units in facs.columns().items()
    if len(shown) == 1
  }
  # Same pretraining, same faces of Radboud, same truth.
  pairs = (("exp1", "au2"), ("exp2", "au6"))
  differing = [
    f"{entry.name} {emotion} {wording.area(area)},"
    f" {other.name} AU{unit} {wording.area(other.auc[unit])}"
    for entry, other in (
      (paper.emotions[one], paper.units[two]) for one, two in pairs
    )
    for emotion, units in single.items()
    for unit in units
    if (area := entry.auc[emotion]) is not None and area != other.auc[unit]
  ]
  if differing:
    renamed = [
      f"{_named(units)} as {emotion}" for emotion, units in single.items()
    ]
    count = sum(map(len, single.values()))
    yield Inconsistency(
      f"{count} of {len(facs.AUS)} units on Radboud are an emotion under"
      " another name",
      "; ".join(differing),
      f"one truth on Radboud: {wording.sentence(renamed)}",
      "Tables II, IV and VI",
      "The emotions are told by a Gaussian, the units by a linear kernel, which"
      " may explain the differences. Areas of units on Radboud measure the"
      " recognition of emotions.",
      "reading",
    )


def frequent(paper: Paper) -> Iterator[Inconsistency]:
  """A unit said to be frequent that is among the rarest labels."""
  statement = paper.unit_statements["frequent"]
  (unit,) = statement.units
  rates = facs.base_rates(facs.relabel(e) for e in facs.EMOTIONS)
  if rates[unit] > min(rates.values()):
    return
  yield Inconsistency(
    f"AU{unit} is said to occur frequently, and is among the rarest on Radboud",
    quoted(statement.quote),
    f"{wording.percent(rates[unit])} of Radboud faces under Table VI, the"
    f" lowest rate of the {len(rates)}; the highest is"
    f" {wording.percent(max(rates.values()))}",
    f"{statement.where}; Table VI",
    "It may be frequent in the enhanced CK faces, whose rates the paper does"
    " not print. AUC does not depend on the rate.",
    "reading",
  )


def contempt(paper: Paper) -> Iterator[Inconsistency]:
  """Contempt as a fusion of emotions that it shares no unit with."""
  statement = paper.unit_statements["contempt"]
  whole, *parts = statement.words
  own = facs.EMOTION_AUS[whole]
  if any(own & facs.EMOTION_AUS[part] for part in parts):
    return
  sharing = [
    emotion
    for emotion, units in facs.EMOTION_AUS.items()
    if emotion != whole and own & units
  ]
  yield Inconsistency(
    "Contempt is called a fusion of emotions that it shares no unit with",
    quoted(statement.quote),
    f"Table VI gives {whole} {_named(sorted(own))}, which"
    f" {wording.sentence(parts)} lack and {wording.sentence(sharing)} has",
    f"{statement.where}; Table VI",
    "The text says there is no guideline, and Table VI has a row. It also names"
    " AU14, which is not among the fourteen.",
  )


def _tested_by_rule(paper: Paper) -> list[PublishedAUs]:
  return [e for e in paper.units.values() if e.test == _BY_RULE]


def _differ(experiment: PublishedAUs, units: tuple[int, ...]) -> bool:
  return len({experiment.auc[unit] for unit in units}) > 1


def _range(experiment: PublishedAUs, units: tuple[int, ...]) -> Decimal:
  areas = [experiment.auc[unit] for unit in units]
  return max(areas) - min(areas)


def _named(units: list[int] | tuple[int, ...]) -> str:
  return wording.sentence([f"AU{unit}" for unit in units])


def _areas(experiments: list[PublishedAUs], units: tuple[int, ...]) -> str:
  return "; ".join(
    f"{e.name}: {', '.join(wording.area(e.auc[unit]) for unit in units)}"
    for e in experiments
  )
