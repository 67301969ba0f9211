"""Names what the faces of photographs and films show, by a run's recogniser.

    jaxfer predict --run=runs/own_faces holiday/ clip.mp4 \
      --out=faces.csv

INPUT is a photograph, a folder, a glob, a film, or camera:0. Every picture or
frame gives a row, one without a face too; several faces give several rows, by a
number that is held along a film. Beside the table lies a card, faces.card.json:
how far these names are to be trusted. A second call goes on where one was
stopped; what is there is kept unless --overwrite says otherwise.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jaxfer import doors, exits, logs
from jaxfer.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
  """Does what the arguments say; returns the exit status."""
  return doors.enter(_parser(), _predict, arguments)


def _predict(options: argparse.Namespace) -> int:
  # Here and not above: --help should not wait for JAX.
  from jaxfer.recogniser import card, progress, stream
  from jaxfer.recogniser.faces import Finder

  if not 1 <= options.batch <= 4096:
    raise UserError(f"--batch={options.batch} must be 1 … 4096")
  model = doors.model(options)
  found, step = model.look(options.inputs, every=options.every, fps=options.fps)
  live = any(one.live for one in found)
  if options.out.resolve() in (Path(one.name).resolve() for one in found):
    raise UserError(f"--out={options.out} is an input, and would be lost")
  _refuse_mixed(options, found, live)
  finder = Finder(model.crop, model.seen, options.detector)
  output = progress.Output(
    options.out,
    model.columns,
    options.format,
    {
      "model": model.card["experiment_hash"],
      "head": model.head.kind,
      "inputs": progress.names(one.name for one in found),
      "every": options.every,
      "fps": options.fps,
      "detector": finder.detector,
    },
  )
  print(logs.printable(card.headline(model.card)))
  if finder.note:
    print(f"faces are {finder.note}")
  whole, resume = output.begin(model.card, options.overwrite)
  if whole:
    print("all rows are there already")
  else:
    if resume is not None:
      print(f"going on at {resume.input}, frame {resume.frame:,}")
    # Of a camera nobody knows how many there will be.
    total = 0 if live else sum(one.count() for one in found)
    rows = stream.rows(model, found, finder, options.batch, resume, step)
    rows = progress.count(rows, total, output.kept)
    if _write(rows, output, live) and not live:
      print(
        f"stopped; {options.out} is kept, and the same command goes on",
        file=sys.stderr,
      )
      return exits.STOPPED
  _show(options, output, found, model)
  print(f"{output.count()}: {options.out}")
  if output.failed:
    return exits.fail("\n".join(output.failed))
  output.tidy()
  return 0


def _write(rows: Any, output: Any, live: bool) -> bool:
  """Writes the rows; returns whether it was stopped by Ctrl-C."""
  failed: list[str] = []
  finished = stopped = False
  try:
    output.add(rows)
    finished = True
  except UserError as error:
    failed, finished = str(error).split("\n"), True
  except KeyboardInterrupt:
    stopped, finished = True, live
  finally:
    output.end(finished=finished, failed=failed)
  return stopped


def _show(options: Any, output: Any, found: Any, model: Any) -> None:
  """Pictures and the page, from the table."""
  if (options.overlay or options.page) and not output.rows.exists():
    raise UserError(
      f"{options.out} is whole, and rows of the format {options.format} do not"
      " say all that --overlay and --page show: --overwrite, or another --out"
    )
  if options.overlay:
    from jaxfer.recogniser import overlay

    overlay.write(options.overlay, output.rows, found)
  if options.page:
    from jaxfer.recogniser import page

    print(
      page.write(options.page, output.rows, model.columns, found, model.card)
    )


def _refuse_mixed(options: argparse.Namespace, found: Any, live: bool) -> None:
  films = any(one.moving for one in found)
  if options.format == "openface" and films and len(found) > 1:
    raise UserError(
      "OpenFace's table has no column for the film: give each its own --out, or"
      " take another --format"
    )
  if (options.overlay or options.page) and live:
    raise UserError(
      "--overlay and --page look at the pictures a second time, which a camera"
      " does not give: record it, and name the file"
    )


def _parser() -> argparse.ArgumentParser:
  parser = doors.parser("predict", __doc__)
  add = parser.add_argument
  add("inputs", nargs="+", metavar="INPUT", help="what to look at")
  doors.ask_for_model(parser)
  add("--out", type=Path, required=True, metavar="CSV", help="the table")
  add(
    "--format",
    default="jaxfer",
    choices=("jaxfer", "fex", "openface"),
    help="jaxfer's own columns, py-feat's Fex, or OpenFace 2's (%(default)s)",
  )
  add("--every", type=int, default=1, metavar="N", help="one of N frames")
  add("--fps", type=float, default=0.0, help="frames a second instead")
  add(
    "--detector",
    default="",
    choices=("viola_jones", "mtcnn", "precropped"),
    help="another way to find faces than the run's own; each row says so",
  )
  add("--batch", type=int, default=16, help="faces described at once")
  add(
    "--overlay", type=Path, metavar="DIR", help="pictures and films, drawn on"
  )
  add("--page", type=Path, metavar="DIR", help="a page: timelines, faces")
  add("--overwrite", action="store_true", help="begin anew")
  return parser


if __name__ == "__main__":
  sys.exit(main())
