"""Tables II and IV: areas under the ROC curve, printed and under protocols."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jaxfer import facs
from jaxfer.report import wording
from jaxfer.report.estimates import Estimate, area_entry
from jaxfer.report.suite.members import LINES, Member
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import Column, Table

_PRINTED, _AVERAGE = "printed", "average"


def emotions(suite: Suite) -> Table:
  """Table II, with the protocols below each printed area."""
  members = suite.of("emotion")
  named = (name for m in members for name in m.results["names"])
  titles = {n: n for n in wording.in_order([*facs.EMOTIONS, *named])}
  return _grid(suite, "II", "emotion", "emotion", titles)


def units(suite: Suite) -> Table:
  """Table IV, with the protocols below each printed area."""
  return _grid(suite, "IV", "au", "action unit", wording.unit_titles())


def absences(members: Sequence[Member], titles: Mapping[str, str]) -> list[str]:
  """Why cells of a grid are dashes, others by construction, or not unseen.

  Sentences without a full stop, each with the experiments concerned.
  """
  found: dict[str, list[str]] = {}
  for member in members:
    for text, where in _absences(member, titles):
      found.setdefault(text, []).append(f"{member.title}{where}")
  return [f"{text}: {', '.join(where)}" for text, where in found.items()]


def _absences(
  member: Member, titles: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
  """What is absent of one experiment, and where in its column."""
  if member.found is None:
    yield "not run", ""
    return
  labels = member.results["names"]
  for label, printed in member.areas.items():
    if printed and member.crosses and label not in labels:
      yield "one of both sets has no label for it", f" {label}"
  for line in LINES:
    name, block = titles[line], member.lines[line]
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
  suite: Suite, number: str, task: str, kind: str, titles: Mapping[str, str]
) -> Table:
  """A group of rows for the average and each class, a column a column."""
  members, rows = suite.columns(task), []
  lines = [line for line in LINES if any(m.lines[line] for m in members)]
  for label, title in {_AVERAGE: _AVERAGE, **titles}.items():
    for line in (_PRINTED, *lines):
      row: dict[str, Any] = {
        "class": title,
        "line": suite.titles.get(line, _PRINTED),
      }
      for place, member in enumerate(members):
        found = _area(member, label, line)
        # The average with its interval; the area of a class without.
        interval = found.interval if label == _AVERAGE else None
        row[str(place)] = dataclasses.replace(found, interval=interval, note="")
      rows.append(row)
  return suite.table(
    {"II": "table_2", "IV": "table_4"}[number],
    f"Area under the ROC curve by {kind} and experiment",
    (
      Column("class", kind),
      Column("line", "area under the curve"),
      *(
        Column(str(place), member.title, "area", link=member.name)
        for place, member in enumerate(members)
      ),
    ),
    rows,
    title=f"Table {number}",
    group="class",
    records=[*_records(members, (_AVERAGE, *titles))],
    of=members,
  )


def _area(member: Member, label: str, line: str) -> Estimate:
  """The area of a class or their average, printed or of a line."""
  if line == _PRINTED and label == _AVERAGE:
    return Estimate(member.printed("auc_mean"), "area")
  if line == _PRINTED:
    return Estimate(member.areas.get(label), "area")
  if label == _AVERAGE:
    return member.scores("auc_mean")[line]
  return member.area(line, label)


def _records(
  members: Sequence[Member], labels: Sequence[str]
) -> Iterator[dict[str, Any]]:
  """A row of CSV for each class of each experiment."""
  for member in members:
    data = "published"
    if member.found:
      data = "stand-in" if member.results["standin"] else "real"
    for label in labels:
      record: dict[str, Any] = {
        "data": data,
        "experiment": member.title,
        "member": member.name or None,
        "class": label,
        _PRINTED: _area(member, label, _PRINTED).value,
      }
      for line in LINES:
        found = _area(member, label, line)
        entry = area_entry(member.lines[line], label)
        record |= {
          line: found,
          f"{line}_equals": found.equal,
          f"{line}_positives": entry.get("n_pos"),
        }
      yield record | {"sealed_as": member.sealed}
