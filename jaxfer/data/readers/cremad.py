"""CREMA-D: 91 actors say twelve sentences in six emotions, on video.

7,442 clips. Cao, Cooper, Keutmann, Gur, Nenkova and Verma, IEEE Transactions
on Affective Computing 5(4), 2014.
"""

from __future__ import annotations

import re
from pathlib import Path

from jaxfer.data import clips, files, video
from jaxfer.data.dataset import ANY_CASE, Dataset, Findings, misnamed
from jaxfer.data.table import Clip, Face, FaceTable

EMOTIONS = {
  "ANG": "angry",
  "DIS": "disgusted",
  "FEA": "fearful",
  "HAP": "happy",
  "NEU": "neutral",
  "SAD": "sad",
}
"""By the owners' code in a file's name."""

NAME = re.compile(
  r"(?P<actor>1\d{3})_(?P<sentence>[A-Z]{3})_(?P<emotion>[A-Z]{3})"
  r"_(?P<level>LO|MD|HI|XX|X)",
  ANY_CASE,
)
"""Actor, sentence, emotion and its level: low, medium, high, or not said."""


def read(root: Path) -> FaceTable:
  """The videos below a folder, by their names; a clip is read once.

  Returns:
    Clips by path; the sentence is their `sequence`, the level an attribute.
    Rejected: videos of other names, and second copies, such as of another
    format.
  """
  found = Findings(root)
  made: list[tuple[Face, Clip]] = []
  for path in filter(video.is_video_name, files.walk(root)):
    match = NAME.fullmatch(Path(path).stem)
    emotion = EMOTIONS.get(match["emotion"].upper()) if match else None
    if match is None or emotion is None:
      found.reject(path, misnamed("CREMA-D"))
    elif not found.is_copy(match[0].upper(), path):
      face = Face(
        path=path,
        dataset="cremad",
        subject=match["actor"],
        emotion=emotion,
        sequence=match["sentence"].upper(),
        attributes=(match["level"].upper(),),
      )
      made.append((face, Clip((path,))))
  return clips.table(found, made)


DATASET = Dataset(
  name="cremad",
  title="CREMA-D",
  short="CREMA-D",
  read=read,
  layout="VideoFlash/1001_IEO_ANG_HI.flv, or the same as mp4",
  request="https://github.com/CheyneyComputerScience/CREMA-D",
  published={
    "images": {"": 7442},
    "people": {"": 91},
    "emotion": dict.fromkeys(
      ("angry", "disgusted", "fearful", "happy", "sad"), 1271
    )
    | {"neutral": 1087},
  },
  restricted=False,
  owner="H. Cao and others",
  clips=True,
)
