"""What may be called unseen: nobody, and no picture, on both sides.

`subject` and `unsealed` say that machines have not seen the people tested,
`sealed` and `official_sealed` that the DCGAN has not either. The first holds
within one set by its folds, and across sets where people are known to be
different; the second where the DCGAN was trained without the people tested, or
on another set of people known to be different.

Where people are not known to be different, or a file is in both sets, there is
no such score, and a reason instead. A copy that is left, of the same file or
near, takes the word away: the score stays, with the count, and its name does
not claim it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import config as configlib
from jaxfer.data import disjoint, pools, readers
from jaxfer.data.disjoint import Side, Verdict
from jaxfer.results import copies
from jaxfer.svm.problem import PROTOCOLS, SEALED, Problem

ACROSS = "across"
"""All of another set tested, with nothing said of who is in both."""

_BY_PERSON = ("subject", "unsealed", "sealed")
_SIDES = {
  "fitted": "faces that machines were fitted on",
  "learnt": "faces that the DCGAN learnt from",
}

_STARTED = (
  "the DCGAN began from given weights, gan.init_from, and whose faces those"
  " were learnt from is not known"
)

Counts = Mapping[str, Mapping[str, Mapping[str, int]]]
"""As `copies.count` gives them."""


@dataclasses.dataclass(frozen=True)
class Claims:
  """What is known of both sides of a test."""

  # Of the set fitted on and another that is tested; None where one set is
  # dealt into folds.
  fitted: Verdict | None
  # Of the set that the DCGAN learnt from and another that is tested; None
  # where they are one, of which the people tested are left out.
  learnt: Verdict | None
  copies: Counts  # faces tested that have a copy on the other side
  tested: str  # the set that is tested, as configs call it
  started: bool = False  # whether the DCGAN began from weights that were given
  # Faces that name nobody, of a set of which the people tested are left out.
  unnamed: int = 0
  divided: int = 0  # people, or films, in both parts of the owner's split

  def absent(self, protocol: str) -> str | None:
    """Why a protocol can have no scores; None where it can."""
    why = None
    if protocol in _BY_PERSON and self.fitted is not None:
      why = self._unknown(self.fitted, protocol, "fitted")
    if not why and protocol in SEALED and self.learnt is not None:
      why = _STARTED if self.started else None
      if why := why or self._unknown(self.learnt, protocol, "learnt"):
        why += f"; data.pretrain={self.tested} keeps the people tested from it"
    return why

  def doubt(self, protocol: str) -> str | None:
    """Why a protocol with scores may not say `unseen`; None where it may."""
    found = []
    if protocol in SEALED and self.started:
      found.append(_STARTED)
    if protocol == "sealed" and self.unnamed:
      found.append(
        f"{self.unnamed:,} of the faces that the DCGAN learnt from name nobody,"
        " and may show the people tested"
      )
    if protocol == "official_sealed" and self.divided:
      found.append(
        f"the owner's parts share people or films: {self.divided:,} are in both"
      )
    other = self.learnt if protocol in _BY_PERSON else None
    if other is not None and other.shared:
      found.append(other.reason)
    # A DCGAN of the tested set itself is not what open protocols speak of.
    for side, speaks in (
      ("fitted", protocol in _BY_PERSON),
      ("learnt", protocol in SEALED or other is not None),
    ):
      if speaks and (said := self._copies(protocol, side)):
        found.append(said)
    return "; ".join(found) or None

  def summary(self, protocols: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of `audit` in the results.

    Args:
      protocols: by protocol its block, or None.
    """
    scored = [protocol for protocol, block in protocols.items() if block]
    doubts = {p: self.doubt(p) for p in scored if p in (*_BY_PERSON, *SEALED)}
    return {
      "people": {
        side: {"known": verdict.known, "reason": verdict.reason}
        for side, verdict in (("fitted", self.fitted), ("learnt", self.learnt))
        if verdict is not None
      },
      "unseen": {
        protocol: {"holds": doubt is None, "reason": doubt}
        for protocol, doubt in doubts.items()
      },
      "copies": {protocol: self._counts(protocol) for protocol in scored},
    }

  def _counts(self, protocol: str) -> Mapping[str, Mapping[str, int]]:
    return self.copies["subject" if protocol == ACROSS else protocol]

  def _unknown(self, verdict: Verdict, protocol: str, side: str) -> str | None:
    if self._counts(protocol)[side]["identical"]:
      return self._copies(protocol, side)
    if verdict.known:
      return None
    say = "if you know that they share nobody, say how in data.people_apart"
    return verdict.reason if verdict.shared else f"{verdict.reason}; {say}"

  def _copies(self, protocol: str, side: str) -> str | None:
    counts = self._counts(protocol)[side]
    touched = counts["identical"] + counts["near"]
    if not touched:
      return None
    return (
      f"{touched:,} of the {counts['of']:,} faces tested"
      f" {'has' if touched == 1 else 'have'} a copy among the {_SIDES[side]}"
      f" ({counts['identical']:,} the same file)"
    )


def judge(
  sets: Mapping[str, Path],
  folds: Path,
  problem: Problem,
  config: configlib.Config,
) -> Claims:
  """Compares the people and the pictures of both sides of every test.

  `sets` are prepared faces by role, `folds` the assignments of those tested.
  """
  data = config.data
  role = "test" if "test" in sets else "probe"
  itself = data.pretrain == data[role]
  word = data.people_apart
  tested = problem.test_rows if role == "test" else problem.rows
  other = _side(sets[role], data[role], tested)
  fitted = learnt = None
  unnamed = divided = 0
  if role == "test":
    one = _side(sets["probe"], data.probe, problem.rows)
    fitted = disjoint.judge(one, other, word)
  rows = pools.Pool(sets["pretrain"], only_au=data.only_au).rows()
  if itself:
    every = [face.group for face in pools.iterate_rows(sets["pretrain"])]
    unnamed = sum(every[row] is None for row in rows)
  else:
    one = _side(sets["pretrain"], data.pretrain, rows)
    learnt = disjoint.judge(one, other, word)
  if problem.people is not None:
    for split in problem.tested("official") or ():
      train, test = (problem.people[part] for part in (split.train, split.test))
      divided = len(np.intersect1d(train, test))
  faces = copies.Sets(
    pretrain=sets["pretrain"],
    probe=sets["probe"],
    test=sets.get("test"),
    folds=folds,
    only_au=data.only_au,
    itself=itself,
  )
  return Claims(
    fitted=fitted,
    learnt=learnt,
    copies=copies.count(
      faces, problem, [p for p in PROTOCOLS if problem.tested(p)]
    ),
    tested=data[role],
    started=bool(config.gan.init_from),
    unnamed=unnamed,
    divided=divided,
  )


def _side(faces: Path, name: str, rows: Sequence[int] | np.ndarray) -> Side:
  every = [face.subject for face in pools.iterate_rows(faces)]
  return Side(readers.get(name), tuple(every[row] for row in rows))
