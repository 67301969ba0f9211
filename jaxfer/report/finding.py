"""The finding in words, computed from the numbers and their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jaxfer.report import wording


def headline(results: Mapping[str, Any]) -> str:
  """How many faces are named right, under each protocol.

  Args:
    results: the numbers of a run.

  Returns:
    One sentence; it gives the reason where a protocol has no scores.
  """
  protocols = results["protocols"]
  paper, subject = protocols.get("paper"), protocols.get("subject")
  if paper and subject:
    return (
      f"Within random folds {wording.percent(paper['accuracy'])} of faces are"
      " named right; on people the classifier never saw,"
      f" {wording.percent(subject['accuracy'])}."
    )
  if paper:
    reason = protocols.get("subject_reason", "it was not run")
    return (
      f"Within random folds {wording.percent(paper['accuracy'])} of faces are"
      f" named right; on people the classifier never saw, unknown: {reason}."
    )
  if subject:
    return (
      f"On people the classifier never saw,"
      f" {wording.percent(subject['accuracy'])} of faces are named right."
    )
  return "No protocol was scored, so nothing is found."


def remarks(results: Mapping[str, Any]) -> list[str]:
  """What the headline's numbers show, and what they do not.

  Args:
    results: the numbers of a run.

  Returns:
    Sentences on the leak, on the guesser, on the controls, and on seeds; each
    only where there is something to say.
  """
  candidates = (
    _leak(results),
    _guesser(results),
    _controls(results),
    _seeds(results),
  )
  return [remark for remark in candidates if remark]


def guess_rate(block: Mapping[str, Any]) -> float:
  """The accuracy of always naming the commonest emotion.

  Args:
    block: the scores of one protocol, with its confusion counts.

  Returns:
    The commonest emotion's share of the faces tested.
  """
  rows = [sum(row) for row in block["confusion"]["counts"]]
  return max(rows) / max(sum(rows), 1)


def best_protocol(results: Mapping[str, Any]) -> str | None:
  """`subject` where it has scores, else `paper`, else None."""
  for protocol in ("subject", "paper"):
    if results["protocols"].get(protocol):
      return protocol
  return None


def _leak(results: Mapping[str, Any]) -> str | None:
  difference = (
    results.get("differences", {}).get("paper - subject", {}).get("accuracy")
  )
  if not difference:
    return None
  value, (low, high) = difference["value"], difference["ci95"]
  written = f"{wording.points(value)} {wording.percent_interval((low, high))}"
  if low > 0:
    return (
      f"The difference, {written}, is what leaks: random folds test on people"
      " they were fitted on, and on the very folds they were tuned on."
    )
  if high < 0:
    return (
      f"Random folds score lower, by {wording.points(-value)}"
      f" {wording.percent_interval((-high, -low))}; a leak cannot explain that."
    )
  return (
    f"The difference, {written}, has 0 within its interval: no leak is shown."
  )


def _guesser(results: Mapping[str, Any]) -> str | None:
  protocol = best_protocol(results)
  if protocol is None:
    return None
  block = results["protocols"][protocol]
  rate, interval = guess_rate(block), block.get("accuracy_ci95")
  if interval is None or interval[0] > rate:
    return None
  return (
    f"{_capital(wording.WHERE[protocol])} that is not shown to be better than"
    f" always naming the commonest emotion ({wording.percent(rate)}): the"
    f" interval is {wording.percent_interval(interval)}."
  )


def _controls(results: Mapping[str, Any]) -> str | None:
  protocol = best_protocol(results)
  if protocol is None:
    return None
  groups: dict[str, list[str]] = {"ahead": [], "behind": [], "even": []}
  for control in results.get("controls", {}):
    pair = results.get("differences", {}).get(f"trained - {control}", {})
    if difference := (pair.get(protocol) or {}).get("accuracy"):
      groups[_side(difference["ci95"])].append(
        f"{_with_article(control)} ({wording.points(difference['value'])}"
        f" {wording.percent_interval(difference['ci95'])})"
      )
  clauses = []
  if groups["ahead"]:
    clauses.append(f"is ahead of {wording.sentence(groups['ahead'])}")
  if groups["behind"]:
    clauses.append(f"is behind {wording.sentence(groups['behind'])}")
  if groups["even"]:
    clauses.append(
      f"is not shown to differ from {wording.sentence(groups['even'])}"
    )
  if not clauses:
    return None
  return (
    f"{_capital(wording.WHERE[protocol])} the trained discriminator"
    f" {wording.sentence(clauses)}."
  )


def _seeds(results: Mapping[str, Any]) -> str | None:
  if "untrained" not in results.get("controls", {}):
    return None
  return (
    "One run is one pretraining seed: to claim that the trained discriminator"
    " beats the untrained one takes three."
  )


def _side(interval: Sequence[float]) -> str:
  low, high = interval
  if low > 0:
    return "ahead"
  return "behind" if high < 0 else "even"


def _capital(text: str) -> str:
  return text[0].upper() + text[1:]


def _with_article(control: str) -> str:
  name = wording.REPRESENTATIONS.get(control, control)
  return f"the {name}" if name.endswith("discriminator") else name
