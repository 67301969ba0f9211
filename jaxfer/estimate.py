"""What a run will do and about what it will cost, in words."""

from __future__ import annotations

import time
from collections.abc import Sequence

import jax
import jax.numpy as jnp

from jaxfer import features, logs, parallel, plan
from jaxfer.artifacts import Store
from jaxfer.config import Config
from jaxfer.data import preparation
from jaxfer.gan import state as statelib

# Shares of the measured matmul rate that training reaches, and what the other
# stages cost; read off runs on 2 CPU cores, and rough.
_EFFICIENCY = 0.3
# Per image, all cores.
_PREPARE_S = {"viola_jones": 0.015, "mtcnn": 0.04}
_DECODE_S = 0.002
_DRAW_S = 0.02  # per drawn face
_KERNEL_S = 2.5e-8  # per kernel entry and search evaluation
_LONG = 3600.0  # seconds after which a CPU user is told the smaller size


def describe(
  experiment: plan.Plan,
  config: Config,
  store: Store,
  devices: Sequence[parallel.Device],
  full: bool,
) -> str:
  """The first lines of a run; with `full`, those of a dry run.

  Args:
    experiment: the artifacts.
    config: the experiment's config.
    store: the workdir.
    devices: the devices that will work.
    full: add shapes, parameter counts, memory, disk and every field.
  """
  faces = {r: plan.face_count(experiment, config, r) for r in preparation.ROLES}
  steps = plan.steps(experiment, config)
  drawn = " (drawn stand-in faces)" if experiment.standin else ""
  kind = f"{devices[0].platform} ({devices[0].device_kind})"
  seconds = _seconds(experiment, config, store, faces, steps)
  dim = features.dimension(
    config.features.layer, config.crop.size, config.gan.width
  )
  lines = [
    f"{config.run.experiment}: DCGAN from {faces['pretrain']:,} faces of"
    f" {config.data.pretrain}, emotions of {faces['probe']:,} faces of"
    f" {config.data.probe}{drawn}",
    f"  workdir {store.workdir}",
    f"  on {len(devices)} × {kind}; SVMs by {experiment.backend[0]}"
    f" ({experiment.backend[1]})",
    f"  {steps:,} training steps of {config.gan.batch} at width"
    f" {config.gan.width}; {dim:,} features a face;"
    f" {config.svm.folds} folds, {config.svm.evaluations} search evaluations",
    f"  about {logs.duration(sum(seconds.values()))} left: "
    + ", ".join(f"{k} {logs.duration(v)}" for k, v in seconds.items() if v),
  ]
  if devices[0].platform == "cpu" and seconds["pretrain"] > _LONG:
    lines.append(
      "  without a GPU this is long: add the argument small, as in"
      " --config=FILE.py:small"
    )
  if full:
    lines += _details(experiment, config, store, faces, dim)
  return "\n".join(lines)


def _details(
  experiment: plan.Plan,
  config: Config,
  store: Store,
  faces: dict[str, int],
  dim: int,
) -> list[str]:
  shapes = jax.eval_shape(
    lambda: statelib.create(config.gan, image_size=config.crop.size, seed=0)[1]
  )
  size, width = config.crop.size, config.gan.width
  count = faces["probe"]
  face_bytes = size * size * 3
  state_bytes = sum(x.size * x.dtype.itemsize for x in jax.tree.leaves(shapes))
  # Half-resolution maps dominate: each layer halves the area, doubles the maps.
  activations = 4 * size * size * width * config.gan.batch * 4
  networks = 1 + ("untrained" in experiment.probe)
  disk = (
    sum(set(faces.values())) * face_bytes
    + networks * count * dim * 4
    + 2 * state_bytes
  )
  memory = state_bytes * 2 + activations + faces["pretrain"] * face_bytes
  search = count * dim * 4 + 3 * count * count * 8
  lines = ["artifacts:"]
  for stage in plan.STAGES:
    lines += [
      f"  {store.state(spec):6} {spec.name}" for spec in experiment.specs(stage)
    ]
  lines += [
    "shapes:",
    f"  faces uint8 {faces['pretrain'], size, size, 3} for pretraining,"
    f" {count, size, size, 3} probed",
    f"  features float32 {count, dim}",
    f"  kernel {count, count}",
    "parameters:",
    f"  generator {statelib.parameter_count(shapes.gen.params):,}",
    f"  discriminator {statelib.parameter_count(shapes.disc.params):,}",
    f"memory: training about {_bytes(memory)}, SVM search about"
    f" {_bytes(search)}",
    f"disk: about {_bytes(disk)} in {store.workdir}",
    "config:",
  ]
  return lines + [f"  {line}" for line in str(config).splitlines()]


def _seconds(
  experiment: plan.Plan,
  config: Config,
  store: Store,
  faces: dict[str, int],
  steps: int,
) -> dict[str, float]:
  """Time by stage; 0 where nothing is left to do."""
  rate = _matmul_rate()
  work = _flops(config.crop.size, config.gan.width)
  prepare = {
    spec.name: faces[role]
    * _PREPARE_S.get(spec.settings["detector"], _DECODE_S)
    for role, spec in experiment.prepare.items()
  }
  drawn = sum(faces.values()) / len(faces) if experiment.standin else 0
  folds, svm = config.svm.folds, config.svm
  entries = (faces["probe"] * (1 - 1 / folds)) ** 2
  # Inner folds train on two thirds of the rows, each.
  share = (1 - 1 / svm.inner_folds) ** 2
  fits = svm.evaluations * folds * (1 + svm.inner_folds * share)
  todo = {
    stage: any(store.state(s) != "ready" for s in experiment.specs(stage))
    for stage in plan.STAGES
  }
  passes = 2 * (faces["pretrain"] * 3 + faces["probe"]) / 11
  seconds = {
    "prepare": sum(prepare.values()) + drawn * _DRAW_S,
    "pretrain": steps * config.gan.batch * work / rate,
    "extract": passes * work / rate,
    "probe": len(experiment.probe) * fits * entries * _KERNEL_S,
  }
  return {k: v if todo[k] else 0.0 for k, v in seconds.items()}


def _flops(size: int, width: int) -> float:
  """Floating-point operations of a step, per image, as if 11 forward passes.

  Eight of the discriminator (two forward, two backward at twice the cost, one
  more of each for the generator's gradient) and three of the generator, whose
  convolutions mirror the discriminator's.
  """
  side, maps, before, total = size // 2, width, 3, 0.0
  while side >= 4:
    total += 2 * side * side * 16 * before * maps
    side, maps, before = side // 2, maps * 2, maps
  return 11 * total


def _matmul_rate() -> float:
  """Floating-point operations a second that convolutions will see, about."""
  a = jnp.ones((1024, 1024))
  multiply = jax.jit(lambda x: x @ x)
  multiply(a).block_until_ready()
  start = time.perf_counter()
  for _ in range(4):
    multiply(a).block_until_ready()
  return _EFFICIENCY * 4 * 2 * 1024**3 / (time.perf_counter() - start)


def _bytes(count: float) -> str:
  for unit in ("B", "KiB", "MiB", "GiB"):
    if count < 1024:
      return f"{count:.3g} {unit}"
    count /= 1024
  return f"{count:.3g} TiB"
