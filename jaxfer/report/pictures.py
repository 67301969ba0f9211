"""Every figure of a run's page: what it is drawn from, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from jaxfer import terms
from jaxfer.report import estimates, paper, protocols, sheets, wording
from jaxfer.report.figures import curves, matrices, networks, scores
from jaxfer.report.figures.entry import Entry
from jaxfer.results.evidence import Evidence, score_blocks
from jaxfer.svm import heads


def of(evidence: Evidence) -> Iterator[Entry]:
  """The figures that there is something to draw from."""
  for entries in _FIGURES:
    yield from entries(evidence)


def _accuracy(evidence: Evidence) -> Iterator[Entry]:
  """Every representation under the protocols that stand side by side."""
  results = evidence.results
  protocol = protocols.best_protocol(results)
  metric = terms.headline(results["task"])
  found: dict[str, dict[str, scores.Cell]] = {}
  for (name, own), block in score_blocks(results).items():
    if own not in protocols.shown(results) or block[metric] is None:
      continue
    if own == "paper" and protocols.crosses(results):
      continue  # nothing in it is random, as its mark would say
    low, high = block.get(f"{metric}_ci95") or [block[metric]] * 2
    title = protocols.named(results, terms.representation(name).title)
    found.setdefault(title, {})[own] = (block[metric], low, high)
  if not found or protocol is None:
    return
  reference, au = paper.experiment(results), results["task"] == "au"
  printed, _ = reference.scores[metric] if reference else (None, "")
  yield Entry(
    "accuracy",
    partial(
      scores.protocols_chart,
      found,
      {
        protocols.named(results, terms.representation("trained").title): printed
      },
      metric,
      None if au else protocols.guess_rate(results["protocols"][protocol]),
      protocols.titles(results),
    ),
    style="wide",
  )


def _roc(evidence: Evidence) -> Iterator[Entry]:
  """Curves of each emotion or action unit, a line for each protocol."""
  results, shown = evidence.results, protocols.shown(evidence.results)
  labels = wording.in_order(results["names"])
  drawn, areas = {}, {}
  for protocol, name in shown.items():
    block, own = results["protocols"][protocol], evidence.roc.get(protocol, {})
    drawn[name] = {k: curve for k, curve in own.items() if len(curve[0])}
    areas[name] = {k: estimates.area(block, k).value for k in labels}
  if any(drawn.values()):
    titles = {label: wording.unit_name(label) for label in labels}
    colours = {name: terms.protocol(p).look[0] for p, name in shown.items()}
    chart = partial(curves.roc_grid, drawn, areas, titles, colours)
    yield Entry("roc", chart, style="wide")


def _confusions(evidence: Evidence) -> Iterator[Entry]:
  for protocol, name in protocols.shown(evidence.results).items():
    found = evidence.results["protocols"][protocol].get("confusion")
    if found:
      counts = np.asarray(found["counts"])
      yield Entry(
        f"confusion_{protocol}",
        partial(
          matrices.confusion_chart, counts, found["classes"], name, protocol
        ),
        f"Confusion matrix, {name}",
        "Faces showing an emotion (row) named as another (column),"
        f" {name}. Colour is the share of the row.",
        place="confusions",
      )


def _reliability(evidence: Evidence) -> Iterator[Entry]:
  if found := evidence.results["calibration"]:
    yield Entry("reliability", partial(scores.reliability_chart, found["bins"]))


def _labels(evidence: Evidence) -> Iterator[Entry]:
  if found := evidence.results["label_efficiency"]:
    ends = curves.points(found["curves"])
    named = partial(protocols.named, evidence.results)
    yield Entry("labels", partial(curves.label_efficiency_chart, *ends, named))


def _seeds(evidence: Evidence) -> Iterator[Entry]:
  results = evidence.results
  if not (found := results["seeds"]):
    return
  metric = terms.headline(results["task"])
  values = {
    name: {
      protocol: found[name][protocol][metric]
      for protocol in protocols.shown(results)
      if None not in found[name].get(protocol, {}).get(metric, [None])
    }
    for name in ("trained", "untrained")
  }
  known = {name: own for name, own in values.items() if own}
  if known:
    names = protocols.titles(results)
    yield Entry("seeds", partial(scores.seeds_chart, known, metric, names))


def _networks(evidence: Evidence) -> Iterator[Entry]:
  dim = evidence.results["features"]["dim"]
  head = heads.of(evidence.results["config"]).title
  chart = partial(networks.architecture, *evidence.layers, dim, head)
  yield Entry("architecture", chart, style="wide")
  if evidence.last_epoch():
    yield Entry("losses", partial(curves.loss_chart, evidence.losses))


def _fake_labels(evidence: Evidence) -> Iterator[Entry]:
  found = evidence.results.get("generated")
  if found and found["labels"]["names"]:
    own = found["labels"]
    shares = (
      dict(zip(own["names"], own[kind], strict=True))
      for kind in ("real", "fake")
    )
    yield Entry(
      "fake_labels",
      partial(scores.labels_chart, *shares),
    )


_FIGURES = (
  _accuracy,
  _roc,
  _confusions,
  _reliability,
  sheets.located,
  _labels,
  _seeds,
  _networks,
  sheets.real_and_generated,
  sheets.pairs,
  _fake_labels,
)
