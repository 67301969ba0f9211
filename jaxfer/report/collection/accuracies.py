"""Table III and the experiment on AU7: single numbers beside ours."""

from __future__ import annotations

from decimal import Decimal

from jaxfer.report import paper, smoothing
from jaxfer.report.collection.members import LINES, Collection, Member
from jaxfer.report.collection.table import Column, Table
from jaxfer.report.collection.values import Value, area, score

_FINAL = {
  "loss_d": "D's loss, mean of the last epoch",
  "loss_g": "G's loss",
  "d_real": "D of real faces",
  "d_fake": "D of generated faces",
}


def against_others(collection: Collection) -> Table:
  """Table III: accuracies as printed, then ours under each protocol.

  Args:
    collection: the experiments.
  """
  rows = []
  for dataset, entries in paper.ACCURACIES.items():
    own = entries[-1].accuracy
    for entry in entries:
      cited = f" [{entry.reference}]" if entry.reference else ""
      year = f" {entry.year}" if entry.year else ""
      name = entry.authors if cited else "the paper"
      rows.append(
        {
          "data": Value("published"),
          "dataset": Value(dataset),
          "approach": Value(f"{name}{year}{cited}"),
          "accuracy": Value(entry.accuracy),
        }
      )
    member = _with_accuracy(collection, own)
    for line in LINES:
      found = score(
        member and member.line(line), "accuracy", member and member.twin(line)
      )
      reason = member.reason(line) if member else "not run"
      rows.append(
        {
          "dataset": Value(dataset),
          "approach": Value(f"here, {collection.titles[line]}"),
          "accuracy": found
          if found.number is not None
          else Value(detail=reason),
        }
      )
  return Table(
    "table_3",
    "Accuracies as printed, and ours of the experiment that the paper enters",
    (
      Column("dataset", "dataset"),
      Column("approach", "approach"),
      Column("accuracy", "accuracy", "rate", True),
    ),
    tuple(rows),
    group="dataset",
    standin=bool(collection.standins),
  )


def au7(collection: Collection) -> Table | None:
  """The experiment on AU7 alone: areas on training and on test faces.

  Args:
    collection: the experiments.

  Returns:
    The table, or None where it was not run.
  """
  member = collection.au7_only
  if member is None:
    return None
  reference = paper.UNITS["au7-only"]
  rows = [
    {
      "data": Value("published"),
      "line": Value("printed"),
      "train": Value(reference.auc_train["AU7"]),
      "test": Value(reference.auc["AU7"]),
    }
  ]
  for line in LINES:
    block = member.line(line)
    entry = (block or {}).get("aus", {}).get("AU7", {})
    test = area(block, "AU7", member.twin(line))
    if block is None:
      test = Value(detail=member.reason(line))
    rows.append(
      {
        "line": Value(collection.titles[line]),
        "train": Value(entry.get("train_auc")),
        "test": test,
        "rate": Value(entry.get("base_rate")),
      }
    )
  return Table(
    "au7_only",
    "Area under the ROC curve of AU7, the DCGAN having seen its faces only",
    (
      Column("line", ""),
      Column("train", "training faces", "area"),
      Column("test", "test faces", "area", True),
      Column("rate", "share with AU7", "rate"),
    ),
    tuple(rows),
    standin=member.results["standin"],
  )


def as_printed(collection: Collection) -> Table:
  """The same experiment with the default and with the printed beta1.

  Args:
    collection: the experiments.

  Returns:
    The table; without rows where either was not run.
  """
  rows = []
  for member in collection.as_printed or ():
    pretrain = member.results["pretrain"]
    final = smoothing.last_epoch(member.evidence.losses, pretrain["epochs"])
    rows.append(
      {
        "experiment": Value(member.name, link=member.name),
        "beta1": Value(str(pretrain["beta1"])),
        **{name: Value(final.get(name)) for name in _FINAL},
        **{p: score(member.line(p), "accuracy", member.twin(p)) for p in LINES},
      }
    )
  return Table(
    "as_printed",
    "The same experiment with both values of Adam's first momentum",
    (
      Column("experiment", "experiment"),
      Column("beta1", "β1"),
      *(Column(name, title, "number") for name, title in _FINAL.items()),
      *(Column(p, collection.titles[p], "rate", True) for p in LINES),
    ),
    tuple(rows),
    standin=bool(collection.standins),
  )


def _with_accuracy(collection: Collection, printed: Decimal) -> Member | None:
  """The member whose experiment the paper prints with that accuracy."""
  return next(
    (
      one.member
      for one in collection.emotions()
      if getattr(one.reference, "accuracy", None) == printed
    ),
    None,
  )
