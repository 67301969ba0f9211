"""The results of a run as it left them: found, read, laid out flat."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Keys = tuple[str, ...]


class RunError(ValueError):
  """A run's results are not there, or are not what a report writes."""


@dataclasses.dataclass(frozen=True)
class Run:
  """The results of one run.

  Attributes:
    file: its results.json.
    leaves: every value that is no object or array, by the keys that lead to
      it; config values are whole, and null is as good as absent.
  """

  file: Path
  leaves: Mapping[Keys, Any]

  def folder(self, artifact: str) -> Path:
    """Where an artifact lies, if the report is still in its workdir."""
    name = Path(artifact).name
    # In report/, in reports/NAME/, or in a member's folder below one.
    above = self.file.resolve().parents[1:4]
    found = (place / name for place in above if (place / name).is_dir())
    return next(found, above[0] / name)


def load(path: Path) -> Run:
  """Reads a run's results.

  Args:
    path: a workdir, a report folder of it, or a results.json; of a report that
      a workdir keeps in reports/ also WORKDIR/NAME, where the name may be its
      hash, or the beginning of either.

  Raises:
    RunError: if there are none, or several of that name, or they are not JSON,
      or not of a report.
  """
  if not path.exists():
    path = _find(path)
  places = (path, path / "results.json", path / "report" / "results.json")
  file = next((place for place in places if place.is_file()), None)
  if file is None:
    what = "has no results.json" if path.is_dir() else "does not exist"
    raise RunError(
      f"{path} {what}; give a workdir with a finished report, a report folder"
      " or a results.json"
    )
  try:
    results = json.loads(
      file.read_text(encoding="utf-8"),
      parse_float=_finite,
      parse_constant=_finite,
      parse_int=_whole,
    )
    leaves = dict(_leaves(results))
  except OSError as error:
    raise RunError(f"{file} cannot be read: {error.strerror}") from error
  except (ValueError, RecursionError) as error:
    raise RunError(f"{file} is not JSON: {error}") from error
  if ("schema",) not in leaves:
    raise RunError(
      f"{file} is not of a jaxfer report, which has a schema number at its top"
    )
  return Run(file, leaves)


def _find(path: Path) -> Path:
  """The one report of a workdir whose name or hash begins as a path ends.

  A path that leads into no workdir stays as it is.
  """
  folder = path.parent
  if (folder / "reports").is_dir():
    folder /= "reports"
  elif folder.name != "reports":
    return path
  found = [
    report
    for report in sorted(folder.iterdir())
    if report.name.startswith(path.name)
    or report.name.rpartition("-")[2].startswith(path.name)
  ]
  if len(found) != 1:
    kept = found or sorted(folder.iterdir())
    raise RunError(
      f"{len(found) or 'no'} reports in {folder} begin with {path.name!r}:"
      f" name one of {', '.join(report.name for report in kept)}"
    )
  return found[0]


def _leaves(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
  if isinstance(value, dict):
    for key, inner in value.items():
      yield from _leaves(inner, (*keys, key))
  elif isinstance(value, list) and "config" not in keys:
    for place, inner in enumerate(value):
      yield from _leaves(inner, (*keys, str(place)))
  elif value is not None:
    yield keys, value


def _finite(digits: str) -> float:
  """A number of JSON, which has no NaN and no infinity."""
  if not math.isfinite(value := float(digits)):
    raise ValueError(f"{digits[:20]} is no finite number")
  return value


def _whole(digits: str) -> int:
  _finite(digits)
  return int(digits)
