"""Alarms of collapse: raised by planted ones, silent on healthy runs."""

import dataclasses
import logging
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer import logs
from jaxfer.configs import base
from jaxfer.learn import collapse, learners, train
from jaxfer.learn.collapse import CollapsedError, Watch

SEED, SIZE = 3, 16


def settings(**changes):
  gan = base.get_config().gan
  gan.update(width=4, latent=6, batch=8, epochs=4, checkpoint_every=4)
  gan.update(grids=1, grid_side=2, steps_per_call=1)
  gan.collapse.update(every=4, faces=16, start=0)
  gan.update(changes)
  return gan


def limits(**changes):
  return settings(collapse=changes).collapse


@pytest.fixture(scope="module")
def noise():
  rng = np.random.default_rng(0)
  return rng.integers(0, 256, (24, SIZE, SIZE, 3), dtype=np.uint8)


def constant():
  """A state whose generator draws the same face from every latent."""
  _, state = learners.create(settings(), image_size=SIZE, seed=SEED)
  params = dict(state.gen.params)
  params["seed_kernel"] = jnp.zeros_like(params["seed_kernel"])
  gen = dataclasses.replace(state.gen, params=params)
  return dataclasses.replace(state, gen=gen)


def run(faces, out, gan, **options):
  out.mkdir(exist_ok=True)
  devices = jax.devices()[:1]
  train.train(faces, out, gan=gan, seed=SEED, devices=devices, **options)


# The numbers.


def test_numbers_where_they_are_known():
  # Two pixels of 0 and 2, and 4 and 4: deviations 1 and 0.
  faces = np.array([[0, 4], [2, 4]], np.uint8).reshape(2, 1, 2, 1)
  assert collapse.spread(faces) == pytest.approx(math.sqrt(0.5))
  apart = collapse.distances(faces)
  assert apart[0, 1] == apart[1, 0] == 2
  assert np.isinf(np.diag(apart)).all()


def test_real_faces_in_the_place_of_fakes_look_healthy(noise):
  watch = Watch(limits(), noise)
  seen = watch.look(500, noise)
  assert seen == {"diversity": 1.0, "duplicates": 0.0, "collapsed": 0.0}
  assert watch.seen == ", diversity 1.00, duplicates 0%"


@pytest.mark.parametrize(
  ("fakes", "word"),
  [
    (lambda x: x // 8 + 100, "vary 0.12 times"),
    (lambda x: x[np.arange(len(x)) % 4], "100% of the faces have a near copy"),
  ],
)
def test_each_kind_of_collapse_raises_its_own_alarm(noise, fakes, word, caplog):
  watch = Watch(limits(), noise)
  assert watch.look(8, fakes(noise))["collapsed"] == 1
  assert word in watch.alarm
  assert ";" not in watch.alarm
  assert "step 8: the generator looks collapsed" in caplog.text
  # A repeated alarm is not told again, and one that ended is over.
  caplog.clear()
  watch.look(12, fakes(noise))
  assert not caplog.text
  watch.look(16, noise)
  assert not watch.alarm


@pytest.mark.parametrize(
  ("losses", "raised"),
  [
    ([(0.01, 9), (0.01, 10), (0.01, 11), (0.01, 12)], True),
    ([(0.01, 12), (0.01, 11), (0.01, 10), (0.01, 9)], False),  # recovering
    ([(0.01, 3), (0.01, 4), (0.01, 5), (0.01, 6)], False),
    ([(0.5, 9), (0.5, 10), (0.5, 11), (0.5, 12)], False),
  ],
)
def test_a_generator_that_only_ever_loses_raises_the_alarm(
  noise, losses, raised
):
  watch = Watch(limits(), noise)
  lines = [{"loss_d": d, "loss_g": g} for d, g in losses]
  watch.saw([{"loss_d": 9.0, "loss_g": 0.0}])  # too long ago
  watch.saw(lines)
  watch.look(4, noise)
  assert bool(watch.alarm) == raised
  assert not raised or "G's 11.5 and growing" in watch.alarm


def test_before_the_start_there_is_no_alarm(noise):
  watch = Watch(limits(start=100), noise)
  assert watch.look(99, 0 * noise)["collapsed"] == 0
  assert watch.look(100, 0 * noise)["collapsed"] == 1


@pytest.mark.parametrize(("steps", "raised"), [(305, 0), (306, 1)])
def test_at_the_end_there_is_an_alarm_however_early_it_comes(
  noise, steps, raised
):
  watch = Watch(limits(start=500), noise, 306)
  assert watch.look(steps, 0 * noise)["collapsed"] == raised


def test_losses_of_networks_that_blew_up_raise_the_alarm(noise):
  watch = Watch(limits(), noise)
  watch.saw([{"loss_d": 0.5, "loss_g": 1.0}, {"loss_d": 0.5, "loss_g": 199.5}])
  assert watch.look(4, noise)["collapsed"] == 1
  assert "losses are 0.5 (D) and 100 (G) on average, above" in watch.alarm
  watch.saw(2 * [{"loss_d": 0.5, "loss_g": 1.0}])
  assert watch.look(8, noise)["collapsed"] == 0


def test_the_verdict_is_told_of_the_last_look_also_after_an_interruption(
  noise, caplog
):
  caplog.set_level(logging.INFO, "jaxfer")
  losses = {"loss_d": 0.5, "loss_g": 1.25}
  watch = Watch(limits(), noise, 4)
  seen = watch.look(4, noise)
  watch.saw([losses])
  watch.tell()
  assert "no sign of collapse: faces vary 1.00 times" in caplog.text
  caplog.clear()
  again = Watch(limits(), noise, 4)
  again.saw([losses | seen | {"duplicates": 1.0}])
  again.tell()
  assert "COLLAPSED generator: 100% of the faces have a near" in caplog.text


# In training.


def test_a_healthy_run_raises_no_alarm(tmp_path, caplog):
  # Discs of their own place and colours: what a tiny DCGAN can learn to vary.
  rng = np.random.default_rng(0)
  y, x = np.mgrid[:8, :8]
  place = rng.uniform(2, 6, (2, 64, 1, 1))
  disc = np.hypot(y - place[0], x - place[1]) < 2.5
  colours = rng.integers(0, 256, (2, 64, 1, 1, 3))
  faces = np.where(disc[..., None], *colours).astype(np.uint8)
  gan = settings(epochs=75, batch=16, learning_rate=2e-3, width=8)
  gan.collapse.update(start=200, every=50)
  run(faces, tmp_path / "run", gan)
  columns = logs.read_metrics(tmp_path / "run" / "metrics.jsonl")
  looks = np.array(columns["diversity"])
  assert np.isfinite(looks).sum() == 300 // 50
  # It began nearly constant, which was no alarm yet.
  assert looks[49] < looks[299]
  assert not any(value == 1 for value in columns["collapsed"])
  assert "collapsed" not in caplog.text


def test_a_generator_that_draws_one_face_is_warned_of(noise, tmp_path, caplog):
  run(noise, tmp_path / "run", settings(learning_rate=0.0), start=constant())
  columns = logs.read_metrics(tmp_path / "run" / "metrics.jsonl")
  assert [i for i, v in enumerate(columns["collapsed"]) if v == 1] == [3, 7, 11]
  assert columns["diversity"][3] == 0
  assert columns["duplicates"][3] == 1
  assert caplog.text.count("the generator looks collapsed") == 1


def test_a_short_training_ends_with_the_verdict(noise, tmp_path, caplog):
  gan = settings(learning_rate=0.0, epochs=2)
  gan.collapse.update(start=500, every=100)
  run(noise, tmp_path / "run", gan, start=constant())
  columns = logs.read_metrics(tmp_path / "run" / "metrics.jsonl")
  assert np.isfinite(columns["collapsed"]).tolist() == 5 * [False] + [True]
  assert columns["collapsed"][-1] == 1
  assert "ends with a COLLAPSED generator: faces vary 0.00" in caplog.text


def test_it_can_be_stopped_at(noise, tmp_path):
  out = tmp_path / "run"
  gan = settings(learning_rate=0.0, on_collapse="stop")
  with pytest.raises(CollapsedError, match=r"at step 4: .*on_collapse=warn"):
    run(noise, out, gan, start=constant())
  assert logs.read_metrics(out / "metrics.jsonl")["step"] == [0, 1, 2, 3]
  run(noise, out, settings(learning_rate=0.0), start=constant())
  assert logs.read_metrics(out / "metrics.jsonl")["step"] == list(range(12))
