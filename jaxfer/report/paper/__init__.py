"""What the paper prints, and where it does not agree with itself.

Both are data, read once: `tables.toml` and `inconsistencies.toml`. A number of
the print is a `Decimal`, which has the print's digits.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

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


def _read(name: str) -> dict[str, Any]:
  path = Path(__file__).with_name(name)
  return tomllib.loads(path.read_text(encoding="utf-8"))


def _with_digits(value: Any) -> Any:
  """Strings of digits as `Decimal`s, dashes as None, all else as it is."""
  if isinstance(value, dict):
    return {name: _with_digits(one) for name, one in value.items()}
  if isinstance(value, list):
    return [_with_digits(one) for one in value]
  if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value):
    return Decimal(value)
  return None if value == "—" else value


def _areas(
  rows: Mapping[str, Sequence[Decimal | None]],
) -> Iterator[dict[str, Any]]:
  """Each column of Table II or IV: its average, and its areas by label."""
  for column in zip(*rows.values(), strict=True):
    areas = dict(zip(rows, column, strict=True))
    yield {"auc_mean": areas.pop("average"), "auc": areas}


_TABLES = _with_digits(_read("tables.toml"))
_FOUND = _read("inconsistencies.toml")

DATASETS: Mapping[str, Dataset] = {
  name: Dataset(**row) for name, row in _TABLES["datasets"].items()
}
"""Table I, by the names that `jaxfer.data.readers` gives the datasets."""

EMOTIONS: Mapping[str, Emotions] = {
  key: Emotions(key=key, **row, **areas)
  for (key, row), areas in zip(
    _TABLES["emotions"].items(), _areas(_TABLES["table_2"]), strict=True
  )
}
"""Table II's eight experiments, by key."""

ACCURACIES: Mapping[str, Sequence[Accuracy]] = {
  dataset: [Accuracy(**row) for row in rows]
  for dataset, rows in _TABLES["accuracies"].items()
}
"""Table III by dataset, rows in the order printed."""

UNITS: Mapping[str, ActionUnits] = {
  **{
    key: ActionUnits(key=key, **row, **areas)
    for (key, row), areas in zip(
      _TABLES["units"].items(), _areas(_TABLES["table_4"]), strict=True
    )
  },
  "au7-only": ActionUnits(key="au7-only", **_TABLES["au7-only"]),
}
"""The experiments of Tables IV and V and the one on AU7 alone, by key."""

SAMPLES = [Samples(**row) for row in _TABLES["table_7"]["rows"]]
"""Table VII, rows in the order printed."""

REFERENCES: Mapping[int, Reference] = {
  int(number): Reference(**row) for number, row in _TABLES["references"].items()
}
"""Entries of the reference list by number."""

FIGURES: Mapping[int, str] = {
  int(number): words for number, words in _TABLES["figures"].items()
}
"""The figures, by number, in words of their captions."""

INCONSISTENCIES = [Inconsistency(**row) for row in _FOUND["inconsistencies"]]
"""Where the paper does not agree with itself, by subject."""

AGREEMENTS = [Agreement(**row) for row in _FOUND["agreements"]]
"""What was checked the same way and holds."""


def experiment(results: Results) -> Printed | None:
  """The experiment that a run reproduces, as printed; None of any other."""
  return {**EMOTIONS, **UNITS}.get(results.get("paper_reference") or "")
