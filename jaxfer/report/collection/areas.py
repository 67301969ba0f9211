"""Tables II and IV: areas under the ROC curve, printed and under protocols."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jaxfer import facs
from jaxfer.report import wording
from jaxfer.report.collection.members import LINES, Collection, Experiment
from jaxfer.report.estimates import NOTHING, Estimate, area_entry
from jaxfer.report.table import Column, Table

_PRINTED, _AVERAGE = "printed", "average"


def emotions(collection: Collection) -> Table:
  """Table II, with the protocols below each printed area."""
  experiments = collection.emotions()
  names = {*facs.EMOTIONS}
  for one in experiments:
    names.update(one.member.results["names"] if one.member else ())
  titles = {name: name for name in wording.in_order(names)}
  return _grid(collection, "II", "emotion", experiments, titles)


def units(collection: Collection) -> Table:
  """Table IV, with the protocols below each printed area."""
  titles = {f"AU{n}": f"AU{n} {name}" for n, name in facs.AU_NAMES.items()}
  return _grid(collection, "IV", "action unit", collection.units(), titles)


def absences(
  experiments: Sequence[Experiment], titles: Mapping[str, str]
) -> list[str]:
  """Why cells of a grid are dashes, others by construction, or not unseen.

  Args:
    experiments: its columns.
    titles: of the protocols, on that page.

  Returns:
    Sentences without a full stop, each with the experiments concerned.
  """
  found: dict[str, list[str]] = {}
  for one in experiments:
    for text, where in _absences(one, titles):
      found.setdefault(text, []).append(f"{one.title}{where}")
  return [f"{text}: {', '.join(where)}" for text, where in found.items()]


def _absences(
  experiment: Experiment, titles: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
  """What is absent of one experiment, and where in its column."""
  member = experiment.member
  if member is None:
    yield "not run", ""
    return
  labels = member.results["names"]
  for label, printed in experiment.areas.items():
    if printed and member.crosses and label not in labels:
      yield "one of both sets has no label for it", f" {label}"
  for line in LINES:
    name, block = titles[line], member.line(line)
    if block is None:
      yield f"no {name}: {member.reason(line)}", ""
      continue
    protocol = (member.sealed if line == "sealed" else line) or line
    if same := block.get("same_as"):
      yield (
        f"{titles[protocol]}: the numbers of {titles[same]}, = where these are"
        f" the same: {block['same_as_reason']}",
        "",
      )
    elif protocol != line:
      yield f"{name} is the {titles[protocol]}", ""
    if doubt := member.doubt(protocol):
      yield f"not shown to be unseen ({name}): {doubt}", ""
    if line == "subject" and member.results["interval_unit"] == "films":
      yield f"{name}: of other films, for nobody is named", ""
    for label in labels:
      if reason := area_entry(block, label).get("reason"):
        yield f"undefined: {reason}", f" {label} ({name})"


def _grid(
  collection: Collection,
  number: str,
  kind: str,
  experiments: Sequence[Experiment],
  titles: Mapping[str, str],
) -> Table:
  """A group of rows for the average and each class, a column a column."""
  lines = [
    line
    for line in LINES
    if any(e.member and e.member.line(line) for e in experiments)
  ]
  rows = []
  for label, title in {_AVERAGE: _AVERAGE, **titles}.items():
    for line in (_PRINTED, *lines):
      row: dict[str, Any] = {
        "class": title,
        "line": collection.titles.get(line, _PRINTED),
      }
      for place, one in enumerate(experiments):
        found = _area(one, label, line)
        # The average with its interval; the area of a class without.
        interval = found.interval if label == _AVERAGE else None
        row[str(place)] = dataclasses.replace(found, interval=interval, note="")
      rows.append(row)
  return collection.table(
    {"II": "table_2", "IV": "table_4"}[number],
    f"Area under the ROC curve by {kind} and experiment",
    (
      Column("class", kind),
      Column("line", "area under the curve"),
      *(
        Column(str(place), one.title, "area", link=one.link)
        for place, one in enumerate(experiments)
      ),
    ),
    rows,
    title=f"Table {number}",
    group="class",
    records=_records(experiments, (_AVERAGE, *titles)),
    of=[one.member for one in experiments if one.member],
  )


def _area(experiment: Experiment, label: str, line: str) -> Estimate:
  """The area of a class or their average, printed or of a line."""
  if line == _PRINTED and label == _AVERAGE:
    return Estimate(experiment.printed("auc_mean"), "area")
  if line == _PRINTED:
    return Estimate(experiment.areas.get(label), "area")
  if experiment.member is None:
    return NOTHING
  if label == _AVERAGE:
    return experiment.member.scores("auc_mean")[line]
  return experiment.member.area(line, label)


def _records(
  experiments: Sequence[Experiment], labels: Sequence[str]
) -> Iterator[dict[str, Any]]:
  """A row of CSV for each class of each experiment."""
  for one in experiments:
    data = "published"
    if one.member:
      data = "stand-in" if one.member.results["standin"] else "real"
    for label in labels:
      record: dict[str, Any] = {
        "data": data,
        "experiment": one.title,
        "member": one.link or None,
        "class": label,
        _PRINTED: _area(one, label, _PRINTED).value,
      }
      for line in LINES:
        found = _area(one, label, line)
        block = one.member.line(line) if one.member else None
        record |= {
          line: found,
          f"{line}_equals": found.equal,
          f"{line}_positives": area_entry(block, label).get("n_pos"),
        }
      record["sealed_as"] = one.member.sealed if one.member else None
      yield record
