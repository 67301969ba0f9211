"""A learner of clips in everybody's loop: resumed, streamed, watched."""

from types import SimpleNamespace

import jax
import numpy as np
import pytest
from PIL import Image

from jaxfer import logs
from jaxfer.learn import checkpoints, collapse, learners, train
from jaxfer.learn.collapse import Watch

SIZE, FRAMES, SEED = 8, 4, 5
LIMITS = SimpleNamespace(
  every=3,
  faces=8,
  start=0,
  diversity=0.0,
  distance=0.0,
  duplicates=1.0,
  motion=0.3,
  loss_d=0.0,
  loss_g=0.0,
  loss_most=100.0,
)


def settings(**changes):
  gan = {
    "learner": "clip_dcgan",
    "width": 2,
    "latent": 4,
    "batch": 4,
    "learning_rate": 2e-4,
    "beta1": 0.5,
    "epochs": 3,
    "steps_at_least": 0,
    "checkpoint_every": 3,
    "grids": 2,
    "grid_side": 2,
    "resident_gib": 1.0,
    "steps_per_call": 1,
    "compute": "float32",
    "on_collapse": "warn",
    "collapse": LIMITS,
    "clip": SimpleNamespace(frames=FRAMES),
  }
  return SimpleNamespace(**(gan | changes))


@pytest.fixture(scope="module")
def clips():
  rng = np.random.default_rng(0)
  shape = (9, FRAMES, SIZE, SIZE, 3)
  return rng.integers(0, 256, shape, dtype=np.uint8)


def run(clips, out, **changes):
  out.mkdir(exist_ok=True)
  train.train(
    clips, out, gan=settings(**changes), seed=SEED, devices=jax.devices()[:1]
  )


def final(out):
  _, like = learners.create(settings(), image_size=SIZE, seed=0)
  saved = checkpoints.Checkpoints(out / "checkpoints")
  state = saved.restore(like)
  saved.close()
  return jax.tree.map(np.asarray, state)


@pytest.fixture(scope="module")
def undisturbed(clips, tmp_path_factory):
  out = tmp_path_factory.mktemp("undisturbed")
  run(clips, out)
  return out


def test_a_grid_has_three_frames_of_each_clip(undisturbed):
  steps = logs.read_metrics(undisturbed / "metrics.jsonl")["step"]
  assert steps == list(range(7))  # ceil(3 · 9 / 4)
  path = sorted((undisturbed / "grids").glob("*.png"))[-1]
  with Image.open(path) as grid:
    assert grid.size == (2 * 3 * SIZE, 2 * SIZE)


@pytest.mark.slow
def test_an_interrupted_training_ends_bit_identical(
  clips, undisturbed, tmp_path, monkeypatch
):
  out = tmp_path / "run"
  keep = train.Record.keep

  def dies(self, step, scalars, glance):
    if step == 5:
      raise KeyboardInterrupt
    return keep(self, step, scalars, glance)

  monkeypatch.setattr(train.Record, "keep", dies)
  with pytest.raises(KeyboardInterrupt):
    run(clips, out)
  monkeypatch.undo()
  run(clips, out)
  jax.tree.map(np.testing.assert_array_equal, final(out), final(undisturbed))
  for name in ("loss_d", "loss_g"):
    one, other = (
      logs.read_metrics(folder / "metrics.jsonl")[name]
      for folder in (out, undisturbed)
    )
    assert one == other


@pytest.mark.slow
def test_streamed_clips_teach_what_resident_ones_do(
  clips, undisturbed, tmp_path
):
  run(clips, tmp_path / "streamed", resident_gib=0.0)
  found = final(tmp_path / "streamed"), final(undisturbed)
  jax.tree.map(np.testing.assert_array_equal, *found)


def test_clips_that_stand_still_raise_an_alarm(clips):
  watch = Watch(LIMITS, clips[:8])
  watch.look(3, clips[1:9])
  assert not watch.alarm
  watch.look(6, np.repeat(clips[1:9, :1], FRAMES, axis=1))
  assert "change 0.00 times as much from frame to frame" in watch.alarm
  assert "gan.collapse.motion=0.3" in watch.alarm


def test_faces_have_no_motion_to_miss(clips):
  """Nor the field that limits it, in settings that are of faces."""
  limits = SimpleNamespace(**vars(LIMITS))
  del limits.motion
  watch = Watch(limits, clips[:8, 0])
  watch.look(3, clips[1:9, 0])
  assert not watch.alarm
  assert collapse.change(clips[:, 0]) == 0.0
