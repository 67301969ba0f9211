"""Controls, labels and seeds, over all experiments."""

from __future__ import annotations

from jaxfer import terms
from jaxfer.report import estimates, wording
from jaxfer.report.collection.members import Collection, Member
from jaxfer.report.collection.table import Column, Row, Table
from jaxfer.report.collection.values import Value, difference, score

_PROTOCOLS = terms.SHOWN
_KINDS = {"emotion": "emotion", "au": "action unit"}


def controls(collection: Collection, task: str) -> Table:
  """The trained discriminator minus each control, under each protocol.

  Args:
    collection: the experiments.
    task: `emotion` or `au`.
  """
  members = [m for m in collection.members if m.task == task]
  names = _controls(members)
  rows, metric = [], terms.headline(task)
  for member in members:
    for protocol in _PROTOCOLS:
      row = {
        name: difference(member, f"trained - {name}", protocol, metric)
        for name in names
      }
      if any(value.number is not None for value in row.values()):
        rows.append(
          {
            "experiment": Value(f"{member.name}: {member.what}"),
            "protocol": Value(collection.titles.get(protocol, protocol)),
            "trained": score(
              member.block(protocol),
              metric,
              estimates.twin(member.results["protocols"], protocol),
            ),
            **row,
          }
        )
  shown, title = terms.METRICS[metric], wording.difference_title(metric)
  return Table(
    f"controls_{task}",
    f"What the trained discriminator is ahead by in {title}:"
    f" {_KINDS[task]} experiments",
    (
      Column("experiment", "experiment"),
      Column("protocol", "protocol"),
      Column("trained", "trained", shown.unit, True),
      *(
        Column(
          name,
          f"minus {_control(name)}",
          shown.difference,
          True,
        )
        for name in names
      ),
    ),
    tuple(rows),
    group="experiment",
    standin=bool(collection.standins),
  )


def labels(collection: Collection) -> Table:
  """What training is worth by number of labels, on unseen people.

  Args:
    collection: the experiments.
  """
  rows: list[Row] = []
  sizes: dict[str, int | None] = {}
  for member in collection.members:
    found = (member.results.get("label_efficiency") or {}).get("differences")
    for name, entries in (found or {}).items():
      row = {
        "experiment": Value(f"{member.name}: {member.what}"),
        "minus": Value(f"minus {_control(name)}"),
      }
      for entry in entries:
        key = str(entry["labels"] or "all")
        sizes[key] = entry["labels"]
        row[key] = Value(entry["value"], entry["ci95"])
      rows.append(row)
  ordered = sorted(sizes, key=lambda k: (sizes[k] is None, sizes[k] or 0))
  return Table(
    "labels",
    "What the trained discriminator is ahead by in accuracy, in points, by"
    " labels of each class",
    (
      Column("experiment", "experiment"),
      Column("minus", "labels of each class"),
      *(Column(key, key, "rate_difference", True) for key in ordered),
    ),
    tuple(rows),
    group="experiment",
    standin=bool(collection.standins),
  )


def seeds(collection: Collection, task: str) -> Table:
  """Trained minus untrained over seeds of pretraining, where there are several.

  Args:
    collection: the experiments.
    task: `emotion` or `au`.
  """
  rows, metric = [], terms.headline(task)
  for member in collection.members:
    found = (member.task == task and member.results.get("seeds")) or {}
    for protocol, entry in found.get("trained - untrained", {}).items():
      if gap := entry.get(metric):
        row = {
          str(seed): Value(value)
          for seed, value in zip(found["seeds"], gap["by_seed"], strict=True)
        }
        rows.append(
          {
            "experiment": Value(f"{member.name}: {member.what}"),
            "protocol": Value(collection.titles.get(protocol, protocol)),
            "mean": Value(gap["value"], gap["ci95"]),
            **row,
          }
        )
  named = ("experiment", "protocol", "mean")
  every = {name for row in rows for name in row if name not in named}
  shown, title = terms.METRICS[metric], wording.difference_title(metric)
  return Table(
    f"seeds_{task}",
    f"Trained minus untrained in {title}, over seeds of pretraining",
    (
      Column("experiment", "experiment"),
      Column("protocol", "protocol"),
      Column("mean", "mean", shown.difference, True),
      *(
        Column(seed, f"seed {seed}", shown.difference)
        for seed in sorted(every, key=int)
      ),
    ),
    tuple(rows),
    group="experiment",
    standin=bool(collection.standins),
  )


def _controls(members: list[Member]) -> list[str]:
  """Every control of any of the members, in a common order."""
  names = [name for m in members for name in m.results.get("controls", {})]
  # By how many have it; ties as they were run.
  return sorted(dict.fromkeys(names), key=lambda name: -names.count(name))


def _control(difference_name: str) -> str:
  name = difference_name.removeprefix("trained - ")
  return terms.representation(name).title
