"""Going back after a collapse: other draws, and resuming still exact."""

import os
import shutil
import signal
from types import SimpleNamespace

import jax
import numpy as np
import pytest

from jaxfer import logs
from jaxfer.gan import checkpoints as checkpointlib
from jaxfer.gan import collapse, rollback, train
from jaxfer.gan import state as statelib
from jaxfer.gan.rollback import Rollbacks

GAN = SimpleNamespace(
  width=4,
  latent=6,
  batch=8,
  learning_rate=2e-4,
  beta1=0.5,
  epochs=4,
  steps_at_least=0,
  checkpoint_every=4,
  grids=1,
  grid_side=2,
  resident_gib=1.0,
  steps_per_call=1,
  compute="float32",
  on_collapse="rollback",
  collapse=SimpleNamespace(
    every=3,
    faces=8,
    start=0,
    diversity=0.0,
    distance=0.0,
    duplicates=1.0,
    loss_d=0.0,
    loss_g=0.0,
    loss_most=100.0,
    rollbacks=2,
  ),
)
SEED, SIZE = 3, 16


@pytest.fixture(scope="module")
def faces():
  rng = np.random.default_rng(0)
  return rng.integers(0, 256, (24, SIZE, SIZE, 3), dtype=np.uint8)


@pytest.fixture
def alarm_once_at_6(monkeypatch):
  """Has the first look after step 6 find a collapse, and no later one."""
  return plant(monkeypatch)


def plant(monkeypatch):
  look, raised = collapse.Watch.look, []

  def once(self, step, fakes):
    seen = look(self, step, fakes)
    if step == 6 and not raised:
      raised.append(step)
      self.alarm = "planted"
    return seen

  monkeypatch.setattr(collapse.Watch, "look", once)
  return raised


def run(faces, out, **changes):
  out.mkdir(exist_ok=True)
  gan = SimpleNamespace(**(vars(GAN) | changes))
  train.train(faces, out, gan=gan, seed=SEED, devices=jax.devices()[:1])
  _, like = statelib.create(GAN, image_size=SIZE, seed=0)
  return jax.tree.map(np.asarray, checkpointlib.load(out, like))


def same(a, b):
  pairs = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
  return all(np.array_equal(x, y) for x, y in pairs)


def losses(out):
  return logs.read_metrics(out / "metrics.jsonl")["loss_d"]


def interrupt_at(monkeypatch, *steps):
  """Has SIGINT arrive once while each of the steps is being reported."""
  call, left = logs.Progress.__call__, list(steps)

  def interrupted(self, done, note=""):
    call(self, done, note)
    if left and done == left[0] * 8:
      left.pop(0)
      os.kill(os.getpid(), signal.SIGINT)

  monkeypatch.setattr(logs.Progress, "__call__", interrupted)


def test_steps_after_a_rollback_draw_otherwise_and_those_before_the_same(
  faces, tmp_path, alarm_once_at_6
):
  back = run(faces, tmp_path / "back")
  assert alarm_once_at_6 == [6]
  plain = run(faces, tmp_path / "plain")  # no alarm is left to raise
  ours, theirs = losses(tmp_path / "back"), losses(tmp_path / "plain")
  assert len(ours) == len(theirs) == 12
  assert ours[:4] == theirs[:4]  # up to the checkpoint that it went back to
  assert all(a != b for a, b in zip(ours[4:], theirs[4:], strict=True))
  assert not same(back, plain)


@pytest.mark.parametrize("resident_gib", [1.0, 0.0])
@pytest.mark.parametrize("steps", [(2,), (5,), (5, 9), (7,), (10,)])
def test_an_interrupted_run_goes_back_and_on_exactly_alike(
  faces, tmp_path, alarm_once_at_6, monkeypatch, steps, resident_gib
):
  expected = run(faces, tmp_path / "whole")
  alarm_once_at_6.clear()
  out = tmp_path / "run"
  interrupt_at(monkeypatch, *steps)
  for _ in steps:
    with pytest.raises(train.Interrupted):
      run(faces, out, resident_gib=resident_gib)
  found = run(faces, out, resident_gib=resident_gib)
  assert alarm_once_at_6 == [6]
  assert same(found, expected)
  assert losses(out) == losses(tmp_path / "whole")
  name = "rollbacks.jsonl"
  assert (out / name).read_text() == (tmp_path / "whole" / name).read_text()


def test_without_a_checkpoint_it_begins_again(faces, tmp_path, alarm_once_at_6):
  run(faces, tmp_path / "run", checkpoint_every=100)
  text = (tmp_path / "run" / "rollbacks.jsonl").read_text()
  assert '"to": 0' in text
  assert len(losses(tmp_path / "run")) == 12


def replace(old, new):
  """Damage that leaves the file JSON."""

  def damage(path):
    before = path.read_text()
    path.write_text(before.replace(old, new))
    assert path.read_text() != before

  return damage


def empty(path):
  os.truncate(path, 0)


def swap(path):
  path.write_bytes((path.parent / "metrics.jsonl").read_bytes())


def of_another_run(path):
  path.unlink()
  Rollbacks(path, SEED + 1).add(6, 4, "planted")


OWN_DAMAGES = {
  "digit": replace('"to": 4', '"to": 5'),
  "name": replace('"to"', '"so"'),
  "empty": empty,
  "swap": swap,
  "another": of_another_run,
}


@pytest.fixture(scope="module")
def stopped(faces, tmp_path_factory):
  """A run that went back once, and one that was stopped after it did."""
  folder = tmp_path_factory.mktemp("stopped")
  with pytest.MonkeyPatch.context() as patch:
    raised = plant(patch)
    whole = run(faces, folder / "whole")
    raised.clear()
    interrupt_at(patch, 10)
    with pytest.raises(train.Interrupted):
      run(faces, folder / "run")
  return SimpleNamespace(folder=folder, whole=whole)


@pytest.mark.parametrize("name", [*OWN_DAMAGES, "flip", "truncate", "delete"])
def test_damaged_rollbacks_cost_what_was_trained_after_them_and_no_more(
  faces, stopped, tmp_path, alarm_once_at_6, caplog, damages, name
):
  out, whole = tmp_path / "run", stopped.folder / "whole"
  shutil.copytree(stopped.folder / "run", out)
  path = out / "rollbacks.jsonl"
  (OWN_DAMAGES | damages)[name](path)
  damaged = path.read_bytes() if path.exists() else None
  found = run(faces, out)
  assert alarm_once_at_6 == [6]  # it comes again where it came before
  assert same(found, stopped.whole)
  assert losses(out) == losses(whole)
  assert path.read_text() == (whole / path.name).read_text()
  assert "lost: the checkpoint of step 11, 8; there is none" in caplog.text
  if damaged is None:
    assert "rollbacks.jsonl is gone" in caplog.text
  else:
    aside = out / "damaged-rollbacks.jsonl"
    assert aside.read_bytes() == damaged
    assert f"set aside as {aside.name}; all but the first 0" in caplog.text


def test_of_damaged_rollbacks_the_first_that_hold_are_kept(tmp_path, caplog):
  path = tmp_path / "r.jsonl"
  rollback.mend(path, 7)
  rollbacks = Rollbacks(path, 7)
  rollbacks.add(6, 4, "flat")
  whole = path.read_bytes()
  rollbacks.add(9, 8, "flat")
  rollback.mend(path, 7)
  assert not caplog.text
  replace('"to": 8', '"to": 7')(path)
  rollback.mend(path, 7)
  assert path.read_bytes() == whole
  assert "all but the first 1 rollbacks are lost" in caplog.text
  assert len(Rollbacks(path, 7)) == 1


def test_seeds_are_the_runs_own_until_the_first_rollback(tmp_path):
  rollbacks = Rollbacks(tmp_path / "r.jsonl", 7)
  assert {rollbacks.seed(step) for step in (0, 5, 999)} == {7}
  for to in (4, 4, 8):
    rollbacks.add(9, to, "planted")
  rollbacks = Rollbacks(tmp_path / "r.jsonl", 7)
  assert rollbacks.seed(3) == 7
  seeds = [rollbacks.seed(step) for step in (3, 4, 8)]
  assert len({*seeds}) == 3
  assert rollbacks.seed(7) == rollbacks.seed(4)
  assert all(0 <= seed < 2**31 for seed in seeds)
