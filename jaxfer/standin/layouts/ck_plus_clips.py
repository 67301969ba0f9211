"""Stand-ins of CK+ whose sequences are read as clips: those of its faces."""

from __future__ import annotations

import dataclasses

from jaxfer.standin import sequence
from jaxfer.standin.layouts import ck_plus

LAYOUT = dataclasses.replace(
  ck_plus.LAYOUT,
  about="grey sequences from neutral to a coded peak, as clips",
  frames=sum(sequence.FRAMES) / 2,
)
