"""The terms of an experiment: one row for whatever is named more than once.

A protocol, a metric, or in `representations` a representation is added with its
row: everything that runs, subtracts, draws or names them reads these.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from jaxfer.representations import REPRESENTATIONS, Representation

_OTHER = "#444444"  # the colour of what has none of its own


@dataclasses.dataclass(frozen=True)
class Protocol:
  """How faces are split, and what the network may have seen."""

  title: str  # its name
  # What it tests, in the words of `svm.protocols`; empty for none.
  split: str = ""
  # The protocol that tests the same splits with a network that has seen the
  # faces tested, where this one's has not.
  seen: str = ""
  # Its name where it may not say `unseen`; empty if it never does.
  claimless: str = ""
  # The same over experiments of which some may say it and some not.
  as_known: str = ""
  place: str = ""  # as the place where something holds
  claimless_place: str = ""  # the same where `unseen` may not be said
  # In every figure: a colour, orange, blue or purple; and a marker and
  # whether it is filled, for colour alone need not tell.
  look: tuple[str, str, bool] = (_OTHER, "P", True)


PROTOCOLS: Mapping[str, Protocol] = {
  "paper": Protocol(
    "random folds",
    split="paper",
    place="within random folds",
    look=("#B5651D", "o", False),
  ),
  "subject": Protocol(
    "unseen people",
    split="subject",
    claimless="people kept apart by name",
    as_known="other people, as far as known",
    place="on unseen people",
    claimless_place="on people kept apart by name",
    look=("#1F5AA6", "o", True),
  ),
  "unsealed": Protocol(
    "unseen people, fewer folds",
    split="sealed",
    claimless="people kept apart by name, fewer folds",
    as_known="other people, as far as known, fewer folds",
  ),
  "sealed": Protocol(
    "unseen by the DCGAN too",
    split="sealed",
    seen="unsealed",
    claimless="kept apart from the DCGAN by name too",
    as_known="other people to the DCGAN too, as far as known",
    place="on people unseen by the DCGAN too",
    claimless_place="on people kept apart by name from the DCGAN too",
    look=("#332288", "s", True),
  ),
  "official": Protocol(
    "owner's split",
    split="official",
    place="in the owner's test part",
    look=("#AA4499", "D", False),
  ),
  "official_sealed": Protocol(
    "owner's split, unseen by the DCGAN",
    split="official",
    seen="official",
    claimless="owner's split, for the DCGAN too",
    as_known="owner's split, for the DCGAN too",
    look=("#882255", "D", True),
  ),
  "across": Protocol(
    "another set", place="on another set", look=("#0F8FB3", "^", False)
  ),
}
"""All protocols, in the order in which they are told."""

SHOWN = ("paper", "subject", "across", "sealed", "official", "official_sealed")
"""Those that stand side by side; `unsealed` is there to subtract from."""

BETWEEN: Mapping[str, tuple[str, str]] = {
  "paper - subject": ("paper", "subject"),
  "paper - across": ("paper", "across"),
  "subject - sealed": ("unsealed", "sealed"),
  "official - sealed": ("official", "official_sealed"),
}
"""Differences between protocols by name: what is subtracted from what."""

_, *CONTROLS = REPRESENTATIONS
UNLEARNT = tuple(n for n, row in REPRESENTATIONS.items() if not row.learnt)
"""Controls that nothing was learnt for; the others vary the trained."""


def asked(what: str) -> list[str]:
  """The representations that something else is asked of."""
  return [name for name, row in REPRESENTATIONS.items() if what in row.asked]


@dataclasses.dataclass(frozen=True)
class Unit:
  """What a number is of, and so how it is written."""

  form: str  # the format of a number; one of the print keeps its digits
  tens: int = 0  # the power of ten that it is multiplied by
  sign: str = ""  # what stands behind it
  subtracts: bool = False  # whether it is of a difference


UNITS: Mapping[str, Unit] = {
  "text": Unit(""),
  "count": Unit(",.0f"),
  "rate": Unit(".1f", 2, "\N{NO-BREAK SPACE}%"),
  "area": Unit(".3f"),
  "number": Unit(".3f"),
  "magnitude": Unit(".3g"),
  "rate_difference": Unit(".1f", 2, " points", subtracts=True),
  "area_difference": Unit(".3f", subtracts=True),
}
"""Units by the names that metrics, columns and rows of CSV carry."""


@dataclasses.dataclass(frozen=True)
class Metric:
  """What is measured."""

  title: str  # its name
  unit: str = "rate"  # of its values, a key of `UNITS`
  of: tuple[str, ...] = ()  # what has it: a run of a task, or one `label`
  # Where its axis starts: of an area under a ROC curve, guessing.
  least: float = 0.0
  heading: str = ""  # what stands above its column where that is not the title

  @property
  def difference(self) -> str:
    """The unit of its differences, of a rate or an area."""
    return f"{self.unit}_difference"


_AU, _LABEL = ("au",), ("label",)
METRICS: Mapping[str, Metric] = {
  "accuracy": Metric("accuracy", of=("emotion",)),
  "balanced_accuracy": Metric("balanced accuracy", of=("emotion",)),
  "macro_f1": Metric("macro F1", of=("emotion",)),
  "auc_mean": Metric("mean AUC", "area", ("emotion", "au"), 0.5),
  "average_precision_mean": Metric("mean average precision", "area", _AU),
  "f1_mean": Metric("mean F1 at 0", of=_AU),
  "f1_tuned_mean": Metric("mean F1 at the tuned threshold", of=_AU),
  "f1_skew_normalised_mean": Metric("the same, skew-normalised", of=_AU),
  "auc": Metric("AUC", "area", _LABEL, 0.5),
  "average_precision": Metric("average precision", "area", _LABEL),
  "f1": Metric("F1 at 0", of=_LABEL),
  "f1_tuned": Metric("F1 tuned", of=_LABEL),
  "f1_skew_normalised": Metric(
    "F1, skew-normalised", of=_LABEL, heading="F1 tuned,\nskew-norm."
  ),
}
"""Metrics of recognition, by the names that results have for them."""


FACES = ("show", "blur", "hide")
"""How a report may print faces of real people."""


def titles() -> dict[str, str]:
  """The title of each protocol."""
  return {name: row.title for name, row in PROTOCOLS.items()}


def protocol(name: str) -> Protocol:
  """A protocol; one that has no row goes by its own name."""
  return PROTOCOLS.get(name) or Protocol(name)


def representation(name: str) -> Representation:
  """A representation; one that has no row goes by its own name."""
  return REPRESENTATIONS.get(name) or Representation(name)


def metrics(of: str) -> dict[str, Metric]:
  """The metrics of a task, or of a `label`."""
  return {name: row for name, row in METRICS.items() if of in row.of}


def headline(task: str) -> str:
  """The metric that stands for a whole run of a task."""
  return "auc_mean" if task == "au" else "accuracy"
