"""All that the paper prints, as one value."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

from jaxfer.report.published.action_units import AU_EXPERIMENTS, PublishedAUs
from jaxfer.report.published.comparisons import (
  ACCURACIES,
  SAMPLES,
  PublishedAccuracy,
  PublishedSamples,
)
from jaxfer.report.published.datasets import DATASETS, PublishedDataset
from jaxfer.report.published.emotions import EXPERIMENTS, Published
from jaxfer.report.published.references import FIGURES, REFERENCES, Reference
from jaxfer.report.published.statements import STATEMENTS, Statement
from jaxfer.report.published.unit_statements import (
  QUOTED_AREAS,
  UNIT_STATEMENTS,
)


@dataclasses.dataclass(frozen=True)
class Paper:
  """Alharbawee & Pugeault as printed, or a corrected copy of it.

  Table VI is `facs.EMOTION_AUS`.

  Attributes:
    datasets: Table I by dataset.
    emotions: Table II by experiment.
    accuracies: Table III by dataset.
    units: Tables IV and V by experiment.
    samples: the rows of Table VII.
    statements: sentences on data, method, emotions and samples, by topic.
    unit_statements: sentences on action units, by topic.
    quoted_areas: unit, experiment and area where the text repeats Table IV.
    references: entries of the reference list by number.
    figures: captions by number.
  """

  datasets: Mapping[str, PublishedDataset]
  emotions: Mapping[str, Published]
  accuracies: Mapping[str, tuple[PublishedAccuracy, ...]]
  units: Mapping[str, PublishedAUs]
  samples: tuple[PublishedSamples, ...]
  statements: Mapping[str, Statement]
  unit_statements: Mapping[str, Statement]
  quoted_areas: tuple[tuple[int, str, Decimal], ...]
  references: Mapping[int, Reference]
  figures: Mapping[int, str]


PAPER = Paper(
  DATASETS,
  EXPERIMENTS,
  ACCURACIES,
  AU_EXPERIMENTS,
  SAMPLES,
  STATEMENTS,
  UNIT_STATEMENTS,
  QUOTED_AREAS,
  REFERENCES,
  FIGURES,
)
"""The paper as printed."""
