"""Typed config arguments, validation against the base config, hashing."""

from __future__ import annotations

import difflib
import hashlib
import json
import types
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from jaxfer.errors import UserError

Config = Any
"""A ConfigDict; `validate` holds its fields, which no type checker knows."""


_MOVED = {
  f"crop.{role}": "data.<set>.detector, such as data.rafd.detector, as how"
  " faces are found belongs to the set"
  for role in ("pretrain", "probe", "test")
}


def parse_arg(arg: str, **spec: Any) -> types.SimpleNamespace:
  """Turns `view=multi,standin` into typed values.

  Args:
    arg: comma-separated `name=value` or, for switches, `name` alone.
    **spec: for each argument, its default, which fixes its type; or a tuple of
      the words allowed, the first the default; or None for a switch whose
      absence is a third state.

  Returns:
    A namespace with one attribute per argument.

  Raises:
    ValueError: for an unknown name, a repeated one, or a value of another
      type; it lists what is valid.
  """
  values = {k: v[0] if isinstance(v, tuple) else v for k, v in spec.items()}
  seen = set()
  for part in filter(None, (p.strip() for p in arg.split(","))):
    name, has_value, text = part.partition("=")
    if name not in spec:
      raise UserError(
        f"unknown config argument {name!r}{_nearest(name, spec)};"
        f" the arguments are {_describe(spec)}"
      )
    if name in seen:
      raise UserError(f"config argument {name!r} is given twice in {arg!r}")
    seen.add(name)
    values[name] = typed(name, spec[name], text if has_value else None)
  return types.SimpleNamespace(**values)


def resolve_files(argv: Sequence[str], own: Path) -> list[str]:
  """A command line whose --config names a file that is there, if it can.

  Args:
    argv: the words of the command line.
    own: the folder of the experiments that come with jaxfer. One of them stands
      in where configs/NAME.py is neither below the current folder nor beside
      the package, where a checkout has it.
  """
  words = list(argv)
  for place, word in enumerate(words):
    flag, equals, value = word.partition("=")
    if flag in ("-config", "--config"):
      if equals:
        words[place] = f"{flag}={_resolve_file(value, own)}"
      elif place + 1 < len(words):
        words[place + 1] = _resolve_file(words[place + 1], own)
  return words


def _resolve_file(given: str, own: Path) -> str:
  path, colon, argument = given.partition(":")
  file, found = Path(path), own / Path(path).name
  known = Path("configs"), Path(__file__).parents[1] / "configs"
  if file.parent in known and not file.exists() and found.is_file():
    return f"{found}{colon}{argument}"
  return given


def take_moved(argv: Sequence[str]) -> tuple[list[str], dict[str, str]]:
  """A command line without fields of an earlier version, and what they said.

  Args:
    argv: the words of the command line.

  Returns:
    The other words; and by role the way that --config.crop.ROLE=WAY named, by
    which the faces of that role's set are found.
  """
  rest, ways = [], {}
  for word in argv:
    name, equals, value = word.removeprefix("--config.").partition("=")
    if word.startswith("--config.") and equals and name in _MOVED:
      ways[name.removeprefix("crop.")] = value.strip("\"'")
    else:
      rest.append(word)
  return rest, ways


def validate(config: ConfigDict, base: ConfigDict) -> None:
  """Checks that a config has exactly the base's fields, of the same types.

  The section `suite` may hold anything: it is checked where it is used.

  Args:
    config: the experiment.
    base: the tree of all fields, with their defaults.

  Raises:
    ValueError: naming the field, what was wrong, and the valid ones.
  """
  fields, known = flatten(config), flatten(base)
  for name in fields:
    if name not in known and not name.startswith("suite."):
      raise UserError(unknown_field(name, known))
  for name, default in known.items():
    if name not in fields:
      raise UserError(f"config field {name} is missing (default {default!r})")
    if not _same_type(fields[name], default):
      raise UserError(
        f"config field {name} is {type(fields[name]).__name__}"
        f" {fields[name]!r}, but must be {type(default).__name__}, such as"
        f" {default!r}"
      )


def unknown_field(name: str, known: Iterable[str]) -> str:
  """The message for a config field that does not exist."""
  known = list(known)
  if name in _MOVED:
    return f"config field {name!r} is no more: set {_MOVED[name]}"
  section = name.rpartition(".")[0]
  siblings = [k for k in known if k.startswith(section + ".")] or known
  return (
    f"unknown config field {name!r}{_nearest(name, known)};"
    f" the fields are {', '.join(sorted(siblings))}"
  )


def flatten(config: ConfigDict, prefix: str = "") -> dict[str, Any]:
  """The leaves of a config, by dotted name."""
  leaves = {}
  for key, value in config.items():
    if isinstance(value, ConfigDict):
      leaves |= flatten(value, f"{prefix}{key}.")
    else:
      leaves[f"{prefix}{key}"] = value
  return leaves


def digest(value: Mapping[str, Any]) -> str:
  """SHA-256 of a JSON-like value, independent of key order; 64 hex digits."""
  text = json.dumps(value, sort_keys=True, separators=(",", ":"))
  return hashlib.sha256(text.encode()).hexdigest()


def _same_type(value: Any, default: Any) -> bool:
  if isinstance(default, bool) or isinstance(value, bool):
    return isinstance(default, bool) and isinstance(value, bool)
  if isinstance(default, float):
    return isinstance(value, float | int)
  return isinstance(value, type(default))


def typed(name: str, default: Any, text: str | None) -> Any:
  """The value that a text gives to a setting; the default fixes its type.

  Raises:
    UserError: for a text that is none of its type.
  """
  if default is None or isinstance(default, bool):
    words = {None: True, "true": True, "false": False}
    if text is not None:
      text = text.lower()
    if text not in words:
      raise UserError(
        f"config argument {name} is a switch: {name}, {name}=true or"
        f" {name}=false, not {name}={text}"
      )
    return words[text]
  if text is None:
    raise UserError(
      f"config argument {name} needs a value: {_describe({name: default})}"
    )
  if isinstance(default, tuple):
    if text not in default:
      raise UserError(
        f"config argument {name}={text} is not one of {', '.join(default)}"
      )
    return text
  try:
    return type(default)(text)
  except ValueError as error:
    raise UserError(
      f"config argument {name} must be {type(default).__name__}, such as"
      f" {name}={default}, not {text!r}"
    ) from error


def _nearest(name: str, known: Iterable[str]) -> str:
  found = difflib.get_close_matches(name, list(known), n=1)
  return f" (did you mean {found[0]!r}?)" if found else ""


def _describe(spec: Mapping[str, Any]) -> str:
  words = []
  for name, default in spec.items():
    if isinstance(default, tuple):
      words.append(f"{name}={'|'.join(default)}")
    elif default is None or isinstance(default, bool):
      words.append(name)
    else:
      words.append(f"{name}={default}")
  return ", ".join(words)
