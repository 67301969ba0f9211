"""The datasets jaxfer reads: one module each, found by its name.

A module, or a package, of this folder ends with one `Dataset`, named
`DATASET`, whose reader gives a `FaceTable`.
"""

from __future__ import annotations

import collections
import functools
import importlib
import itertools
import pkgutil
from pathlib import Path, PurePosixPath
from typing import Any

from jaxfer.data import files, sampling
from jaxfer.data.dataset import Dataset
from jaxfer.data.table import DataError, FaceTable, MissingError

_FOUND_SHOWN = 5  # lines of an error message
_LOOKED_AT = 2000  # file names by which a folder is recognised

NAMES = tuple(module.name for module in pkgutil.iter_modules(__path__))


@functools.cache
def get(name: str) -> Dataset:
  """The dataset of that name.

  Raises:
    DataError: if there is none; it lists the names.
  """
  if name not in NAMES:
    raise DataError(
      f"unknown dataset {name!r}; jaxfer reads {', '.join(NAMES)}"
    )
  return importlib.import_module(f"{__name__}.{name}").DATASET


def place(name: str, data: Any) -> Path:
  """Where a dataset is looked for, whether there is such a folder or not."""
  given = data.paths[get(name).name]
  return Path(given) if given else Path(data.root) / name


def locate(name: str, data: Any) -> Path:
  """The folder a dataset is looked for in, by the config's `data` section.

  Raises:
    MissingError: if there is none, saying what to do.
  """
  dataset = get(name)
  given, root = data.paths[name], place(name, data)
  if root.is_dir():
    return root
  standin = (
    "\n  without it, drawn faces: --config=FILE.py:standin, or"
    f" jaxfer standin --dataset={name} --out={root}"
  )
  raise MissingError(
    f"{dataset.title} not found: no folder {root}"
    f" (config.data.{'paths.' + name if given else 'root'})"
    f"\n  expected there: {dataset.layout}"
    f"\n  where to get it: {dataset.request}"
    + (standin if dataset.owner else "")
  )


def read(name: str, root: Path, data: Any = None) -> FaceTable:
  """Reads a dataset.

  The config's `data` section says what is read of it, and a sample of how many;
  without it, everything is.

  Raises:
    DataError: if no image there can be read as this dataset's; it says which
      dataset the folder looks like instead.
  """
  dataset = get(name)
  asked = {} if data is None else data[name].to_dict()
  for later in ("detector", "stride"):  # of how faces are cut out
    asked.pop(later, None)
  count, seed = 0, 0
  if asked and not dataset.samples:
    count, seed = asked.pop("count"), asked.pop("seed")
  table = dataset.read(root, **asked)
  if table.faces:
    return sampling.sample(table, count, seed)
  found = [f"{refused.path}: {refused.reason}" for refused in table.rejected]
  found = found or [*files.walk(root)] or ["nothing"]
  more = len(found) - _FOUND_SHOWN
  other = recognise(root)
  raise DataError(
    f"no usable face of {dataset.title} under {root}"
    f"\n  expected there: {dataset.layout}"
    f"\n  found there:"
    + "".join(f"\n    {line}" for line in found[:_FOUND_SHOWN])
    + (f"\n    … and {more} more" if more > 0 else "")
    + (
      f"\n  it looks like {other.title}: use {other.name}"
      if other and other.name != name
      else ""
    )
  )


def recognise(root: Path) -> Dataset | None:
  """The dataset that most of a folder's first image names look like."""
  images = filter(files.is_image_name, files.walk(root))
  paths = [*itertools.islice(images, _LOOKED_AT)]
  votes: collections.Counter[str] = collections.Counter()
  for name in NAMES:
    if pattern := get(name).pattern:
      names = (PurePosixPath(path).name for path in paths)
      votes[name] = sum(bool(pattern.fullmatch(one)) for one in names)
  (best, count), *_ = votes.most_common(1)
  return get(best) if 2 * count > len(paths) else None
