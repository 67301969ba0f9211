"""Writes a run's recogniser to one file that can be handed on.

    jaxfer export --run=runs/own_faces --out=faces.jaxfer

The file holds weights, the classifier and its card, and no code: jaxfer.load
and `jaxfer predict --model=FILE` open it anywhere, to the same predictions. A
model card in Markdown is written beside it.

A support vector machine holds support vectors, and these describe people:
--linear takes a logistic head instead, which holds none, and says what
accuracy on unseen people that costs. --onnx leaves extractor and head for other
runtimes beside the file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jaxfer import doors, logs
from jaxfer.errors import UserError


def main(arguments: Sequence[str] | None = None) -> int:
  """Does what the arguments say; returns the exit status."""
  return doors.enter(_parser(), _export, arguments)


def _export(options: argparse.Namespace) -> None:
  # Here and not above: --help should not wait for JAX.
  from jaxfer import backend
  from jaxfer.recogniser import card, file, linear, onnx, run

  out = options.out
  if out.suffix != file.SUFFIX:
    raise UserError(f"--out={out} must end with {file.SUFFIX}")
  if out.exists() and not options.overwrite:
    raise UserError(f"{out} is there already, and is kept: --overwrite")
  backend.devices()
  found = run.find(options.run, options.experiment)
  model = found.model()
  if options.linear:
    model = linear.replace(model, found)
  elif model.head.kind == "svm":
    count = len(model.centres.rows)
    note = (
      f"support vector machines, with {count:,} support vectors: descriptions"
      " of faces of the people they were fitted on. Treat the file as you treat"
      " their photographs, or export with --linear"
    )
    model.card["head"] = {"kind": "svm", "support": count, "note": note}
  out.parent.mkdir(parents=True, exist_ok=True)
  file.write(out, model)
  if options.onnx:
    onnx.write(out.with_suffix(".onnx"), model)
  text = card.markdown(model.card)
  out.with_suffix(".md").write_text(text, encoding="utf-8")
  print(card.headline(model.card))
  if head := model.card.get("head"):
    print(f"{'' if options.linear else 'it holds '}{head['note']}")
  print(f"{logs.size(out.stat().st_size)}: {out}, {out.with_suffix('.md')}")


def _parser() -> argparse.ArgumentParser:
  parser = doors.parser("export", __doc__)
  add = parser.add_argument
  add("--run", type=Path, required=True, help="workdir of a finished run")
  add("--experiment", default="", help="of a run of several")
  add("--out", type=Path, required=True, metavar="NAME.jaxfer")
  add("--linear", action="store_true", help="a head without support vectors")
  add("--onnx", action="store_true", help="NAME.onnx too; needs jax2onnx")
  add("--overwrite", action="store_true", help="replace what is there")
  return parser


if __name__ == "__main__":
  sys.exit(main())
