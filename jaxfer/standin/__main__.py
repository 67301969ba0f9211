"""Draws stand-in faces: `python -m jaxfer.standin --help`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from jaxfer import logs
from jaxfer.standin import datasets


def main(arguments: Sequence[str] | None = None) -> None:
  """Writes a dataset of stand-ins, a contact sheet, or both."""
  parser = _parser()
  options = parser.parse_args(arguments)
  if options.out is None and options.sheet is None:
    parser.error("nothing to do: give --out=DIR, --sheet=FILE, or both")
  try:
    if options.out is not None:
      _write(options)
    if options.sheet is not None:
      _draw_sheet(options)
  except ValueError as error:
    parser.error(str(error))


def _write(options: argparse.Namespace) -> None:
  one = datasets.get(options.dataset)
  line: logs.Progress | None = None

  def progress(done: int, total: int) -> None:
    nonlocal line
    line = line or logs.Progress(one.name, total, "images", done=done)
    line(done)

  for unit in ("people", "images"):
    if unit != one.unit and getattr(options, unit) is not None:
      raise ValueError(f"{one.name} counts {one.unit}: use --{one.unit}")
  given = {
    name: getattr(options, name)
    for name in ("cameras", "gazes", "angles")
    if getattr(options, name) is not None
  }
  datasets.write(
    one.name,
    options.out,
    size=getattr(options, one.unit),
    seed=options.seed,
    width=options.width,
    progress=progress,
    **given,
  )
  print(options.out)


def _draw_sheet(options: argparse.Namespace) -> None:
  # Help and errors come before the renderer is loaded.
  from jaxfer.standin import sheet

  rows = options.rows
  if options.people is not None:
    rows = min(rows, options.people)
  width = datasets.get("rafd").width if options.width is None else options.width
  sheet.write(options.sheet, people=rows, seed=options.seed, width=width)
  print(options.sheet)


def _parser() -> argparse.ArgumentParser:
  lines = [
    f"  {one.name:16} {one.title}; --{one.unit}={one.size} --width={one.width}"
    for one in datasets.DATASETS.values()
  ]
  parser = argparse.ArgumentParser(
    prog="python -m jaxfer.standin",
    description="Draws procedural stand-in faces in a dataset's own layout."
    " A folder that was cut off is filled up by the same command.",
    epilog="datasets, and what is drawn unless asked otherwise:\n"
    + "\n".join(lines),
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
  add = parser.add_argument
  add(
    "--dataset",
    choices=tuple(datasets.DATASETS),
    default="rafd",
    metavar="NAME",
    help="one of those below (default: rafd)",
  )
  add("--out", type=Path, metavar="DIR", help="folder to write to")
  add("--people", type=int, metavar="N", help="how many people")
  add("--images", type=int, metavar="N", help="how many images")
  add("--seed", type=int, default=0, help="another draws other people")
  add(
    "--width",
    type=int,
    metavar="PIXELS",
    help="of the images; the height follows the dataset's shape",
  )
  add(
    "--cameras",
    type=_list,
    metavar="LIST",
    help="rafd: of 000,045,090,135,180 (default: 090, frontal)",
  )
  add(
    "--gazes",
    type=_list,
    metavar="LIST",
    help="rafd: of left,frontal,right (default: all)",
  )
  add(
    "--angles",
    type=_list,
    metavar="LIST",
    help="kdef: of FL,HL,S,HR,FR (default: all)",
  )
  add("--sheet", type=Path, metavar="FILE", help="contact sheet of rafd")
  add(
    "--rows",
    type=int,
    default=8,
    help="people on the contact sheet (default: 8)",
  )
  return parser


def _list(text: str) -> tuple[str, ...]:
  return tuple(text.split(","))


if __name__ == "__main__":
  main()
