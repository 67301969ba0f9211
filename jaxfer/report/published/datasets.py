"""Table I: the datasets, as printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class PublishedDataset:
  """A row of Table I.

  Attributes:
    name: as the table spells it.
    images: number of images; of sequences where `sequences` is true.
    participants: number of people, or None where the table has N/A.
    annotations: the labels, in the table's words.
    condition: how the expressions came about, in the table's words.
    sequences: whether films are counted rather than images.
  """

  name: str
  images: int
  participants: int | None
  annotations: str
  condition: str
  sequences: bool = False


DATASETS: Mapping[str, PublishedDataset] = {
  "rafd": PublishedDataset("RadFD", 8040, 67, "8 emotions", "acted"),
  "kdef": PublishedDataset("KDEF", 4900, 70, "7 emotions", "acted"),
  "raf_db": PublishedDataset(
    "RAF-DB", 29672, None, "7 emotions", "spontaneous"
  ),
  "celeba": PublishedDataset(
    "CelebA", 30000, 10177, "40 attribute annotations", "in the wild"
  ),
  "ck_plus": PublishedDataset(
    "CK+", 327, 210, "8 emotions", "posed + spontaneous", sequences=True
  ),
}
"""Table I, by the names that `jaxfer.data.readers` gives the datasets."""
