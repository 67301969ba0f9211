"""Scores of a whole run, for its page and as rows: one observation each."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer import terms
from jaxfer.report import audit, estimates, paper, protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.paper.records import Printed
from jaxfer.report.table import Column, Row, Table, at, columns_of
from jaxfer.results.evidence import Results
from jaxfer.svm import heads

_HEADLINE = (
  Column("representation"),
  Column("protocol", "protocol"),
  Column("accuracy", "accuracy", "rate", True),
  Column("auc_mean", "mean AUC", "area", True),
  Column("faces", "faces", "count"),
  Column("units", "behind the interval", "count"),
  Column("coverage", "its coverage", "rate"),
)


def tiles(
  results: Results, reference: Printed | None
) -> list[tuple[str, Estimate]]:
  """The figures at the head of the page: what each is, and the number."""
  metric, shown = terms.headline(results["task"]), protocols.shown(results)
  own = estimates.by_protocol(results["protocols"], shown, metric)
  found = [(n, _with_copies(own[p], results, p)) for p, n in shown.items()]
  number = estimates.printed(reference, metric)
  if reference and number.value is not None:
    number = dataclasses.replace(number, note=reference.name)
    found.append(("printed in the paper", number))
  if protocol := protocols.best_protocol(results):
    guess = Estimate(0.5, "area", note="by construction")
    if results["task"] == "emotion":
      rate = protocols.guess_rate(results["protocols"][protocol])
      guess = Estimate(rate, "rate", note="the commonest emotion, always")
    found.append(("guessing", guess))
  return found


def scores(results: Results, reference: Printed | None) -> Table:
  """Each metric: the paper's number, then ours under each protocol."""
  shown = protocols.shown(results)
  rows: list[Row] = [
    {
      "name": row.title,
      "printed": estimates.printed(reference, metric, Estimate("not stated")),
      **estimates.by_protocol(results["protocols"], shown, metric),
    }
    for metric, row in terms.metrics(results["task"]).items()
  ]
  rows += audit.beside_scores(results, [*shown])
  return Table(columns_of(protocols.headings(results, reference)), rows)


def representations(results: Results, metric: str) -> Table:
  """Each representation in one metric under each protocol."""
  every = {"trained": results["protocols"], **results["controls"]}
  shown = protocols.shown(results)
  return _controls(
    shown,
    {n: estimates.by_protocol(own, shown, metric) for n, own in every.items()},
  )


def advantages(results: Results) -> Table:
  """How far the trained discriminator is ahead of each control."""
  metric, shown = terms.headline(results["task"]), protocols.shown(results)
  rows = {
    name: {
      p: estimates.gap(results, f"trained - {name}", metric, p) for p in shown
    }
    for name in results["controls"]
  }
  return _controls(shown, rows)


def absences(results: Results) -> list[str]:
  """Why protocols have no scores, those of another, or not the name they claim.

  Each is a sentence without a full stop.
  """
  found: dict[str, list[str]] = {}
  names = protocols.titles(results)
  for protocol in terms.SHOWN:
    block = results["protocols"].get(protocol)
    reason = results["reasons"].get(protocol)
    unseen = results["audit"].get("unseen", {}).get(protocol, {})
    texts = []
    if not block and reason:
      texts.append(f"no scores, because {reason}")
    if block and (same := block.get("same_as")):
      texts.append(
        f"the numbers of {names[same]}, because {block['same_as_reason']}"
      )
    if block and unseen.get("reason"):
      texts.append(f"not called unseen, because {unseen['reason']}")
    for text in texts:
      found.setdefault(text, []).append(names[protocol])
  return [f"{wording.sentence(names)}: {text}" for text, names in found.items()]


def notes(results: Results) -> list[str]:
  """What each protocol remarks on its test folds."""
  return [
    f"{name}: {note}"
    for protocol, name in protocols.shown(results).items()
    for note in results["protocols"][protocol].get("notes", [])
  ]


def score_rows(results: Results) -> Iterator[Row]:
  """Each representation under each protocol, and what the paper prints."""
  metrics = terms.metrics(results["task"])
  every = {"trained": results["protocols"], **results["controls"]}
  for begun, block in estimates.blocks(results):
    twin = estimates.twin(every[begun["representation"]], begun["protocol"])
    interval = block.get("interval", {})
    yield {
      **begun,
      **{name: estimates.score(block, name, twin) for name in metrics},
      "same_as": block.get("same_as"),
      "folds": block["folds"],
      "units": interval.get("units"),
      "coverage": interval.get("coverage"),
      "faces": _tested(block),
    }
  if reference := paper.experiment(results):
    yield {
      "data": "published",
      "representation": reference.key,
      "protocol": "paper",
      **{name: estimates.printed(reference, name) for name in metrics},
      "same_as": None,
      "folds": 10,
      # Their number says nothing of the faces at hand.
      **dict.fromkeys(("units", "coverage", "faces")),
    }


def headline(results: Results) -> Table:
  """The scores as a paper would print them."""
  names = protocols.titles(results)
  rows = [
    {
      **record,
      "representation": protocols.named(
        results, terms.representation(record["representation"]).title
      ),
      "protocol": names[record["protocol"]],
    }
    for record in score_rows(results)
  ]
  return Table(
    [
      column
      for column in _HEADLINE
      if any(at(row, column.name).value is not None for row in rows)
    ],
    rows,
    name="scores",
    caption=f"Scores under every protocol: {results['experiment']}",
    standin=results["standin"],
  )


def difference_rows(results: Results) -> Iterator[Row]:
  """Each paired difference; those between protocols have none of their own."""
  for name, parts in results["differences"].items():
    by_protocol = {None: parts} if name in terms.BETWEEN else parts
    for protocol, metrics in by_protocol.items():
      for metric in metrics:
        value = estimates.difference(metrics, metric)
        yield {
          "difference": name,
          "protocol": protocol,
          "metric": metric,
          "value": value,
          "unit": value.unit,
        }


def confusion_rows(results: Results) -> Iterator[Row]:
  """Each count of each confusion matrix."""
  for begun, block in estimates.blocks(results):
    classes = block["confusion"]["classes"]
    for true, row in zip(classes, block["confusion"]["counts"], strict=True):
      for named, count in zip(classes, row, strict=True):
        yield {**begun, "true": true, "named": named, "faces": count}


def search_rows(results: Results) -> Iterator[Row]:
  """What each split's machines were given, and their tuning score.

  C and gamma, or of another head than support vector machines `value`: the
  number of neighbours, or the C of logistic regression. Of action units the AUC
  over inner folds, and the threshold.
  """
  for begun, block in estimates.blocks(results):
    for fold, found in enumerate(block["search"]["folds"], 1):
      if results["task"] == "emotion":
        keys = ("C", "gamma", "value", "score")
        yield {**begun, "fold": fold, **{key: found.get(key) for key in keys}}
        continue
      value = "C" if heads.of(results["config"]).kept else "value"
      keys = (value, "auc", "threshold")
      for unit, one in zip(results["names"], found, strict=True):
        own = {key: (one or {}).get(key) for key in keys}
        yield {**begun, "fold": fold, "action_unit": unit, **own}


def _controls(shown: Mapping[str, str], rows: Mapping[str, Row]) -> Table:
  """A row for each representation, a column for each protocol."""
  return Table(
    columns_of(shown),
    [
      {"name": terms.representation(name).title, **row}
      for name, row in rows.items()
    ],
  )


def _with_copies(found: Estimate, results: Results, protocol: str) -> Estimate:
  """A score with the count that its name must not be read without."""
  if protocols.claims(results, protocol):
    return found
  said = audit.on_other_side(results, protocol)
  detail = "; ".join(filter(None, (found.detail, said)))
  return Estimate(found.text, note=detail)


def _tested(block: Mapping[str, Any]) -> int:
  """Faces tested; of action units, those coded for the most common one."""
  if "aus" in block:
    entries = block["aus"].values()
    return max((e["n_pos"] + e["n_neg"] for e in entries), default=0)
  return sum(map(sum, block["confusion"]["counts"]))
