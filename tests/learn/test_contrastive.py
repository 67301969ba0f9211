"""Learners that contrast views: devices, resuming, and that they learn."""

import csv
import itertools
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from jaxfer import logs
from jaxfer.configs import base
from jaxfer.learn import checkpoints, learners, schedule
from jaxfer.learn.contrastive import one_cycle
from jaxfer.learn.learners import Batch
from jaxfer.learn.train import DivergedError, Interrupted, train

ROOT = os.environ.get("JAXFER_REAL_FACES", "")
SIZE, BATCH, FRAMES, SEED = 16, 8, 4, 5
NAMES = ("contrastive", "contrad")


def settings(learner, **changes):
  gan = base.get_config().gan
  gan.update(
    learner=learner,
    latent=6,
    checkpoint_every=4,
    grids=3,
    grid_side=2,
    **{"width": 4, "batch": BATCH, "epochs": 4, "steps_per_call": 2, **changes},
  )
  gan.contrast.update(hidden=8, out=4)
  gan.collapse.update(every=3, faces=8)
  gan.clip.frames = FRAMES
  return gan


@pytest.fixture(scope="module")
def faces():
  # 21 faces in batches of 8: batches cross the borders of epochs.
  rng = np.random.default_rng(0)
  return rng.integers(0, 256, (21, SIZE, SIZE, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def clips(faces):
  return np.stack([np.roll(faces, i, 0) for i in range(FRAMES)], 1)


def to_float64(tree):
  return jax.tree.map(
    lambda x: x.astype(jnp.float64) if x.dtype == jnp.float32 else x, tree
  )


def test_a_device_sees_its_faces_as_one_would():
  """The views of a step follow from its key and a face's place in the batch."""
  learner = learners.make(settings("contrastive"), image_size=SIZE)
  state = learner.init(jax.random.key(0))
  rng = np.random.default_rng(0)
  batch = rng.integers(0, 256, (BATCH, SIZE, SIZE, 3), dtype=np.uint8)
  step = jax.jit(lambda key: learner.step(state, Batch(batch, None, 0.5), key))
  losses = [float(step(jax.random.key(seed))[1]["loss"]) for seed in (1, 1, 2)]
  assert losses[0] == losses[1] != losses[2]


def run(faces, out, name, devices=1, **changes):
  out.mkdir(exist_ok=True)
  train(
    faces,
    out,
    gan=settings(name, **changes),
    seed=SEED,
    devices=jax.devices()[:devices],
  )


def final(out, name):
  like = learners.shapes(learners.make(settings(name), image_size=SIZE))
  return jax.tree.map(np.asarray, checkpoints.load(out, like))


@pytest.mark.parametrize(
  "name", [*NAMES, pytest.param("clip_dcgan", marks=pytest.mark.slow)]
)
def test_an_interrupted_run_ends_bit_identical_also_streamed(
  request, tmp_path, monkeypatch, name
):
  faces = request.getfixturevalue("clips" if "clip" in name else "faces")
  whole, parts = tmp_path / "whole", tmp_path / "parts"
  run(faces, whole, name)
  call, stopped = logs.Progress.__call__, []

  def interrupted(self, done, note=""):
    call(self, done, note)
    if done >= 6 * BATCH and not stopped:
      stopped.append(done)
      signal.raise_signal(signal.SIGINT)

  with monkeypatch.context() as patch:
    patch.setattr(logs.Progress, "__call__", interrupted)
    with pytest.raises(Interrupted):
      run(faces, parts, name)
  run(faces, parts, name, resident_gib=0.0)
  jax.tree.map(
    np.testing.assert_array_equal, final(parts, name), final(whole, name)
  )
  log = "metrics.jsonl"
  assert (parts / log).read_bytes() == (whole / log).read_bytes()
  drawn = {p.name for p in whole.glob("grids/*.png")}
  assert bool(drawn) == (name != "contrastive")
  assert {p.name for p in parts.glob("grids/*.png")} == drawn
  # Of a learner that draws none nothing is looked at for a collapse.
  columns = logs.read_metrics(whole / log)
  assert ("diversity" in columns) == (name != "contrastive")
  assert ("loss" in columns) == (name == "contrastive")


@pytest.mark.parametrize("name", NAMES)
def test_trunks_begin_and_describe_as_the_discriminator(faces, name):
  learner, state = learners.create(settings(name), image_size=SIZE, seed=3)
  dcgan, other = learners.create(settings("dcgan"), image_size=SIZE, seed=3)
  ours, theirs = learner.encoder(state), dcgan.encoder(other)
  shared = ours.params.keys() & theirs.params.keys()
  assert {"conv1", "conv2", "norm2"} <= shared
  for layer in shared:
    jax.tree.map(
      np.testing.assert_array_equal, ours.params[layer], theirs.params[layer]
    )
  found, wanted = learner.encode(ours, faces), dcgan.encode(theirs, faces)
  assert found.keys() == wanted.keys()
  for layer in found:
    np.testing.assert_allclose(found[layer], wanted[layer], atol=1e-5)


def test_which_is_real_teaches_the_head_alone(float64):
  """The trunk of ContraD has no gradient of D's logits, and G has one."""
  learner, state = learners.create(settings("contrad"), image_size=SIZE, seed=0)
  disc = to_float64(state.disc)
  rng = np.random.default_rng(0)
  images = jnp.asarray(rng.uniform(-1, 1, (4, SIZE, SIZE, 3)))

  def logits(params, images, apart):
    (found, _), _ = learner.disc(
      params, disc.batch_stats, images, train=True, apart=apart
    )
    return (found**2).sum()

  grads = jax.grad(logits)(disc.params, images, apart=True)
  moved = {name for name, own in grads.items() if any_moved(own)}
  assert moved == {"head_kernel", "head_bias"}
  assert any_moved(jax.grad(logits, 1)(disc.params, images, apart=False))


def any_moved(tree):
  return any(np.abs(np.asarray(x)).max() > 0 for x in jax.tree.leaves(tree))


def test_the_rate_rises_and_falls():
  paces = np.array([float(one_cycle(d, 0.1)) for d in np.linspace(0, 1, 101)])
  assert paces[0] == 0
  assert paces.argmax() == 10
  assert paces[10] == pytest.approx(1)
  assert paces[-1] == pytest.approx(0, abs=1e-6)
  assert (np.diff(paces[:11]) > 0).all()
  assert (np.diff(paces[10:]) < 0).all()


@pytest.mark.parametrize(
  ("learner", "faces", "size"),
  [
    ("dcgan", 100, 256),
    ("contrastive", 100_000, 256),
    ("contrastive", 512, 256),
    ("contrastive", 511, 128),
    ("contrad", 100, 32),
    ("contrastive", 1, 2),
  ],
)
def test_few_faces_are_contrasted_in_smaller_batches(learner, faces, size):
  gan = SimpleNamespace(learner=learner, batch=256)
  assert schedule.batch_size(gan, faces) == size


def test_a_loss_that_diverges_names_what_helps(faces, tmp_path):
  # A weight that is not a number, from the first step on.
  changes = {"contrastive": {"learning_rate": 1e38}}
  gan_rate = r"smaller gan\.contrastive\.learning_rate"
  with pytest.raises(DivergedError, match=gan_rate):
    run(faces, tmp_path / "run", "contrastive", **changes)


@pytest.mark.skipif(not ROOT, reason="JAXFER_REAL_FACES names no folder")
def test_contrast_is_learnt_from_photographs(tmp_path):
  with Path(ROOT, "wild", "index.csv").open(newline="") as file:
    paths = [row["path"] for row in itertools.islice(csv.DictReader(file), 256)]
  faces = [
    np.asarray(
      Image.open(Path(ROOT, "wild", p)).convert("RGB").resize((32, 32))
    )
    for p in paths
  ]
  out = tmp_path / "run"
  out.mkdir()
  gan = settings("contrastive", batch=32, epochs=20, width=8, steps_per_call=5)
  train(np.stack(faces), out, gan=gan, seed=SEED, devices=jax.devices()[:1])
  lines = logs.read_metrics(out / "metrics.jsonl")
  loss, matched = np.array(lines["loss"]), np.array(lines["matched"])
  assert len(loss) == 160
  guess = np.log(63)  # of 63 other views
  assert loss[:5].mean() > guess - 0.5
  assert loss[-20:].mean() < loss[:20].mean() - 0.3
  assert matched[-20:].mean() > 2 * matched[:20].mean()
