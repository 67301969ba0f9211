"""Which known traps a result may owe to, decided from the numbers."""

from __future__ import annotations

from collections.abc import Mapping

from jaxfer.report.collection.members import Member
from jaxfer.report.collection.values import difference

TRAPS: Mapping[str, str] = {
  "T1": "the same people on both sides: random folds score higher than folds of"
  " other people, and the interval excludes 0",
  "T1?": "people are not known, so T1 cannot be looked for",
  "T2": "the DCGAN learnt from the set that is tested, without its labels",
  "T3": "near-copies of a face lie in different random folds",
  "T4": "labels made by a rule from the emotion, not coded by people",
  "T5": "action units whose labels are the same for every face",
}
"""What each code means."""


def found(member: Member) -> list[str]:
  """The codes of the traps that apply to an experiment.

  Args:
    member: the experiment.

  Returns:
    Keys of `TRAPS`, in order.
  """
  results = member.results
  data, audit = results["data"], results.get("audit", {})
  leak = difference(member, "paper - subject", member.headline).interval
  within = (
    not member.crosses
  )  # else nothing is random, and nobody on both sides
  copies = audit.get("near_duplicates", {})
  applies = {
    "T1": within and leak is not None and leak[0] > 0,
    "T1?": not member.block("subject"),
    "T2": data["pretrain"]["dataset"] == data[member.tested]["dataset"],
    "T3": within and copies.get("identical", 0) + copies.get("near", 0) > 0,
    "T4": any(
      entry.get("coded_by", "").startswith("rule") for entry in data.values()
    ),
    "T5": bool(audit.get("same_columns")),
  }
  return [code for code, holds in applies.items() if holds]
