"""Colours and marks: each name has its own, the same in every figure.

Protocols are orange, blues and purples; representations and the networks greens
and olive; so no hue stands for one of either on one page.
"""

from __future__ import annotations

from collections.abc import Mapping

PROTOCOLS: Mapping[str, str] = {
  "paper": "#B5651D",
  "subject": "#1F5AA6",
  "sealed": "#332288",
  "official": "#AA4499",
  "official_sealed": "#882255",
  "across": "#0F8FB3",
}

PROTOCOL_MARKS: Mapping[str, tuple[str, bool]] = {
  "paper": ("o", False),
  "subject": ("o", True),
  "sealed": ("s", True),
  "official": ("D", False),
  "official_sealed": ("D", True),
  "across": ("^", False),
}
"""A marker and whether it is filled, which colour alone need not tell."""

GENERATOR, DISCRIMINATOR = "#999933", "#117733"

REPRESENTATIONS: Mapping[str, str] = {
  "trained": DISCRIMINATOR,
  "untrained": "#73B57F",
  "pixels": "#6B6B6B",
}
"""Those that are drawn as lines or dots of their own."""

SERIES: tuple[str, ...] = (
  "#CC6677",
  "#2E8B7F",
  "#8B3A2F",
  "#66A61E",
  "#5C5C5C",
  "#C2A83E",
  "#14606B",
  "#1C2430",
)
"""Experiments, by their place: none of them a protocol's or representation's.

Every other line is dashed, so that readers of any colour vision tell them
apart.
"""

MARKERS = "osD^vPX*"
"""Marks for lines that are told apart by more than colour."""

DIVERGING = ("#762A83", "#FFFFFF", "#1B7837")
"""From against to for; hues that skin has not."""

OTHER, OTHER_MARK = "#444444", ("P", True)
"""For a name that has none of its own."""

INK, QUIET, HAIR = "#1C2430", "#5B6675", "#D8DDE4"


def protocol(name: str) -> str:
  """A protocol's colour."""
  return PROTOCOLS.get(name, OTHER)


def representation(name: str) -> str:
  """A representation's colour."""
  return REPRESENTATIONS.get(name, OTHER)
