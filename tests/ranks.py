"""One of several processes of a tiny run, as test_distributed.py starts it.

python tests/ranks.py SCENARIO FOLDER
"""

import os
import signal
import sys
import time
import traceback
from pathlib import Path
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np

from jaxfer import distributed, features, parallel
from jaxfer.learn import learners
from jaxfer.learn.checkpoints import Checkpoints
from jaxfer.learn.gan.dcgan import train_step

SIZE, BATCH, STEPS = 16, 8, 3
GAN = SimpleNamespace(
  learner="dcgan", width=4, latent=6, learning_rate=2e-4, beta1=0.5
)
# Seconds without a step after which a rank hangs; a busy machine compiles for
# a while, and nothing but the test of hanging should have to wait for it.
PATIENCE, SHORT_PATIENCE = 600.0, 90.0


def batch(step):
  rng = np.random.default_rng(step)
  images = rng.uniform(-1, 1, (BATCH, SIZE, SIZE, 3))
  return images, rng.normal(size=(BATCH, GAN.latent))


def initial():
  """The networks and their state at step 0, in float64."""
  dcgan, state = learners.create(
    GAN, image_size=SIZE, seed=0, axis_name=parallel.AXIS
  )
  return dcgan, jax.tree.map(
    lambda x: x.astype(jnp.float64) if x.dtype == jnp.float32 else x, state
  )


def fan_out(array, devices):
  """This process's rows of a global batch, a part for each device."""
  mine = array[parallel.own_part(len(array), devices)]
  return mine.reshape(len(parallel.own(devices)), -1, *mine.shape[1:])


def take_steps(devices, folder, before=lambda step: None):
  """Three steps from the newest checkpoint in the folder; saves the state.

  Returns:
    Each step's scalars, by name.
  """
  dcgan, state = initial()
  if distributed.leads():
    folder.mkdir(exist_ok=True)
    checkpoints = Checkpoints(folder)
    state = checkpoints.restore(state) or state
  state = parallel.replicate(parallel.from_leader(state), devices)
  mapped = parallel.map_devices(
    lambda s, x, z: train_step(dcgan, s, x, z),
    devices,
    batched=(True, True),
  )
  found = []
  first = int(state.step)
  for step in range(first, first + STEPS):
    before(step)
    images, z = batch(step)
    state, scalars = mapped(
      state, fan_out(images, devices), fan_out(z, devices)
    )
    parallel.largest(0)  # as training asks whether to stop
    found.append({name: float(value) for name, value in scalars.items()})
  distributed.rest()
  if distributed.leads():
    checkpoints.save(state)
    checkpoints.close()
  return {name: [one[name] for one in found] for name in found[0]}


def describe(devices, out):
  """Features of some faces by the initial discriminator, in float32."""
  with jax.enable_x64(False):
    dcgan, state = learners.create(GAN, image_size=SIZE, seed=0)
    rng = np.random.default_rng(0)
    faces = rng.integers(0, 256, (13, SIZE, SIZE, 3), dtype=np.uint8)
    common = {"batch": 4, "devices": parallel.own(devices)}
    disc = features.recompute_statistics(dcgan, state.disc, faces, **common)
    features.extract(dcgan, disc, faces, out, readout="conv2", **common)


def fault(scenario, folder):
  """What goes wrong before a step, by scenario: „die 2“ strikes rank 2."""
  kind, _, rank = scenario.partition(" ")

  def before(step):
    if step != 1 or str(jax.process_index()) != rank:
      return
    (folder / "struck").write_text(str(time.time()))
    if kind == "die":
      os._exit(9)
    if kind == "stop":
      os.kill(os.getpid(), signal.SIGSTOP)
    if kind == "fail":
      raise ValueError("no such face")
    time.sleep(3600)

  return before


def main(scenario, folder):
  hangs = scenario.startswith("hang")
  distributed.start(SHORT_PATIENCE if hangs else PATIENCE)
  devices, before = jax.devices(), fault(scenario, folder)
  with distributed.naming_others():
    scalars = take_steps(devices, folder / "checkpoints", before)
  if distributed.leads():
    np.savez(folder / "scalars.npz", allow_pickle=False, **scalars)
    describe(devices, folder / "features.npy")
  distributed.told()
  return 0


if __name__ == "__main__":
  try:
    status = main(sys.argv[1], Path(sys.argv[2]))
  except Exception:
    traceback.print_exc()
    status = 1
  sys.exit(distributed.leave(status))
