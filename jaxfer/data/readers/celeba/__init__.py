"""CelebA: 202,599 aligned faces of 10,177 people, with forty attributes each.

Liu, Luo, Wang and Tang, ICCV 2015. It has no emotions; a GAN learns faces from
it. Read from the owners' folders, or as tensorflow-datasets stores it.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jaxfer.data.dataset import Dataset
from jaxfer.data.readers.celeba import owners, tfds
from jaxfer.data.table import FaceTable, Note
from jaxfer.errors import refuse_other

SOURCES = {"files": owners.read, "tfds": tfds.read}


def read(
  root: Path,
  *,
  source: str = "files",
  partition: str = "all",
  count: int = 0,
  seed: int = 0,
) -> FaceTable:
  """Reads the aligned faces, or a sample of them.

  Args:
    root: folder that holds images and label files, at any depth; for tfds, the
      folder that holds the prepared dataset.
    source: files or tfds.
    partition: train (162,770 faces when complete), valid (19,867), test
      (19,962) or all.
    count: how many faces of the partition, drawn without replacement; 0 is all.
      A note says when there are not so many.
    seed: of that draw, which else depends on the faces' names alone.

  Returns:
    Faces by number, as `owners.read` or `tfds.read` gives them.

  Raises:
    DataError: as they do.
    UserError: for another source or partition.
  """
  refuse_other("data.celeba.source", source, SOURCES)
  legal = (*owners.PARTITIONS, "all")
  refuse_other("data.celeba.partition", partition, legal)
  choose = functools.partial(sample, count=count, seed=seed)
  table = SOURCES[source](root, partition, choose)
  if count <= len(table.faces):
    return table
  text = f"data.celeba.count={count:,}, of which {len(table.faces):,} were read"
  return dataclasses.replace(table, notes=(*table.notes, Note(".", text)))


def sample(names: Sequence[str], *, count: int, seed: int) -> Sequence[int]:
  """Draws without replacement, alike with every version of every library.

  Each name's rank is a hash of it: one that is missing changes one place only.

  Returns:
    `count` places in `names`, ascending; all where it is 0.
  """
  places = range(len(names))
  if not 0 < count < len(names):
    return places

  def rank(place: int) -> bytes:
    return hashlib.sha256(f"{seed}/{names[place]}".encode()).digest()

  return sorted(sorted(places, key=rank)[:count])


DATASET = Dataset(
  name="celeba",
  title="CelebA, aligned",
  short="CelebA",
  read=read,
  layout="Img/img_align_celeba/000001.jpg and the like,"
  f" {', '.join(owners.LABEL_FILES.values())}; or what"
  " tensorflow-datasets makes of them",
  request="researchers download it at"
  " https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
  pattern=owners.NAME,
  published={
    "images": {"": 202_599},
    "people": {"": 10_177},
    "split": {"train": 162_770, "valid": 19_867, "test": 19_962},
  },
  detector="fixed",
  # The owners put every face's eyes at (69, 111) and (108, 111) of 178 × 218
  # pixels. About such eyes Viola-Jones draws a square of 2.75 times their
  # distance, its centre 0.27 of it below them.
  box=(35 / 178, 68 / 218, 108 / 178, 108 / 218),
  emotions=False,
  owner="the Chinese University of Hong Kong",
  overlaps={
    "sfew": "both show people who are well known, SFEW actors in films",
    **dict.fromkeys(
      ("raf_db", "raf_db_compound"),
      "both were gathered from the web, where the same people are well known,"
      " and RAF-DB names nobody",
    ),
  },
  samples=True,
)
