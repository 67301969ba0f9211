"""The Karolinska Directed Emotional Faces: every fact is in the file's name.

70 people × 2 sessions × 7 emotions × 5 angles = 4,900 images. Lundqvist, Flykt
and Öhman, Karolinska Institutet, 1998; the naming scheme is the owners'.
"""

from __future__ import annotations

import re
from pathlib import Path

from jaxfer.data.dataset import ANY_CASE, Dataset, Findings, misnamed
from jaxfer.data.table import Face, FaceTable
from jaxfer.errors import refuse_other

EMOTIONS = {
  "AF": "fearful",
  "AN": "angry",
  "DI": "disgusted",
  "HA": "happy",
  "NE": "neutral",
  "SA": "sad",
  "SU": "surprised",
}
POSES = {"FL": -90.0, "HL": -45.0, "S": 0.0, "HR": 45.0, "FR": 90.0}
ANGLES = {"front": {"S"}, "half": {"HL", "S", "HR"}, "all": {*POSES}}

_EXPRESSION = rf"(?P<emotion>{'|'.join(EMOTIONS)})(?P<angle>{'|'.join(POSES)})"
NAME = re.compile(
  r"(?P<session>[AB])(?P<person>[FM](?:0[1-9]|[12]\d|3[0-5]))" + _EXPRESSION,
  ANY_CASE,
)
# The averaged FAFHR is misnamed FAHR.
AVERAGE = re.compile(rf"[FM]{_EXPRESSION}|FAHR", ANY_CASE)
MISNAMED = {"AF31V": "AF31SAHL", "AM31H": "AM31SUHR"}
"""Names in the owners' own copy that were cut short, and what was meant."""


def read(root: Path, *, angles: str = "all") -> FaceTable:
  """Reads the images of some angles, at any depth below the root.

  They are front (980 images when complete), half (without the full profiles;
  2,940) or all (4,900).

  Returns:
    A face per image, sorted by name. AF01 and BF01 are one person, F01, in two
    sessions. The left profiles have negative yaw, by our convention. Files with
    other names, second copies and AKDEF's averaged faces are rejected.

  Raises:
    UserError: for unknown angles.
  """
  refuse_other("data.kdef.angles", angles, ANGLES)
  found, faces = Findings(root), {}
  for path in found.images():
    stem = Path(path).stem
    match = NAME.fullmatch(MISNAMED.get(stem.upper(), stem))
    if match is None:
      average = bool(AVERAGE.fullmatch(stem))
      reason = "AKDEF: the average of all women or of all men"
      found.reject(path, reason if average else misnamed("KDEF"), average)
      continue
    name = match[0].upper()
    said = {part: text.upper() for part, text in match.groupdict().items()}
    if found.is_copy(name, path) or said["angle"] not in ANGLES[angles]:
      continue
    if name != stem.upper():
      found.note(path, f"a name cut short, read as {name}")
    faces[name] = Face(
      path=path,
      dataset="kdef",
      subject=said["person"],
      emotion=EMOTIONS[said["emotion"]],
      pose=POSES[said["angle"]],
      pose_raw=said["angle"],
      session=said["session"],
    )
  return found.table(faces[name] for name in sorted(faces))


DATASET = Dataset(
  name="kdef",
  title="Karolinska Directed Emotional Faces",
  short="KDEF",
  read=read,
  layout="files such as AF01ANHL.JPG, at any depth",
  request="researchers download it at https://kdef.se",
  pattern=re.compile(
    rf"(?:{NAME.pattern}|{'|'.join(MISNAMED)})\.\w+", ANY_CASE
  ),
  published={
    "images": {"": 4900},
    "people": {"": 70},
    "emotion": dict.fromkeys(EMOTIONS.values(), 700),
    "pose_raw": dict.fromkeys(POSES, 980),
    "session": {"A": 2450, "B": 2450},
  },
  placeholders=True,
  detector="mtcnn",  # Viola-Jones finds next to no profile
  owner="Karolinska Institutet",
)
