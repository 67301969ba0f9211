"""study.json: the scores of a workdir's studies, for its reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxfer import artifacts, untrusted
from jaxfer import config as configlib
from jaxfer.errors import UserError

SCHEMA = 2  # 1 had no checksum
FILE = "study.json"


def write(workdir: Path, entry: Mapping[str, Any]) -> Path:
  """Enters what `score.score` gives in the study.json of a run; gives its path.

  An earlier score of that study is replaced.

  Raises:
    ValueError: if the workdir does not hold those faces, or its study.json is
      not what this writes.
  """
  made = entry["artifacts"]["generate"]
  if not (workdir / made).is_dir():
    raise UserError(
      f"--workdir={workdir} holds no {made}, whose faces {entry['study']}"
      " shows: name the run that the study was built from"
    )
  path = workdir / FILE
  studies = read(workdir) | {entry["study"]: entry}
  studies = json.loads(json.dumps(studies, allow_nan=False))
  sha256 = configlib.digest(studies)
  record = {"schema": SCHEMA, "sha256": sha256, "studies": studies}
  text = json.dumps(record, indent=2)
  artifacts.write_atomically(path, text + "\n")
  return path


def summaries(generated: Path) -> list[dict[str, Any]]:
  """The scores of the studies that showed a generator's faces, by name.

  Entries are as `score.score` gives them, with the number of those `excluded`
  and without `per_rater`: that stays in study.json, a report is for others.

  Raises:
    ValueError: if study.json is not what `write` wrote.
  """
  return [
    {k: v for k, v in entry.items() if k != "per_rater"}
    | {"excluded": len(entry["excluded"])}
    for _, entry in sorted(read(generated.parent).items())
    if entry["artifacts"]["generate"] == generated.name
  ]


def read(workdir: Path) -> dict[str, Any]:
  """The scores of a workdir's studies by name; none where there is no file.

  Raises:
    ValueError: if study.json is not what `write` wrote.
  """
  path = workdir / FILE
  if not path.exists():
    return {}
  try:
    record = untrusted.parse_json(path.read_bytes())
    if record["schema"] != SCHEMA:
      raise UserError(f"its schema is {record['schema']!r}, not {SCHEMA}")
    studies = dict(record["studies"])
    if record["sha256"] != configlib.digest(studies):
      raise UserError("it is not what was written")
    return studies
  except (ValueError, TypeError, KeyError) as error:
    raise UserError(
      f"{path} cannot be read ({error}): move it away and score again"
    ) from error
