"""How far the probabilities of the kept classifier are to be believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jaxfer.experiment import Experiment
from jaxfer.scores import heldout


def calibration(experiment: Experiment, folder: Path) -> dict[str, Any] | None:
  """How far the probabilities are to be believed of the classifier kept.

  Args:
    experiment: whose first probe keeps it.
    folder: of that probe.

  Returns:
    What `metrics.calibration.reliability` says of faces left out, with the
    `kind` of calibration and the `protocol`; None without a classifier, or of
    action units, which have no probabilities.
  """
  probe = experiment.probes[0]
  if not probe.keeps_machine or experiment.config.run.task == "au":
    return None
  found = heldout.find(
    experiment.run.store,
    "emotion",
    probe=folder,
    described=probe.features[0].path(),
    folds=probe.folds.path(),
  )
  assert found.calibration is not None and found.reliability is not None
  kind = {"kind": found.calibration.kind, "protocol": found.protocol}
  return kind | found.reliability
