"""Training curves for TensorBoard, where that extra is installed."""

# The extra is seldom there when types are checked.
# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxfer.errors import UserError


def check() -> tuple[Any, Any, Any]:
  """What writes an event file: two kinds of message, and the writer's module.

  Raises:
    UserError: with the way, where TensorBoard is not installed.
  """
  try:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer import event_file_writer
  except ImportError as error:
    raise UserError(
      "run.tensorboard=True needs an extra: pip install 'jaxfer[tensorboard]'"
    ) from error
  return Event, Summary, event_file_writer


class EventLog:
  """Scalars by step as a TensorBoard event file.

  Args:
    folder: where the event file goes; TensorBoard merges those of a run that
      was interrupted by step.

  Raises:
    ValueError: if TensorBoard is not installed.
  """

  def __init__(self, folder: Path):
    self._event, self._summary, writer = check()
    self._writer = writer.EventFileWriter(str(folder))

  def write(self, step: int, values: Mapping[str, float]) -> None:
    """Appends one step's values."""
    scalars = [
      self._summary.Value(tag=name, simple_value=value)
      for name, value in values.items()
    ]
    summary = self._summary(value=scalars)
    self._writer.add_event(self._event(step=step, summary=summary))

  def close(self) -> None:
    """Writes what is left and closes the file."""
    self._writer.close()
