"""Draws stand-in faces: `python -m jaxfer.data.standin --help`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from jaxfer import logs
from jaxfer.data.standin import rafd, sheet

DATASETS = {"rafd": rafd.write}


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
      sheet.write(
        options.sheet,
        people=min(options.people, options.rows),
        seed=options.seed,
        width=options.width,
      )
      print(options.sheet)
  except ValueError as error:
    parser.error(str(error))


def _write(options: argparse.Namespace) -> None:
  line: logs.Progress | None = None

  def progress(done: int, total: int) -> None:
    nonlocal line
    line = line or logs.Progress(options.dataset, total, "images", done=done)
    line(done)

  DATASETS[options.dataset](
    options.out,
    people=options.people,
    seed=options.seed,
    width=options.width,
    cameras=options.cameras,
    progress=progress,
  )
  print(options.out)


def _parser() -> argparse.ArgumentParser:
  parser = argparse.ArgumentParser(
    prog="python -m jaxfer.data.standin",
    description="Draws procedural stand-in faces in a dataset's own layout.",
    formatter_class=argparse.ArgumentDefaultsHelpFormatter,
  )
  add = parser.add_argument
  add("--dataset", choices=sorted(DATASETS), default="rafd", help="layout")
  add("--out", type=Path, metavar="DIR", help="folder to write to")
  add("--people", type=int, default=67, help="how many people")
  add("--seed", type=int, default=0, help="another seed draws other people")
  add(
    "--width",
    type=int,
    default=112,
    help="image width in pixels; the height follows 681:1024",
  )
  add(
    "--cameras",
    type=lambda text: tuple(text.split(",")),
    default=("090",),
    metavar="LIST",
    help=f"comma-separated, of {', '.join(rafd.CAMERAS)}; 090 is frontal",
  )
  add("--sheet", type=Path, metavar="FILE", help="contact sheet to write")
  add("--rows", type=int, default=8, help="people on the contact sheet")
  return parser


if __name__ == "__main__":
  main()
