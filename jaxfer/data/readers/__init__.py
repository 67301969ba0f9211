"""The datasets jaxfer reads, by name: one file each, all give a FaceTable."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jaxfer.data import files
from jaxfer.data.readers import folder, rafd
from jaxfer.data.table import DataError, FaceTable

_FOUND_SHOWN = 5  # lines of an error message


@dataclasses.dataclass(frozen=True)
class Dataset:
  """A dataset jaxfer can read.

  Attributes:
    name: as configs and folders call it.
    title: as people call it.
    read: reads a root under a config's `data` section.
    layout: what is expected below the root.
    request: where the dataset comes from.
    standin: whether drawn faces can stand in for it.
    restricted: whether its owner restricts who may see the faces.
  """

  name: str
  title: str
  read: Callable[[Path, Any], FaceTable]
  layout: str
  request: str
  standin: bool = False
  restricted: bool = False


DATASETS = {
  dataset.name: dataset
  for dataset in (
    Dataset(
      "rafd",
      "Radboud Faces Database",
      lambda root, data: rafd.read(root, view=data.view),
      "files such as Rafd090_01_Caucasian_female_angry_frontal.jpg,"
      " at any depth",
      "researchers request it at https://rafd.socsci.ru.nl",
      standin=True,
      restricted=True,
    ),
    Dataset(
      "unlabelled",
      "your own unlabelled faces",
      lambda root, data: folder.read_unlabelled(root),
      "images (JPEG, PNG, …), at any depth",
      "any folder of faces: --config.data.paths.unlabelled=FOLDER",
    ),
    Dataset(
      "labelled",
      "your own labelled faces",
      lambda root, data: folder.read_labelled(root, data.csv),
      "a CSV with the columns path, subject, emotion, and the images it names",
      "a folder with labels: --config.data.paths.labelled=FOLDER",
    ),
  )
}


def locate(name: str, data: Any) -> Path:
  """The folder a dataset is looked for in.

  Args:
    name: a key of `DATASETS`.
    data: the config's `data` section.

  Returns:
    An existing folder.

  Raises:
    DataError: if there is none, saying what to do.
  """
  dataset = get(name)
  given = data.paths.get(name, "")
  root = Path(given) if given else Path(data.root) / name
  if root.is_dir():
    return root
  standin = (
    "\n  without it: python -m jaxfer.main"
    " --config=configs/radboud.py:standin (drawn faces)"
    if dataset.standin
    else ""
  )
  raise DataError(
    f"{dataset.title} not found: no folder {root}"
    f" (config.data.{'paths.' + name if given else 'root'})"
    f"\n  expected there: {dataset.layout}"
    f"\n  where to get it: {dataset.request}{standin}"
  )


def read(name: str, root: Path, data: Any) -> FaceTable:
  """Reads a dataset.

  Args:
    name: a key of `DATASETS`.
    root: its folder.
    data: the config's `data` section.

  Raises:
    DataError: if no image there can be read as this dataset's.
  """
  dataset = get(name)
  table = dataset.read(root, data)
  if table.faces:
    return table
  found = [f"{refused.path}: {refused.reason}" for refused in table.rejected]
  found = found or [*files.walk(root)] or ["nothing"]
  more = len(found) - _FOUND_SHOWN
  raise DataError(
    f"no usable face of {dataset.title} under {root}"
    f"\n  expected there: {dataset.layout}"
    f"\n  found there:"
    + "".join(f"\n    {line}" for line in found[:_FOUND_SHOWN])
    + (f"\n    … and {more} more" if more > 0 else "")
  )


def get(name: str) -> Dataset:
  """The dataset of that name.

  Raises:
    DataError: if there is none; it lists the names.
  """
  if name not in DATASETS:
    raise DataError(
      f"unknown dataset {name!r}; jaxfer reads {', '.join(DATASETS)}"
    )
  return DATASETS[name]
