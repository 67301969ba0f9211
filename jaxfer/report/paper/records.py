"""What one row of the paper's tables, or one finding on them, holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

Kind = Literal["contradiction", "source", "reading"]


@dataclasses.dataclass(frozen=True)
class Dataset:
  """A row of Table I, in its words; no `participants` where it has N/A.

  Of one with `sequences`, `images` is a number of films.
  """

  name: str
  images: int
  annotations: str
  condition: str
  participants: int | None = None
  sequences: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Experiment:
  """An experiment as printed, of emotions or of action units.

  Attributes:
    key: how results name it, such as `exp5` or `au4`.
    auc: area under the ROC curve by label; None where the table has a dash.
    auc_mean: the table's own average row; None where there is none.
    auc_source: the table or section that prints the areas.
    auc_train: the same on the training faces, where printed.
    remark: where the print disagrees with itself; may be empty.
  """

  key: str
  auc: Mapping[str, Decimal | None]
  auc_mean: Decimal | None = None
  auc_source: str
  auc_train: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
  remark: str = ""

  @property
  def scores(self) -> dict[str, tuple[Decimal | None, str]]:
    """By metric, the number and what prints it; None where it gives none."""
    return {"auc_mean": (self.auc_mean, self.auc_source)}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Emotions(_Experiment):
  """A column of Table II, `exp1` to `exp8`.

  Attributes:
    what: the faces learnt from, then the faces tested on.
    accuracy_source: the table or section that prints the accuracy.
    percent: faces named right, in percent, or None where none is printed.
  """

  what: str
  accuracy_source: str
  percent: Decimal | None = None
  auc_source: str = "Table II"

  @property
  def name(self) -> str:
    """The experiment as the paper calls it, such as `Exp5`."""
    return self.key.capitalize()

  @property
  def accuracy(self) -> Decimal | None:
    """Share of faces named right, or None."""
    return None if self.percent is None else self.percent.scaleb(-2)

  @property
  def scores(self) -> dict[str, tuple[Decimal | None, str]]:
    """The same with the accuracy."""
    return {"accuracy": (self.accuracy, self.accuracy_source), **super().scores}


@dataclasses.dataclass(frozen=True, kw_only=True)
class ActionUnits(_Experiment):
  """A row of Table V and its column of Table IV, or `au7-only`.

  Its DCGAN learnt from the faces `pretrained`, its linear SVMs from `train`.
  """

  name: str
  pretrained: str
  train: str
  test: str
  auc_source: str = "Table IV"

  @property
  def crosses(self) -> bool:
    """Whether the SVMs were tested on another dataset than they learnt from."""
    return self.train != self.test

  @property
  def what(self) -> str:
    """The faces learnt from, fitted on and tested on, in words."""
    tested = self.test if self.crosses else "the same"
    return (
      f"learnt from {self.pretrained}, classifiers fitted on {self.train},"
      f" tested on {tested}"
    )


Printed = Emotions | ActionUnits
"""An experiment as printed."""


@dataclasses.dataclass(frozen=True)
class Accuracy:
  """A row of one dataset in Table III; `authors` are `ours` for the paper's.

  `percent` of faces are named right; `reference` is a key of the list of these.
  """

  authors: str
  percent: Decimal
  year: int | None = None
  reference: int | None = None

  @property
  def accuracy(self) -> Decimal:
    """Share of faces named right."""
    return self.percent.scaleb(-2)


@dataclasses.dataclass(frozen=True)
class Samples:
  """A row of Table VII, on the Radboud faces; None where it has a dash.

  Attributes:
    model: as the table names it; `Ours` for the paper itself.
    inception_score: larger is better.
    fid: Fréchet inception distance, smaller is better.
    ssim: structural similarity, larger is better; to what is not said.
    amt_percent: share on Amazon Mechanical Turk, larger is better; of what is
      not said.
    reference: number in the paper's list, or None.
    edits: whether the model is given a face and changes it, rather than
      drawing one from nothing; ours, after the titles of the references.
  """

  model: str
  inception_score: Decimal | None
  fid: Decimal
  ssim: Decimal | None
  amt_percent: Decimal | None
  reference: int | None = None
  edits: bool = True

  @property
  def amt(self) -> Decimal | None:
    """The share on Amazon Mechanical Turk, or None."""
    return None if self.amt_percent is None else self.amt_percent.scaleb(-2)


@dataclasses.dataclass(frozen=True)
class Reference:
  """An entry of the reference list, by its first author's family name.

  It has a title where the text cites the entry for a certain thing.
  """

  author: str
  year: int | None = None
  title: str = ""


@dataclasses.dataclass(frozen=True)
class Agreement:
  """A place of the paper that was checked against another.

  Attributes:
    title: one line.
    printed: what the paper prints; its words in quotation marks.
    computed: what follows from its tables, from the code or from a source.
    where: the tables, figures and sections concerned.
    comment: what it means, and what would explain it; may be empty.
  """

  title: str
  printed: str
  computed: str
  where: str
  comment: str = ""


@dataclasses.dataclass(frozen=True)
class Inconsistency(Agreement):
  """A place where the paper does not agree with itself or with its sources."""

  kind: Kind = "contradiction"
