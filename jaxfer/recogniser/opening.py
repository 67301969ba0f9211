"""Opening a recogniser: from a finished run, or from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jaxfer import backend
from jaxfer.errors import UserError
from jaxfer.recogniser import card, network
from jaxfer.recogniser import run as runs
from jaxfer.recogniser.heads import Centres, Emotions, Units
from jaxfer.recogniser.model import Model
from jaxfer.scores import heldout
from jaxfer.svm import final, weights

SUFFIX = ".jaxfer"


def load(path: Path, experiment: str = "") -> Model:
  """The recogniser at a path; see `jaxfer.load`."""
  backend.devices()
  if path.is_file():
    from jaxfer.recogniser import file

    return file.read(path)
  if path.suffix == SUFFIX:
    raise UserError(f"{path} is not there")
  return from_run(runs.find(path, experiment))


def from_run(run: runs.Run) -> Model:
  """The recogniser that a run fitted on all its labelled faces."""
  held_out = run.held_out()
  if run.task == "au":
    machines, names = weights.load(run.probe)
    problem, features = run.labelled()
    head = Units(names, machines)
    rows = heldout.means(features, problem.labels)
  else:
    kept = final.load(run.probe)
    assert held_out.calibration is not None
    head = Emotions(kept.emotions, kept, held_out.calibration)
    rows = np.asarray(kept.support)
  return Model(
    describer=network.Describer(*run.network()),
    crop=run.crop(),
    seen=run.seen(),
    head=head,
    centres=Centres(rows, held_out.limit),
    card=card.of_run(run.results, held_out),
  )
