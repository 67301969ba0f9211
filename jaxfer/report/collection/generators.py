"""Table VII, and which generators have collapsed: over all experiments."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer.report import estimates, generated, paper
from jaxfer.report.collection.members import Collection, Member
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Column, Table

_SIGNS: Mapping[str, tuple[str, str]] = {
  "ms_ssim_fake_pairs": ("MS-SSIM of pairs", "number"),
  "pixels/support": ("images to choose among", "count"),
  "pixels/coverage": ("coverage", "rate"),
}
"""Numbers that tell of collapse, each beside that of real faces."""


def samples(collection: Collection) -> Table:
  """Table VII: rows as printed, then ours for each set learnt from."""
  rows: list[dict[str, Any]] = []
  for entry in paper.SAMPLES:
    words, why = generated.kinship(entry)
    name = f"{entry.model} [{entry.reference}]"
    rows.append(
      {
        "data": "published",
        "model": Estimate(
          name if entry.reference else "the paper", note="printed"
        ),
        "is": entry.inception_score,
        "fid": entry.fid,
        "ssim_nearest_real": entry.ssim,
        "amt": entry.amt,
        "relation": Estimate(words, note=why),
      }
    )
  for name, member, found in _measured(collection):
    amt = generated.taken_for_real(member.results)
    drawn = member.results["standin"]
    for dialect, numbers in generated.by_dialect(found):
      weights = dialect or "no weights of Inception"
      rows.append(
        {
          "model": Estimate(f"here, {name}", note=weights),
          "relation": "drawings" if drawn else "ours",
          "amt": _number(amt, "rate"),
          **{k: _number(one, "number") for k, one in numbers.items()},
        }
      )
  return collection.table(
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
    rows,
    title="Table VII",
  )


def verdicts(collection: Collection) -> Table:
  """Whether each generator has collapsed, and by what."""
  rows = []
  for name, member, found in _measured(collection):
    row = {
      "model": Estimate(name, link=member.name),
      "verdict": found["collapse"]["verdict"],
      "faces": found["count"],
      "labels": _number(found["labels"]["total_variation"], "rate"),
    }
    for key, (_, unit) in _SIGNS.items():
      number = found["numbers"].get(key, {})
      ours, real = _number(number, unit), number.get("floor")
      if unit == "count":
        ours, real = _whole(ours), _whole(Estimate(real))
      row |= {key: ours, f"{key} real": real}
    rows.append(row)
  columns = []
  for key, (title, unit) in _SIGNS.items():
    columns += [
      Column(key, title, unit, unit != "count"),
      Column(f"{key} real", "of real faces", unit),
    ]
  return collection.table(
    "generators",
    "Has the generator collapsed? Generated faces against as many real ones",
    (
      Column("model", "learnt from"),
      Column("verdict", "verdict"),
      Column("faces", "faces of each", "count"),
      *columns,
      Column("labels", "labels apart", "rate", True),
    ),
    rows,
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


def _number(entry: Mapping[str, Any] | None, unit: str) -> Estimate:
  """A number; where a bound is not known it has no interval."""
  found = estimates.of(entry, unit)
  known = found.value is not None and None not in found.bounds
  return found if known else dataclasses.replace(found, interval=None)


def _whole(estimate: Estimate) -> Estimate:
  """A number of images, which is no fraction; its interval is not told."""
  value = estimate.value
  whole = round(value) if isinstance(value, float) else value
  return dataclasses.replace(estimate, value=whole, interval=None)
