"""Experiments run together: one workdir, shared artifacts, one report."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from collections.abc import Mapping, Sequence

from ml_collections import ConfigDict

from jaxfer import config as configlib
from jaxfer import distributed, experiment, parallel
from jaxfer.artifacts import Spec, Store
from jaxfer.config import Config
from jaxfer.data.table import DataError, MissingError
from jaxfer.errors import UserError
from jaxfer.experiment import Experiment, overview
from jaxfer.learn.collapse import CollapsedError
from jaxfer.learn.train import DivergedError
from jaxfer.report import publish
from jaxfer.results import gathering, saved
from jaxfer.results.evidence import Evidence

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Member:
  """One experiment of a suite."""

  config: Config  # what it is
  where: Spec  # its evidence is kept
  experiment: Experiment | None  # its artifacts, where its data is at hand
  evidence: Evidence | None = None  # what is kept, where no more is needed


@dataclasses.dataclass(frozen=True)
class Suite:
  """Experiments run together."""

  store: Store  # their workdir
  members: Mapping[str, Member]  # by name, in order, those that can be made
  left_out: Mapping[str, str]  # by name, why an experiment is not among them


def make(
  config: Config,
  base: Config,
  store: Store,
  devices: Sequence[parallel.Device],
  *,
  drawn_again: bool = False,
) -> Suite:
  """Finds the experiments whose datasets are there.

  The config has the fields that all share, in `run.members` their names and in
  `suite` the other fields; `base` is the tree of all fields. Reports that are
  `drawn_again` from evidence that is kept need no dataset.

  Raises:
    DataError: if every experiment misses a dataset, or one is unusable.
    ValueError: if a field does not exist or cannot work.
  """
  members, missing, failed = {}, {}, {}
  for name in config.run.members:
    member = _config(config, name)
    configlib.validate(member, base)
    where = saved.spec(member)  # before what is left open is filled in
    try:
      if drawn_again:
        found = saved.find(store, where, member, devices)
      else:
        found = experiment.make(member, store, devices), None
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
  return Suite(store, members, left_out)


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


def describe(suite: Suite) -> str:
  """What each experiment of a suite adds, and what there is to make."""
  members = [*suite.members.values()]
  together = members[0].config.run.collection
  lines = [f"{together}: {len(members)} experiments"]
  lines.append(f"  workdir {suite.store.workdir}")
  if found := [m.experiment for m in members if m.experiment is not None]:
    lines.append(overview.where(found[0]))
  every: dict[str, str] = {}
  for name, member in suite.members.items():
    if member.experiment is None or member.evidence is not None:
      lines.append(f"  {name:<11} {'drawn again':>12}")
      continue
    own = overview.todo(member.experiment)
    # What an experiment before it makes is there already.
    new = own.keys() - every.keys()
    every |= own
    adds = f"{len(new)} to make" if new else "done"
    what = overview.subject(member.experiment)
    lines.append(f"  {name:<11} {adds:>12}  {what}")
  for name, reason in suite.left_out.items():
    lines.append(f"  {name:<11} {'left out':>12}  {reason.splitlines()[0]}")
  lines.append(overview.left(every))
  return "\n".join(lines)


def run(suite: Suite, stages: Sequence[str]) -> Suite:
  """Makes the artifacts of every experiment, one experiment after the other.

  One whose data turns out not to suffice, or whose training diverges, is left
  out with the reason, and the others go on. Of the stage `report` only the
  evidence is made.

  Raises:
    DataError: if none is.
  """
  made, left_out = {}, dict(suite.left_out)
  for place, (name, member) in enumerate(suite.members.items(), 1):
    made[name] = member
    if member.experiment is None or member.evidence is not None:
      continue
    _log.info("%s (%d of %d)", name, place, len(suite.members))
    try:
      for stage in stages:
        if stage != "report":
          member.experiment.make(stage, probed="probe" in stages)
        elif distributed.leads():
          evidence = gathering.gather(member.experiment, {})
          saved.save(suite.store, member.where, evidence)
    except (DataError, CollapsedError, DivergedError) as error:
      _log.warning("%s is left out: %s", name, error)
      left_out[name] = str(error)
      del made[name]
      if "report" in stages and distributed.leads():
        saved.save_failure(member.where, member.experiment, str(error))
  if not made:
    raise DataError("no experiment could be made; see above")
  return Suite(suite.store, made, left_out)


def write_report(suite: Suite) -> str:
  """Writes the report of all from their evidence, and one for each below it.

  Returns:
    A line for each experiment, and where the report lies.
  """
  members: dict[str, Evidence] = {}
  for name, member in suite.members.items():
    evidence = member.evidence or saved.load(
      suite.store, member.where, member.config
    )
    assert evidence is not None
    members[name] = evidence
  together = next(iter(suite.members.values())).config.run.collection
  read = any(member.evidence for member in suite.members.values())
  folder = suite.store.workdir / saved.FOLDER
  with saved.reading(folder) if read else contextlib.nullcontext():
    return publish.write_all(suite.store, together, members, suite.left_out)
