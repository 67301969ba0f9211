"""What a run will do and about what it will cost, in words."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp

from jaxfer import config as configlib
from jaxfer import facs, logs, parallel, plan, standin
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.configs import base
from jaxfer.data import conditions, preparation
from jaxfer.learn import encoding, learners
from jaxfer.learn.networks import parameter_counts
from jaxfer.learn.schedule import total_steps
from jaxfer.plan.arms import RULE, Arm
from jaxfer.plan.networks import Network

# Shares of the measured matmul rate that training reaches, and what the other
# stages cost; read off runs on 2 CPU cores, and rough.
_EFFICIENCY = 0.3
# Per image, all cores.
_PREPARE_S = {"viola_jones": 0.015, "mtcnn": 0.04}
_DECODE_S = 0.002
_DRAW_S = 0.02  # per drawn face
_KERNEL_S = 2.5e-8  # per kernel entry and search evaluation
_LINEAR_S = 2e-8  # the same and action unit, each value of C
_MEASURE_S = 4.0  # generated faces, but for what follows
_SSIM_S = 1e-4  # per pair of faces
_INCEPTION_FLOPS = 1.1e10  # per image
_MANY = 5000  # faces, of which a part is proposed
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
    full: add shapes, parameter counts, memory and disk.
  """
  seconds = by_stage(costs(experiment, config, store))
  layer = config.features.layer
  shape = encoding.shape(layer, config.crop.size, config.gan)
  dim = math.prod(shape)
  steps = plan.steps(experiment, config)
  lines = [
    f"{config.run.experiment}: {subject(experiment, config)}",
    f"  workdir {store.workdir}",
    where(experiment, devices),
    f"  {len(experiment.networks)} DCGANs, the first of {steps:,} training"
    f" steps of {config.gan.batch} at width {config.gan.width}; {dim:,}"
    f" features a face ({layer}: {shape[0]} maps of {shape[1]}×{shape[2]});"
    f" {len(experiment.arms)} probes;"
    f" {config.svm.folds} folds, {config.svm.evaluations} search evaluations",
    left(seconds),
  ]
  if devices[0].platform == "cpu" and seconds.get("pretrain", 0) > _LONG:
    lines.append("  without a GPU this is long" + shorter(experiment, config))
  if full:
    lines += _details(experiment, config, store, dim)
  if doubled := preparation.twice(config):
    lines.append(f"  {doubled}")
  return "\n".join(lines)


def shorter(experiment: plan.Plan, config: Config) -> str:
  """What would make a run shorter and is not asked for already, in words.

  Args:
    experiment: its artifacts.
    config: its config.

  Returns:
    Words that follow a statement; empty where there is nothing to advise.
  """
  ways = []
  small = config.copy_and_resolve_references()
  base.shrink(small)
  fields, reduced = map(configlib.flatten, (config, small))
  changed = [name for name in fields if fields[name] != reduced[name]]
  if "gan.width" in changed and "gan.batch" in changed:
    ways.append("the argument small, as in --config=FILE.py:small")
  pretrain = config.data.pretrain
  faces = plan.face_count(experiment, config, "pretrain")
  if not config.data[pretrain].count and faces > _MANY:
    ways.append(f"fewer faces, --config.data.{pretrain}.count={_MANY}")
  if any(network.left_out is not None for network in experiment.networks):
    ways.append(
      "fewer DCGANs, --config.svm.protocols=\"('paper','subject')\", without"
      " sealed ones"
    )
  return f"; shorter are: {'; '.join(ways)}" if ways else ""


def subject(experiment: plan.Plan, config: Config) -> str:
  """What is learnt from what, and what is recognised in whom."""
  count = {
    r: plan.face_count(experiment, config, r) for r in experiment.prepare
  }
  data = config.data
  what = "emotions" if config.run.task == "emotion" else "action units"
  only = f" that show AU{data.only_au}" if data.only_au else ""
  drawn = " (drawn stand-in faces)" if experiment.standin else ""
  line = (
    f"DCGAN from {count['pretrain']:,} faces of {data.pretrain}{only},"
    f" {what} of {count['probe']:,} faces of {data.probe}"
  )
  if "test" in count:
    line += f", tested on {count['test']:,} of {data.test}"
  return line + drawn


def where(experiment: plan.Plan, devices: Sequence[parallel.Device]) -> str:
  """Which devices work, and which SVM backend, and why."""
  kind = f"{devices[0].platform} ({devices[0].device_kind})"
  backend, reason = experiment.backend
  return f"  on {len(devices)} × {kind}; SVMs by {backend} ({reason})"


def left(seconds: Mapping[str, float]) -> str:
  """The time that is left, and by stage."""
  return f"  about {logs.duration(sum(seconds.values()))} left: " + ", ".join(
    f"{stage} {logs.duration(value)}" for stage, value in seconds.items()
  )


def costs(
  experiment: plan.Plan, config: Config, store: Store
) -> dict[str, tuple[str, float]]:
  """Stage and seconds of every artifact that is still to be made, by name."""
  rate = _matmul_rate()
  work = _flops(config.crop.size, config.gan.width)
  count = {
    spec.name: plan.face_count(experiment, config, role)
    for role, spec in experiment.prepare.items()
  }
  found: dict[str, tuple[str, float]] = {}

  def add(stage: str, spec: Spec, seconds: float) -> None:
    if store.state(spec) != "ready":
      found[spec.name] = (stage, seconds)

  def learnt_from(network: Network) -> float:
    share = 1 / config.svm.sealed_folds if network.left_out is not None else 0
    return count[network.faces.name] * (1 - share)

  for spec in experiment.standin.values():
    add("prepare", spec, standin.count(**spec.settings) * _DRAW_S)
  for spec in experiment.prepare.values():
    each = _PREPARE_S.get(spec.settings["detector"], _DECODE_S)
    add("prepare", spec, count[spec.name] * each)
  for network in experiment.networks:
    assert network.weights is not None
    steps = total_steps(config.gan, int(learnt_from(network)))
    add("pretrain", network.weights, steps * config.gan.batch * work / rate)
  for one in experiment.features:
    passes = 0.0
    if one.network is not None:
      passes = 3 * learnt_from(one.network) + count[one.faces.name]
    add("extract", one.spec, 2 * passes / 11 * work / rate + 1)
  for arm in experiment.arms:
    rows = count[arm.features[0].faces.name]
    add("probe", arm.spec, _probe_seconds(arm, config, rows))
  generate = config.generate
  seconds = _MEASURE_S + _SSIM_S * generate.ssim**2
  if generate.inception:
    images = 3 * min(generate.compare, generate.count) * len(generate.dialects)
    seconds += images * _INCEPTION_FLOPS / rate
  add("generate", experiment.measure, seconds)
  return found


def by_stage(found: Mapping[str, tuple[str, float]]) -> dict[str, float]:
  """Seconds of each stage that has something left to do."""
  seconds: dict[str, float] = {}
  for stage, value in found.values():
    seconds[stage] = seconds.get(stage, 0) + value
  return {stage: seconds[stage] for stage in plan.STAGES if stage in seconds}


def _counts(experiment: plan.Plan, config: Config) -> dict[str, int]:
  """Faces of each role's set."""
  return {
    role: plan.face_count(experiment, config, role)
    for role in experiment.prepare
  }


def _probe_seconds(arm: Arm, config: Config, rows: int) -> float:
  """Every kernel that is fitted, entry by entry."""
  svm = config.svm
  folds = {"paper": svm.folds, "subject": svm.folds}
  inner = svm.inner_folds * (1 - 1 / svm.inner_folds) ** 2
  total = 0.0
  for protocol in arm.protocols:
    count = folds.get(protocol, svm.sealed_folds)
    if config.run.task == "au" and arm.representation != RULE:
      tries = 1 if protocol == "paper" else svm.au_values
      aus = len(svm.aus) or len(facs.AUS)
      total += count * aus * (tries * inner + 1) * _LINEAR_S
    else:
      tuned = 1.0 if protocol == "paper" else inner
      total += svm.evaluations * count * tuned * _KERNEL_S
  return total * (0.9 * rows) ** 2


def _details(
  experiment: plan.Plan, config: Config, store: Store, dim: int
) -> list[str]:
  shapes = learners.shapes(
    config.gan,
    image_size=config.crop.size,
    labels=conditions.length(config.gan.condition),
  )
  size, width = config.crop.size, config.gan.width
  faces = {
    r: plan.face_count(experiment, config, r) for r in experiment.prepare
  }
  count = faces["probe"] + faces.get("test", 0)
  face_bytes = size * size * 3
  state_bytes = sum(x.size * x.dtype.itemsize for x in jax.tree.leaves(shapes))
  # Half-resolution maps dominate: each layer halves the area, doubles the maps.
  activations = 4 * size * size * width * config.gan.batch * 4
  described = sum(one.network is not None for one in experiment.features)
  disk = (
    sum(set(faces.values())) * face_bytes
    + described * count * dim * 4
    + 2 * len(experiment.networks) * state_bytes
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
    *(f"  {name} {count:,}" for name, count in parameter_counts(shapes)),
    f"memory: training about {logs.size(memory)}, SVM search about"
    f" {logs.size(search)}",
    f"disk: about {logs.size(disk)} in {store.workdir}",
  ]
  return lines


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


@functools.cache
def _matmul_rate() -> float:
  """Floating-point operations a second that convolutions will see, about."""
  a = jnp.ones((1024, 1024))
  multiply = jax.jit(lambda x: x @ x)
  multiply(a).block_until_ready()
  start = time.perf_counter()
  for _ in range(4):
    multiply(a).block_until_ready()
  return _EFFICIENCY * 4 * 2 * 1024**3 / (time.perf_counter() - start)
