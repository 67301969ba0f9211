"""Table VII, and which generators have collapsed: over all experiments."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer.report import generated, paper
from jaxfer.report.collection.members import Collection, Member
from jaxfer.report.collection.table import Column, Table
from jaxfer.report.collection.values import Value

_SIGNS: Mapping[str, tuple[str, str]] = {
  "ms_ssim_fake_pairs": ("MS-SSIM of pairs", "number"),
  "pixels/support": ("images to choose among", "count"),
  "pixels/coverage": ("coverage", "rate"),
}
"""Numbers that tell of collapse, each beside that of real faces."""


def samples(collection: Collection) -> Table:
  """Table VII: rows as printed, then ours for each set learnt from.

  Args:
    collection: the experiments.
  """
  rows = []
  for entry in paper.SAMPLES:
    cited = f"{entry.model} [{entry.reference}]"
    words, why = generated.kinship(entry)
    rows.append(
      {
        "data": Value("published"),
        "model": Value(
          cited if entry.reference else "the paper",
          detail="printed",
        ),
        "is": Value(entry.inception_score),
        "fid": Value(entry.fid),
        "ssim_nearest_real": Value(entry.ssim),
        "amt": Value(entry.amt),
        "relation": Value(words, detail=why),
      }
    )
  for name, member, found in _measured(collection):
    for dialect, numbers in generated.by_dialect(found):
      rows.append(
        {
          "model": Value(
            f"here, {name}", detail=dialect or "no weights of Inception"
          ),
          "relation": Value(
            "drawings" if member.results["standin"] else "ours"
          ),
          "amt": _value(generated.taken_for_real(member.results) or {}),
          **{column: _value(number) for column, number in numbers.items()},
        }
      )
  return Table(
    "table_7",
    "Generated faces as printed, and ours of each set learnt from",
    (
      Column("model", "model"),
      Column("is", "inception score", "number", True),
      Column("fid", "FID", "number", True),
      Column("ssim_nearest_real", "SSIM", "number", True),
      Column("amt", "AMT", "rate"),
      Column("relation", "comparable with ours"),
    ),
    tuple(rows),
    standin=bool(collection.standins),
  )


def verdicts(collection: Collection) -> Table:
  """Whether each generator has collapsed, and by what.

  Args:
    collection: the experiments.
  """
  rows = []
  for name, member, found in _measured(collection):
    row = {
      "model": Value(name, link=member.name),
      "verdict": Value(found["collapse"]["verdict"]),
      "faces": Value(found["count"]),
      "labels": _value(found["labels"]["total_variation"]),
    }
    for key in _SIGNS:
      number = found["numbers"].get(key, {})
      row[key] = _value(number)
      row[f"{key} real"] = Value(number.get("floor"))
    for key in ("pixels/support", "pixels/support real"):
      row[key] = _whole(row[key])
    rows.append(row)
  columns = []
  for key, (title, unit) in _SIGNS.items():
    columns += [
      Column(key, title, unit, unit != "count"),
      Column(f"{key} real", "of real faces", unit),
    ]
  return Table(
    "generators",
    "Has the generator collapsed? Generated faces against as many real ones",
    (
      Column("model", "learnt from"),
      Column("verdict", "verdict"),
      Column("faces", "faces of each", "count"),
      *columns,
      Column("labels", "labels apart", "rate", True),
    ),
    tuple(rows),
    standin=bool(collection.standins),
  )


def collapsed(collection: Collection) -> tuple[str, Member] | None:
  """Figure 9: a generator of these experiments that has collapsed.

  Returns:
    What it learnt from and its experiment, that of the printed beta1 before
    others; None where no generator has collapsed.
  """
  found = [
    (name, member)
    for name, member, measured in _measured(collection)
    if measured["collapse"]["verdict"] == generated.COLLAPSED
  ]
  if not found:
    return None
  printed = collection.as_printed
  # Measured last where there is one.
  return found[-1] if printed and found[-1][1] in printed else found[0]


def _measured(
  collection: Collection,
) -> Iterator[tuple[str, Member, Mapping[str, Any]]]:
  """Each generator once: what it learnt from, its experiment, its numbers."""
  every = dict(collection.learnt_sets())
  if collection.as_printed:
    printed = collection.as_printed[1]
    every[f"{printed.set_name('pretrain')}, β1 as printed"] = printed
  for name, member in every.items():
    if (found := member.results.get("generated")) is not None:
      yield name, member, found


def _whole(value: Value) -> Value:
  number = value.number
  whole = round(number) if isinstance(number, float) else number
  return dataclasses.replace(value, number=whole, interval=None)


def _value(number: Mapping[str, Any]) -> Value:
  """A number; a bound that is not known leaves it without an interval."""
  value, ends = number.get("value"), number.get("ci95")
  if value is None or (ends and None in ends):
    ends = None
  return Value(value, ends, number.get("reason", ""))
