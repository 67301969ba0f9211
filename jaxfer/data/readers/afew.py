"""AFEW: clips of films in folders of seven emotions, of which SFEW has stills.

Dhall, Goecke, Lucey and Gedeon, IEEE MultiMedia 19(3), 2012.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from jaxfer.data import clips, emotions, files, video
from jaxfer.data.dataset import Dataset, Findings
from jaxfer.data.table import Clip, Face, FaceTable

_PARTS = ("train", "val")


def read(root: Path) -> FaceTable:
  """The videos in folders named by emotion, below folders named by part.

  Returns:
    Clips by path, their part by the first folder whose name says train or val.
    Rejected: videos in folders of other names.
  """
  found = Findings(root)
  made: list[tuple[Face, Clip]] = []
  for path in filter(video.is_video_name, files.walk(root)):
    *above, folder = PurePosixPath(path).parent.parts or ("",)
    emotion = emotions.known(folder)
    if emotion is None:
      found.reject(path, "not in a folder named by an emotion")
      continue
    said = [part for name in above for part in _PARTS if part in name.lower()]
    split = said[0] if said else None
    face = Face(path=path, dataset="afew", emotion=emotion, split=split)
    made.append((face, Clip((path,))))
  return clips.table(found, made)


DATASET = Dataset(
  name="afew",
  title="AFEW",
  short="AFEW",
  read=read,
  layout="Train_AFEW/Angry/000046280.avi and Val_AFEW/Angry/000149120.avi",
  request="researchers request it at https://cs.anu.edu.au/few/AFEW.html",
  detector="mtcnn",
  grouped=False,
  official=True,
  owner="A. Dhall and others",
  overlaps={"sfew": "its stills are of AFEW's clips"},
  clips=True,
)
