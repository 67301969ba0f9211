"""jaxfer: facial-expression recognition from unlabelled faces, in JAX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only who loads a model waits for JAX
  from jaxfer.recogniser.model import Model

__version__ = "0.2.0"


def load(path: str | Path, experiment: str = "") -> Model:
  """The recogniser of a finished run.

  Args:
    path: the run's workdir, one of its reports, or a `.jaxfer` file.
    experiment: which one, where a workdir holds several.

  Raises:
    UserError: if there is no such run, or it keeps no classifier, saying what
      makes one.
  """
  from jaxfer import backend
  from jaxfer.errors import UserError
  from jaxfer.recogniser import file, run

  backend.devices()
  path = Path(path)
  if path.suffix == file.SUFFIX and experiment:
    raise UserError(f"{path} holds one recogniser: no experiment to choose")
  if path.is_file():
    return file.read(path)
  if path.suffix == file.SUFFIX:
    raise UserError(f"{path} is not there")
  return run.find(path, experiment).model()
