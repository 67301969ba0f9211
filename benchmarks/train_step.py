"""Images a second of the training step, beside PyTorch.

    python -m benchmarks.train_step

Both sides start from the same weights and see the same images and latents, on
as many threads as there are cores. The peer is the fastest of PyTorch's ways
of running the same layers.
"""

from __future__ import annotations

import functools
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import harness
from jaxfer import cores, parallel
from jaxfer.configs import base
from jaxfer.learn import learners, schedule
from jaxfer.learn.gan.dcgan import GANState, train_step

_PEAK = 2048  # side of the matrices whose product is taken for the peak


def measure(
  *, width: int = 64, batches: Sequence[int] = (64, 128), repeats: int
) -> list[harness.Row]:
  """A row for each batch and type, and on a GPU also against eager mode.

  Float32 against float32 and bfloat16 against autocast; on a GPU the latter.
  """
  gpu = jax.default_backend() == "gpu"
  peaks = {compute: _peak(compute) for compute in computes()}
  rows = []
  for batch, compute in itertools.product(batches, computes()):
    peers = _peers(width, batch, compute, gpu) if harness.TORCH else {}
    works = [ours(width, batch, compute), *peers.values()]
    mine, *others = harness.rates(works, repeats)
    found = dict(zip(peers, others, strict=True))
    gflops = mine * flops_per_image(width) / 1e9
    note = (
      f"{gflops:.0f} of {peaks[compute]:.0f} GFLOP/s that a product reaches,"
      " counted by the definition of the convolutions; images/s of PyTorch: "
      + ", ".join(f"{name} {rate:.1f}" for name, rate in found.items())
    )
    work = f"step, width {width}, batch {batch}, {compute}"
    if not found:
      rows.append(
        harness.Row(work, mine, None, "images/s", harness.NO_TORCH, note=note)
      )
      continue
    best = max(found, key=lambda name: found[name])
    goals = {best: 1.5 if gpu else 1.0}
    if gpu:
      eager = max((n for n in found if "eager" in n), key=lambda n: found[n])
      goals[eager] = 3.0
    for name, goal in goals.items():
      peer = found[name], "images/s", f"PyTorch {name}"
      rows.append(harness.Row(work, mine, *peer, goal, note))
  return rows


def computes() -> tuple[str, ...]:
  """What the step is timed in on this device."""
  gpu = jax.default_backend() == "gpu"
  return ("bfloat16",) if gpu else ("float32", "bfloat16")


def flops_per_image(width: int) -> float:
  """Floating-point operations of one step and image at 64×64 pixels.

  Eleven passes through four convolutions at two operations a multiplication:
  the discriminator forward and twice backward on real images and on generated
  ones, forward and backward to the images once more; the generator forward and
  twice backward. In two of them the first layer hands nothing back.
  """
  layers = [32**2 * 48 * width] + [
    (32 >> i) ** 2 * 16 * width * 2 ** (i - 1) * width * 2**i for i in (1, 2, 3)
  ]
  once = 2 * sum(layers)
  return (3 + 3 + 2 + 3) * once - 2 * (2 * layers[0])


def problem(
  width: int, batch: int, compute: str = "float32"
) -> tuple[Any, Any, GANState, np.ndarray, np.ndarray]:
  """Settings, networks, first state, images in [-1, 1] and latents."""
  gan = base.get_config().gan
  gan.width, gan.batch = width, batch
  dcgan, state = learners.create(
    gan, image_size=64, seed=0, axis_name=parallel.AXIS, compute=compute
  )
  rng = np.random.default_rng(0)
  images = rng.uniform(-1, 1, (batch, 64, 64, 3)).astype(np.float32)
  latents = rng.normal(size=(batch, gan.latent)).astype(np.float32)
  return gan, dcgan, state, images, latents


def ours(width: int, batch: int, compute: str = "float32") -> Callable[[], int]:
  """The step as jaxfer's training runs it, for `harness.rates`."""
  call, steps, _ = prepared(width, batch, compute)

  def work() -> int:
    call()
    return steps * batch

  return work


def prepared(
  width: int, batch: int, compute: str
) -> tuple[Callable[[], None], int, Any]:
  """The step as jaxfer's training runs it: mapped, its state donated.

  Returns:
    A function that takes as many steps as a call of training and waits for
    them, how many they are, and the compiled program, a jax.stages.Compiled.
  """
  gan, dcgan, state, images, latents = problem(width, batch, compute)
  steps = schedule.steps_per_call(gan, jax.default_backend())
  one = functools.partial(train_step, dcgan)

  def program(state, images, latents):
    return jax.lax.scan(
      lambda s, _: one(s, images, latents), state, length=steps
    )

  devices = jax.devices()[:1]
  mapped = parallel.map_devices(program, devices, batched=(True, True))
  state = parallel.replicate(state, devices)
  images, latents = (
    parallel.split(x[None], devices) for x in (images, latents)
  )
  compiled = mapped.lower(state, images, latents).compile()

  def call() -> None:
    nonlocal state
    state, scalars = compiled(state, images, latents)
    jax.block_until_ready(scalars)

  return call, steps, compiled


def _peers(
  width: int, batch: int, compute: str, gpu: bool
) -> dict[str, Callable[[], int]]:
  """PyTorch's ways of running the step, those that work here, by name."""
  import torch  # pyright: ignore[reportMissingImports]

  from benchmarks import torch_dcgan

  gan, _, state, images, latents = problem(width, batch)
  torch.set_num_threads(cores.count())
  # XLA times what cuDNN offers and takes the fastest; so may PyTorch.
  torch.backends.cudnn.benchmark = True
  # A discriminator is compiled for each of its uses in a step.
  torch._dynamo.config.recompile_limit = 64
  steps = schedule.steps_per_call(gan, jax.default_backend())

  def work(
    *,
    channels_last: bool = True,
    compiled: bool = False,
    mode: str | None = None,
    graph: bool = False,
  ) -> Callable[[], int]:
    trainer = torch_dcgan.Trainer(
      state,
      learning_rate=gan.learning_rate,
      beta1=gan.beta1,
      device="cuda" if gpu else "cpu",
      channels_last=channels_last,
      autocast=None if compute == "float32" else getattr(torch, compute),
      capturable=graph,
    )
    if compiled:
      trainer.gen.compile(mode=mode)
      trainer.disc.compile(mode=mode)
    x = trainer.images(images)
    z = torch.from_numpy(latents).to(trainer.device)
    step = trainer.recorded(x, z) if graph else lambda: trainer.step(x, z)

    def run() -> int:
      for _ in range(steps):
        loss, _ = step()
      float(loss)  # waits for the device
      return steps * batch

    return run

  ways = {"eager": {"channels_last": False}, "eager channels_last": {}}
  if gpu:
    # The whole step as one graph: by itself max-autotune records each pass of
    # a network, and leaves the optimizers out.
    tuned = {"compiled": True, "mode": "max-autotune-no-cudagraphs"}
    ways |= {
      "CUDA graph channels_last": {"graph": True},
      "CUDA graph channels_last, max-autotune": {"graph": True, **tuned},
    }
  else:
    ways["compile channels_last"] = {"compiled": True}
  found = {}
  for name, way in ways.items():
    try:
      run = work(**way)
      run()  # torch.compile needs a compiler, for one
    except Exception as error:  # whatever the peer raises
      why = f"{type(error).__name__}: {str(error)[:200]}"
      print(f"left out: PyTorch {name}: {why}", file=sys.stderr)
      continue
    found[name] = run
  return found


def _peak(dtype: str) -> float:
  """GFLOP/s of a large product in JAX."""
  x = jnp.ones((_PEAK, _PEAK), dtype)
  product = jax.jit(jnp.matmul)
  product(x, x).block_until_ready()
  times = []
  for _ in range(5):
    start = time.perf_counter()
    product(x, x).block_until_ready()
    times.append(time.perf_counter() - start)
  return 2 * _PEAK**3 / statistics.median(times) / 1e9


if __name__ == "__main__":
  harness.main("train_step", __doc__, measure, repeats=5)
