"""Experiments run together: one workdir, shared artifacts, one report."""

from __future__ import annotations

import dataclasses
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from ml_collections import ConfigDict

from jaxfer import artifacts, estimate, logs, parallel, plan, results
from jaxfer import config as configlib
from jaxfer.artifacts import Store
from jaxfer.config import Config
from jaxfer.pipeline import Pipeline
from jaxfer.report import collection, page

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Member:
  """One experiment of a suite, and the artifacts that it asks for."""

  config: Config
  plan: plan.Plan


def members(config: Config, base: Config, devices: int) -> dict[str, Member]:
  """The experiments of a suite, by name, in order.

  Args:
    config: a suite: the fields that all share, and in `suite` the others.
    base: the tree of all fields.
    devices: number of devices that will share a batch.

  Raises:
    DataError: if a dataset is missing or unusable.
    ValueError: if a field does not exist or cannot work.
  """
  found = {}
  for name, changes in config.suite.items():
    member = config.copy_and_resolve_references()
    with member.unlocked():
      member.suite = ConfigDict()
    member.run.experiment = name
    member.update(changes)
    configlib.validate(member, base)
    found[name] = Member(member, plan.make(member, devices))
  return found


def describe(
  suite: dict[str, Member],
  config: Config,
  store: Store,
  devices: Sequence[parallel.Device],
) -> str:
  """The plan of a suite: what each experiment adds, and the time it takes."""
  lines = [f"{config.run.collection}: {len(suite)} experiments"]
  first = next(iter(suite.values()))
  lines += [f"  workdir {store.workdir}", estimate.where(first.plan, devices)]
  every: dict[str, tuple[str, float]] = {}
  for name, member in suite.items():
    own = estimate.costs(member.plan, member.config, store)
    # What an experiment before it makes is there already.
    new = {key: cost for key, cost in own.items() if key not in every}
    every |= new
    seconds = sum(value for _, value in new.values())
    time = logs.duration(seconds) if new else "done"
    what = estimate.subject(member.plan, member.config)
    lines.append(f"  {name:<11} {time:>12}  {what}")
  lines.append(estimate.left(estimate.by_stage(every)))
  return "\n".join(lines)


def run(
  suite: dict[str, Member],
  store: Store,
  devices: Sequence[parallel.Device],
  stages: Sequence[str],
) -> None:
  """Makes the artifacts of every experiment, one experiment after the other.

  Args:
    suite: the experiments.
    store: the workdir.
    devices: the devices that share the work.
    stages: those to run, in order, without the report.
  """
  for place, (name, member) in enumerate(suite.items(), 1):
    _log.info("%s (%d of %d)", name, place, len(suite))
    work = Pipeline(member.config, member.plan, store, devices)
    for stage in stages:
      work.run(stage)


def write_report(
  suite: dict[str, Member],
  store: Store,
  devices: Sequence[parallel.Device],
) -> Path:
  """Writes the report of all experiments, and one for each below it.

  Args:
    suite: the experiments.
    store: the workdir.
    devices: the devices that share the work of what is still to be made.

  Returns:
    The path of index.html.
  """
  gathered = {}
  for name, member in suite.items():
    work = Pipeline(member.config, member.plan, store, devices)
    gathered[name] = results.gather(work, member.plan, member.config, {})
  new, final = store.workdir / ".report.partial", store.workdir / "report"
  with store.lock("report"):
    shutil.rmtree(new, ignore_errors=True)
    for name, evidence in gathered.items():
      (new / name).mkdir(parents=True)
      page.write(new / name, evidence)
    collection.write(new, gathered)
    artifacts.swap_directory(new, final)
  return final / "index.html"
