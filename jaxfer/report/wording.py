"""How the report names things and writes numbers.

A number of the print is a `Decimal`, which is written with the print's own
digits; a float is ours, and is rounded as its unit says.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from jaxfer import facs
from jaxfer.data import readers

STANDIN = "stand-in faces: drawn, not photographed"
"""What every page, figure and table made from stand-ins says."""

PROTOCOLS: Mapping[str, str] = {
  "paper": "random folds",
  "subject": "unseen people",
  "unsealed": "unseen people, fewer folds",
  "sealed": "unseen by the DCGAN too",
  "official": "owner's split",
  "official_sealed": "owner's split, unseen by the DCGAN",
  "across": "another set",
}
"""All protocols, in the order in which they are told."""

UNCLAIMED: Mapping[str, str] = {
  "subject": "people kept apart by name",
  "unsealed": "people kept apart by name, fewer folds",
  "sealed": "kept apart from the DCGAN by name too",
  "official_sealed": "owner's split, for the DCGAN too",
}
"""What protocols are called where `unseen` would say too much."""

AS_KNOWN: Mapping[str, str] = {
  "subject": "other people, as far as known",
  "unsealed": "other people, as far as known, fewer folds",
  "sealed": "other people to the DCGAN too, as far as known",
  "official_sealed": "owner's split, for the DCGAN too",
}
"""The same on a page of experiments of which some may say it and some not."""

SHOWN = ("paper", "subject", "across", "sealed", "official", "official_sealed")
"""The protocols that stand side by side; `unsealed` is there to subtract."""

WHERE: Mapping[str, str] = {
  "paper": "within random folds",
  "subject": "on unseen people",
  "across": "on another set",
  "official": "in the owner's test part",
  "sealed": "on people unseen by the DCGAN too",
}
"""Protocols as the place where something holds."""

UNCLAIMED_WHERE: Mapping[str, str] = {
  "subject": "on people kept apart by name",
  "sealed": "on people kept apart by name from the DCGAN too",
}
"""The same where `unseen` would say too much."""

BETWEEN: Mapping[str, tuple[str, str]] = {
  "paper - subject": ("paper", "subject"),
  "paper - across": ("paper", "across"),
  "subject - sealed": ("unsealed", "sealed"),
  "official - sealed": ("official", "official_sealed"),
}
"""Differences between protocols by name: what is subtracted from what."""

REPRESENTATIONS: Mapping[str, str] = {
  "trained": "trained discriminator",
  "untrained": "untrained discriminator",
  "pixels": "grey pixels",
  "hog": "HOG",
  "layers": "trained, all layers",
  "knn": "trained, nearest neighbours",
  "logistic": "trained, logistic regression",
  "finetuned": "fine-tuned discriminator",
}

MISSING = "—"


def percent(rate: float | Decimal, places: int = 1) -> str:
  """A fraction as a percentage, such as `97.1 %`; the space does not break."""
  digits = _written(rate, 2, places)
  return f"{digits}\N{NO-BREAK SPACE}%"


def points(difference: float) -> str:
  """A difference of fractions in percentage points, such as `13.7 points`."""
  return f"{_written(difference, 2, 1)} points"


def percent_interval(interval: Sequence[float] | None) -> str:
  """Bounds of a fraction in percent, such as `[94.9, 98.6]`; or nothing."""
  return _bounds(interval, 2, 1)


def area(value: float | Decimal) -> str:
  """An area under a curve, to three places as the paper prints most."""
  return _written(value, 0, 3)


def significant(value: float | Decimal) -> str:
  """A number of any size, to three significant figures."""
  digits = f"{value:f}" if isinstance(value, Decimal) else f"{value:.3g}"
  return digits.replace("-", "\N{MINUS SIGN}")


def area_interval(interval: Sequence[float] | None) -> str:
  """Bounds of an area, such as `[0.981, 0.995]`; or nothing."""
  return _bounds(interval, 0, 3)


def _no_interval(_: Sequence[float] | None) -> str:
  """Nothing: of some numbers there is none."""
  return ""


@dataclasses.dataclass(frozen=True)
class Unit:
  """What a number is of, and so how it is written.

  Attributes:
    write: a value in words.
    bounds: the bounds of its interval in brackets; nothing for None.
  """

  write: Callable[[Any], str]
  bounds: Callable[[Sequence[float] | None], str] = _no_interval


UNITS: Mapping[str, Unit] = {
  "text": Unit(str),
  "count": Unit("{:,.0f}".format),
  "rate": Unit(percent, percent_interval),
  "area": Unit(area, area_interval),
  "number": Unit(area, area_interval),
  "magnitude": Unit(significant),
  "rate_difference": Unit(points, percent_interval),
  "area_difference": Unit(area, area_interval),
}
"""Units by the names that metrics, columns and rows of CSV carry."""


@dataclasses.dataclass(frozen=True)
class Metric:
  """One row for each metric.

  Attributes:
    title: its name in words.
    unit: of its values, a key of `UNITS`.
    least: where its axis starts; of an area under a ROC curve what guessing
      gives.
  """

  title: str
  unit: str = "rate"
  least: float = 0.0

  @property
  def difference(self) -> str:
    """The unit of its differences, of a rate or an area."""
    return f"{self.unit}_difference"

  @property
  def difference_title(self) -> str:
    """Its name with the unit of its differences, where that has a name."""
    return f"{self.title}, in points" if self.unit == "rate" else self.title


METRICS: Mapping[str, Metric] = {
  "accuracy": Metric("accuracy"),
  "balanced_accuracy": Metric("balanced accuracy"),
  "macro_f1": Metric("macro F1"),
  "auc_mean": Metric("mean AUC", "area", 0.5),
}
"""Metrics of emotions."""

UNIT_METRICS: Mapping[str, Metric] = {
  "auc_mean": METRICS["auc_mean"],
  "average_precision_mean": Metric("mean average precision", "area"),
  "f1_mean": Metric("mean F1 at 0"),
  "f1_tuned_mean": Metric("mean F1 at the tuned threshold"),
  "f1_skew_normalised_mean": Metric("the same, skew-normalised"),
}
"""Metrics of action units, means over units."""

LABEL_METRICS: Mapping[str, Metric] = {
  "auc": Metric("AUC", "area", 0.5),
  "average_precision": Metric("average precision", "area"),
  "f1": Metric("F1 at 0"),
  "f1_tuned": Metric("F1"),
  "f1_skew_normalised": Metric("F1, skew-normalised"),
}
"""Metrics of one emotion or one action unit."""


def metrics(task: str) -> Mapping[str, str]:
  """The metrics of a task, `emotion` or `au`, and their titles."""
  rows = UNIT_METRICS if task == "au" else METRICS
  return {name: row.title for name, row in rows.items()}


def metric(name: str) -> Metric:
  """A metric of a run, of an emotion or of an action unit.

  Args:
    name: as results name it, such as `accuracy` or `auc`.

  Raises:
    KeyError: if no metric has that name.
  """
  return {**METRICS, **UNIT_METRICS, **LABEL_METRICS}[name]


def headline(task: str) -> str:
  """The metric that stands for a whole run of a task."""
  return "auc_mean" if task == "au" else "accuracy"


def score(name: str, value: float | Decimal) -> str:
  """A value of a metric: an area to three places, a rate in percent."""
  return UNITS[metric(name).unit].write(value)


def score_interval(name: str, interval: Sequence[float] | None) -> str:
  """Bounds of a metric, or of a difference of it; or nothing."""
  return UNITS[metric(name).unit].bounds(interval)


def difference(name: str, value: float) -> str:
  """A difference of a metric: of areas to three places, of rates in points."""
  return UNITS[metric(name).difference].write(value)


def set_name(dataset: str) -> str:
  """A dataset as tables call it; one that is not known by its own name."""
  known = dataset in readers.NAMES
  return readers.get(dataset).short if known else dataset


def unit_name(label: str) -> str:
  """An action unit such as `AU12` with its name; other labels as they are."""
  number = label.removeprefix("AU")
  known = facs.AU_NAMES.get(int(number)) if number.isdecimal() else None
  return f"{label} {known}" if known else label


def in_order(labels: Iterable[str]) -> list[str]:
  """Emotions in the order of `facs.EMOTIONS`, action units by number.

  Any others come behind.
  """
  order = (*facs.EMOTIONS, *(f"AU{number}" for number in facs.AUS))
  known = {name: place for place, name in enumerate(order)}
  return sorted({*labels}, key=lambda name: (known.get(name, 99), name))


def sentence(parts: Sequence[str]) -> str:
  """`a`, `a and b`, or `a, b and c`."""
  if len(parts) < 2:
    return "".join(parts)
  return f"{', '.join(parts[:-1])} and {parts[-1]}"


def capital(text: str) -> str:
  """The text with a capital first letter."""
  return text[:1].upper() + text[1:]


def _bounds(interval: Sequence[float] | None, tens: int, places: int) -> str:
  if interval is None:
    return ""
  low, high = (_written(bound, tens, places) for bound in interval)
  return f"[{low}, {high}]"


def _written(value: float | Decimal, tens: int, places: int) -> str:
  """A number times powers of ten: ours to so many places, the print's as is."""
  if isinstance(value, Decimal):
    digits = f"{value.scaleb(tens):f}"
  else:
    digits = f"{10**tens * value:.{places}f}"
  return digits.replace("-", "\N{MINUS SIGN}")
