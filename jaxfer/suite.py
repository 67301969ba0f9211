"""Experiments run together: one workdir, shared artifacts, one report."""

from __future__ import annotations

import dataclasses
import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from jaxfer import config as configlib
from jaxfer import estimate, inventory, logs, parallel, plan, results
from jaxfer.artifacts import Store
from jaxfer.config import Config
from jaxfer.data.table import DataError, MissingError
from jaxfer.errors import UserError
from jaxfer.learn.collapse import CollapsedError
from jaxfer.learn.train import DivergedError
from jaxfer.pipeline import Pipeline
from jaxfer.report import collection, page
from jaxfer.results import kept

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Member:
  """One experiment of a suite, and the artifacts that it asks for."""

  config: Config
  plan: plan.Plan


@dataclasses.dataclass(frozen=True)
class Suite:
  """Experiments run together.

  Attributes:
    members: by name, in order, those whose data is at hand.
    left_out: by name, why an experiment is not among them.
  """

  members: Mapping[str, Member]
  left_out: Mapping[str, str]


def make(config: Config, base: Config, devices: int) -> Suite:
  """Plans the experiments whose datasets are there.

  Args:
    config: a suite: the fields that all share, in `run.members` their names
      and in `suite` the other fields.
    base: the tree of all fields.
    devices: number of devices that will share a batch.

  Raises:
    DataError: if every experiment misses a dataset, or one is unusable.
    ValueError: if a field does not exist or cannot work.
  """
  members, left_out = {}, {}
  for name in config.run.members:
    member = _config(config, name)
    configlib.validate(member, base)
    try:
      members[name] = Member(member, plan.make(member, devices))
    except MissingError as error:
      left_out[name] = str(error)
  if not members:
    raise DataError(
      f"none of the {len(left_out)} experiments has its data:\n"
      + "\n".join(dict.fromkeys(left_out.values()))
    )
  return Suite(members, left_out)


def _config(config: Config, name: str) -> Config:
  if name not in config.suite:
    raise UserError(
      f"run.members names {name!r}, which is not one of"
      f" {', '.join(sorted(config.suite))}"
    )
  member = config.copy_and_resolve_references()
  with member.unlocked():
    member.suite = ConfigDict()
  member.run.members = ()
  member.run.experiment = name
  member.update(config.suite[name])
  return member


def describe(
  suite: Suite,
  config: Config,
  store: Store,
  devices: Sequence[parallel.Device],
) -> str:
  """The plan of a suite: what each experiment adds, and the time it takes."""
  lines = [f"{config.run.collection}: {len(suite.members)} experiments"]
  first = next(iter(suite.members.values()))
  lines += [f"  workdir {store.workdir}", estimate.where(first.plan, devices)]
  every: dict[str, tuple[str, float]] = {}
  for name, member in suite.members.items():
    own = estimate.costs(member.plan, member.config, store)
    # What an experiment before it makes is there already.
    new = {key: cost for key, cost in own.items() if key not in every}
    every |= new
    seconds = sum(value for _, value in new.values())
    time = logs.duration(seconds) if new else "done"
    what = estimate.subject(member.plan, member.config)
    lines.append(f"  {name:<11} {time:>12}  {what}")
  for name, reason in suite.left_out.items():
    lines.append(f"  {name:<11} {'left out':>12}  {reason.splitlines()[0]}")
  lines.append(estimate.left(estimate.by_stage(every)))
  return "\n".join(lines)


def run(
  suite: Suite,
  store: Store,
  devices: Sequence[parallel.Device],
  stages: Sequence[str],
) -> Suite:
  """Makes the artifacts of every experiment, one experiment after the other.

  One whose data turns out not to suffice, or whose training diverges, is left
  out with the reason, and the others go on.

  Args:
    suite: the experiments.
    store: the workdir.
    devices: the devices that share the work.
    stages: those to run, in order, without the report.

  Returns:
    The experiments that are made.

  Raises:
    DataError: if none is.
  """
  made, left_out = {}, dict(suite.left_out)
  for place, (name, member) in enumerate(suite.members.items(), 1):
    _log.info("%s (%d of %d)", name, place, len(suite.members))
    work = Pipeline(member.config, member.plan, store, devices)
    try:
      for stage in stages:
        work.run(stage, probed="probe" in stages)
    except (DataError, CollapsedError, DivergedError) as error:
      _log.warning("%s is left out: %s", name, error)
      left_out[name] = str(error)
    else:
      made[name] = member
  if not made:
    raise DataError("no experiment could be made; see above")
  return Suite(made, left_out)


def write_report(
  suite: Suite, store: Store, devices: Sequence[parallel.Device]
) -> tuple[Path, dict[str, dict[str, Any]]]:
  """Writes the report of all experiments, and one for each below it.

  Args:
    suite: the experiments.
    store: the workdir.
    devices: the devices that share the work of what is still to be made.

  Returns:
    The path of index.html, and the results by name.
  """
  gathered = {}
  for name, member in suite.members.items():
    work = Pipeline(member.config, member.plan, store, devices)
    gathered[name] = results.gather(work, member.plan, member.config, {})
  found = {name: evidence.results for name, evidence in gathered.items()}
  first = next(iter(suite.members.values())).config
  digests = {name: one["experiment_hash"] for name, one in found.items()}
  name = kept.folder_name(first.run.collection, configlib.digest(digests))
  new = store.workdir / ".report.partial"
  with store.lock("report"):
    shutil.rmtree(new, ignore_errors=True)
    for member, evidence in gathered.items():
      (new / member).mkdir(parents=True)
      page.write(new / member, evidence)
    collection.write(new, gathered, suite.left_out)
    place = kept.publish(store.workdir, new, name)
    inventory.write_index(store.workdir)
  return place, found
