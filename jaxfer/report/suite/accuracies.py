"""Table III, the experiment on AU7, and that with the printed beta1."""

from __future__ import annotations

from typing import Any

from jaxfer.report import paper
from jaxfer.report.estimates import Estimate
from jaxfer.report.suite.members import LINES
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import Column, Table

_FINAL = {
  "loss_d": "D's loss, mean of the last epoch",
  "loss_g": "G's loss",
  "d_real": "D of real faces",
  "d_fake": "D of generated faces",
}


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
