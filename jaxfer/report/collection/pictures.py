"""Every figure of the page of all experiments, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from jaxfer import facs, terms
from jaxfer.report import wording
from jaxfer.report.collection import generators, transfer
from jaxfer.report.collection.members import Collection, Experiment, Member
from jaxfer.report.collection.values import Value, area, score
from jaxfer.report.figures import curves, faces, matrices, networks, scores
from jaxfer.report.figures.entry import Entry

_BOTH = ("paper", "subject")
_FACES = 16  # on a sheet, in rows of eight
_AU7_FACES = 32
_PAIRS = 6


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
      values = {
        protocol: score(one.member.block(protocol), metric)
        for protocol in terms.SHOWN
        if one.member
      }
      cells[one.long] = {
        protocol: _cell(value)
        for protocol, value in values.items()
        if value.number is not None
      }
      printed[one.long] = getattr(one.reference, metric, None)
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


def _learnt(collection: Collection) -> Iterator[Entry]:
  """Figure 4: real faces of each set learnt from, and generated ones."""
  for number, (name, member) in enumerate(collection.learnt_sets().items(), 1):
    evidence, place = member.evidence, f"figure_4_{number}"
    sheet = _sheets(member, place)
    if evidence.real is not None and len(evidence.real):
      yield sheet(
        f"{place}_real",
        partial(faces.face_grid, _spread(evidence.real)),
        f"Faces of {name}",
        f"{name}: faces that the DCGAN learnt from.",
      )
    if len(evidence.fakes):
      yield sheet(
        f"{place}_generated",
        partial(faces.face_grid, _spread(evidence.fakes)),
        f"Generated faces after {name}",
        f"{name}: generated.",
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
      areas[one.title] = {k: area(block, k).number for k in titles}
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


def _figure_8(collection: Collection) -> Iterator[Entry]:
  """Faces that show AU7, as the DCGAN learnt from them."""
  member = collection.au7_only
  if member and member.evidence.real is not None and len(member.evidence.real):
    yield _sheets(member, "curves")(
      "figure_8",
      partial(faces.face_grid, _spread(member.evidence.real, _AU7_FACES)),
      "Faces that show AU7",
      "Figure 8: faces that show AU7, which the DCGAN of au7-only learnt from.",
    )


def _figure_9(collection: Collection) -> Iterator[Entry]:
  if found := generators.collapsed(collection):
    name, member = found
    yield _sheets(member, "curves")(
      "figure_9",
      partial(faces.face_grid, member.evidence.fakes[:_FACES]),
      "Faces of a collapsed generator",
      "Figure 9, “an example of mode collapse of the generated images”: here"
      f" the generator of {name}, by its measured signs.",
    )


def _copies(collection: Collection) -> Iterator[Entry]:
  """Some near-copies across the random folds of each set."""
  sets = collection.tested_sets().items()
  for number, (name, (member, *_)) in enumerate(sets, 1):
    pairs = member.evidence.pairs
    if pairs is not None and len(pairs.first):
      parts = pairs.first, pairs.second, pairs.labels
      yield _sheets(member, "copies")(
        f"copies_{number}",
        partial(faces.pairs_sheet, *(part[:_PAIRS] for part in parts)),
        f"Pairs of near-copies in {name}",
        f"{name}: faces that random folds put on both sides.",
      )


def _transfer(collection: Collection) -> Iterator[Entry]:
  unseen = collection.titles["subject"]
  for task, alt, paper, subject in (
    (
      "au",
      "Mean AUC of action units by sets",
      "Action units within random folds; in brackets the paper's.",
      f"Action units on {unseen}. Across sets nothing is random, and what"
      " differs is how C is chosen.",
    ),
    (
      "emotion",
      "Accuracy on emotions by sets",
      "Emotions within random folds; machines are fitted on the set that is"
      " tested.",
      f"Emotions on {unseen}.",
    ),
  ):
    for protocol, caption in (("paper", paper), ("subject", subject)):
      if found := transfer.matrix(collection, task, protocol):
        yield Entry(
          f"transfer_{task}_{protocol}",
          partial(
            matrices.transfer_heat_map,
            found.rows,
            found.columns,
            found.values,
            found.printed,
            found.metric,
            protocol,
          ),
          f"{alt}, {collection.titles[protocol]}",
          caption,
          place="transfer",
        )


def _labels(collection: Collection) -> Iterator[Entry]:
  """Accuracy by number of labels, for each experiment that has it."""
  for number, member in enumerate(collection.members, 1):
    found = (member.results.get("label_efficiency") or {}).get("curves", {})
    some, full = {}, {}
    for name in terms.asked("labels"):
      for entry in found.get(name, ()):
        cell = _cell(Value(entry["accuracy"], entry["ci95"]))
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


def _as_printed(collection: Collection) -> Iterator[Entry]:
  """Losses and faces with the default and with the printed beta1."""
  both = collection.as_printed or ()
  losses = {
    f"β1 = {member.results['pretrain']['beta1']}": member.evidence.losses
    for member in both
    if len(member.evidence.losses["step"])
  }
  if len(losses) == 2:
    yield Entry(
      "as_printed",
      partial(curves.loss_grid, losses),
      "Losses with both values of β1",
      "Losses of both networks, on one scale.",
    )
  for number, member in enumerate(both, 1):
    if len(member.evidence.fakes):
      yield _sheets(member, "as_printed")(
        f"as_printed_{number}",
        partial(faces.face_grid, _spread(member.evidence.fakes)),
        f"Generated faces, {member.name}",
        f"{member.name}: faces generated at the end, as they came.",
      )


_FIGURES = (
  _glances,
  _networks,
  _learnt,
  _figure_5,
  _figure_6,
  _figure_7,
  _figure_8,
  _figure_9,
  _copies,
  _transfer,
  _labels,
  _as_printed,
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


def _sheets(member: Member, place: str) -> Callable[..., Entry]:
  """Makes entries of faces, printed as their experiment allows."""
  mode = member.evidence.faces
  return partial(Entry, style="faces", place=place, faces=mode)


def _spread(faces: np.ndarray, count: int = _FACES) -> np.ndarray:
  """Some of the faces, from the whole set, which may be in order of people."""
  places = np.linspace(0, len(faces) - 1, min(count, len(faces)))
  return faces[places.astype(int)]


def _scored(
  experiments: Sequence[Experiment], protocol: str
) -> Iterator[tuple[Experiment, Member, dict[str, Any]]]:
  """The experiments that have scores under a protocol, with these."""
  for one in experiments:
    if one.member and (block := one.member.block(protocol)):
      yield one, one.member, block


def _cell(value: Value) -> tuple[float, float, float]:
  """A value and its bounds; without an interval, three times the value."""
  number = float(value.number or 0)
  low, high = value.interval or (number, number)
  return number, low, high
