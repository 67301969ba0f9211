"""Where two artifacts part: what made them, followed back to the cause.

An artifact's name holds the hash of what made it, so equal names are one
artifact. Where names differ, the provenance in the two workdirs tells at which
stage that began; without it, the config fields of the stage are the answer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jaxfer import artifacts

Changes = Mapping[str, tuple[Any, Any]]
"""Values in the first run and in the second by name, None where absent."""

STAGES = ("prepare", "pretrain", "extract", "probe", "generate", "report")
"""In order of work."""

# The first stage that a config field has a say in; the longest prefix counts.
_CONCERNED = {
  "run.seed": "prepare",
  "run.task": "prepare",
  "data": "prepare",
  "crop": "prepare",
  "svm.folds": "prepare",
  "svm.sealed_folds": "prepare",
  "run.seeds": "pretrain",
  "data.only_au": "pretrain",
  "data.people_apart": "report",
  "gan": "pretrain",
  "features": "extract",
  "svm.controls": "extract",
  "svm": "probe",
  "generate": "generate",
  "svm.bootstrap": "report",
  "report": "report",
}
# Fields that decide how a run goes, and no number in it.
_CONDUCT = frozenset(
  [
    "gan.checkpoint_every",
    "gan.grids",
    "gan.grid_side",
    "gan.resident_gib",
    "gan.steps_per_call",
    "features.batch",
    "report.faces",
    "run.collection",
    "run.experiment",
    "run.tensorboard",
  ]
)
_DIGITS = 12  # of a key: the end of an artifact's name


@dataclasses.dataclass(frozen=True)
class Parting:
  """Where two runs part.

  Attributes:
    stage: the first stage that differs.
    artifact: name of what it made in the first run.
    because: what differs there; empty where that is not recorded.
  """

  stage: str
  artifact: str
  because: Changes


def concerned(field: str) -> str | None:
  """The first stage that a config field has a say in, or None if unknown."""
  parts = field.split(".")
  prefixes = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
  return next((_CONCERNED[p] for p in prefixes if p in _CONCERNED), None)


def causes(fields: Changes, stage: str | None) -> Changes:
  """Of the config fields that differ, those that change what a stage makes."""
  return {
    name: values
    for name, values in fields.items()
    if concerned(name) == stage and name not in _CONDUCT
  }


def part(stage: str, a: Path, b: Path, fields: Changes) -> Parting:
  """Where what leads to two artifacts first differs.

  Args:
    stage: the stage that made them.
    a: the artifact's folder in the first workdir, which may be gone.
    b: the artifact's folder in the second, of another name.
    fields: the config fields that differ.

  Returns:
    By the provenance of both where it is there and intact; settings are named
    as the config names them, where it does. Otherwise by the config fields.
  """
  if found := _trace(a, b):
    names = {
      (n.rpartition(".")[2], *map(repr, v)): n for n, v in fields.items()
    }
    named = {
      names.get((name, *map(repr, values)), f"its {name}"): values
      for name, values in found.because.items()
    }
    return dataclasses.replace(found, because=named)
  return Parting(stage, a.name, causes(fields, stage))


def _trace(a: Path, b: Path) -> Parting | None:
  """By provenance alone; what an artifact is made from comes before it."""
  try:
    mine, theirs = artifacts.provenance(a), artifacts.provenance(b)
  except artifacts.DamagedError:
    return None
  because = {}
  for role, *keys in _differing(mine["inputs"], theirs["inputs"]):
    first, second = _find(a.parent, keys[0]), _find(b.parent, keys[1])
    if first and second and (parting := _trace(first, second)):
      return parting
    because[f"input {role}"] = tuple(key and key[:_DIGITS] for key in keys)
  if mine["version"] != theirs["version"]:
    because["version"] = mine["version"], theirs["version"]
  for name, *values in _differing(mine["settings"], theirs["settings"]):
    because[name] = tuple(values)
  return Parting(mine["stage"], a.name, because)


def _find(workdir: Path, key: str | None) -> Path | None:
  """The artifact that has this key, if the workdir still holds it."""
  if key is None:
    return None
  # One that was set aside as damaged has the same end and another start.
  found = (
    folder
    for folder in sorted(workdir.iterdir())
    if folder.name.endswith(f"-{key[:_DIGITS]}")
    and not folder.name.startswith("damaged-")
  )
  return next(found, None)


def _differing(
  a: Mapping[str, Any], b: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
  for name in dict.fromkeys([*a, *b]):
    if a.get(name) != b.get(name):
      yield name, a.get(name), b.get(name)
