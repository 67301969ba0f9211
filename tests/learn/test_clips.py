"""A learner of clips in everybody's loop: what it draws, and the watch."""

from types import SimpleNamespace

import jax
import numpy as np
import pytest
from PIL import Image

from jaxfer import logs
from jaxfer.configs import base
from jaxfer.learn import collapse, train
from jaxfer.learn.collapse import Watch

SIZE, FRAMES = 8, 4
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


def settings():
  gan = base.get_config().gan
  gan.update(learner="clip_dcgan", width=2, latent=4, batch=4, epochs=3)
  gan.update(grids=2, grid_side=2, steps_per_call=1)
  gan.collapse.update(vars(LIMITS))
  gan.clip.frames = FRAMES
  return gan


@pytest.fixture(scope="module")
def clips():
  rng = np.random.default_rng(0)
  shape = (9, FRAMES, SIZE, SIZE, 3)
  return rng.integers(0, 256, shape, dtype=np.uint8)


def test_a_grid_has_three_frames_of_each_clip(clips, tmp_path):
  train.train(
    clips, tmp_path, gan=settings(), seed=5, devices=jax.devices()[:1]
  )
  steps = logs.read_metrics(tmp_path / "metrics.jsonl")["step"]
  assert steps == list(range(7))  # ceil(3 · 9 / 4)
  path = sorted((tmp_path / "grids").glob("*.png"))[-1]
  with Image.open(path) as grid:
    assert grid.size == (2 * 3 * SIZE, 2 * SIZE)


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
