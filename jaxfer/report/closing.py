"""How a run ends: its answer in three lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jaxfer import terms
from jaxfer.report import generated, protocols, wording


def describe(results: Mapping[str, Any], page: Path) -> str:
  """The scores with their intervals, the verdict, and where more lies.

  Args:
    results: the numbers of a run.
    page: its index.html.
  """
  return "\n".join([scores(results), _verdict(results), where(page)])


def scores(results: Mapping[str, Any]) -> str:
  """A run's scores under each protocol in one line."""
  metric = terms.headline(results["task"])
  said = "; ".join(_clauses(results, metric)) or "no protocol was scored"
  name = terms.METRICS[metric].title
  return f"{results['experiment']}: {name} {said}"


def where(page: Path) -> str:
  """Where a report, its tables and its figures lie."""
  return (
    f"report: {page}; tables in {page.parent / 'tables'}, figures in"
    f" {page.parent / 'figures'}"
  )


def _clauses(results: Mapping[str, Any], metric: str) -> Iterator[str]:
  for protocol in terms.SHOWN:
    block = results["protocols"].get(protocol)
    if block and block.get(metric) is not None and "same_as" not in block:
      value = wording.score(metric, block[metric])
      interval = wording.score_interval(metric, block.get(f"{metric}_ci95"))
      yield f"{_place(results, protocol)} {value} {interval}".rstrip()
  if not any(results["protocols"].get(p) for p in ("subject", "across")):
    reason = results["reasons"].get("subject", "not run")
    yield f"{_place(results, 'subject')} not known ({reason})"


def _place(results: Mapping[str, Any], protocol: str) -> str:
  if protocols.crosses(results) and protocol in ("paper", "subject", "across"):
    tested = f"on {wording.set_name(results['data']['test']['dataset'])}"
    return f"{tested} with C = 1" if protocol == "paper" else tested
  if terms.protocol(protocol).place:
    return protocols.place(results, protocol)
  return protocols.titles(results)[protocol]


def _verdict(results: Mapping[str, Any]) -> str:
  if (found := results["generated"]) is None:
    return f"generated faces: none ({results['reasons']['generated']})"
  reasons = "; ".join(found["collapse"]["reasons"])
  said = generated.verdict(found).lower()
  return f"the generator: {said}" + (f" ({reasons})" if reasons else "")
