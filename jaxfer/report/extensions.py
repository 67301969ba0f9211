"""What controls, few labels and seeds show, and what people took for real."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from jaxfer import terms
from jaxfer.report import estimates, protocols, wording
from jaxfer.report.estimates import AHEAD, BEHIND, EVEN, Estimate
from jaxfer.report.paper import SAMPLES
from jaxfer.report.table import Row, Table, columns_of
from jaxfer.results.evidence import Results

SEEDS_NEEDED = 3
"""Pretraining seeds behind a claim that trained beats untrained."""

_ORDER = (AHEAD, BEHIND, EVEN)
_AHEAD = "trained - untrained"
_COMPARED = ("trained", "untrained", _AHEAD)
_RATES: Mapping[str, str] = {
  "fooled": "generated\ntaken for real",
  "doubted": "real taken\nfor generated",
  "error": "wrong\nanswers",
}


def over_controls(results: Results, protocol: str) -> str | None:
  """How the trained discriminator stands to what was not learnt, if known."""
  groups: dict[str, list[str]] = {side: [] for side in _ORDER}
  for control in terms.UNLEARNT:
    if control == "untrained" and seed_count(results) >= SEEDS_NEEDED:
      continue  # `over_seeds` speaks of it
    found = estimates.between(results, f"trained - {control}", protocol)
    if found:
      groups[found.side].append(f"{_with_article(control)} ({found})")
  clauses = [
    f"is {side} {wording.sentence(own)}" for side, own in groups.items() if own
  ]
  if not clauses:
    return None
  where = wording.capital(protocols.place(results, protocol))
  return f"{where} the trained discriminator {wording.sentence(clauses)}."


def over_seeds(results: Results, protocol: str) -> str | None:
  """How trained stands to untrained over pretraining seeds.

  With too few seeds, that it takes three; None where the untrained
  discriminator was not run.
  """
  if "untrained" not in results.get("controls", {}):
    return None
  count, metric = seed_count(results), terms.headline(results["task"])
  if count < SEEDS_NEEDED:
    seeds = "one pretraining seed" if count == 1 else f"{count} seeds"
    return (
      f"This run has {seeds}: to claim that the trained discriminator beats"
      " the untrained one takes three."
    )
  pair = results["seeds"]["trained - untrained"].get(protocol, {})
  found = estimates.difference(pair, metric)
  if not found.interval:
    return None
  values = pair[metric]["by_seed"]
  alike = len({value > 0 for value in values}) == 1
  doubt = "" if alike or found.side == EVEN else ", though not with every seed"
  where = protocols.place(results, protocol)
  by_seed = [wording.difference(metric, value) for value in values]
  return (
    f"Over {count} pretraining seeds the trained discriminator is on average"
    f" {found.side} the untrained one {where}, {found}{doubt}; seed by seed"
    f" {wording.sentence(by_seed)}."
  )


def with_few_labels(results: Results) -> list[str]:
  """With how many labels the trained discriminator is ahead.

  A sentence for each representation that it was compared with.
  """
  found = results.get("label_efficiency") or {"differences": {}}
  sentences = []
  for name, entries in found["differences"].items():
    sizes: dict[str, list[str]] = {side: [] for side in _ORDER}
    for entry in entries:
      gap = estimates.of(entry, "rate_difference")
      if gap.interval:
        size = "all" if entry["labels"] is None else str(entry["labels"])
        sizes[gap.side].append(size)
    other = _with_article(name.removeprefix("trained - "))
    who, labels = "the trained discriminator", " labels of each emotion"
    clauses = []
    for side, own in sizes.items():
      if own:
        number = wording.sentence(own)
        clauses.append(f"with {number}{labels} {who} is {side} {other}")
        who, labels, other = "it", "", "it"
    if clauses:
      said = wording.capital(f"{'; '.join(clauses)}.")
      if name == "trained - untrained":
        said += " That is of one pretraining seed; a claim takes three."
      sentences.append(said)
  return sentences


def seed_count(results: Results) -> int:
  """Number of pretraining seeds."""
  return len((results.get("seeds") or {"seeds": [0]})["seeds"])


def label_rows(results: Results) -> Iterator[Row]:
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


def seed_rows(results: Results) -> Iterator[Row]:
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
        **{name: estimates.of(one[name], "rate") for name in _RATES},
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


def _with_article(control: str) -> str:
  name = terms.representation(control).title
  return f"the {name}" if name.endswith(("discriminator", "patches")) else name
