"""Every figure of the page of all experiments, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from jaxfer import facs, terms
from jaxfer.report import estimates, wording
from jaxfer.report.collection import sheets, transfer
from jaxfer.report.collection.members import Collection, Experiment, Member
from jaxfer.report.estimates import Estimate
from jaxfer.report.figures import curves, matrices, networks, scores
from jaxfer.report.figures.entry import Entry

_BOTH = ("paper", "subject")


def of(collection: Collection) -> Iterator[Entry]:
  """The figures that there is something to draw from."""
  for entries in _FIGURES:
    yield from entries(collection)


def _glances(collection: Collection) -> Iterator[Entry]:
  """Each experiment under each protocol, beside the printed number."""
  place = "glance"  # the first stands alone
  for name, metric, experiments, alt, caption in (
    (
      "glance_accuracy",
      "accuracy",
      collection.emotions(),
      "Accuracy of each emotion experiment under each protocol",
      "Emotions: accuracy under each protocol. The tick is the paper's number,"
      " where it prints one.",
    ),
    (
      "glance_emotions",
      "auc_mean",
      collection.emotions(),
      "Mean area under the curve of each emotion experiment",
      "Emotions: mean area under the ROC curve, which the paper prints for all"
      " eight.",
    ),
    (
      "glance_units",
      "auc_mean",
      collection.units(),
      "Mean area under the curve of each action unit experiment",
      "Action units: mean area under the ROC curve.",
    ),
  ):
    cells, printed = {}, {}
    for one in experiments:
      blocks = one.member.results["protocols"] if one.member else {}
      values = estimates.by_protocol(blocks, terms.SHOWN, metric)
      cells[one.long] = {
        protocol: _cell(found)
        for protocol, found in values.items()
        if found.value is not None
      }
      printed[one.long] = one.printed(metric)
    if any(cells.values()):
      chart = partial(
        scores.protocols_chart, cells, printed, metric, names=collection.titles
      )
      yield Entry(name, chart, alt, caption, place=place)
      place = "glances"


def _networks(collection: Collection) -> Iterator[Entry]:
  """Figures 1 to 3: the first experiment's networks, and all losses."""
  if not collection.members:
    return
  first = collection.members[0].evidence
  dim = first.results["features"]["dim"]
  yield Entry(
    "figure_1_2",
    partial(networks.architecture, *first.layers, dim),
    "Both networks, layer by layer",
    "Figures 1 and 2: the networks, drawn from the shapes of the code's own"
    " layers.",
    place="networks",
  )
  losses = {
    name: member.evidence.losses
    for name, member in collection.learnt_sets().items()
    if len(member.evidence.losses["step"])
  }
  if losses:
    yield Entry(
      "figure_3",
      partial(curves.loss_grid, losses),
      "Losses by step for each set learnt from",
      "Figure 3: losses on each set learnt from.",
      place="networks",
    )


def _figure_5(collection: Collection) -> Iterator[Entry]:
  every = collection.emotions()
  names = (
    name for e in every if e.member for name in e.member.results["names"]
  )
  titles = {name: name for name in wording.in_order(names)}
  return _roc(collection, "Figure 5", "emotion", every, titles)


def _figure_7(collection: Collection) -> Iterator[Entry]:
  titles = {f"AU{n}": f"AU{n} {name}" for n, name in facs.AU_NAMES.items()}
  units = collection.units()
  return _roc(collection, "Figure 7", "action unit", units, titles)


def _roc(
  collection: Collection,
  figure: str,
  kind: str,
  experiments: Sequence[Experiment],
  titles: Mapping[str, str],
) -> Iterator[Entry]:
  for protocol in _BOTH:
    drawn, areas = {}, {}
    for one, member, block in _scored(experiments, protocol):
      own = member.evidence.roc.get(protocol, {})
      drawn[one.title] = {k: v for k, v in own.items() if k in titles}
      areas[one.title] = {k: estimates.area(block, k).value for k in titles}
    if drawn:
      yield _numbered(
        collection,
        figure,
        protocol,
        partial(curves.roc_grid, drawn, areas, titles),
        f"ROC curves by {kind}",
      )


def _figure_6(collection: Collection) -> Iterator[Entry]:
  for protocol in _BOTH:
    found = {}
    for one, _, block in _scored(collection.emotions(), protocol):
      counts = block["confusion"]
      found[one.long] = np.asarray(counts["counts"]), counts["classes"]
    if found:
      yield _numbered(
        collection,
        "Figure 6",
        protocol,
        partial(matrices.confusion_grid, found, protocol),
        "Confusion matrices",
      )


def _labels(collection: Collection) -> Iterator[Entry]:
  """Accuracy by number of labels, for each experiment that has it."""
  for number, member in enumerate(collection.members, 1):
    found = (member.results.get("label_efficiency") or {}).get("curves", {})
    some, full = {}, {}
    for name in terms.asked("labels"):
      for entry in found.get(name, ()):
        cell = _cell(Estimate(entry["accuracy"], "rate", entry["ci95"]))
        if entry["labels"] is None:
          full[name] = cell
        else:
          some.setdefault(name, []).append((entry["labels"], *cell))
    if some:
      yield Entry(
        f"labels_{number}",
        partial(curves.label_efficiency_chart, some, full),
        f"Accuracy by number of labels, {member.name}",
        f"{member.name}: accuracy on {collection.titles['subject']} by labels"
        " of each class.",
        place="labels",
      )


_FIGURES = (
  _glances,
  _networks,
  sheets.learnt,
  _figure_5,
  _figure_6,
  _figure_7,
  sheets.figure_8,
  sheets.figure_9,
  sheets.copies,
  transfer.figures,
  _labels,
  sheets.as_printed,
)


def _numbered(
  collection: Collection,
  figure: str,
  protocol: str,
  draw: Callable[..., Figure],
  alt: str,
) -> Entry:
  """One of the paper's figures, within random folds or on unseen people."""
  where = collection.titles[protocol]
  caption = f"{figure} on {where}."
  if protocol == "paper":
    caption = f"{figure} within {where}, as the paper's."
  name = f"{figure.lower().replace(' ', '_')}_{protocol}"
  return Entry(name, draw, f"{alt}, {where}", caption, place="curves")


def _scored(
  experiments: Sequence[Experiment], protocol: str
) -> Iterator[tuple[Experiment, Member, dict[str, Any]]]:
  """The experiments that have scores under a protocol, with these."""
  for one in experiments:
    if one.member and (block := one.member.block(protocol)):
      yield one, one.member, block


def _cell(estimate: Estimate) -> scores.Cell:
  """A value and its bounds; without an interval, three times the value."""
  value = float(estimate.value or 0)
  low, high = (value if end is None else end for end in estimate.bounds)
  return value, low, high
