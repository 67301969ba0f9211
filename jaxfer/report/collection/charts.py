"""The figures of numbers: the audit at a glance, Figures 1 to 3 and 5 to 7."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from jaxfer import facs, terms
from jaxfer.report import figures, wording
from jaxfer.report.collection import transfer
from jaxfer.report.collection.folder import Folder, Picture
from jaxfer.report.collection.members import Collection, Experiment
from jaxfer.report.collection.values import Value, area, score

BOTH = ("paper", "subject")
_CHARTED = terms.SHOWN


def draw(collection: Collection, folder: Folder) -> dict[str, Picture]:
  """Draws what there are numbers for.

  Args:
    collection: the experiments.
    folder: receives the files.

  Returns:
    Figures by name; what was not drawn is absent.
  """
  emotions, units = collection.emotions(), collection.units()
  emotion_titles = {
    name: name
    for name in wording.in_order(
      name for e in emotions if e.member for name in e.member.results["names"]
    )
  }
  unit_titles = {f"AU{n}": f"AU{n} {name}" for n, name in facs.AU_NAMES.items()}
  drawn = {
    name: _glance(folder, name, metric, experiments, collection.titles)
    for name, metric, experiments in (
      ("glance_accuracy", "accuracy", emotions),
      ("glance_emotions", "auc_mean", emotions),
      ("glance_units", "auc_mean", units),
    )
  }
  drawn |= {
    "figure_1_2": _networks(collection, folder),
    "figure_3": _losses(collection, folder),
    "as_printed": _as_printed(collection, folder),
  }
  for protocol in BOTH:
    drawn |= {
      f"figure_5_{protocol}": _roc(
        folder, f"figure_5_{protocol}", emotions, emotion_titles, protocol
      ),
      f"figure_6_{protocol}": _confusions(folder, emotions, protocol),
      f"figure_7_{protocol}": _roc(
        folder, f"figure_7_{protocol}", units, unit_titles, protocol
      ),
      f"transfer_emotion_{protocol}": _transfer(
        collection, folder, "emotion", protocol
      ),
      f"transfer_au_{protocol}": _transfer(collection, folder, "au", protocol),
    }
  return {name: picture for name, picture in drawn.items() if picture}


def label_curves(collection: Collection, folder: Folder) -> dict[str, Picture]:
  """Accuracy by number of labels, for each experiment that has it.

  Args:
    collection: the experiments.
    folder: receives the files.

  Returns:
    Figures by name of the experiment.
  """
  drawn = {}
  for place, member in enumerate(collection.members):
    found = (member.results.get("label_efficiency") or {}).get("curves", {})
    curves, full = {}, {}
    for name in terms.asked("labels"):
      for entry in found.get(name, ()):
        cell = _cell(Value(entry["accuracy"], entry["ci95"]))
        if entry["labels"] is None:
          full[name] = cell
        else:
          curves.setdefault(name, []).append((entry["labels"], *cell))
    if curves:
      file = f"labels_{place + 1}"
      drawn[member.name] = folder.draw(
        file, figures.label_efficiency_chart, curves, full
      )
  return drawn


def _glance(
  folder: Folder,
  name: str,
  metric: str,
  experiments: Sequence[Experiment],
  titles: Mapping[str, str],
) -> Picture | None:
  """Each experiment under each protocol, beside the printed number."""
  cells, printed = {}, {}
  for one in experiments:
    values = {
      protocol: score(one.member.block(protocol), metric)
      for protocol in _CHARTED
      if one.member
    }
    cells[one.long] = {
      protocol: _cell(value)
      for protocol, value in values.items()
      if value.number is not None
    }
    printed[one.long] = getattr(one.reference, metric, None)
  if not any(cells.values()):
    return None
  return folder.draw(
    name, figures.protocols_chart, cells, printed, metric, names=titles
  )


def _networks(collection: Collection, folder: Folder) -> Picture | None:
  """Both networks, from the shapes of the first experiment's."""
  if not collection.members:
    return None
  first = collection.members[0]
  generator, discriminator = first.evidence.layers
  dim = first.results["features"]["dim"]
  return folder.draw(
    "figure_1_2", figures.architecture, generator, discriminator, dim
  )


def _losses(collection: Collection, folder: Folder) -> Picture | None:
  curves = {
    name: member.evidence.losses
    for name, member in collection.learnt_sets().items()
    if len(member.evidence.losses["step"])
  }
  if not curves:
    return None
  return folder.draw("figure_3", figures.loss_grid, curves)


def _as_printed(collection: Collection, folder: Folder) -> Picture | None:
  """Losses with the default and with the printed beta1."""
  curves = {
    f"β1 = {member.results['pretrain']['beta1']}": member.evidence.losses
    for member in collection.as_printed or ()
    if len(member.evidence.losses["step"])
  }
  if len(curves) < 2:
    return None
  return folder.draw("as_printed", figures.loss_grid, curves)


def _roc(
  folder: Folder,
  name: str,
  experiments: Sequence[Experiment],
  titles: Mapping[str, str],
  protocol: str,
) -> Picture | None:
  curves, areas = {}, {}
  for one in experiments:
    block = one.member.block(protocol) if one.member else None
    if one.member is None or block is None:
      continue
    own = one.member.evidence.roc.get(protocol, {})
    curves[one.title] = {k: v for k, v in own.items() if k in titles}
    areas[one.title] = {k: area(block, k).number for k in titles}
  if not curves:
    return None
  return folder.draw(name, figures.roc_grid, curves, areas, titles)


def _confusions(
  folder: Folder, experiments: Sequence[Experiment], protocol: str
) -> Picture | None:
  matrices = {}
  for one in experiments:
    block = one.member.block(protocol) if one.member else None
    if block is not None:
      counts = block["confusion"]
      matrices[one.long] = np.asarray(counts["counts"]), counts["classes"]
  if not matrices:
    return None
  name = f"figure_6_{protocol}"
  return folder.draw(name, figures.confusion_grid, matrices, protocol=protocol)


def _transfer(
  collection: Collection, folder: Folder, task: str, protocol: str
) -> Picture | None:
  found = transfer.matrix(collection, task, protocol)
  if found is None:
    return None
  return folder.draw(
    f"transfer_{task}_{protocol}",
    figures.transfer_heat_map,
    found.rows,
    found.columns,
    found.values,
    found.printed,
    found.metric,
    protocol=protocol,
  )


def _cell(value: Value) -> tuple[float, float, float]:
  """A value and its bounds; without an interval, three times the value."""
  number = float(value.number or 0)
  low, high = value.interval or (number, number)
  return number, low, high
