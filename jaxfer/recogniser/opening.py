"""Opening a recogniser: from a finished run, or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import backend
from jaxfer.errors import UserError
from jaxfer.recogniser import card, heldout, network
from jaxfer.recogniser import run as runs
from jaxfer.recogniser.heads import Centres, Machine
from jaxfer.recogniser.model import Model
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
  settings, params, statistics = run.network()
  params = network.own_weights(settings, params)
  parts: dict[str, Any] = {
    "describer": network.Describer(settings, params, statistics),
    "crop": run.crop(),
    "seen": run.seen(),
  }
  if run.task == "au":
    units, names = weights.load(run.probe)
    held_out = heldout.of_units(run)
    problem, rows = heldout.read(run)
    means = heldout.unit_means(rows, problem.labels)
    return Model(
      names=names,
      head=None,
      units=units,
      centres=Centres(means, held_out.limit),
      calibration=None,
      card=card.of_run(run.results, held_out),
      **parts,
    )
  machine, support, names = _machine(run)
  held_out = heldout.of_machine(run, machine)
  return Model(
    names=names,
    head=machine,
    units=None,
    centres=Centres(support, held_out.limit),
    calibration=held_out.calibration,
    card=card.of_run(run.results, held_out),
    **parts,
  )


def _machine(run: runs.Run) -> tuple[Machine, np.ndarray, tuple[str, ...]]:
  saved = final.load(run.probe)
  own = saved.machine
  machine = Machine(
    pairs=own.pairs,
    present=own.present,
    coefficients=own.coefficients,
    biases=own.biases,
    gamma=saved.gamma,
    C=saved.C,
  )
  return machine, np.asarray(saved.support), saved.emotions
