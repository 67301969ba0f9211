"""What a training step costs, counted from the code, and what follows.

    python -m benchmarks.scaling

Walks the program of one step on one device, without running it. The figures of
launch/SCALING.md are these; a test holds that they still are.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.interpreters.partial_eval import dce_jaxpr

from jaxfer import logs, parallel
from jaxfer.configs import base
from jaxfer.learn import learners, pixels
from jaxfer.learn.gan.dcgan import train_step

# NVIDIA's data sheets of H100 SXM and H200: dense TF32, in which JAX multiplies
# float32 on these GPUs, in FLOP/s, and memory in bytes/s.
PEAK = 494.7e12
MEMORY = {"H100": 3.35e12, "H200": 4.8e12}
# One direction of a GPU's links, bytes/s: NVLink 4 has 900 GB/s both ways
# together; between nodes a 400 Gb/s adapter for each GPU.
NVLINK, FABRIC = 450e9, 50e9
GPUS_PER_NODE = 8
# Assumed, not measured: shares of the peaks that convolutions, memory and links
# reach; seconds that a kernel and a collective take however small.
COMPUTES, STREAMS, SENDS = 0.4, 0.7, 0.7
KERNEL = 5e-6
LATENCY_NODE, LATENCY_FABRIC = 20e-6, 40e-6

BATCHES = (16, 128, 512, 1024)  # faces of each GPU
WIDTHS = (1, 8, 64)  # GPUs


@dataclasses.dataclass(frozen=True)
class Cost:
  """What a step costs one device.

  Attributes:
    flops: of convolutions and matrix products; zeros that dilation inserts are
      not counted.
    bytes: moved by these, by reductions and by Adam, at least: what is computed
      element by element is taken to be fused into them.
    reduced: bytes of the arrays averaged over the devices.
    waits: averages that must wait for each other. Those of gradients are
      counted once for each network, as XLA sends them together.
    kernels: convolutions, products and reductions.
  """

  flops: float
  bytes: float
  reduced: float
  waits: int
  kernels: int


def step_cost(batch: int, gan: Any, size: int = 64) -> Cost:
  """Counts one step on one device of several.

  Args:
    batch: faces of this device.
    gan: the config's `gan` section.
    size: height and width of the faces in pixels.
  """
  built = []

  def build():
    built.extend(
      learners.create(gan, image_size=size, seed=0, axis_name=parallel.AXIS)
    )
    return built[1]

  def step(state, images, z):
    images = pixels.from_uint8(images)
    return train_step(built[0], state, images, z)

  state = jax.eval_shape(build)
  program = jax.make_jaxpr(step, axis_env=[(parallel.AXIS, GPUS_PER_NODE)])(
    state,
    jax.ShapeDtypeStruct((batch, size, size, 3), jnp.uint8),
    jax.ShapeDtypeStruct((batch, gan.latent), jnp.float32),
  )
  # What no result depends on is traced, but never runs.
  live, _ = dce_jaxpr(program.jaxpr, [True] * len(program.jaxpr.outvars))
  flops = moved = reduced = 0.0
  kernels = 0
  averages = 0
  for equation in _equations(live):
    name = equation.primitive.name
    operands = sum(_bytes(v) for v in equation.invars)
    results = sum(_bytes(v) for v in equation.outvars)
    if name in ("conv_general_dilated", "dot_general"):
      flops += _flops(equation)
      moved += operands + results
      kernels += 1
    elif name == "reduce_sum":
      moved += operands
      kernels += 1
    elif name.startswith("psum"):
      reduced += operands
      averages += 1
  params = jax.tree.leaves((state.gen.params, state.disc.params))
  # Adam reads weight, gradient and two moments, and writes three of them.
  moved += 7 * sum(4 * leaf.size for leaf in params)
  waits = averages - len(params) + 2
  return Cost(flops, moved, reduced, waits, kernels)


def seconds(cost: Cost, gpus: int, kind: str = "H100") -> float:
  """Expected time of a step; nothing overlaps with what is sent.

  Args:
    cost: of one GPU.
    gpus: how many there are, nodes of `GPUS_PER_NODE` full.
    kind: a key of `MEMORY`.
  """
  alone = max(
    cost.flops / (COMPUTES * PEAK),
    cost.bytes / (STREAMS * MEMORY[kind]),
    cost.kernels * KERNEL,
  )
  if gpus == 1:
    return alone
  # A ring sends everything twice, but for one part of as many as there are
  # members; between nodes it runs over all adapters at once.
  ring = 2 * (gpus - 1) / gpus * cost.reduced
  if gpus <= GPUS_PER_NODE:
    return alone + ring / (SENDS * NVLINK) + cost.waits * LATENCY_NODE
  link = min(NVLINK, GPUS_PER_NODE * FABRIC)
  return alone + ring / (SENDS * link) + cost.waits * LATENCY_FABRIC


def table() -> str:
  """The figures of launch/SCALING.md, as Markdown."""
  gan = base.get_config().gan
  heads = ["faces a GPU", "TFLOP", "GB moved", "MB averaged", "waits"]
  heads += [f"{gpus} GPU{'s' if gpus > 1 else ''}" for gpus in WIDTHS]
  lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
  for batch in BATCHES:
    cost = step_cost(batch, gan)
    cells = [
      f"{batch:,}",
      f"{cost.flops / 1e12:.2f}",
      f"{cost.bytes / 1e9:.1f}",
      f"{cost.reduced / 1e6:.1f}",
      f"{cost.waits}",
    ]
    alone = seconds(cost, 1)
    for gpus in WIDTHS:
      taken = seconds(cost, gpus)
      share = "" if gpus == 1 else f", {alone / taken:.0%}"
      cells.append(f"{1e3 * taken:.1f} ms{share}")
    lines.append(f"| {' | '.join(cells)} |")
  return "\n".join(lines)


def _equations(jaxpr: Any) -> Iterator[Any]:
  """Every equation of a program, those inside others too."""
  for equation in jaxpr.eqns:
    if equation.primitive.name == "cond":
      # `lax.platform_dependent`, the CPU's way before that of all others.
      yield from _equations(equation.params["branches"][-1].jaxpr)
      continue
    inner = [
      value
      for parameter in equation.params.values()
      for value in _programs(parameter)
    ]
    if not inner:
      yield equation
    for program in inner:
      yield from _equations(program)


def _programs(parameter: Any) -> list[Any]:
  if hasattr(parameter, "jaxpr"):
    return [parameter.jaxpr]
  if hasattr(parameter, "eqns"):
    return [parameter]
  return []


def _bytes(variable: Any) -> int:
  shape = getattr(variable.aval, "shape", ())
  return math.prod(shape) * np.dtype(variable.aval.dtype).itemsize


def _flops(equation: Any) -> float:
  left, right = (v.aval.shape for v in equation.invars[:2])
  out = math.prod(equation.outvars[0].aval.shape)
  given = equation.params
  if equation.primitive.name == "dot_general":
    (contracted, _), _ = given["dimension_numbers"]
    return 2 * out * math.prod(left[i] for i in contracted)
  # Multiplications for each output: the kernel's places and input channels.
  spec = given["dimension_numbers"].rhs_spec
  each = math.prod(right) / right[spec[0]]
  return 2 * out * each / math.prod(given["lhs_dilation"])


if __name__ == "__main__":
  logs.speak_anywhere()
  print(table())
