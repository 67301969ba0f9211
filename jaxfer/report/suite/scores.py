"""Tables II to IV, and the experiments on AU7 and on the printed beta1."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jaxfer import facs
from jaxfer.report import paper, wording
from jaxfer.report.estimates import Estimate, area_entry
from jaxfer.report.suite.members import LINES, Member
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import Column, Table

_PRINTED, _AVERAGE = "printed", "average"
_FINAL = {
  "loss_d": "D's loss, mean of the last epoch",
  "loss_g": "G's loss",
  "d_real": "D of real faces",
  "d_fake": "D of generated faces",
}


def emotions(suite: Suite) -> Table:
  """Table II, with the protocols below each printed area."""
  members = suite.of("emotion")
  named = (name for m in members for name in m.results["names"])
  titles = {n: n for n in wording.in_order([*facs.EMOTIONS, *named])}
  return _grid(suite, "II", "emotion", titles)


def units(suite: Suite) -> Table:
  """Table IV, with the protocols below each printed area."""
  return _grid(suite, "IV", "au", wording.unit_titles())


def against_others(suite: Suite) -> Table:
  """Table III: accuracies as printed, then ours under each protocol."""
  rows: list[dict[str, Any]] = []
  for dataset, entries in paper.ACCURACIES.items():
    for entry in entries:
      year = f" {entry.year}" if entry.year else ""
      cited = f" [{entry.reference}]" if entry.reference else ""
      name = entry.authors if cited else "the paper"
      rows.append(
        {
          "data": "published",
          "dataset": dataset,
          "approach": f"{name}{year}{cited}",
          "accuracy": entry.accuracy,
        }
      )
    # The experiment whose accuracy the paper enters here.
    printed = entries[-1].accuracy
    member = next(
      one
      for one in suite.columns("emotion")
      if one.printed("accuracy") == printed
    )
    for line, found in member.scores("accuracy").items():
      if found.value is None:
        why = member.reason(line) if member.found else "not run"
        found = Estimate(note=why)
      approach = f"here, {suite.titles[line]}"
      rows.append({"dataset": dataset, "approach": approach, "accuracy": found})
  return suite.table(
    "table_3",
    "Accuracies as printed, and ours of the experiment that the paper enters",
    (
      Column("dataset", "dataset"),
      Column("approach", "approach"),
      Column("accuracy", "accuracy", "rate", True),
    ),
    rows,
    title="Table III",
    group="dataset",
  )


def au7(suite: Suite) -> Table:
  """The experiment on AU7 alone: areas on training and on test faces."""
  member, reference = suite.au7_only, paper.UNITS["au7-only"]
  rows: list[dict[str, Any]] = []
  if member:
    rows.append(
      {
        "data": "published",
        "line": "printed",
        "train": reference.auc_train["AU7"],
        "test": reference.auc["AU7"],
      }
    )
    for line in LINES:
      block = member.lines[line]
      entry = (block or {}).get("aus", {}).get("AU7", {})
      missing = Estimate(note=member.reason(line))
      rows.append(
        {
          "line": suite.titles[line],
          "train": entry.get("train_auc"),
          "test": member.area(line, "AU7") if block is not None else missing,
          "rate": entry.get("base_rate"),
        }
      )
  return suite.table(
    "au7_only",
    "Area under the ROC curve of AU7, the DCGAN having seen its faces only",
    (
      Column("line", ""),
      Column("train", "training faces", "area"),
      Column("test", "test faces", "area", True),
      Column("rate", "share with AU7", "rate"),
    ),
    rows,
    title="The experiment on AU7 alone",
    of=[member] if member else [],
  )


def as_printed(suite: Suite) -> Table:
  """The same experiment with the default and with the printed beta1."""
  rows = [
    member.row
    | {"beta1": str(member.results["pretrain"]["beta1"])}
    | member.evidence.last_epoch()
    | member.scores("accuracy")
    for member in suite.as_printed or ()
  ]
  return suite.table(
    "as_printed",
    "The same experiment with both values of Adam's first momentum",
    (
      Column("experiment", "experiment"),
      Column("beta1", "β1"),
      *(Column(name, title, "number") for name, title in _FINAL.items()),
      *(Column(p, suite.titles[p], "rate", True) for p in LINES),
    ),
    rows,
  )


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
  suite: Suite, number: str, task: str, titles: Mapping[str, str]
) -> Table:
  """A group of rows for the average and each class, a column a column."""
  members, kind, rows = suite.columns(task), wording.KINDS[task], []
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
