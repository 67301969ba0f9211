"""A user's own faces without labels: every image below a folder."""

from __future__ import annotations

from pathlib import Path

from jaxfer.data import files
from jaxfer.data.dataset import Dataset, Findings
from jaxfer.data.table import Face, FaceTable


def read(root: Path) -> FaceTable:
  """Every image below a folder, without labels.

  Returns:
    Faces in the order of `files.walk`. Rejected: pictures in formats that are
    not read. Files that are no pictures by name are passed over, with a note.
  """
  found = Findings(root)
  faces = [Face(path=path, dataset="unlabelled") for path in found.images()]
  found.note_others()
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
