"""What commands share: how they begin, and what they say where they fail."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import jaxfer
from jaxfer import exits, logs
from jaxfer.errors import UserError

if TYPE_CHECKING:  # only who opens one waits for JAX
  from jaxfer.recogniser.model import Model


def parser(name: str, description: str | None) -> argparse.ArgumentParser:
  """An empty parser of the command `name`, such as `predict`."""
  return argparse.ArgumentParser(
    prog=f"jaxfer {name}",
    description=description,
    formatter_class=argparse.RawDescriptionHelpFormatter,
    allow_abbrev=False,
  )


def ask_for_model(parser: argparse.ArgumentParser) -> None:
  """Adds the options by which a recogniser is named; `model` opens it."""
  add = parser.add_argument
  add("--run", type=Path, help="workdir of a finished run, or its report")
  add("--model", type=Path, metavar="FILE", help="what jaxfer export wrote")
  add("--experiment", default="", help="of a run of several")


def model(options: argparse.Namespace) -> Model:
  """The recogniser that was named.

  Raises:
    UserError: if none was, or two.
  """
  if bool(options.run) == bool(options.model):
    raise UserError("which recogniser? --run=WORKDIR, or --model=FILE.jaxfer")
  return jaxfer.load(options.model or options.run, options.experiment)


def enter(
  parser: argparse.ArgumentParser,
  work: Callable[[argparse.Namespace], int | None],
  arguments: Sequence[str] | None,
) -> int:
  """Does what the arguments say; returns the exit status.

  Args:
    parser: of the arguments.
    work: takes them; gives the exit status, or None for success.
    arguments: None: those of the command line.
  """
  logs.speak_anywhere()
  options = parser.parse_args(arguments)
  logs.speak_plainly()
  return exits.end(lambda: work(options))
