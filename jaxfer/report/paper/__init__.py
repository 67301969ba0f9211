"""What the paper prints, and where it does not agree with itself.

Both are data, read once: `tables.toml` and `inconsistencies.toml`. A number of
the print is a `Decimal`, which has the print's digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jaxfer.report.paper import toml
from jaxfer.report.paper.records import (
  Accuracy,
  ActionUnits,
  Agreement,
  Dataset,
  Emotions,
  Inconsistency,
  Kind,
  Printed,
  Reference,
  Samples,
)
from jaxfer.results.evidence import Results

KINDS: Mapping[Kind, str] = {
  "contradiction": "the paper prints two things that cannot both hold",
  "source": "the paper differs from a source outside it",
  "reading": "there is a reading under which the paper is right",
}
"""How strong an inconsistency is."""

_FOLDER = Path(__file__).parent
_TABLES = toml.read(
  _FOLDER / "tables.toml",
  datasets=Mapping[str, Dataset],
  emotions=Mapping[str, Emotions],
  accuracies=Mapping[str, tuple[Accuracy, ...]],
  units=Mapping[str, ActionUnits],
  samples=tuple[Samples, ...],
  references=Mapping[int, Reference],
  figures=Mapping[int, str],
)
_FOUND = toml.read(
  _FOLDER / "inconsistencies.toml",
  inconsistencies=tuple[Inconsistency, ...],
  agreements=tuple[Agreement, ...],
)

DATASETS: Mapping[str, Dataset] = _TABLES["datasets"]
"""Table I, by the names that `jaxfer.data.readers` gives the datasets."""

EMOTIONS: Mapping[str, Emotions] = _TABLES["emotions"]
"""Table II's eight experiments, by key."""

ACCURACIES: Mapping[str, tuple[Accuracy, ...]] = _TABLES["accuracies"]
"""Table III by dataset, rows in the order printed."""

UNITS: Mapping[str, ActionUnits] = _TABLES["units"]
"""The experiments of Tables IV and V and the one on AU7 alone, by key."""

SAMPLES: tuple[Samples, ...] = _TABLES["samples"]
"""Table VII, rows in the order printed."""

REFERENCES: Mapping[int, Reference] = _TABLES["references"]
"""Entries of the reference list by number."""

FIGURES: Mapping[int, str] = _TABLES["figures"]
"""The figures, by number, in words of their captions."""

INCONSISTENCIES: tuple[Inconsistency, ...] = _FOUND["inconsistencies"]
"""Where the paper does not agree with itself, by subject."""

AGREEMENTS: tuple[Agreement, ...] = _FOUND["agreements"]
"""What was checked the same way and holds."""


def experiment(results: Results) -> Printed | None:
  """The experiment that a run reproduces, as printed; None of any other."""
  return {**EMOTIONS, **UNITS}.get(results.get("paper_reference") or "")
