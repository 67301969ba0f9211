"""What a result may owe to leaks: protocols, copies and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jaxfer import terms
from jaxfer.report import estimates, protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Row, Table, columns_of
from jaxfer.results.evidence import Results

_IDENTITY: Mapping[str, str] = {
  "rows": "count",
  "people": "count",
  "with_same_person": "rate",
  "accuracy": "rate",
  "chance": "rate",
  "same_sitting": "rate",
  "other_label": "rate",
}
"""What is told of it, and its unit."""

_SIDES = {
  "fitted": "among the faces fitted on",
  "learnt": "among those the DCGAN learnt from",
}


def between(results: Results) -> Table | None:
  """What protocols differ by: both numbers and the paired difference.

  A row for each difference and metric; None where there is no difference.
  """
  rows: list[Row] = []
  names = protocols.titles(results)
  emotion = results["task"] == "emotion"
  for name, pair in terms.BETWEEN.items():
    if not (found := results["differences"].get(name)):
      continue
    title = " − ".join(names[protocol] for protocol in pair)
    blocks = [results["protocols"][protocol] for protocol in pair]
    for metric in ("accuracy", "auc_mean") if emotion else ("auc_mean",):
      first, second = (estimates.score(block, metric) for block in blocks)
      rows.append(
        {
          "name": Estimate(title, note=terms.METRICS[metric].title),
          "first": first,
          "second": second,
          "difference": estimates.difference(found, metric),
        }
      )
  heads = {name: name for name in ("first", "second", "difference")}
  return Table(columns_of(heads), rows) if rows else None


def area_rows(results: Results) -> Iterator[Row]:
  """What protocols differ by in the AUC of each emotion or action unit."""
  for name, labels in (results["audit"].get("areas") or {}).items():
    for label, gap in labels.items():
      value = estimates.difference({"auc": gap}, "auc")
      yield {"difference": name, "label": label, "value": value}


def areas(results: Results) -> Table | None:
  """The same, a column for each difference; None where there is none."""
  names, found = protocols.titles(results), [*area_rows(results)]
  heads = {
    name: " −\n".join(names[protocol] for protocol in pair)
    for name, pair in terms.BETWEEN.items()
    if any(record["difference"] == name for record in found)
  }
  rows = {n: {"name": wording.unit_name(n)} for n in results["names"]}
  for record in found:
    if record["label"] in rows:
      rows[record["label"]][record["difference"]] = record["value"]
  return Table(columns_of(heads), [*rows.values()]) if heads else None


def copies(results: Results) -> str:
  """How many faces have a near-copy on the other side of a random fold."""
  counts = results["audit"]["near_duplicates"]
  dataset = results["data"]["probe"]["dataset"]
  pairs = counts["identical"] + counts["near"]
  if not pairs:
    said = (
      f"Random folds put no two near-copies among the {counts['of']:,} faces of"
      f" {dataset} on both sides."
    )
  else:
    said = (
      f"Random folds put {pairs:,} pairs of near-copies on both sides,"
      f" {counts['identical']:,} of them identical: {counts['faces']:,} of the"
      f" {counts['of']:,} faces of {dataset} are in one."
    )
  if protocols.crosses(results):
    said += " This run tests another set, so its scores owe nothing to them."
  return said


def identity(results: Results) -> Table | None:
  """How often the nearest training face within random folds is the same person.

  A row for each representation; None where people are not known.
  """
  what = "emotion" if results["task"] == "emotion" else "action units"
  heads = {
    "accuracy": "names the\nperson",
    "chance": "chance",
    "same_sitting": f"same person,\nsame {what}",
    "other_label": f"same person,\nother {what}",
  }
  rows: list[Row] = [
    {
      "name": terms.representation(name).title,
      **{key: share(entry, key) for key in heads},
    }
    for name, entry in results["audit"]["identity"].items()
  ]
  return Table(columns_of(heads), rows) if rows else None


def beside_scores(
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


def rows(results: Results) -> Iterator[Row]:
  """Copies on the other side, identity, and label columns that are one."""
  names = ("question", "of", "measure", "value", "unit", "reason")
  for found in _answers(results):
    yield dict(zip(names, found, strict=True))


def _answers(results: Results) -> Iterator[tuple[Any, ...]]:
  """Question, of what, measure, value, unit and reason of each."""
  found, dataset = results["audit"], results["data"]["probe"]["dataset"]
  for measure, count in found["near_duplicates"].items():
    yield "near_duplicates", dataset, measure, count, "count", None
  for protocol, sides in found.get("copies", {}).items():
    why = found["unseen"].get(protocol, {}).get("reason")
    for side, counts in sides.items():
      for measure, count in counts.items():
        yield f"copies {side}", protocol, measure, count, "count", why
  for side, verdict in found.get("people", {}).items():
    known, why = int(verdict["known"]), verdict["reason"]
    yield f"people {side}", "known to differ", "", known, "count", why
  for name, entry in found["identity"].items():
    for measure, unit in _IDENTITY.items():
      one = share(entry, measure)
      yield "identity", name, measure, one.value, unit, one.note or None
  for group in found.get("same_columns", []):
    units = wording.sentence(group)
    yield "same_columns", dataset, "action units", len(group), "count", units


def share(entry: Mapping[str, Any], key: str) -> Estimate:
  """A share of the faces, or why there is none."""
  value = entry.get(key)
  note = entry.get("reason", "") if value is None else ""
  return Estimate(value, "rate", note=note)


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
