"""Colours and marks: each name has its own, the same in every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jaxfer import facs

SERIES: tuple[str, ...] = (
  "#882255",
  "#999933",
  "#117733",
  "#332288",
  "#CC6677",
  "#5C5C5C",
  "#3B8FC4",
  "#AA4499",
)
"""Eight colours for lines.

After Paul Tol's "muted" scheme, which readers with any colour vision tell
apart; its lightest hues are darkened for thin lines on white.
"""

EMOTIONS: Mapping[str, str] = dict(zip(facs.EMOTIONS, SERIES, strict=True))


def of_classes(names: Sequence[str]) -> dict[str, str]:
  """A colour for each class: an emotion's own, for others those left over."""
  taken = {EMOTIONS[name] for name in names if name in EMOTIONS}
  free = [colour for colour in SERIES if colour not in taken] or [OTHER]
  own = [name for name in names if name not in EMOTIONS]
  rest = {name: free[k % len(free)] for k, name in enumerate(own)}
  return {name: EMOTIONS.get(name) or rest[name] for name in names}


REPRESENTATIONS: Mapping[str, str] = {
  "trained": "#1F5AA6",
  "pixels": "#B5651D",
  "hog": "#117733",
  "untrained": "#6B6B6B",
  "layers": "#3B8FC4",
  "finetuned": "#332288",
  "knn": "#AA4499",
  "logistic": "#882255",
}

PROTOCOLS: Mapping[str, str] = {
  "paper": "#B5651D",
  "subject": "#1F5AA6",
  "unsealed": "#3B8FC4",
  "sealed": "#332288",
  "official": "#AA4499",
  "official_sealed": "#882255",
  "transfer": "#117733",
}

PROTOCOL_MARKS: Mapping[str, tuple[str, bool]] = {
  "paper": ("o", False),
  "subject": ("o", True),
  "unsealed": ("s", False),
  "sealed": ("s", True),
  "official": ("D", False),
  "official_sealed": ("D", True),
  "transfer": ("^", True),
}
"""A marker and whether it is filled, which colour alone need not tell."""

MARKERS = "osD^vPX*"
"""Marks for lines that are told apart by more than colour."""

GENERATOR, DISCRIMINATOR = "#B5651D", "#1F5AA6"
RAMP = ("#FFFFFF", "#1F5AA6")
"""From none to all."""
DIVERGING = ("#762A83", "#FFFFFF", "#1B7837")
"""From against to for; hues that skin has not."""

OTHER, OTHER_MARK = "#444444", ("P", True)
"""For a name that has none of its own."""

INK, QUIET, HAIR = "#1C2430", "#5B6675", "#D8DDE4"
WARN = "#9A3412"
"""For saying that faces are stand-ins."""
