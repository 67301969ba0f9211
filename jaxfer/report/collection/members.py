"""The experiments of a collection, and what the paper calls them."""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from jaxfer import terms
from jaxfer.report import estimates, protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.paper import EMOTIONS, UNITS, ActionUnits, Emotions
from jaxfer.report.table import Column, Record, Row, Table
from jaxfer.results import together
from jaxfer.results.evidence import Evidence

LINES = ("paper", "subject", "sealed")
"""The lines of the tables: two protocols, and the strictest that there is."""

SEALED = ("sealed", "official_sealed", "official")
"""What may stand in the line `sealed`, the strictest that was run first."""

_TOLD = {"emotion": "emotions", "aus": "action units"}
_KINDS = {"emotion": "emotions", "au": "action units"}
AU7_ONLY = "au7-only"
_AS_PRINTED, _ITS_PARTNER = "as-printed", "exp5"


@dataclasses.dataclass(frozen=True, eq=False)
class Member:
  """One experiment that was run: its name, and what its report shows."""

  name: str
  evidence: Evidence

  @property
  def results(self) -> dict[str, Any]:
    """Its numbers, as `results.json` holds them."""
    return self.evidence.results

  @property
  def audit(self) -> dict[str, Any]:
    """What its audit found."""
    return self.results.get("audit", {})

  @property
  def task(self) -> str:
    """`emotion` or `au`."""
    return self.results["task"]

  @property
  def headline(self) -> str:
    """The metric that stands for the whole experiment."""
    return terms.headline(self.task)

  @property
  def crosses(self) -> bool:
    """Whether machines are tested on another set than they are fitted on."""
    return protocols.crosses(self.results)

  @property
  def tested(self) -> str:
    """The role of the set that was tested: `test` or `probe`."""
    return "test" if self.crosses else "probe"

  @property
  def sealed(self) -> str | None:
    """The protocol of the line `sealed`, or None where there is none."""
    return next((p for p in SEALED if self.block(p)), None)

  @property
  def what(self) -> str:
    """Learnt from, fitted on where that is another set, and tested on."""
    roles = dict.fromkeys(("pretrain", "probe", self.tested))
    names = [self.set_name(role) for role in roles]
    if len({*names}) == 1:
      return f"{names[0]} → itself"
    return " → ".join(names)

  @property
  def long(self) -> str:
    """Its name and what was learnt from and tested on."""
    return f"{self.name}: {self.what}"

  @property
  def row(self) -> dict[str, Any]:
    """How a row of it begins: its name and its sets."""
    name = Estimate(self.name, link=self.name)
    return {"experiment": name, "sets": self.what}

  def block(self, protocol: str | None) -> dict[str, Any] | None:
    """The scores of a protocol, or None where there are none."""
    return self.results["protocols"].get(protocol)

  def line(self, line: str) -> dict[str, Any] | None:
    """The scores of one of `LINES`; of another set whatever is known of it."""
    if line == "sealed":
      return self.block(self.sealed)
    other = "across" if line == "subject" else None
    return self.block(line) or self.block(other)

  def twin(self, line: str) -> dict[str, Any] | None:
    """The line that one of `LINES` may be equal to by construction."""
    same = (self.line(line) or {}).get("same_as")
    return self.line("subject") if same == "unsealed" else None

  def scores(self, metric: str) -> dict[str, Estimate]:
    """A metric by line of the tables."""
    return {
      line: estimates.score(self.line(line), metric, self.twin(line))
      for line in LINES
    }

  def area(self, line: str, label: str) -> Estimate:
    """The area under the ROC curve of a class, of one of `LINES`."""
    return estimates.area(self.line(line), label, self.twin(line))

  def gap(self, name: str, metric: str, protocol: str = "") -> Estimate:
    """A difference such as `paper - subject`; of a control under a protocol."""
    found = self.results.get("differences", {}).get(name)
    if protocol:
      found = (found or {}).get(protocol)
    return estimates.difference(found, metric)

  def doubt(self, protocol: str) -> str | None:
    """Why it may not say that what a protocol tests was unseen; or None."""
    if protocol == "subject" and self.block("across"):
      return self.reason("subject")
    if protocols.claims(self.results, protocol):
      return None
    entry = self.audit.get("unseen", {}).get(protocol, {})
    return entry.get("reason") or "it is not recorded what is known of it"

  def reason(self, line: str) -> str:
    """Why a line has no scores."""
    return self.results.get("reasons", {}).get(line) or "it was not run"

  def set_name(self, role: str) -> str:
    """A set as tables name it, such as `Radboud frontal`."""
    dataset = self.results["data"][role]["dataset"]
    name, config = wording.set_name(dataset), self.results.get("config", {})
    if dataset == "rafd" and (view := config.get("data.rafd.view")):
      name += f" {view}"
    if role != "pretrain":
      return name
    if only := config.get("data.only_au"):
      name += f", AU{only} only"
    if told := config.get("gan.condition"):
      name += f", told the {_TOLD[told]}"
    return name


@dataclasses.dataclass(frozen=True, eq=False)
class Experiment:
  """A column of the paper's Table II or IV, or a further one of ours.

  Attributes:
    title: as the paper calls it; where it has none, the member's name.
    reference: the paper's numbers, or None.
    member: the experiment that reproduces it, or None where it was not run.
  """

  title: str
  reference: Emotions | ActionUnits | None
  member: Member | None

  @property
  def long(self) -> str:
    """The title and what was learnt from and tested on."""
    return f"{self.title}: {self.member.what}" if self.member else self.title

  @property
  def link(self) -> str:
    """The name of its page, or nothing."""
    return self.member.name if self.member else ""

  @property
  def areas(self) -> Mapping[str, Decimal | None]:
    """By class, the areas that the paper prints, None for a dash."""
    return self.reference.auc if self.reference else {}

  def printed(self, metric: str) -> Decimal | None:
    """The paper's number of a metric, if it prints one."""
    return getattr(self.reference, metric, None)


class Collection:
  """Experiments shown on one page.

  Args:
    members: by name, what the report of each shows.
    left_out: by name, why an experiment is not among them.
  """

  def __init__(
    self,
    members: Mapping[str, Evidence],
    left_out: Mapping[str, str] = types.MappingProxyType({}),
  ):
    self.members = tuple(Member(name, e) for name, e in members.items())
    self._evidence, self._left_out = members, left_out

  @functools.cached_property
  def results(self) -> dict[str, Any]:
    """What `results.json` holds: of each, and compared with each other."""
    return together.gather(self._evidence, self._left_out)

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
    title: str = "",
    group: str = "",
    records: Iterable[Record] = (),
    of: Sequence[Member] | None = None,
  ) -> Table:
    """A table of `of`, else of all: on drawn faces if any of them was."""
    standin = any(
      m in self.standins for m in (self.members if of is None else of)
    )
    parts = tuple(columns), tuple(rows), name, title, caption, group
    return Table(*parts, tuple(records), standin)

  def emotions(self) -> list[Experiment]:
    """The columns of Table II, then emotion experiments of no such column."""
    return list(self._columns("emotion", EMOTIONS))

  def units(self) -> list[Experiment]:
    """The columns of Table IV, then further ones as above."""
    columns = {k: e for k, e in UNITS.items() if e.auc_mean is not None}
    return list(self._columns("au", columns))

  @property
  def au7_only(self) -> Member | None:
    """The experiment on action unit 7 alone."""
    return self._reproducing(AU7_ONLY)

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
      name = f"{member.set_name('probe')}, {_KINDS[member.task]}"
      found.setdefault(name, []).append(member)
    return found

  def learnt_sets(self) -> dict[str, Member]:
    """By set that a DCGAN learnt from, the first experiment that has it."""
    found: dict[str, Member] = {}
    for member in self.members:
      if member.name != _AS_PRINTED:
        found.setdefault(member.set_name("pretrain"), member)
    return found

  def _reproducing(self, key: str) -> Member | None:
    found = (m for m in self.members if m.results.get("paper_reference") == key)
    return next(found, None)

  def _columns(
    self, task: str, columns: Mapping[str, Emotions | ActionUnits]
  ) -> Iterator[Experiment]:
    placed = [self._reproducing(key) for key in columns]
    for entry, member in zip(columns.values(), placed, strict=True):
      yield Experiment(entry.name, entry, member)
    for member in self.of(task):
      aside = member.name == _AS_PRINTED or member is self.au7_only
      if member not in placed and not aside:
        yield Experiment(member.name, None, member)
