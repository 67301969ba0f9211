"""A suite: which of its experiments are which of the paper's."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.paper import EMOTIONS, UNITS
from jaxfer.report.suite.members import Member
from jaxfer.report.table import Column, Row, Table
from jaxfer.results import together
from jaxfer.results.evidence import Evidence

_AU7_ONLY, _AS_PRINTED, _ITS_PARTNER = "au7-only", "as-printed", "exp5"


class Suite:
  """Experiments shown on one page, and why others are left out, by name."""

  def __init__(
    self,
    members: Mapping[str, Evidence],
    left_out: Mapping[str, str] = types.MappingProxyType({}),
  ):
    printed = {**EMOTIONS, **UNITS}  # each taken by the first that has it
    self.members = tuple(
      Member(name, e, printed.pop(e.results.get("paper_reference") or "", None))
      for name, e in members.items()
    )
    self.left_out, self._evidence = left_out, members

  @functools.cached_property
  def results(self) -> dict[str, Any]:
    """What `results.json` holds: of each, and compared with each other."""
    return together.gather(self._evidence, self.left_out)

  @property
  def standins(self) -> list[Member]:
    """The experiments on drawn faces."""
    return [m for m in self.members if m.results["standin"]]

  @property
  def titles(self) -> dict[str, str]:
    """The name of every protocol: `unseen` where all experiments may say it."""
    doubtful = {
      protocol: row.as_known
      for protocol, row in terms.PROTOCOLS.items()
      if row.as_known and any(m.doubt(protocol) for m in self.members)
    }
    return {**terms.titles(), **doubtful}

  @property
  def of_paper(self) -> bool:
    """Whether any experiment is one of the paper's."""
    own = (m.reference or m.name == _AS_PRINTED for m in self.members)
    return not self.members or any(own)

  def of(self, task: str) -> list[Member]:
    """The experiments of a task, `emotion` or `au`."""
    return [m for m in self.members if m.task == task]

  def table(
    self,
    name: str,
    caption: str,
    columns: Iterable[Column],
    rows: Iterable[Row],
    *,
    of: Sequence[Member] | None = None,
    **how: Any,
  ) -> Table:
    """A table of `of`, else of all: on drawn faces if any of them was.

    `how` are further attributes of a `Table`.
    """
    shown = self.members if of is None else of
    how["standin"] = any(member.results["standin"] for member in shown)
    return Table(tuple(columns), tuple(rows), name, caption=caption, **how)

  def columns(self, task: str) -> list[Member]:
    """The columns of Table II or IV, then experiments of no such column.

    Where no experiment is the paper's, these alone.
    """
    printed = {
      "emotion": [*EMOTIONS.values()],
      "au": [one for one in UNITS.values() if one.auc_mean is not None],
    }[task]
    found = [
      self._reproducing(one.key) or Member("", None, one)
      for one in (printed if self.of_paper else [])
    ]
    aside = (*found, self.au7_only)
    return found + [
      member
      for member in self.of(task)
      if member not in aside and member.name != _AS_PRINTED
    ]

  @property
  def au7_only(self) -> Member | None:
    """The experiment on action unit 7 alone."""
    return self._reproducing(_AU7_ONLY)

  @property
  def as_printed(self) -> tuple[Member, Member] | None:
    """The same experiment with the default and with the printed beta1."""
    usual = self._reproducing(_ITS_PARTNER)
    printed = next((m for m in self.members if m.name == _AS_PRINTED), None)
    return (usual, printed) if usual and printed else None

  def tested_sets(self) -> dict[str, list[Member]]:
    """The experiments by task and set fitted on, as tables name the set."""
    found: dict[str, list[Member]] = {}
    for member in self.members:
      name = f"{member.set_name('probe')}, {wording.KINDS[member.task]}s"
      found.setdefault(name, []).append(member)
    return found

  def learnt_sets(self) -> dict[str, Member]:
    """By set that a DCGAN learnt from, the first experiment that has it."""
    found: dict[str, Member] = {}
    for member in self.members:
      if member.name != _AS_PRINTED:
        found.setdefault(member.set_name("pretrain"), member)
    return found

  def generators(self) -> Iterator[tuple[str, Member, Mapping[str, Any]]]:
    """Each generator once: what it learnt from, its experiment, its numbers."""
    every = self.learnt_sets()
    if self.as_printed:
      printed = self.as_printed[1]
      every[f"{printed.set_name('pretrain')}, β1 as printed"] = printed
    for name, member in every.items():
      if (found := member.results.get("generated")) is not None:
        yield name, member, found

  def collapsed(self) -> tuple[str, Member] | None:
    """Figure 9: what a generator that has collapsed learnt from, and whose.

    That of the printed beta1 before others; None where none has collapsed.
    """
    found = [
      (name, member)
      for name, member, own in self.generators()
      if own["collapse"]["verdict"] == "collapsed"
    ]
    printed = [one for one in found if one[1].name == _AS_PRINTED]
    return next(iter([*printed, *found]), None)

  def _reproducing(self, key: str) -> Member | None:
    found = (m for m in self.members if m.reference and m.reference.key == key)
    return next(found, None)
