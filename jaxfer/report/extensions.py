"""What few labels do, what seeds matter, and what people took for real."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from jaxfer import terms
from jaxfer.report import estimates, protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.paper import SAMPLES
from jaxfer.report.table import Record, Row, Table, columns_of
from jaxfer.results.evidence import Results

_AHEAD = "trained - untrained"
_COMPARED = ("trained", "untrained", _AHEAD)
_RATES: Mapping[str, str] = {
  "fooled": "generated\ntaken for real",
  "doubted": "real taken\nfor generated",
  "error": "wrong\nanswers",
}


def label_rows(results: Results) -> Iterator[Record]:
  """Accuracy by labels per class; `labels` is `all` for all of them."""
  found = results["label_efficiency"] or {"curves": {}}
  for name, points in found["curves"].items():
    ahead = found["differences"].get(f"trained - {name}")
    for place, point in enumerate(points):
      low, high = point["spread"]
      gap = ahead and {"accuracy": ahead[place]}
      yield {
        "representation": name,
        "labels": "all" if point["labels"] is None else point["labels"],
        "draws": point["draws"],
        "accuracy": Estimate(point["accuracy"], "rate", point["ci95"]),
        "smallest_draw": low,
        "largest_draw": high,
        "trained_ahead": estimates.difference(gap, "accuracy"),
      }


def label_efficiency(results: Results) -> Table | None:
  """Accuracy by labels of each emotion, and how far trained is ahead.

  A row for each number of labels; None where it was not measured.
  """
  found = results["label_efficiency"]
  if not found:
    return None
  heads = {n: terms.representation(n).title for n in found["curves"]}
  for name in found["differences"]:
    other = terms.representation(name.removeprefix("trained - ")).title
    heads[name] = f"trained ahead\nof {other}"
  rows: dict[Any, dict[str, Estimate]] = {}
  for record in label_rows(results):
    name, size = record["representation"], record["labels"]
    row = rows.setdefault(size, {})
    row[name] = record["accuracy"]
    row[f"trained - {name}"] = record["trained_ahead"]
    if name == "trained":
      ends = record["smallest_draw"], record["largest_draw"]
      spread = f"{record['draws']} draws: {wording.bounds('rate', ends)}"
      row["name"] = Estimate(str(size), note="" if size == "all" else spread)
  return Table(columns_of(heads, "labels of\neach emotion"), [*rows.values()])


def seed_rows(results: Results) -> Iterator[Record]:
  """Each metric by pretraining seed, and the mean difference."""
  found = results["seeds"] or {}
  for name in _COMPARED:
    for protocol, metrics in found.get(name, {}).items():
      for metric, entry in metrics.items():
        row, by_seed = terms.METRICS[metric], entry
        unit = row.unit
        if name == _AHEAD:
          by_seed, unit = entry["by_seed"], row.difference
        values: dict[Any, Estimate] = {
          seed: Estimate(value, unit)
          for seed, value in zip(found["seeds"], by_seed, strict=True)
        }
        if name == _AHEAD:
          values["mean"] = estimates.of(entry, unit)
        for seed, value in values.items():
          yield {
            "representation": name,
            "protocol": protocol,
            "metric": metric,
            "seed": seed,
            "value": value,
            "unit": unit,
          }


def seeds(results: Results) -> Table | None:
  """The headline metric by pretraining seed, and trained minus untrained.

  A row for each protocol and representation: one column a seed, and the mean;
  None where there is one seed.
  """
  found = results["seeds"]
  if not found:
    return None
  metric, names = terms.headline(results["task"]), protocols.titles(results)
  every = [r for r in seed_rows(results) if r["metric"] == metric]
  rows: list[Row] = []
  for protocol, name in itertools.product(terms.SHOWN, _COMPARED):
    row = {
      str(record["seed"]): record["value"]
      for record in every
      if (record["protocol"], record["representation"]) == (protocol, name)
    }
    values = [estimate.value for estimate in row.values()]
    if not values or None in values:
      continue
    title = "difference"
    if name != _AHEAD:
      title = terms.representation(name).title
      mean = float(np.mean(np.array(values, float)))
      row["mean"] = Estimate(mean, terms.METRICS[metric].unit)
    rows.append({"name": Estimate(title, note=names[protocol]), **row})
  heads = {str(seed): f"seed {seed}" for seed in found["seeds"]}
  return Table(columns_of(heads | {"mean": "mean"}), rows)


def study(results: Results) -> Table | None:
  """What the paper prints, for its experiments; then each study of the faces.

  A row for each; None where nobody was asked.
  """
  studies = results.get("human_study")
  if not studies:
    return None
  rows: list[Row] = []
  if results.get("paper_reference"):
    (printed,) = (one.amt for one in SAMPLES if one.model == "Ours")
    rows.append(
      {
        "name": Estimate("paper", note="Table VII"),
        "fooled": Estimate(printed, "rate", note="protocol not stated"),
      }
    )
  for one in studies:
    asked = f"{one['raters']} raters, {one['excluded']} excluded"
    rows.append(
      {
        "name": Estimate(one["study"], note=asked),
        **{name: _rate(one[name]) for name in _RATES},
        "agreement": estimates.of(one["agreement"], "area"),
      }
    )
  return Table(columns_of({**_RATES, "agreement": "agreement\n(alpha)"}), rows)


def remarks(results: Results) -> list[str]:
  """Each study's warnings."""
  return [
    f"{one['study']}: {warning}"
    for one in results.get("human_study") or ()
    for warning in one["warnings"]
  ]


def _rate(rate: Mapping[str, Any]) -> Estimate:
  why = rate.get("reason" if rate["value"] is None else "ci95_reason")
  return Estimate(rate["value"], "rate", rate.get("ci95"), why or "")
