"""What stands beside scores: copies on the other side, and few people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jaxfer import terms
from jaxfer.report import protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Row

_SIDES = {
  "fitted": "among the faces fitted on",
  "learnt": "among those the DCGAN learnt from",
}


def rows(results: Mapping[str, Any], shown: Sequence[str]) -> Iterator[Row]:
  """Rows below scores, of the protocols that are shown.

  A row for each side of the tests, and one of the people behind intervals where
  under some protocol they are few.
  """
  copied = results["audit"].get("copies", {})
  for side, title in _SIDES.items():
    if any(p in copied for p in shown):
      yield {
        "name": Estimate("faces with a copy", note=title),
        "printed": Estimate(""),
        **{
          p: _copied(
            copied[p][side], side == "learnt" and _of_itself(results, p)
          )
          for p in shown
          if p in copied
        },
      }
  intervals = {p: results["protocols"][p].get("interval") for p in shown}
  few = {p: entry for p, entry in intervals.items() if few_people(entry)}
  if few:
    unit = results["interval_unit"]
    yield {
      "name": Estimate("95 % intervals", note=f"{unit} behind them"),
      "printed": Estimate(""),
      **{
        p: Estimate(
          f"{entry['units']:,}" if entry else "", note=few_people(entry)
        )
        for p, entry in intervals.items()
      },
    }


def on_other_side(results: Mapping[str, Any], protocol: str) -> str:
  """How many faces tested have a copy among those fitted on, or learnt from.

  Args:
    results: the numbers of a run.
    protocol: one that has scores.

  Returns:
    Nothing where none has. That a DCGAN of the tested set has seen all of them
    is no finding.
  """
  found = results["audit"].get("copies", {}).get(protocol, {})
  said = []
  for side, counts in found.items():
    touched = counts["identical"] + counts["near"]
    if touched and not (side == "learnt" and _of_itself(results, protocol)):
      said.append(f"{touched:,} of {counts['of']:,} with a copy {_SIDES[side]}")
  return "; ".join(said)


def few_people(interval: Mapping[str, Any] | None) -> str:
  """What an interval over few people is worth, in words; or nothing.

  Args:
    interval: `units`, `coverage` and `at_most` of a block of scores.
  """
  if not interval or interval["coverage"] is None:
    return ""
  about = "at most about" if interval["at_most"] else "about"
  rate = wording.percent(interval["coverage"], 0)
  return f"covers the truth in {about} {rate} of cases, not 95"


def warning(results: Mapping[str, Any]) -> str | None:
  """That intervals are of few people, where the headline's are.

  Args:
    results: the numbers of a run.
  """
  found: dict[str, list[str]] = {}
  names = protocols.titles(results)
  for protocol in terms.SHOWN:
    entry = (results["protocols"].get(protocol) or {}).get("interval")
    if entry and (words := few_people(entry)):
      text = f"{entry['units']:,} {results['interval_unit']}: {words}"
      found.setdefault(text, []).append(names[protocol])
  if not found:
    return None
  said = [
    f"{wording.sentence(where)}: interval from {text}"
    for text, where in found.items()
  ]
  return f"{wording.capital('; '.join(said))}."


def known(results: Mapping[str, Any]) -> list[str]:
  """What is known of both sides: their people, and what may not be unseen.

  Args:
    results: the numbers of a run.
  """
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


def _of_itself(results: Mapping[str, Any], protocol: str) -> bool:
  """Whether the DCGAN learnt from the very set that is tested."""
  itself = "learnt" not in results["audit"].get("people", {})
  return itself and not terms.PROTOCOLS[protocol].seen


def _copied(counts: Mapping[str, int], of_itself: bool) -> Estimate:
  if of_itself:
    return Estimate("all", note="it learnt from this set")
  touched = counts["identical"] + counts["near"]
  detail = f"{counts['identical']:,} the same file" if touched else ""
  return Estimate(f"{touched:,} of {counts['of']:,}", note=detail)
