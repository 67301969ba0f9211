"""TOML as dataclasses: no key that nobody reads, no value of another type."""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

_DASH = "—"


def read(path: Path, **tables: Any) -> dict[str, Any]:
  """Reads a file that holds certain tables and nothing else.

  A mapping whose records have a field `key` gives each its own. `Decimal` is
  written as a string of digits, and where it may be None, as a dash.

  Args:
    path: the file.
    **tables: by name, what each is: a dataclass, or a mapping, a tuple, a union
      with None, a literal or a plain type of those.

  Returns:
    The tables by name.

  Raises:
    ValueError: if a key is unknown or missing, or a value has another type; the
      message names the place.
  """
  found = tomllib.loads(path.read_text(encoding="utf-8"))
  _require(set(tables), set(tables), found, path.name)
  return {
    name: _value(kind, found[name], f"{path.name}: {name}")
    for name, kind in tables.items()
  }


def _value(kind: Any, value: Any, where: str) -> Any:
  origin, arguments = typing.get_origin(kind), typing.get_args(kind)
  if origin is types.UnionType:
    if value == _DASH:
      return None
    return _value(arguments[0], value, where)
  if origin is typing.Literal:
    if value in arguments:
      return value
  elif origin is Mapping and isinstance(value, dict):
    key_kind, kind = arguments
    return {
      key_kind(k): _value(kind, _with_key(kind, k, v), f"{where}.{k}")
      for k, v in value.items()
    }
  elif origin is tuple and isinstance(value, list):
    return tuple(
      _value(arguments[0], one, f"{where}[{place}]")
      for place, one in enumerate(value)
    )
  elif dataclasses.is_dataclass(kind) and isinstance(value, dict):
    return _record(kind, value, where)
  elif kind is Decimal and isinstance(value, str):
    try:
      return Decimal(value)
    except InvalidOperation:
      pass
  elif type(value) is kind:
    return value
  raise ValueError(f"{where} is {value!r}; it must be of the type {kind}")


def _record(kind: Any, values: Mapping[str, Any], where: str) -> Any:
  fields = dataclasses.fields(kind)
  needed = {
    f.name
    for f in fields
    if f.default is f.default_factory is dataclasses.MISSING
  }
  _require({f.name for f in fields}, needed, values, where)
  hints = typing.get_type_hints(kind)
  return kind(
    **{k: _value(hints[k], v, f"{where}.{k}") for k, v in values.items()}
  )


def _with_key(kind: Any, key: str, value: Any) -> Any:
  """A record's values with the key that it is found under, if it has one."""
  fields = getattr(kind, "__dataclass_fields__", ())
  if "key" in fields and isinstance(value, dict):
    return {"key": key, **value}
  return value


def _require(
  known: set[str], needed: set[str], found: Mapping[str, Any], where: str
) -> None:
  if unknown := sorted(found.keys() - known):
    raise ValueError(f"{where} has the unknown keys {', '.join(unknown)}")
  if missing := sorted(needed - found.keys()):
    raise ValueError(f"{where} lacks the keys {', '.join(missing)}")
