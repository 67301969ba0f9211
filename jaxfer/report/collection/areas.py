"""Tables II and IV: areas under the ROC curve, printed and under protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from jaxfer import facs
from jaxfer.report import wording
from jaxfer.report.collection.members import LINES, Collection, Experiment
from jaxfer.report.collection.table import Column, Row, Table
from jaxfer.report.collection.values import Value, area, score
from jaxfer.report.estimates import area_entry

_PRINTED, _AVERAGE = "printed", "average"


def emotions(collection: Collection) -> Table:
  """Table II, with the protocols below each printed area.

  Args:
    collection: the experiments.
  """
  experiments = collection.emotions()
  names = {*facs.EMOTIONS}
  for one in experiments:
    names.update(one.member.results["names"] if one.member else ())
  return _grid(
    "table_2",
    "Area under the ROC curve by emotion and experiment",
    "emotion",
    experiments,
    collection.titles,
    {name: name for name in wording.in_order(names)},
  )


def units(collection: Collection) -> Table:
  """Table IV, with the protocols below each printed area.

  Args:
    collection: the experiments.
  """
  return _grid(
    "table_4",
    "Area under the ROC curve by action unit and experiment",
    "action unit",
    collection.units(),
    collection.titles,
    {f"AU{n}": f"AU{n} {name}" for n, name in facs.AU_NAMES.items()},
  )


def printed(experiment: Experiment, name: str) -> Decimal | None:
  """The area that the paper prints for a class, if it does.

  Args:
    experiment: one of Table II or IV.
    name: such as `angry` or `AU12`.
  """
  areas: Mapping[str, Decimal | None] = getattr(experiment.reference, "auc", {})
  return areas.get(name)


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

  def note(text: str, where: str) -> None:
    found.setdefault(text, []).append(where)

  for one in experiments:
    if one.member is None:
      note("not run", one.title)
      continue
    for label in _printed_labels(one):
      if one.member.crosses and label not in one.member.results["names"]:
        note("one of both sets has no label for it", f"{one.title} {label}")
    for line in LINES:
      name, block = titles[line], one.member.line(line)
      if block is None:
        note(f"no {name}: {one.member.reason(line)}", one.title)
        continue
      protocol = one.member.sealed if line == "sealed" else line
      if "same_as" in block:
        words = (
          f"{titles[protocol or line]}: the numbers of"
          f" {titles[block['same_as']]}, = where these are the same:"
          f" {block['same_as_reason']}"
        )
        note(words, one.title)
      elif protocol != line:
        note(f"{name} is the {titles[protocol or line]}", one.title)
      if doubt := one.member.doubt(protocol or line):
        note(f"not shown to be unseen ({name}): {doubt}", one.title)
      if line == "subject" and one.member.results["interval_unit"] == "films":
        note(f"{name}: of other films, for nobody is named", one.title)
      for label in one.member.results["names"]:
        if reason := area_entry(block, label).get("reason"):
          note(f"undefined: {reason}", f"{one.title} {label} ({name})")
  return [f"{text}: {', '.join(where)}" for text, where in found.items()]


def _printed_labels(experiment: Experiment) -> list[str]:
  """The classes that the paper prints an area for."""
  areas: Mapping[str, Decimal | None] = getattr(experiment.reference, "auc", {})
  return [label for label in areas if areas[label]]


def _grid(
  name: str,
  caption: str,
  kind: str,
  experiments: Sequence[Experiment],
  protocols: Mapping[str, str],
  titles: Mapping[str, str],
) -> Table:
  """A group of rows for the average and each class, a column a column."""
  lines = [
    line
    for line in LINES
    if any(e.member and e.member.line(line) for e in experiments)
  ]
  rows: list[Row] = []
  for label, title in {_AVERAGE: _AVERAGE, **titles}.items():
    for line in (_PRINTED, *lines):
      row = {
        "class": Value(title),
        "line": Value(protocols.get(line, _PRINTED)),
      }
      for place, one in enumerate(experiments):
        row[str(place)] = _value(one, label, line)
      rows.append(row)
  columns = [
    Column("class", kind),
    Column("line", "area under the curve"),
    *(
      Column(
        str(place),
        one.title,
        "area",
        link=one.member.name if one.member else "",
      )
      for place, one in enumerate(experiments)
    ),
  ]
  return Table(
    name,
    caption,
    tuple(columns),
    tuple(rows),
    group="class",
    records=tuple(_records(experiments, titles)),
    standin=any(e.member and e.member.results["standin"] for e in experiments),
  )


def _value(experiment: Experiment, label: str, line: str) -> Value:
  """The average with its interval; the area of a class without."""
  if line == _PRINTED:
    if label == _AVERAGE:
      return Value(getattr(experiment.reference, "auc_mean", None))
    return Value(printed(experiment, label))
  block = experiment.member.line(line) if experiment.member else None
  twin = experiment.member.twin(line) if experiment.member else None
  if label == _AVERAGE:
    found = score(block, "auc_mean", twin)
    return Value(found.number, found.interval, equals=found.equals)
  found = area(block, label, twin)
  return Value(found.number, equals=found.equals)


def _records(
  experiments: Sequence[Experiment], titles: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
  for one in experiments:
    for label in (_AVERAGE, *titles):
      record: dict[str, Any] = {
        "data": "published",
        "experiment": one.title,
        "member": one.member.name if one.member else None,
        "class": label,
        _PRINTED: _value(one, label, _PRINTED).number,
      }
      if one.member:
        record["data"] = "stand-in" if one.member.results["standin"] else "real"
      for line in LINES:
        block = one.member.line(line) if one.member else None
        twin = one.member.twin(line) if one.member else None
        found = (
          score(block, "auc_mean", twin)
          if label == _AVERAGE
          else area(block, label, twin)
        )
        low, high = found.interval or (None, None)
        record |= {
          line: found.number,
          f"{line}_low": low,
          f"{line}_high": high,
          f"{line}_equals": found.equals,
          f"{line}_positives": area_entry(block, label).get("n_pos"),
        }
      record["sealed_as"] = one.member.sealed if one.member else None
      yield record
