"""An experiment of a suite, and the paper's that it reproduces."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jaxfer import terms
from jaxfer.report import estimates, protocols, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.paper.records import Printed
from jaxfer.results.evidence import Evidence

LINES = ("paper", "subject", "sealed")
"""The lines of the tables: two protocols, and the strictest that there is."""

SEALED = ("sealed", "official_sealed", "official")
"""What may stand in the line `sealed`, the strictest that was run first."""

_CONDITIONS = {"emotion": "emotions", "aus": "action units"}


_NOT_RUN = {"protocols": {}, "names": (), "standin": False}


@dataclasses.dataclass(frozen=True, eq=False)
class Member:
  """One experiment: its name, what its report shows, and what is printed of it.

  Attributes:
    name: its own; nothing of one of the paper's that was not run.
    found: what its report shows; None of one that was not run.
    reference: the paper's numbers, or None.
  """

  name: str
  found: Evidence | None
  reference: Printed | None = None

  @property
  def evidence(self) -> Evidence:
    """What its report shows, of one that was run."""
    assert self.found is not None
    return self.found

  @property
  def results(self) -> Mapping[str, Any]:
    """Its numbers, as `results.json` holds them; hardly any if not run."""
    return self.found.results if self.found else _NOT_RUN

  @property
  def title(self) -> str:
    """Its name as the paper calls it; where it has none, its own."""
    return self.reference.name if self.reference else self.name

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
  def heading(self) -> str:
    """Its title and what was learnt from and tested on, if it was run."""
    return f"{self.title}: {self.what}" if self.found else self.title

  @property
  def areas(self) -> Mapping[str, Decimal | None]:
    """By class, the areas that the paper prints, None for a dash."""
    return self.reference.auc if self.reference else {}

  def printed(self, metric: str) -> Decimal | None:
    """The paper's number of a metric, if it prints one."""
    return getattr(self.reference, metric, None)

  @property
  def row(self) -> dict[str, Any]:
    """How a row of it begins: its name and its sets."""
    name = Estimate(self.name, link=self.name)
    return {"experiment": name, "sets": self.what}

  def block(self, protocol: str | None) -> dict[str, Any] | None:
    """The scores of a protocol, or None where there are none."""
    return self.results["protocols"].get(protocol)

  @property
  def lines(self) -> dict[str, Any]:
    """The scores by `LINES`, if any; of another set whatever is known of it."""
    tested = self.block("subject") or self.block("across")
    sealed = self.block(self.sealed)
    return {"paper": self.block("paper"), "subject": tested, "sealed": sealed}

  def scores(self, metric: str) -> dict[str, Estimate]:
    """A metric by line of the tables."""
    return estimates.by_protocol(self.lines, LINES, metric)

  def area(self, line: str, label: str) -> Estimate:
    """The area under the ROC curve of a class, of one of `LINES`."""
    blocks = self.lines
    return estimates.area(blocks[line], label, estimates.twin(blocks, line))

  def gap(self, name: str, metric: str, protocol: str = "") -> Estimate:
    """A difference such as `paper - subject`; of a control under a protocol."""
    return estimates.gap(self.results, name, metric, protocol)

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
    if condition := config.get("gan.condition"):
      name += f", told the {_CONDITIONS[condition]}"
    return name
