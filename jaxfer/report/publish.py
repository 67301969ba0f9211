"""Reports written into a workdir: of one experiment, and of several."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from jaxfer import config as configlib
from jaxfer import inventory
from jaxfer.artifacts import Store
from jaxfer.report import closing, kept, page
from jaxfer.report.suite import page as suite_page
from jaxfer.results.evidence import Evidence


def write(store: Store, evidence: Evidence) -> str:
  """Writes the report of an experiment, and makes it the workdir's latest.

  An experiment of a suite has a folder of its own in that one's.

  Returns:
    The answer in three lines, the last of which says where the report lies.
  """
  results, workdir = evidence.results, store.workdir
  own, whole = results["experiment"], results["config"]["run.collection"]
  name = kept.folder_name(own, results["experiment_hash"])
  with _draft(store) as new:
    page.write(new, evidence)
    if whole:
      place = kept.publish_member(workdir, new, name, whole, own)
    else:
      place = kept.publish(workdir, new, name)
  return closing.describe(results, place)


def write_all(
  store: Store,
  name: str,
  members: Mapping[str, Evidence],
  left_out: Mapping[str, str],
) -> str:
  """Writes the report of a suite by this name, and one for each below it.

  Args:
    store: the workdir.
    name: of the suite.
    members: by name, what to report of each experiment.
    left_out: by name, why an experiment is not among them.

  Returns:
    A line for each experiment, and where the report lies.
  """
  digests = {n: one.results["experiment_hash"] for n, one in members.items()}
  folder = kept.folder_name(name, configlib.digest(digests))
  with _draft(store) as new:
    for member, evidence in members.items():
      (new / member).mkdir()
      page.write(new / member, evidence)
    suite_page.write(new, members, left_out)
    place = kept.publish(store.workdir, new, folder)
  scores = [closing.scores(one.results) for one in members.values()]
  return "\n".join([*scores, closing.where(place)])


@contextlib.contextmanager
def _draft(store: Store) -> Iterator[Path]:
  """An empty folder to write a report in, by one process at a time."""
  new = store.workdir / ".report.partial"
  with store.lock("report"):
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    yield new
    inventory.write_index(store.workdir)
