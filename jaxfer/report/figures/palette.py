"""Colours and marks that are the same in every figure.

Those of protocols, which are orange, blues and purples, and of representations,
greens and greys, are in their rows; so no hue stands for one of either.
"""

from __future__ import annotations

from jaxfer import terms

GENERATOR = "#999933"
DISCRIMINATOR = terms.REPRESENTATIONS["trained"].colour

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

INK, QUIET, HAIR = "#1C2430", "#5B6675", "#D8DDE4"
