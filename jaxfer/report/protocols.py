"""What a run's protocols are called: nothing is called unseen that is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jaxfer import terms
from jaxfer.learn import learners
from jaxfer.report.paper.records import Printed
from jaxfer.results.evidence import Results

# Not within the bytes of a picture.
_NETWORK = re.compile(r"(?<![\w+/])(DCGAN|discriminator)(?![\w+/])")
_BEST = ("subject", "across", "official", "sealed", "paper")


def titles(results: Results) -> dict[str, str]:
  """The name of every protocol on the pages of a run.

  It is the title where the run may claim it, else the one that claims nothing.
  Where another set is tested nothing is random, and the open ones are named by
  what they do.
  """
  found = terms.titles()
  if crosses(results):
    C_is_1 = bool(results["protocols"].get("paper"))
    tuned = "another set, tuned" if C_is_1 else "another set"
    found |= {"paper": "another set, C = 1", "across": tuned}
    if results["protocols"].get("subject"):
      found["subject"] = tuned
  for protocol, row in terms.PROTOCOLS.items():
    open_across = crosses(results) and protocol == "subject"
    if row.claimless and not claims(results, protocol) and not open_across:
      found[protocol] = row.claimless
  return {p: _of_unit(name, results) for p, name in found.items()}


def shown(results: Results) -> dict[str, str]:
  """The protocols that stand side by side and have scores, and their names."""
  names = titles(results)
  return {p: names[p] for p in terms.SHOWN if results["protocols"].get(p)}


def headings(results: Results, printed: Printed | None) -> dict[str, str]:
  """What stands above printed numbers, if any, and above each protocol's."""
  ours = {p: f"ours\n{name}" for p, name in shown(results).items()}
  return {"printed": f"paper\n{printed.name}", **ours} if printed else ours


def place(results: Results, protocol: str) -> str:
  """A protocol as the place where something holds, `on unseen people`."""
  if crosses(results) and protocol == "subject":
    return terms.PROTOCOLS["across"].place
  row = terms.PROTOCOLS[protocol]
  claimed = claims(results, protocol) or not row.claimless_place
  return _of_unit(row.place if claimed else row.claimless_place, results)


def claims(results: Results, protocol: str) -> bool:
  """Whether a run knows that what a protocol calls unseen was not seen.

  A protocol that claims nothing never does; one without scores keeps its name,
  under which its absence is told.
  """
  if not results["protocols"].get(protocol):
    return True
  known = results.get("audit", {}).get("unseen", {})
  return known.get(protocol, {}).get("holds", False)


def crosses(results: Results) -> bool:
  """Whether machines are tested on another set than they are fitted on."""
  return "test" in results["data"]


def tested_unit(results: Results) -> str:
  """What is kept apart by folds of unseen people: `people`, or `films`."""
  return "films" if results.get("interval_unit") == "films" else "people"


def guess_rate(block: Mapping[str, Any]) -> float:
  """The accuracy of always naming the commonest emotion, under a protocol."""
  rows = [sum(row) for row in block["confusion"]["counts"]]
  return max(rows) / max(sum(rows), 1)


def learner(results: Results) -> str:
  """What learnt from unlabelled faces, a key of `learners.LEARNERS`."""
  return results.get("config", {}).get("gan.learner", "dcgan")


def named(results: Results, words: str) -> str:
  """Words on the networks of a run, whose learner may be no DCGAN.

  One that draws no faces has no discriminator either: both are its title.
  """
  if learners.draws(learner(results)):
    return words
  title = learners.LEARNERS[learner(results)].title
  return type(words)(_NETWORK.sub(title, words))  # markup stays markup


def best_protocol(results: Results) -> str | None:
  """The protocol that findings are told of: `subject` where it has scores.

  Else the owner's split, else `sealed`, else random folds, else None.
  """
  found = (p for p in _BEST if results["protocols"].get(p))
  return next(found, None)


def _of_unit(words: str, results: Results) -> str:
  return named(results, words.replace("people", tested_unit(results)))
