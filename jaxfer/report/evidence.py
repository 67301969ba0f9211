"""The scores of a run, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer.report import wording
from jaxfer.results.evidence import LOSSES as LOSSES
from jaxfer.results.evidence import Evidence as Evidence
from jaxfer.results.evidence import Located as Located
from jaxfer.results.evidence import Pairs as Pairs
from jaxfer.results.evidence import Panels as Panels


def score_blocks(
  results: Mapping[str, Any],
) -> dict[tuple[str, str], dict[str, Any]]:
  """The scores that exist, by representation and protocol.

  Args:
    results: the numbers of a run; a protocol without scores is absent or null.

  Returns:
    (`trained` or a control's name, protocol) -> scores: the trained
    discriminator first, protocols in the order of `wording.PROTOCOLS`.
  """
  every = {"trained": results["protocols"], **results.get("controls", {})}
  return {
    (representation, protocol): protocols[protocol]
    for representation, protocols in every.items()
    for protocol in wording.PROTOCOLS
    if protocols.get(protocol)
  }
