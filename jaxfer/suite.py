"""Experiments run together: one workdir, shared artifacts, one report."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from collections.abc import Mapping, Sequence

from ml_collections import ConfigDict

from jaxfer import config as configlib
from jaxfer import distributed, estimate, logs, parallel, plan
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data.table import DataError, MissingError
from jaxfer.errors import UserError
from jaxfer.gan.collapse import CollapsedError
from jaxfer.gan.train import DivergedError
from jaxfer.pipeline import Pipeline
from jaxfer.report import publish
from jaxfer.results import gathering, saved
from jaxfer.results.evidence import Evidence

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Member:
  """One experiment of a suite.

  Attributes:
    config: what it is.
    where: its evidence is kept.
    plan: the artifacts that it asks for; None where its data is not at hand.
    evidence: what is kept of it, where no more is needed.
  """

  config: Config
  where: Spec
  plan: plan.Plan | None
  evidence: Evidence | None = None


@dataclasses.dataclass(frozen=True)
class Suite:
  """Experiments run together.

  Attributes:
    members: by name, in order, those whose data is at hand.
    left_out: by name, why an experiment is not among them.
  """

  members: Mapping[str, Member]
  left_out: Mapping[str, str]


def make(
  config: Config, base: Config, devices: int, kept: Store | None = None
) -> Suite:
  """Plans the experiments whose datasets are there.

  Args:
    config: a suite: the fields that all share, in `run.members` their names
      and in `suite` the other fields.
    base: the tree of all fields.
    devices: number of devices that will share a batch.
    kept: the workdir, where an experiment whose evidence it keeps needs no
      dataset: its report can be drawn from that.

  Raises:
    DataError: if every experiment misses a dataset, or one is unusable.
    ValueError: if a field does not exist or cannot work.
  """
  members, missing, failed = {}, {}, {}
  for name in config.run.members:
    member = _config(config, name)
    configlib.validate(member, base)
    where = saved.spec(member)  # before a plan fills in what is left open
    try:
      if kept is None:
        found = plan.make(member, devices), None
      else:
        found = saved.find(kept, where, member, devices)
      members[name] = Member(member, where, *found)
    except MissingError as error:
      missing[name] = str(error)
    except saved.FailedError as error:
      failed[name] = str(error)
  left_out = missing | failed
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
  lines.append(f"  workdir {store.workdir}")
  if plans := [m.plan for m in suite.members.values() if m.plan is not None]:
    lines.append(estimate.where(plans[0], devices))
  every: dict[str, tuple[str, float]] = {}
  for name, member in suite.members.items():
    if member.plan is None or member.evidence is not None:
      lines.append(f"  {name:<11} {'drawn again':>12}")
      continue
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
    stages: those to run, in order; of the report, what it is drawn from.

  Returns:
    The experiments that are made.

  Raises:
    DataError: if none is.
  """
  made, left_out = {}, dict(suite.left_out)
  for place, (name, member) in enumerate(suite.members.items(), 1):
    made[name] = member
    if member.plan is None or member.evidence is not None:
      continue
    _log.info("%s (%d of %d)", name, place, len(suite.members))
    work = Pipeline(member.config, member.plan, store, devices)
    try:
      for stage in stages:
        if stage != "report":
          work.run(stage, probed="probe" in stages)
        elif distributed.leads():
          evidence = gathering.gather(work, member.plan, member.config, {})
          saved.save(store, member.where, evidence)
    except (DataError, CollapsedError, DivergedError) as error:
      _log.warning("%s is left out: %s", name, error)
      left_out[name] = str(error)
      del made[name]
      if "report" in stages and distributed.leads():
        saved.save_failure(store, member.where, member.plan, str(error))
  if not made:
    raise DataError("no experiment could be made; see above")
  return Suite(made, left_out)


def write_report(suite: Suite, store: Store) -> str:
  """Writes the report of all experiments, and one for each below it.

  Args:
    suite: the experiments, whose evidence is kept.
    store: the workdir.

  Returns:
    A line for each experiment, and where the report lies.
  """
  members: dict[str, Evidence] = {}
  for name, member in suite.members.items():
    evidence = member.evidence or saved.load(store, member.where, member.config)
    assert evidence is not None
    members[name] = evidence
  together = next(iter(suite.members.values())).config.run.collection
  read = any(member.evidence for member in suite.members.values())
  folder = store.workdir / saved.FOLDER
  with saved.reading(folder) if read else contextlib.nullcontext():
    return publish.write_all(store, together, members, suite.left_out)
