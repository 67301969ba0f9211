"""Reports written into a workdir, and the lines that a run ends with."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from jaxfer import config as configlib
from jaxfer import inventory, kept, terms
from jaxfer.artifacts import Store
from jaxfer.report import estimates, generated, page, protocols, wording
from jaxfer.report.suite import page as suite_page
from jaxfer.results.evidence import Evidence, Results


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
  return describe(results, place)


def write_all(
  store: Store,
  name: str,
  members: Mapping[str, Evidence],
  left_out: Mapping[str, str],
) -> str:
  """Writes the report of a suite by this name, and one for each below it.

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
  lines = [scores(one.results) for one in members.values()]
  return "\n".join([*lines, _lies(place)])


def describe(results: Results, page: Path) -> str:
  """The scores with their intervals, the verdict, and where the page lies."""
  return "\n".join([scores(results), _verdict(results), _lies(page)])


def scores(results: Results) -> str:
  """A run's scores under each protocol in one line."""
  metric = terms.headline(results["task"])
  said = "; ".join(_clauses(results, metric)) or "no protocol was scored"
  name = terms.METRICS[metric].title
  return f"{results['experiment']}: {name} {said}"


def _lies(page: Path) -> str:
  """Where a report, its tables and its figures lie."""
  return (
    f"report: {page}; tables in {page.parent / 'tables'}, figures in"
    f" {page.parent / 'figures'}"
  )


def _clauses(results: Results, metric: str) -> Iterator[str]:
  for protocol in terms.SHOWN:
    block = results["protocols"].get(protocol)
    if block and block.get(metric) is not None and "same_as" not in block:
      score = estimates.score(block, metric)
      yield f"{_where(results, protocol)} {score}"
  if not any(results["protocols"].get(p) for p in ("subject", "across")):
    reason = results["reasons"].get("subject", "not run")
    yield f"{_where(results, 'subject')} not known ({reason})"


def _where(results: Results, protocol: str) -> str:
  if protocols.crosses(results) and protocol in ("paper", "subject", "across"):
    tested = f"on {wording.set_name(results['data']['test']['dataset'])}"
    return f"{tested} with C = 1" if protocol == "paper" else tested
  if terms.protocol(protocol).place:
    return protocols.place(results, protocol)
  return protocols.titles(results)[protocol]


def _verdict(results: Results) -> str:
  if (found := results["generated"]) is None:
    return f"generated faces: none ({results['reasons']['generated']})"
  reasons = "; ".join(found["collapse"]["reasons"])
  said = generated.verdict(found).lower()
  return f"the generator: {said}" + (f" ({reasons})" if reasons else "")


@contextlib.contextmanager
def _draft(store: Store) -> Iterator[Path]:
  """An empty folder to write a report in, by one process at a time."""
  new = store.workdir / ".report.partial"
  with store.lock("report"):
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    yield new
    inventory.write_index(store.workdir)
