"""Stand-in faces: drawn people who make the eight expressions, as datasets.

A dataset that can be drawn is a module of `layouts`, found by its name.
Nothing is imported to draw with before something is drawn.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jaxfer.config import Config
from jaxfer.errors import UserError
from jaxfer.standin import layouts
from jaxfer.standin.layout import Drawing, Layout

NAMES = tuple(module.name for module in pkgutil.iter_modules(layouts.__path__))

# A person alone cannot be both learnt and tested; smaller faces have no shape.
_LEAST_DRAWN = {"people": 2, "images": 1}
_LEAST_WIDTH = 48


def get(name: str) -> Layout:
  """The layout of that name.

  Raises:
    ValueError: if there is none; it lists the names.
  """
  if name not in NAMES:
    raise UserError(f"no stand-in for {name!r}; there are {', '.join(NAMES)}")
  return importlib.import_module(f"{layouts.__name__}.{name}").LAYOUT


def drawn(config: Config) -> bool:
  """Whether every face of an experiment is drawn.

  That is so where the run draws them, and where the folders of all its sets
  bear the mark of `write`.
  """
  from jaxfer.data import preparation, readers
  from jaxfer.standin.album import MARKER

  data = config.data
  return data.standin.draw or all(
    (readers.place(data[role], data) / MARKER).is_file()
    for role in preparation.roles(config)
  )


def describe(name: str, data: Config) -> dict[str, Any]:
  """What the drawn faces of a dataset depend on: `write`'s arguments.

  Raises:
    UserError: if that dataset cannot be drawn, or not at that size.
  """
  layout, wanted = get(name), data.standin
  for field, value, least in (
    (f"sizes.{name}", wanted.sizes[name], _LEAST_DRAWN[layout.unit]),
    ("width", wanted.width, _LEAST_WIDTH),
  ):
    if value < least and value:
      raise UserError(
        f"data.standin.{field}={value} must be {least} or more, or 0 for the"
        " set's own"
      )
  settings = {
    "name": name,
    "size": wanted.sizes[name] or layout.size,
    "seed": wanted.seed,
    "width": wanted.width or layout.width,
    **layout.needed(data[name]),
  }
  count(**settings)
  return settings


def count(
  name: str,
  *,
  size: int | None = None,
  seed: int = 0,
  width: int | None = None,
  **options: tuple[str, ...],
) -> int:
  """How many images `write` writes with these arguments, and the same errors.

  The width has no part in it; it is taken so that the arguments may be.
  """
  layout = get(name)
  size = layout.size if size is None else size
  return _plan(layout, size, seed, _views(name, layout, options)).images


def write(
  name: str,
  out: Path,
  *,
  size: int | None = None,
  seed: int = 0,
  width: int | None = None,
  progress: Callable[[int, int], None] = lambda done, total: None,
  **options: tuple[str, ...],
) -> None:
  """Draws a dataset in its owner's layout, keeping what is already there.

  Args:
    name: one of `NAMES`.
    out: the folder, created if missing; must not hold other images.
    size: how many of the dataset's unit, people or images; the published number
      if not given.
    seed: another seed draws other people.
    width: of the images in pixels; the height follows the dataset's shape.
    progress: called with (files done, files in all).
    **options: the dataset's own, such as `cameras` for rafd.

  Raises:
    ValueError: for an unknown name or option, arguments out of range, or a
      folder that holds other images.
  """
  from jaxfer.standin import album

  layout = get(name)
  size = layout.size if size is None else size
  shape = layout.size_of(layout.width if width is None else width)
  views = _views(name, layout, options)
  album.fill(
    out,
    _plan(layout, size, seed, views),
    size=shape,
    parameters={
      "dataset": name,
      **layout.subset_of,
      "seed": seed,
      layout.unit: size,
      "width": shape[0],
      **{option: ",".join(given) for option, given in views.items()},
      **layout.facts,
    },
    progress=progress,
  )


def _views(
  name: str, layout: Layout, options: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
  """Every option of a set: as given, else as usual."""
  if unknown := [option for option in options if option not in layout.options]:
    known = ", ".join(layout.options) or "no options"
    raise UserError(
      f"{name} does not take {', '.join(unknown)}; it takes {known}"
    )
  for option, given in options.items():
    known = layout.options[option].known
    if not given or set(given) - set(known) or len(set(given)) < len(given):
      raise UserError(
        f"{option}={','.join(given)!r} must be some of {', '.join(known)},"
        " each once"
      )
  usual = {option: views.usual for option, views in layout.options.items()}
  return {**usual, **options}


def _plan(
  layout: Layout, size: int, seed: int, views: Mapping[str, tuple[str, ...]]
) -> Drawing:
  if layout.unit == "people" and not 1 <= size <= layout.size:
    raise UserError(
      f"people={size} is not between 1 and the {layout.size} of {layout.title}"
    )
  if size < 1:
    raise UserError(f"{layout.unit}={size} must be 1 or more")
  if seed < 0:
    raise UserError(f"seed={seed} is negative; use 0 or more")
  return layout.plan(size, seed, **views)
