"""Every figure of a suite's page, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from jaxfer import terms
from jaxfer.report import estimates, wording
from jaxfer.report.figures import curves, faces, matrices, networks, scores
from jaxfer.report.figures.entry import Entry
from jaxfer.report.pictures import sheet
from jaxfer.report.suite.members import Member
from jaxfer.report.suite.suite import Suite
from jaxfer.results.evidence import Evidence, spread

_FACES = 16  # on a sheet, in rows of eight
_AU7_FACES = 32
_PAIRS = 6

Drawing = Callable[..., Figure]


def glances(suite: Suite) -> Iterator[Entry]:
  """Each experiment under each protocol, beside the printed number."""
  place = "glance"  # the first stands alone
  for name, task, metric in (
    ("glance_accuracy", "emotion", "accuracy"),
    ("glance_emotions", "emotion", "auc_mean"),
    ("glance_units", "au", "auc_mean"),
  ):
    cells, printed = {}, {}
    for member in suite.columns(task):
      blocks = member.results["protocols"]
      values = estimates.by_protocol(blocks, terms.SHOWN, metric)
      cells[member.heading] = {
        protocol: found
        for protocol, found in values.items()
        if found.value is not None
      }
      printed[member.heading] = member.printed(metric)
    if any(cells.values()):
      chart = partial(
        scores.protocols_chart, cells, printed, metric, names=suite.titles
      )
      yield Entry(name, chart, place=place)
      place = "glances"


def architecture(suite: Suite) -> Iterator[Entry]:
  """Figures 1 to 3: the first experiment's networks, and all losses."""
  if not suite.members:
    return
  first = suite.members[0].evidence
  dim = first.results["features"]["dim"]
  chart = partial(networks.architecture, *first.layers, dim)
  yield Entry("figure_1_2", chart, place="networks")
  losses = {
    name: member.evidence.losses
    for name, member in suite.learnt_sets().items()
    if len(member.evidence.losses["step"])
  }
  if losses:
    chart = partial(curves.loss_grid, losses)
    yield Entry("figure_3", chart, place="networks")


def curves_and_confusions(suite: Suite) -> Iterator[Entry]:
  """Figures 5 to 7, each within random folds and on unseen people."""
  named = (name for m in suite.of("emotion") for name in m.results["names"])
  emotions = {name: name for name in wording.in_order(named)}
  units = wording.unit_titles()
  for number, task, alt, draw in (
    (5, "emotion", "ROC curves by emotion", partial(_roc, emotions)),
    (6, "emotion", "Confusion matrices", _confusions),
    (7, "au", "ROC curves by action unit", partial(_roc, units)),
  ):
    for protocol in ("paper", "subject"):
      where = suite.titles[protocol]
      caption = f"Figure {number} on {where}."
      if protocol == "paper":
        caption = f"Figure {number} within {where}, as the paper's."
      if scored := [m for m in suite.columns(task) if m.block(protocol)]:
        name, chart = f"figure_{number}_{protocol}", draw(scored, protocol)
        yield Entry(name, chart, f"{alt}, {where}", caption, place="curves")


def labels(suite: Suite) -> Iterator[Entry]:
  """Accuracy by number of labels, for each experiment that has it."""
  for number, member in enumerate(suite.members, 1):
    found = (member.results.get("label_efficiency") or {}).get("curves", {})
    own = {n: found[n] for n in terms.asked("labels") if n in found}
    if own:
      yield Entry(
        f"labels_{number}",
        partial(curves.label_efficiency_chart, own),
        f"Accuracy by number of labels, {member.name}",
        f"{member.name}: accuracy on {suite.titles['subject']} by labels"
        " of each class.",
        place="labels",
      )


def transfer(suite: Suite) -> Iterator[Entry]:
  """A map of each task, within random folds and on unseen people."""
  for task in ("au", "emotion"):
    for protocol in ("paper", "subject"):
      if found := matrix(suite, task, protocol):
        chart = partial(matrices.transfer_heat_map, *found, protocol)
        yield Entry(f"transfer_{task}_{protocol}", chart, place="transfer")


def learnt(suite: Suite) -> Iterator[Entry]:
  """Figure 4: real faces of each set learnt from, and generated ones."""
  for number, (name, member) in enumerate(suite.learnt_sets().items(), 1):
    evidence, place = member.evidence, f"figure_4_{number}"
    yield from _grid(
      evidence,
      f"{place}_real",
      evidence.real,
      f"Faces of {name}",
      f"{name}: faces that the DCGAN learnt from.",
      place=place,
    )
    yield from _grid(
      evidence,
      f"{place}_generated",
      evidence.fakes,
      f"Generated faces after {name}",
      f"{name}: generated.",
      place=place,
    )


def figure_8(suite: Suite) -> Iterator[Entry]:
  """Faces that show AU7, as the DCGAN learnt from them."""
  if member := suite.au7_only:
    real, place = member.evidence.real, "curves"
    yield from _grid(
      member.evidence, "figure_8", real, place=place, count=_AU7_FACES
    )


def figure_9(suite: Suite) -> Iterator[Entry]:
  """The faces of a generator that has collapsed."""
  if found := suite.collapsed():
    evidence = found[1].evidence
    chart = partial(faces.face_grid, evidence.fakes[:_FACES])
    yield sheet(evidence, "figure_9", chart, place="curves")


def copies(suite: Suite) -> Iterator[Entry]:
  """Some near-copies across the random folds of each set."""
  sets = suite.tested_sets().items()
  for number, (name, (member, *_)) in enumerate(sets, 1):
    pairs = member.evidence.pairs
    if pairs is not None and len(pairs.first):
      parts = pairs.first, pairs.second, pairs.labels
      yield sheet(
        member.evidence,
        f"copies_{number}",
        partial(faces.pairs_sheet, *(part[:_PAIRS] for part in parts)),
        f"Pairs of near-copies in {name}",
        f"{name}: faces that random folds put on both sides.",
        place="copies",
      )


def as_printed(suite: Suite) -> Iterator[Entry]:
  """Losses and faces with the default and with the printed beta1."""
  both = suite.as_printed or ()
  losses = {
    f"β1 = {member.results['pretrain']['beta1']}": member.evidence.losses
    for member in both
    if len(member.evidence.losses["step"])
  }
  if len(losses) == 2:
    yield Entry("as_printed", partial(curves.loss_grid, losses))
  for number, member in enumerate(both, 1):
    yield from _grid(
      member.evidence,
      f"as_printed_{number}",
      member.evidence.fakes,
      f"Generated faces, {member.name}",
      f"{member.name}: faces generated at the end, as they came.",
      place="as_printed",
    )


def matrix(
  suite: Suite, task: str, protocol: str
) -> tuple[list[str], list[str], np.ndarray, np.ndarray, str] | None:
  """The transfer matrix of a task under a protocol, the paper's Table V.

  Returns:
    (R,) sets learnt from and fitted on; (C,) sets tested; (R, C) ours, NaN
    where there is none; (R, C) the paper's, each a `Decimal` or None; and the
    metric. None where no experiment has that protocol.
  """
  metric, found = terms.headline(task), {}
  for member in suite.columns(task):
    if member.found:
      ours = (member.block(protocol) or {}).get(metric)
      found.setdefault(_place(member), (ours, member.printed(metric)))
  if all(ours is None for ours, _ in found.values()):
    return None
  rows = list(dict.fromkeys(row for row, _ in found))
  columns = list(dict.fromkeys(column for _, column in found))
  values = np.full((len(rows), len(columns)), np.nan)
  theirs = np.full_like(values, None, object)
  for (row, column), (ours, printed) in found.items():
    place = rows.index(row), columns.index(column)
    values[place] = np.nan if ours is None else ours
    theirs[place] = printed
  return rows, columns, values, theirs, metric


def _grid(
  evidence: Evidence,
  name: str,
  shown: np.ndarray | None,
  *words: str,
  place: str,
  count: int = _FACES,
) -> Iterator[Entry]:
  """So many of some faces, from all over their set; nothing of none."""
  if shown is not None and len(shown):
    chart = partial(faces.face_grid, spread(shown, count))
    yield sheet(evidence, name, chart, *words, place=place)


def _place(member: Member) -> tuple[str, str]:
  """Where an experiment stands: what it learnt from, what it tested."""
  pretrain, fitted, tested = (
    member.set_name(role) for role in ("pretrain", "probe", member.tested)
  )
  if member.task == "emotion" and fitted == tested:
    fitted = "as tested"
  return f"{pretrain} · {fitted}", tested


def _roc(
  titles: Mapping[str, str], members: Sequence[Member], protocol: str
) -> Drawing:
  """A panel for each class, a line for each experiment."""
  drawn, areas = {}, {}
  for member in members:
    own = member.evidence.roc.get(protocol, {})
    block = member.block(protocol)
    drawn[member.title] = {k: v for k, v in own.items() if k in titles}
    areas[member.title] = {k: estimates.area(block, k).value for k in titles}
  return partial(curves.roc_grid, drawn, areas, titles)


def _confusions(members: Sequence[Member], protocol: str) -> Drawing:
  """A matrix for each experiment."""
  found = {}
  for member in members:
    counts = (member.block(protocol) or {})["confusion"]
    found[member.heading] = np.asarray(counts["counts"]), counts["classes"]
  return partial(matrices.confusion_grid, found, protocol)
