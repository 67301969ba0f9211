"""The Radboud Faces Database: every fact is in the file's name.

67 people × 8 emotions × 3 gazes × 5 cameras = 8,040 images. Langner et al.,
Cognition and Emotion 24(8), 2010; the naming scheme is the owners'.
"""

from __future__ import annotations

import re
from pathlib import Path

from jaxfer import facs
from jaxfer.data.dataset import ANY_CASE, Dataset, Findings
from jaxfer.data.table import Face, FaceTable
from jaxfer.errors import refuse_other

NAME = re.compile(
  r"Rafd(?P<camera>000|045|090|135|180)_(?P<subject>\d{2})"
  r"_(?P<race>Caucasian|Moroccan|Kid)_(?P<gender>female|male)"
  rf"_(?P<emotion>{'|'.join(facs.EMOTIONS)})_(?P<gaze>left|frontal|right)",
  ANY_CASE,
)

VIEWS = {
  "frontal": lambda camera, gaze: camera == "090",
  # Five cameras at one gaze: the only simple product that gives the paper's
  # 2,680 images; the paper does not say which.
  "multi": lambda camera, gaze: gaze == "frontal",
  "all": lambda camera, gaze: True,
}


def read(root: Path, *, view: str = "all", relabel: bool = False) -> FaceTable:
  """Reads the images of one view, at any depth below the root.

  Views are frontal (1,608 images when complete), multi (2,680) and all (8,040).
  Radboud's owners code no action units: `relabel` gives each face those that
  the paper's Table VI derives from its emotion.

  Returns:
    A face per image, sorted by file name. Yaw is camera - 90 degrees; its sign
    is our convention. Files with other names, and second copies, are rejected.

  Raises:
    UserError: for an unknown view.
  """
  refuse_other("data.rafd.view", view, VIEWS)
  found, faces = Findings(root), {}
  for path, match in found.named(NAME, "Radboud"):
    name = match[0].lower()
    if found.is_copy(name, path):
      continue
    camera, gaze = match["camera"], match["gaze"].lower()
    emotion = match["emotion"].lower()
    if VIEWS[view](camera, gaze):
      faces[name] = Face(
        path=path,
        dataset="rafd",
        subject=match["subject"],
        emotion=emotion,
        aus=facs.relabel(emotion) if relabel else {},
        pose=float(camera) - 90,
        pose_raw=camera,
        gaze=gaze,
      )
  return found.table(faces[name] for name in sorted(faces))


DATASET = Dataset(
  name="rafd",
  title="Radboud Faces Database",
  short="Radboud",
  read=read,
  layout="files such as Rafd090_01_Caucasian_female_angry_frontal.jpg, at any"
  " depth",
  request="researchers request it at https://rafd.socsci.ru.nl",
  pattern=re.compile(NAME.pattern + r"\.\w+", ANY_CASE),
  published={
    "images": {"": 8040},
    "people": {"": 67},
    "emotion": dict.fromkeys(facs.EMOTIONS, 1005),
    "pose_raw": dict.fromkeys(("000", "045", "090", "135", "180"), 1608),
    "gaze": dict.fromkeys(("left", "frontal", "right"), 2680),
  },
  human_coded=False,  # by the paper's Table VI
  owner="Radboud University",
)
