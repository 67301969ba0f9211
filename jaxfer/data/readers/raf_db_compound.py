"""RAF-DB's eleven compound emotions, as attributes of faces; see `raf_db`."""

from __future__ import annotations

from jaxfer.data.readers import raf_db

DATASET = raf_db.dataset(
  raf_db.COMPOUND,
  "RAF-DB, compound emotions",
  "RAF-DB compound",
  {"images": {"": 3_954}, "split": {"train": 3_162, "test": 792}},
)
