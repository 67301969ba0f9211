"""Every figure of a run's page: what it is drawn from, and what it says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from jaxfer import terms
from jaxfer.report import estimates, paper, protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.figures import curves, faces, matrices, networks, scores
from jaxfer.report.figures.entry import Entry
from jaxfer.results.evidence import Evidence, Located, score_blocks
from jaxfer.svm import heads

_SHOWN = 64  # faces on a sheet of real or generated ones
_STRIP = 10  # sample grids in the strip
_MUCH_OUTSIDE = 1 / 3


def of(evidence: Evidence) -> Iterator[Entry]:
  """The figures that there is something to draw from."""
  for entries in _FIGURES:
    yield from entries(evidence)


def astray(located: Located) -> str:
  """Which maps have much of their evidence beside the face, in a sentence."""
  shares = dict(zip(located.titles, located.outside(), strict=True))
  found = [
    f"{title} {wording.percent(share, 0)}"
    for title, share in shares.items()
    if share > _MUCH_OUTSIDE
  ]
  if not found:
    return ""
  return (
    f" In {len(found)} of {len(shares)} maps more than a third of the evidence"
    " lies outside the oval that fits into the picture, where hair and"
    " background are (spread evenly it would be"
    f" {wording.percent(1 - math.pi / 4, 0)}): {', '.join(found)}. What the"
    " machine goes by there is hardly the face."
  )


def sheet(
  evidence: Evidence,
  name: str,
  draw: Callable[..., Any],
  *words: str,
  place: str = "",
) -> Entry:
  """A figure of faces, its alt and caption, printed as their owners allow."""
  return Entry(
    name, draw, *words, style="faces", place=place, faces=evidence.faces
  )


def _accuracy(evidence: Evidence) -> Iterator[Entry]:
  """Every representation under the protocols that stand side by side."""
  results = evidence.results
  protocol = protocols.best_protocol(results)
  metric = terms.headline(results["task"])
  found: dict[str, dict[str, Estimate]] = {}
  for (name, own), block in score_blocks(results).items():
    estimate = estimates.score(block, metric)
    if own not in protocols.shown(results) or estimate.value is None:
      continue
    if own == "paper" and protocols.crosses(results):
      continue  # nothing in it is random, as its mark would say
    title = protocols.named(results, terms.representation(name).title)
    found.setdefault(title, {})[own] = estimate
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
    named = partial(protocols.named, evidence.results)
    chart = partial(curves.label_efficiency_chart, found["curves"], named)
    yield Entry("labels", chart)


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


def _real_and_generated(evidence: Evidence) -> Iterator[Entry]:
  """Real and generated faces, and generated ones along training."""
  if evidence.real is not None and len(evidence.real):
    yield sheet(
      evidence, "real", partial(faces.face_grid, evidence.real[:_SHOWN])
    )
  if len(evidence.fakes):
    yield sheet(
      evidence, "generated", partial(faces.face_grid, evidence.fakes[:_SHOWN])
    )
  if len(evidence.fakes) and evidence.grids:
    places = np.linspace(0, len(evidence.grids) - 1, _STRIP).round()
    grids = [evidence.grids[i] for i in np.unique(places.astype(int))]
    size = evidence.fakes.shape[1]
    yield sheet(evidence, "samples", partial(faces.film_strip, grids, size))
  if evidence.clips is not None:
    yield sheet(
      evidence,
      "clips",
      partial(faces.films, evidence.clips),
      "Generated clips, played",
      "Clips that the generator draws, each of"
      f" {evidence.clips.shape[1]} frames, again and again. On sheets a clip's"
      " first, middle and last frame stand beside each other.",
      place="generated",
    )
  if evidence.crops is not None:
    yield sheet(evidence, "crops", partial(faces.contact_sheet, evidence.crops))


def _pairs(evidence: Evidence) -> Iterator[Entry]:
  """Faces side by side: near-copies, and generated ones in their relations."""
  panels = evidence.panels
  if (found := evidence.pairs) and len(found.first):
    parts = found.first, found.second, found.labels
    yield sheet(evidence, "copies", partial(faces.pairs_sheet, *parts))
  if evidence.inverted is not None:
    rows = evidence.inverted.swapaxes(0, 1)
    steps, size = rows.shape[1], rows.shape[2:]
    drawn = partial(faces.face_grid, rows.reshape(-1, *size), steps)
    yield sheet(evidence, "inverted", drawn)
  if panels is None:
    return
  for name, first, second in (
    ("alike", panels.first, panels.second),
    ("nearest", panels.sampled, panels.nearest),
  ):
    if len(first):
      unnamed = [""] * len(first)
      yield sheet(
        evidence, name, partial(faces.pairs_sheet, first, second, unnamed)
      )
  steps, *size = panels.paths.shape[1:]
  walked = panels.paths.reshape(-1, *size)
  yield sheet(evidence, "paths", partial(faces.face_grid, walked, steps))


def _located(evidence: Evidence) -> Iterator[Entry]:
  """What a linear machine goes by, laid over faces."""
  found = evidence.located
  if found is None or not len(found.faces):
    return
  yield Entry(
    "evidence",
    partial(faces.evidence_sheet, found.faces, found.maps, found.titles),
    style="wide",
    faces=evidence.faces,
  )


_FIGURES = (
  _accuracy,
  _roc,
  _confusions,
  _reliability,
  _located,
  _labels,
  _seeds,
  _networks,
  _real_and_generated,
  _pairs,
  _fake_labels,
)
