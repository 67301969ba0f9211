"""The key of a study: what each of its pictures is."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxfer import artifacts, untrusted
from jaxfer.errors import UserError

SCHEMA = 1
FILE = "key.json"
REAL, GENERATED = "real", "generated"
ANSWERS = (REAL, GENERATED)

_ITEM = re.compile(r"i[0-9]{1,6}")
_STUDY = re.compile(r"study-[0-9a-f]{12}")
_MOST_BYTES = 2**24


@dataclasses.dataclass(frozen=True)
class Key:
  """What only the owner of a study knows, and what a score of it names.

  Attributes:
    study: the study's name, which its page and all answers bear.
    faces: by item, `REAL` or `GENERATED`; in the page's order.
    checks: by item, the answer that an attention check asks for.
    facts: what the study was made from, JSON-like: standin, dataset,
      experiments, artifacts, settings, and rows, by item, of the faces.
  """

  study: str
  faces: Mapping[str, str]
  checks: Mapping[str, str]
  facts: Mapping[str, Any]


def write(path: Path, key: Key) -> None:
  """Writes a key as JSON, whole or not at all."""
  record = {"schema": SCHEMA, **dataclasses.asdict(key)}
  text = json.dumps(record, indent=2, allow_nan=False)
  artifacts.write_atomically(path, text + "\n")


def read(path: Path) -> Key:
  """The key that `write` wrote.

  Raises:
    ValueError: if the file is missing or is no key of this version.
  """
  try:
    if path.stat().st_size > _MOST_BYTES:
      raise UserError(f"larger than {_MOST_BYTES:,} bytes")
    record = untrusted.parse_json(path.read_bytes())
    schema = record.pop("schema")
    if schema != SCHEMA:
      raise UserError(f"its schema is {schema!r}, not {SCHEMA}")
    key = Key(**record)
    _check(key)
  except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
    raise UserError(
      f"{path} is no key of a study ({error}): name the {FILE} that build"
      " wrote beside the page"
    ) from error
  return key


def _check(key: Key) -> None:
  if not _STUDY.fullmatch(key.study):
    raise UserError(f"it names the study {key.study!r}")
  for item, truth in [*key.faces.items(), *key.checks.items()]:
    if not _ITEM.fullmatch(item) or truth not in ANSWERS:
      raise UserError(f"its item {item!r} is {truth!r}")
  if both := set(key.faces) & set(key.checks):
    raise UserError(f"{min(both)} is both a face and a check")
  if missing := {"standin", "artifacts", "settings"} - set(key.facts):
    raise UserError(f"its facts lack {min(missing)}")
