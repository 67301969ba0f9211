"""What the trained discriminator is shown to be ahead of, in words."""

from __future__ import annotations

from jaxfer import terms
from jaxfer.report import estimates, protocols, wording
from jaxfer.report.estimates import AHEAD, BEHIND, EVEN
from jaxfer.results.evidence import Results

SEEDS_NEEDED = 3
"""Pretraining seeds behind a claim that trained beats untrained."""

_ORDER = (AHEAD, BEHIND, EVEN)


def over_controls(results: Results, protocol: str) -> str | None:
  """How the trained discriminator stands to what was not learnt, if known."""
  groups: dict[str, list[str]] = {side: [] for side in _ORDER}
  for control in terms.UNLEARNT:
    if control == "untrained" and seed_count(results) >= SEEDS_NEEDED:
      continue  # `over_seeds` speaks of it
    found = estimates.between(results, f"trained - {control}", protocol)
    if found:
      groups[found.side].append(f"{_with_article(control)} ({found})")
  clauses = [
    f"is {side} {wording.sentence(own)}" for side, own in groups.items() if own
  ]
  if not clauses:
    return None
  where = wording.capital(protocols.place(results, protocol))
  return f"{where} the trained discriminator {wording.sentence(clauses)}."


def over_seeds(results: Results, protocol: str) -> str | None:
  """How trained stands to untrained over pretraining seeds.

  With too few seeds, that it takes three; None where the untrained
  discriminator was not run.
  """
  if "untrained" not in results.get("controls", {}):
    return None
  count, metric = seed_count(results), terms.headline(results["task"])
  if count < SEEDS_NEEDED:
    seeds = "one pretraining seed" if count == 1 else f"{count} seeds"
    return (
      f"This run has {seeds}: to claim that the trained discriminator beats"
      " the untrained one takes three."
    )
  pair = results["seeds"]["trained - untrained"].get(protocol, {})
  found = estimates.known(pair, metric)
  if not found:
    return None
  values = pair[metric]["by_seed"]
  alike = len({value > 0 for value in values}) == 1
  doubt = "" if alike or found.side == EVEN else ", though not with every seed"
  where = protocols.place(results, protocol)
  by_seed = [wording.difference(metric, value) for value in values]
  return (
    f"Over {count} pretraining seeds the trained discriminator is on average"
    f" {found.side} the untrained one {where}, {found}{doubt}; seed by seed"
    f" {wording.sentence(by_seed)}."
  )


def with_few_labels(results: Results) -> list[str]:
  """With how many labels the trained discriminator is ahead.

  A sentence for each representation that it was compared with.
  """
  found = results.get("label_efficiency") or {"differences": {}}
  sentences = []
  for name, entries in found["differences"].items():
    sizes: dict[str, list[str]] = {side: [] for side in _ORDER}
    for entry in entries:
      if gap := estimates.known({"accuracy": entry}, "accuracy"):
        size = "all" if entry["labels"] is None else str(entry["labels"])
        sizes[gap.side].append(size)
    other = _with_article(name.removeprefix("trained - "))
    who, labels = "the trained discriminator", " labels of each emotion"
    clauses = []
    for side, own in sizes.items():
      if own:
        number = wording.sentence(own)
        clauses.append(f"with {number}{labels} {who} is {side} {other}")
        who, labels, other = "it", "", "it"
    if clauses:
      said = wording.capital(f"{'; '.join(clauses)}.")
      if name == "trained - untrained":
        said += " That is of one pretraining seed; a claim takes three."
      sentences.append(said)
  return sentences


def seed_count(results: Results) -> int:
  """Number of pretraining seeds."""
  return len((results.get("seeds") or {"seeds": [0]})["seeds"])


def _with_article(control: str) -> str:
  name = terms.representation(control).title
  return f"the {name}" if name.endswith("discriminator") else name
