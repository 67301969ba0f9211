"""Images a second of the training step, beside PyTorch.

    python -m benchmarks.train_step

Both sides start from the same weights and see the same images and latents, on
as many threads as there are cores. The peer is the fastest of PyTorch's ways
of running the same layers.
"""

from __future__ import annotations

import functools
import itertools
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import harness
from jaxfer import cores, parallel
from jaxfer.configs import base
from jaxfer.learn import learners, schedule
from jaxfer.learn.gan import sizes
from jaxfer.learn.gan.dcgan import GANState, train_step

_SIDE = 64  # pixels of an image or frame
_PEAK = 2048  # side of the matrices whose product is taken for the peak


class Size(NamedTuple):
  """What a step is timed of."""

  width: int
  batch: int
  compute: str  # the type
  learner: str = "dcgan"


def measure(
  *, width: int = 64, batches: Sequence[int] = (64, 128), repeats: int
) -> list[harness.Row]:
  """A row for each batch and type, and on a GPU also against eager mode.

  Float32 against float32 and bfloat16 against autocast; on a GPU the latter.
  """
  both = itertools.product(batches, computes())
  return beside_torch([Size(width, *one) for one in both], repeats)


def beside_torch(asked: Sequence[Size], repeats: int) -> list[harness.Row]:
  """Rows of the steps asked for."""
  peaks = {size.compute: _peak(size.compute) for size in asked}
  return [
    row for size in asked for row in _rows(size, peaks[size.compute], repeats)
  ]


def _rows(size: Size, peak: float, repeats: int) -> list[harness.Row]:
  gpu, of_clips = jax.default_backend() == "gpu", size.learner == "clip_dcgan"
  peers = _peers(*size, gpu) if harness.TORCH else {}
  mine, *others = harness.rates([ours(*size), *peers.values()], repeats)
  found = dict(zip(peers, others, strict=True))
  gflops = mine * flops_per_image(size.width, size.learner) / 1e9
  unit, of = ("clips/s", " of clips") if of_clips else ("images/s", "")
  note = (
    f"{gflops:.0f} of {peak:.0f} GFLOP/s that a product reaches,"
    f" counted by the definition of the convolutions; {unit} of PyTorch: "
    + ", ".join(f"{name} {rate:.3g}" for name, rate in found.items())
  )
  work = f"step{of}, width {size.width}, batch {size.batch}, {size.compute}"
  if not found:
    return [harness.Row(work, mine, None, unit, harness.NO_TORCH, note=note)]
  best = max(found, key=lambda name: found[name])
  goals = {best: 1.5 if gpu else 1.0}
  if gpu:
    eager = max((n for n in found if "eager" in n), key=lambda n: found[n])
    goals[eager] = 3.0
  return [
    harness.Row(work, mine, found[name], unit, f"PyTorch {name}", goal, note)
    for name, goal in goals.items()
  ]


def computes() -> tuple[str, ...]:
  """What the step is timed in on this device."""
  gpu = jax.default_backend() == "gpu"
  return ("bfloat16",) if gpu else ("float32", "bfloat16")


def flops_per_image(width: int, learner: str = "dcgan") -> float:
  """Floating-point operations of one step and image at 64×64 pixels, or clip.

  Eleven passes through four convolutions at two operations a multiplication:
  the discriminator forward and twice backward on real images and on generated
  ones, forward and backward to the images once more; the generator forward and
  twice backward. In two of them the first layer hands nothing back.
  """
  gan = base.get_config().gan
  gan.learner = learner
  sides, maps = learners.blank(gan, _SIDE)[:-1], 3
  layers = []
  for i in range(sizes.depth(_SIDE)):
    places = math.prod(side >> (i + 1) for side in sides)
    layers.append(places * 4 ** len(sides) * maps * width * 2**i)
    maps = width * 2**i
  once = 2 * sum(layers)
  return (3 + 3 + 2 + 3) * once - 2 * (2 * layers[0])


def problem(
  width: int, batch: int, compute: str = "float32", learner: str = "dcgan"
) -> tuple[Any, Any, GANState, np.ndarray, np.ndarray]:
  """Settings, networks, first state, images in [-1, 1] and latents."""
  gan = base.get_config().gan
  gan.learner, gan.width, gan.batch = learner, width, batch
  dcgan, state = learners.create(
    gan, image_size=_SIDE, seed=0, axis_name=parallel.AXIS, compute=compute
  )
  rng = np.random.default_rng(0)
  shape = (batch, *learners.blank(gan, _SIDE))
  images = rng.uniform(-1, 1, shape).astype(np.float32)
  latents = rng.normal(size=(batch, gan.latent)).astype(np.float32)
  return gan, dcgan, state, images, latents


def ours(
  width: int, batch: int, compute: str = "float32", learner: str = "dcgan"
) -> Callable[[], int]:
  """The step as jaxfer's training runs it, for `harness.rates`."""
  call, steps, _ = prepared(width, batch, compute, learner)

  def work() -> int:
    call()
    return steps * batch

  return work


def prepared(
  width: int, batch: int, compute: str, learner: str = "dcgan"
) -> tuple[Callable[[], None], int, Any]:
  """The step as jaxfer's training runs it: mapped, its state donated.

  Returns:
    A function that takes as many steps as a call of training and waits for
    them, how many they are, and the compiled program, a jax.stages.Compiled.
  """
  gan, dcgan, state, images, latents = problem(width, batch, compute, learner)
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
  width: int, batch: int, compute: str, learner: str, gpu: bool
) -> dict[str, Callable[[], int]]:
  """PyTorch's ways of running the step, those that work here, by name."""
  import torch  # pyright: ignore[reportMissingImports]

  from benchmarks import torch_dcgan

  gan, _, state, images, latents = problem(width, batch, learner=learner)
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
