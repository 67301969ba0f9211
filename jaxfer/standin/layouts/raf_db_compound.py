"""Stand-ins in the layout of RAF-DB's second set: two emotions at once."""

from __future__ import annotations

from jaxfer.standin.layouts import raf_db

COMPOUND = raf_db.Subset(
  name="compound",
  digits={"train": 4, "test": 3},
  labels=(
    ("happy", "surprised"),
    ("happy", "disgusted"),
    ("sad", "fearful"),
    ("sad", "angry"),
    ("sad", "surprised"),
    ("sad", "disgusted"),
    ("fearful", "angry"),
    ("fearful", "surprised"),
    ("angry", "surprised"),
    ("angry", "disgusted"),
    ("disgusted", "surprised"),
  ),
  weights={"train": (1,) * 11, "test": (1,) * 11},
  splits=(3_162, 792),
)

LAYOUT = raf_db.layout(COMPOUND, "two emotions at once")
