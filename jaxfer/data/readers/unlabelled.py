"""A user's own faces without labels: every image below a folder."""

from __future__ import annotations

import collections
from pathlib import Path, PurePosixPath

from jaxfer.data import files
from jaxfer.data.dataset import Dataset, Findings
from jaxfer.data.table import Face, FaceTable


def read(root: Path) -> FaceTable:
  """Every image below a folder, without labels.

  Returns:
    Faces in the order of `files.walk`. Rejected: pictures in formats that are
    not read. Files that are no pictures by name are passed over, with a note.
  """
  found, faces = Findings(root), []
  others: collections.Counter[str] = collections.Counter()
  for path in files.walk(root):
    if files.is_image_name(path):
      faces.append(Face(path=path, dataset="unlabelled"))
    elif not files.is_unread_picture(path):
      others[PurePosixPath(path).suffix.lower() or "no suffix"] += 1
  if others:
    kinds = [f"{count:,} {kind}" for kind, count in sorted(others.items())]
    text = f"files that are no pictures by their names: {', '.join(kinds)}"
    found.note(".", text)
  found.rejected += files.unread(root)
  return found.table(faces)


DATASET = Dataset(
  name="unlabelled",
  title="your own unlabelled faces",
  short="your unlabelled faces",
  read=read,
  layout="images (JPEG, PNG, …), at any depth",
  request="any folder of faces: --config.data.paths.unlabelled=FOLDER",
  grey=None,
  restricted=False,
  labelled=False,
  emotions=False,
)
