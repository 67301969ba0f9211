"""Colours: one for each emotion and each representation, in every figure."""

from __future__ import annotations

from collections.abc import Mapping

from jaxfer import facs

# After Paul Tol's "muted" scheme, which readers with any colour vision tell
# apart; its lightest hues are darkened for thin lines on white.
EMOTIONS: Mapping[str, str] = dict(
  zip(
    facs.EMOTIONS,
    (
      "#882255",
      "#999933",
      "#117733",
      "#332288",
      "#CC6677",
      "#5C5C5C",
      "#3B8FC4",
      "#AA4499",
    ),
    strict=True,
  )
)

REPRESENTATIONS: Mapping[str, str] = {
  "trained": "#1F5AA6",
  "pixels": "#B5651D",
  "hog": "#117733",
  "untrained": "#6B6B6B",
}

OTHER = "#444444"
"""For a name that has no colour of its own."""

INK, QUIET, HAIR = "#1C2430", "#5B6675", "#D8DDE4"
WARN = "#9A3412"
"""For saying that faces are stand-ins."""
