"""Extended Cohn-Kanade (CK+) as clips: each sequence from neutral to its peak.

What is labelled, and how, is as of its faces (`ck_plus`).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from jaxfer.data import clips
from jaxfer.data.dataset import Dataset, Findings
from jaxfer.data.readers import ck_plus
from jaxfer.data.table import Clip, Face, FaceTable


def read(root: Path) -> FaceTable:
  """Every sequence of two frames or more up to its peak.

  Returns:
    A clip of each face that `ck_plus.read` gives, by its path; rejected are
    the sequences of one frame besides.

  Raises:
    DataError: as `ck_plus.read`.
  """
  peaks = ck_plus.read(root)
  sequences = ck_plus.collect(Findings(root))
  found = Findings(root)
  found.rejected, found.notes = [*peaks.rejected], [*peaks.notes]
  made: list[tuple[Face, Clip]] = []
  for face in peaks.faces:
    frames: dict[int, str] = {}
    for one in sequences[f"{face.subject}_{face.sequence}"].frames.values():
      frames |= one
    upto = tuple(frames[k] for k in sorted(frames) if k <= (face.frame or 0))
    if len(upto) < 2:
      found.reject(face.path, "a sequence of one frame is no clip")
      continue
    own = dataclasses.replace(face, dataset="ck_plus_clips")
    made.append((own, Clip(upto)))
  return clips.table(found, made, peaks=True)


DATASET = Dataset(
  name="ck_plus_clips",
  title="Extended Cohn-Kanade (CK+), sequences",
  short="CK+ sequences",
  read=read,
  layout=ck_plus.DATASET.layout,
  request=ck_plus.DATASET.request,
  published=ck_plus.DATASET.published,
  grey=True,
  owner=ck_plus.DATASET.owner,
  overlaps=dict.fromkeys(("ck", "ck_plus"), "they are the same people"),
  clips=True,
)
