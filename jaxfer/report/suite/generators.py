"""Table VII, and which generators have collapsed: over all experiments."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from jaxfer.report import estimates, generated
from jaxfer.report.estimates import Estimate
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import Column, Table

_SIGNS: Mapping[str, tuple[str, str]] = {
  "ms_ssim_fake_pairs": ("MS-SSIM of pairs", "number"),
  "pixels/support": ("images to choose among", "count"),
  "pixels/coverage": ("coverage", "rate"),
}
"""Numbers that tell of collapse, each beside that of real faces."""


def samples(suite: Suite) -> Table:
  """Table VII: rows as printed, then ours for each set learnt from."""
  rows = [{"data": "published", **row} for row in generated.printed_samples()]
  for name, member, found in suite.generators():
    amt = generated.taken_for_real(member.results)
    drawn = member.results["standin"]
    for preprocessing, numbers in generated.by_preprocessing(found):
      weights = preprocessing or "no weights of Inception"
      rows.append(
        {
          "model": Estimate(f"here, {name}", note=weights),
          "relation": "drawings" if drawn else "ours",
          "amt": _number(amt, "rate"),
          **{k: _number(one, "number") for k, one in numbers.items()},
        }
      )
  return suite.table(
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


def verdicts(suite: Suite) -> Table:
  """Whether each generator has collapsed, and by what."""
  rows = []
  for name, member, found in suite.generators():
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
  return suite.table(
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
