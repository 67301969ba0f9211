"""What stands beside scores: copies on the other side, and few people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jaxfer import terms
from jaxfer.report import protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.results.evidence import Results

_SIDES = {
  "fitted": "among the faces fitted on",
  "learnt": "among those the DCGAN learnt from",
}


def rows(
  results: Results, shown: Sequence[str]
) -> Iterator[dict[str, Estimate]]:
  """Rows below scores, of the protocols that are shown.

  A row for each side of the tests, and one of the people behind intervals where
  under some protocol they are few.
  """
  copied = results["audit"].get("copies", {})
  for side, title in _SIDES.items():
    cells = {
      p: _copied(copied[p][side], side == "learnt" and _of_itself(results, p))
      for p in shown
      if p in copied
    }
    if cells:
      name = Estimate("faces with a copy", note=title)
      yield {"name": name, "printed": Estimate(""), **cells}
  behind = {
    p: results["protocols"][p].get("interval") or {"units": None} for p in shown
  }
  if any(few_people(interval) for interval in behind.values()):
    unit = results["interval_unit"]
    name = Estimate("95 % intervals", note=f"{unit} behind them")
    cells = {
      p: Estimate(_count(interval["units"]), note=few_people(interval))
      for p, interval in behind.items()
    }
    yield {"name": name, "printed": Estimate(""), **cells}


def on_other_side(results: Results, protocol: str) -> str:
  """How many faces tested have a copy among those fitted on, or learnt from.

  Nothing where none has. That a DCGAN of the tested set has seen all of them is
  no finding.
  """
  found = results["audit"].get("copies", {}).get(protocol, {})
  said = []
  for side, counts in found.items():
    touched = counts["identical"] + counts["near"]
    if touched and not (side == "learnt" and _of_itself(results, protocol)):
      said.append(f"{touched:,} of {counts['of']:,} with a copy {_SIDES[side]}")
  return "; ".join(said)


def few_people(interval: Mapping[str, Any] | None) -> str:
  """What a block's interval over few people is worth, in words; or nothing."""
  if not interval or interval.get("coverage") is None:
    return ""
  about = "at most about" if interval["at_most"] else "about"
  rate = wording.percent(interval["coverage"], 0)
  return f"covers the truth in {about} {rate} of cases, not 95"


def warning(results: Results) -> str | None:
  """That intervals are of few people, where the headline's are."""
  found: dict[str, list[str]] = {}
  names = protocols.titles(results)
  for protocol in terms.SHOWN:
    entry = (results["protocols"].get(protocol) or {}).get("interval")
    if entry and (words := few_people(entry)):
      text = f"{entry['units']:,} {results['interval_unit']}: {words}"
      found.setdefault(text, []).append(names[protocol])
  said = [
    f"{wording.sentence(where)}: interval from {text}"
    for text, where in found.items()
  ]
  return f"{wording.capital('; '.join(said))}." if said else None


def known(results: Results) -> list[str]:
  """What is known of both sides: their people, and what may not be unseen."""
  found = results["audit"].get("people", {})
  who = {"fitted": "fitted on and tested", "learnt": "learnt from and tested"}
  said = [
    f"People {who[side]}: {'' if entry['known'] else 'not '}known to be"
    f" different, since {entry['reason']}."
    for side, entry in found.items()
  ]
  names = protocols.titles(results)
  for protocol, entry in results["audit"].get("unseen", {}).items():
    if entry["reason"] and protocol in terms.SHOWN:
      said.append(f"{wording.capital(names[protocol])}: {entry['reason']}.")
  return said


def _of_itself(results: Results, protocol: str) -> bool:
  """Whether the DCGAN learnt from the very set that is tested."""
  itself = "learnt" not in results["audit"].get("people", {})
  return itself and not terms.PROTOCOLS[protocol].seen


def _copied(counts: Mapping[str, int], of_itself: bool) -> Estimate:
  if of_itself:
    return Estimate("all", note="it learnt from this set")
  touched = counts["identical"] + counts["near"]
  detail = f"{counts['identical']:,} the same file" if touched else ""
  return Estimate(f"{touched:,} of {counts['of']:,}", note=detail)


def _count(units: int | None) -> str:
  return "" if units is None else f"{units:,}"
