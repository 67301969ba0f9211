"""What a run will do, and how large it is, in words."""

from __future__ import annotations

import math

import jax

from jaxfer import config as configlib
from jaxfer import logs, standin
from jaxfer.configs import base
from jaxfer.data import preparation
from jaxfer.experiment import STAGES, Experiment
from jaxfer.experiment.described import Features
from jaxfer.learn import encoding, learners, schedule
from jaxfer.learn.networks import parameter_counts

_MANY = 5000  # faces, of which a part is proposed


def describe(experiment: Experiment, full: bool) -> str:
  """The first lines of a run; in full, those of a dry run.

  These add shapes, parameter counts, memory and disk.
  """
  config, run = experiment.config, experiment.run
  readout = config.features.readout
  shape = encoding.shape(readout, config.crop.size, config.gan)
  dim = math.prod(shape)
  advice = shorter(experiment)
  title = learners.LEARNERS[config.gan.learner].title
  faces = experiment.sets["pretrain"].count
  batch = schedule.batch_size(config.gan, faces)
  steps = schedule.total_steps(config.gan, faces)  # if no face is rejected
  lines = [
    f"{config.run.experiment}: {subject(experiment)}",
    f"  workdir {run.store.workdir}",
    where(experiment),
    f"  {len(experiment.networks)} {title}s, the first of"
    f" {steps:,} training steps of {batch} at width"
    f" {config.gan.width}; {dim:,} features a face ({readout}:"
    f" {shape[0]} maps of {'×'.join(map(str, shape[1:]))});"
    f" {len(experiment.probes)}"
    f" probes; {config.svm.folds} folds, {config.svm.evaluations} search"
    " evaluations",
    left(todo(experiment)),
  ]
  if run.devices[0].platform == "cpu" and "small" in advice:
    lines.append(f"  without a GPU this is long; shorter are: {advice}")
  elif full and advice:
    lines.append(f"  shorter are: {advice}")
  if full:
    lines += _details(experiment, dim)
  if doubled := preparation.twice(config):
    lines.append(f"  {doubled}")
  return "\n".join(lines)


def shorter(experiment: Experiment) -> str:
  """What would make a run shorter and is not asked for already, in words."""
  ways, config = [], experiment.config
  small = config.copy_and_resolve_references()
  base.shrink(small)
  fields, reduced = map(configlib.flatten, (config, small))
  changed = [name for name in fields if fields[name] != reduced[name]]
  if "gan.width" in changed and "gan.batch" in changed:
    ways.append("the argument small, as in --config=FILE.py:small")
  pretrain, faces = config.data.pretrain, experiment.sets["pretrain"].count
  if not config.data[pretrain].count and faces > _MANY:
    ways.append(f"fewer faces, --config.data.{pretrain}.count={_MANY}")
  if any(network.left_out is not None for network in experiment.networks):
    ways.append(
      "fewer DCGANs, --config.svm.protocols=\"('paper','subject')\", without"
      " sealed ones"
    )
  return "; ".join(ways)


def subject(experiment: Experiment) -> str:
  """What is learnt from what, and what is recognised in whom."""
  data = experiment.config.data
  count = {role: one.count for role, one in experiment.sets.items()}
  task = experiment.config.run.task
  what = "emotions" if task == "emotion" else "action units"
  title = learners.LEARNERS[experiment.config.gan.learner].title
  only = f" that show AU{data.only_au}" if data.only_au else ""
  line = (
    f"{title} from {count['pretrain']:,} faces of {data.pretrain}{only},"
    f" {what} of {count['probe']:,} faces of {data.probe}"
  )
  if "test" in count:
    line += f", tested on {count['test']:,} of {data.test}"
  return line + (
    " (drawn stand-in faces)" if standin.drawn(experiment.config) else ""
  )


def where(experiment: Experiment) -> str:
  """Which devices work, and what solves SVMs, and why."""
  run = experiment.run
  device, (backend, reason) = run.devices[0], run.backend
  solver, why = experiment.solver
  if solver != "exact":
    count = run.config.svm.landmarks
    backend, reason = f"{count} {solver} in place of all pairs", why
  kind = f"{device.platform} ({device.device_kind})"
  return f"  on {len(run.devices)} × {kind}; SVMs by {backend} ({reason})"


def todo(experiment: Experiment) -> dict[str, str]:
  """By name, the stage of every artifact that is still to be made.

  Drawings whose crops are there are not made again.
  """
  wanted: dict[str, str] = {}
  for stage in STAGES:
    found = [one for one in experiment.of(stage) if one.state != "ready"]
    wanted |= {one.name: stage for one in found}
  for prepared in experiment.sets.values():
    if prepared.state == "ready":
      for drawn in prepared.needs:
        wanted.pop(drawn.name, None)
  return wanted


def left(stages: dict[str, str]) -> str:
  """How many artifacts of each stage are left to be made."""
  every = [*stages.values()]
  said = [f"{every.count(s)} of {s}" for s in STAGES if s in every]
  return f"  left to make: {', '.join(said) or 'nothing'}"


def _details(experiment: Experiment, dim: int) -> list[str]:
  config = experiment.config
  shapes = learners.shapes(learners.asked(config))
  size, width = config.crop.size, config.gan.width
  faces = {role: one.count for role, one in experiment.sets.items()}
  count = faces["probe"] + faces.get("test", 0)
  one = learners.blank(config.gan, size)
  face_bytes = math.prod(one)
  state_bytes = sum(x.size * x.dtype.itemsize for x in jax.tree.leaves(shapes))
  # Half-resolution maps dominate: each layer halves the area, doubles the maps.
  activations = 4 * math.prod(one[:-1]) * width * config.gan.batch * 4
  described = sum(
    isinstance(one, Features) and one.network is not None
    for one in experiment.artifacts
  )
  disk = (
    sum(set(faces.values())) * face_bytes
    + described * count * dim * 4
    + 2 * len(experiment.networks) * state_bytes
  )
  memory = state_bytes * 2 + activations + faces["pretrain"] * face_bytes
  columns, search = count, count * dim * 4 + 3 * count * count * 8
  if experiment.solver[0] != "exact":
    # Kept distances to the landmarks of all training sets, and one set's
    # kernel and coordinates for each of two threads; features stay in files.
    columns = min(count, config.svm.landmarks)
    search = 4 * count * columns * 10
  return [
    "artifacts:",
    *(f"  {a.state:6} {a.name}" for s in STAGES for a in experiment.of(s)),
    "shapes:",
    f"  faces uint8 {faces['pretrain'], *one} for pretraining,"
    f" {count, *one} probed",
    f"  features float32 {count, dim}",
    f"  kernel {count, columns}",
    "parameters:",
    *(f"  {name} {count:,}" for name, count in parameter_counts(shapes)),
    f"memory: training about {logs.size(memory)}, SVM search about"
    f" {logs.size(search)}",
    f"disk: about {logs.size(disk)} in {experiment.run.store.workdir}",
  ]
