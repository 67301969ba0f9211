"""The stand-ins by name: what each takes, and one way to write them all.

Nothing is imported to draw with before something is drawn or counted.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from jaxfer.config import Config


@dataclasses.dataclass(frozen=True)
class Standin:
  """A dataset that can be drawn.

  Attributes:
    name: as configs and folders call it.
    title: what is written.
    module: that writes it, within this package.
    unit: what its size counts: people or images.
    size: the published number of them, or ours where none is published.
    width: of the images in pixels, unless another is asked for.
    fixed: arguments of the module's `write` that make it this dataset.
    options: further arguments and their defaults.
  """

  name: str
  title: str
  module: str
  unit: str
  size: int
  width: int
  fixed: Mapping[str, Any] = dataclasses.field(default_factory=dict)
  options: Mapping[str, Any] = dataclasses.field(default_factory=dict)

  def load(self) -> ModuleType:
    """The module that writes it."""
    return importlib.import_module(f"jaxfer.standin.layouts.{self.module}")


# A person alone cannot be both learnt and tested; smaller faces have no shape.
_LEAST_DRAWN = {"people": 2, "images": 1}
_LEAST_WIDTH = 48

_ALL = (
  Standin(
    "rafd",
    "Radboud: people × 8 emotions × 3 gazes × cameras",
    "rafd",
    "people",
    67,
    112,
    options={"cameras": ("090",), "gazes": ("left", "frontal", "right")},
  ),
  Standin(
    "kdef",
    "KDEF: people × 2 sessions × 7 emotions × angles",
    "kdef",
    "people",
    70,
    112,
    options={"angles": ("FL", "HL", "S", "HR", "FR")},
  ),
  Standin(
    "raf_db",
    "RAF-DB, basic: faces from the web, some labelled wrong",
    "raf_db",
    "images",
    15_339,
    100,
    fixed={"subset": "basic"},
  ),
  Standin(
    "raf_db_compound",
    "RAF-DB, compound: two emotions at once",
    "raf_db",
    "images",
    3_954,
    100,
    fixed={"subset": "compound"},
  ),
  Standin(
    "sfew",
    "SFEW 2.0: film stills, train, val and an unlabelled test part",
    "sfew",
    "images",
    1_694,
    143,
  ),
  Standin(
    "ck_plus",
    "CK+: grey sequences from neutral to a coded peak",
    "ck_plus",
    "people",
    123,
    160,
  ),
  Standin(
    "ck",
    "CK: grey sequences, units coded frame by frame",
    "ck",
    "people",
    97,
    160,
  ),
  Standin(
    "celeba",
    "CelebA: many photographs of many people, with attributes",
    "celeba",
    "images",
    202_599,
    178,
  ),
  Standin(
    "unlabelled",
    "a folder of photographs",
    "own_faces",
    "images",
    2_000,
    112,
    fixed={"labelled": False},
  ),
  Standin(
    "labelled",
    "a folder of photographs and a CSV of labels",
    "own_faces",
    "images",
    640,
    112,
    fixed={"labelled": True},
  ),
)

DATASETS: dict[str, Standin] = {one.name: one for one in _ALL}


def get(name: str) -> Standin:
  """The stand-in of that name.

  Raises:
    ValueError: if there is none; it lists the names.
  """
  if name not in DATASETS:
    raise ValueError(
      f"no stand-in for {name!r}; there are {', '.join(DATASETS)}"
    )
  return DATASETS[name]


def count(
  name: str,
  *,
  size: int | None = None,
  seed: int = 0,
  width: int | None = None,
  **options: Any,
) -> int:
  """How many images `write` writes with these arguments.

  Raises:
    ValueError: for an unknown name or option, or a size out of range.
  """
  one = get(name)
  given = _arguments(one, options)
  return one.load().count(one.size if size is None else size, seed, **given)


def write(
  name: str,
  out: Path,
  *,
  size: int | None = None,
  seed: int = 0,
  width: int | None = None,
  progress: Callable[[int, int], None] | None = None,
  **options: Any,
) -> None:
  """Draws a dataset in its owner's layout, keeping what is already there.

  Args:
    name: a key of `DATASETS`.
    out: the folder, created if missing; must not hold other images.
    size: how many of the dataset's unit, people or images; the published
      number if not given.
    seed: another seed draws other people.
    width: of the images in pixels; the height follows the dataset's shape.
    progress: called with (files done, files in all).
    **options: the dataset's own, such as `cameras` for rafd.

  Raises:
    ValueError: for an unknown name or option, arguments out of range, or a
      folder that holds other images.
  """
  one = get(name)
  given = _arguments(one, options)
  given[one.unit] = one.size if size is None else size
  one.load().write(
    out,
    seed=seed,
    width=one.width if width is None else width,
    progress=progress,
    **given,
  )


def _arguments(one: Standin, options: Mapping[str, Any]) -> dict[str, Any]:
  unknown = [name for name in options if name not in one.options]
  if unknown:
    known = ", ".join(one.options) or "no options"
    raise ValueError(
      f"{one.name} does not take {', '.join(unknown)}; it takes {known}"
    )
  return {**one.fixed, **one.options, **options}


def describe(name: str, data: Config) -> dict[str, Any]:
  """Everything that the drawn faces of a dataset depend on.

  Args:
    name: of the dataset.
    data: the config's `data` section.

  Returns:
    The arguments of `write`.

  Raises:
    ValueError: if that dataset cannot be drawn, or not at that size.
  """
  one, wanted = get(name), data.standin
  for field, value, least in (
    (f"sizes.{name}", wanted.sizes[name], _LEAST_DRAWN[one.unit]),
    ("width", wanted.width, _LEAST_WIDTH),
  ):
    if value < least and value:
      raise ValueError(
        f"data.standin.{field}={value} must be {least} or more, or 0 for the"
        " set's own"
      )
  settings = {
    "name": name,
    "size": wanted.sizes[name] or one.size,
    "seed": wanted.seed,
    "width": wanted.width or one.width,
  }
  # Views that the reader would leave out need not be drawn.
  if name == "rafd" and data.rafd.view == "frontal":
    settings["cameras"] = ("090",)
  elif name == "rafd":
    settings["cameras"] = ("000", "045", "090", "135", "180")
    if data.rafd.view == "multi":
      settings["gazes"] = ("frontal",)
  elif name == "kdef" and data.kdef.angles == "front":
    settings["angles"] = ("S",)
  count(**settings)
  return settings
