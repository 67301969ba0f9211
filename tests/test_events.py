"""TensorBoard curves, read back by TensorBoard itself."""

import sys

import pytest

from jaxfer import events


def test_curves_are_read_back_by_step(tmp_path):
  reader = pytest.importorskip(
    "tensorboard.backend.event_processing.event_accumulator",
    reason="the tensorboard extra is not installed",
    exc_type=ImportError,
  )
  log = events.EventLog(tmp_path)
  for step in (3, 4):
    log.write(step, {"loss_d": step / 2, "loss_g": 1.0})
  log.close()
  found = reader.EventAccumulator(str(tmp_path))
  found.Reload()
  curve = [(e.step, e.value) for e in found.Scalars("loss_d")]
  assert curve == [(3, 1.5), (4, 2.0)]


def test_without_tensorboard_the_extra_is_named(tmp_path, monkeypatch):
  # None in place of a module makes its import fail.
  monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
  with pytest.raises(ValueError, match=r"jaxfer\[tensorboard\]"):
    events.EventLog(tmp_path)
