"""Draws stand-in faces: `jaxfer standin --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jaxfer import exits, logs, standin
from jaxfer.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
  """Writes a dataset of stand-ins; returns the exit status."""
  logs.speak_anywhere()
  parser = _parser()
  given = parser.parse_args(arguments)

  def work() -> None:
    try:
      _write(given)
    except UserError as error:
      parser.error(str(error))

  return exits.end(work)


def _write(given: argparse.Namespace) -> None:
  name, layout = given.dataset, standin.get(given.dataset)
  line: logs.Progress | None = None

  def progress(done: int, total: int) -> None:
    nonlocal line
    line = line or logs.Progress(name, total, "images", done=done)
    line(done)

  for unit in ("people", "images"):
    if unit != layout.unit and getattr(given, unit) is not None:
      raise UserError(f"{name} counts {layout.unit}: use --{layout.unit}")
  standin.write(
    name,
    given.out,
    size=getattr(given, layout.unit),
    seed=given.seed,
    width=given.width,
    progress=progress,
    **{
      option: views
      for option in _options()
      if (views := getattr(given, option)) is not None
    },
  )
  print(given.out)


def _options() -> dict[str, str]:
  """What each option of some dataset takes, in words, by its name."""
  words = {}
  for name in standin.NAMES:
    for option, views in standin.get(name).options.items():
      usual = "all" if views.usual == views.known else ",".join(views.usual)
      words[option] = f"{name}: of {','.join(views.known)} (default: {usual})"
  return words


def _parser() -> argparse.ArgumentParser:
  lines = ["datasets, and what is drawn unless asked otherwise:"]
  for name in standin.NAMES:
    one = standin.get(name)
    lines.append(
      f"  {name:16} {one.title}: {one.about};"
      f" --{one.unit}={one.size} --width={one.width}"
    )
  parser = argparse.ArgumentParser(
    prog="jaxfer standin",
    description="Draws procedural stand-in faces in a dataset's own layout."
    " A folder that was cut off is filled up by the same command.",
    epilog="\n".join(lines),
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
  add = parser.add_argument
  add(
    "--dataset",
    choices=standin.NAMES,
    default="rafd",
    metavar="NAME",
    help="one of those below (default: rafd)",
  )
  add(
    "--out", required=True, type=Path, metavar="DIR", help="folder to write to"
  )
  add("--people", type=int, metavar="N", help="how many people")
  add("--images", type=int, metavar="N", help="how many images")
  add("--seed", type=int, default=0, help="another draws other people")
  add(
    "--width",
    type=int,
    metavar="PIXELS",
    help="of the images; the height follows the dataset's shape",
  )
  for option, words in _options().items():
    add(f"--{option}", type=_list, metavar="LIST", help=words)
  return parser


def _list(text: str) -> tuple[str, ...]:
  return tuple(text.split(","))


if __name__ == "__main__":
  sys.exit(main())
