"""Extended Cohn-Kanade (CK+): sequences from a neutral face to its peak.

593 sequences of 123 people, each coded in FACS at its peak, 327 of them with
one of seven emotions. Lucey, Cohn, Kanade, Saragih, Ambadar and Matthews, CVPR
workshops 2010.
"""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jaxfer.data import emotions, files, label_files
from jaxfer.data.dataset import ANY_CASE, Dataset, Findings, misnamed
from jaxfer.data.label_files import Label
from jaxfer.data.readers.ck_plus import peaks
from jaxfer.data.readers.ck_plus.peaks import Peak
from jaxfer.data.table import DataError, Face, FaceTable

# The owners' own example once mistypes S005 as S0005.
_NAME = r"S(?P<zero>0?)(?P<person>\d{3})_(?P<number>\d{3})_(?P<frame>\d{8})"
IMAGE = re.compile(_NAME, ANY_CASE)
LABEL = re.compile(rf"{_NAME}_(?P<kind>emotion|facs)\.txt", ANY_CASE)
_KINDS = ("emotion", "facs")


@dataclasses.dataclass
class _Sequence:
  """The files of one sequence."""

  # By the emotion that their folder is named after, or else "", paths by
  # number.
  frames: dict[str, dict[int, str]] = dataclasses.field(
    default_factory=lambda: collections.defaultdict(dict)
  )
  # By kind.
  labels: dict[str, list[Label[Peak]]] = dataclasses.field(
    default_factory=lambda: {kind: [] for kind in _KINDS}
  )

  @property
  def filed(self) -> dict[str, dict[int, str]]:
    """The frames in folders named after emotions."""
    return {word: frames for word, frames in self.frames.items() if word}


def read(root: Path, *, last: int = 1, neutral: int = 0) -> FaceTable:
  """Reads frames at both ends of every sequence, labelled or not.

  A sequence's last frame is its peak. Where its labels name an earlier one,
  that is the peak, and the frames after it are left out, with a note. A copy
  whose images lie in folders named by their emotion, as that of 48 pixels, is
  labelled by these.

  Args:
    root: folder that holds images and labels, at any depth; what the folders
      are called does not matter.
    last: how many frames, up to the peak, bear the peak's emotion and AUs; 1 or
      more.
    neutral: how many frames from the start to add as neutral, with all AUs
      absent where the sequence is coded. A frame that `last` takes is not
      neutral.

  Returns:
    Faces by person, sequence and frame. An AU in a FACS file is present
    whatever its intensity, of which 0 means not graded; the others of the
    fourteen are absent. Rejected: other names, second copies, labels without
    an image, and the frames asked for of a sequence whose labelled peak is
    missing, or whose labels cannot be read, contradict one another or name
    different peaks.

  Raises:
    DataError: if the emotions are not the owners' numbers.
  """
  found = Findings(root)
  sequences = collect(found)
  labels = {
    kind: [label for one in sequences.values() for label in one.labels[kind]]
    for kind in _KINDS
  }
  codes = [label.value.code for label in labels["emotion"]]
  # Neutral is a code of the owners', and of no sequence: without a 7 a 0 tells
  # of a coding that begins there.
  legal = range(int(7 not in codes), len(peaks.EMOTIONS))
  emotions.refuse_another(codes, legal, "CK+", str(root))
  faces = [
    face
    for name in sorted(sequences)
    for face in _faces(name, sequences[name], last, neutral, found)
  ]
  for kind in _KINDS:
    if kind == "emotion" and any(one.filed for one in sequences.values()):
      text = (
        "emotions are those of the folders; data.ck_plus.last says how many of"
        " a sequence's frames are read"
      )
      found.note(".", text)
    elif sequences and not labels[kind]:
      text = "there is no such file: no face has its labels"
      found.note(f"*_{kind}.txt", text, missing=True)
  return found.table(faces)


def collect(found: Findings) -> dict[str, _Sequence]:
  """The sequences below a folder by name, such as S005_001."""
  root = found.root
  sequences: dict[str, _Sequence] = collections.defaultdict(_Sequence)
  for path in files.walk(root):
    file = Path(path)
    label = LABEL.fullmatch(file.name)
    is_image = files.is_image_name(path)
    match = label or (IMAGE.fullmatch(file.stem) if is_image else None)
    if match is None:
      if is_image:
        found.reject(path, misnamed("CK+"))
      continue
    name, frame = f"S{match['person']}_{match['number']}", int(match["frame"])
    if match["zero"]:
      found.note(path, f"a mistyped name, read as one of {name}")
    if label:
      kind = label["kind"].lower()
      peak = peaks.read(root, path, kind, frame)
      sequences[name].labels[kind].append(Label(name, peak, path))
      continue
    emotion = emotions.known((root.absolute() / path).parent.name) or ""
    frames = sequences[name].frames[emotion]
    if not found.is_copy((name, emotion, frame), path):
      frames[frame] = path
  return dict(sequences)


def _faces(
  name: str, sequence: _Sequence, last: int, neutral: int, found: Findings
) -> Iterator[Face]:
  """What becomes of the frames asked for of one sequence."""
  subject, number = name.split("_")

  def face(
    frame: int, path: str, emotion: str | None, aus: Mapping[int, int]
  ) -> Face:
    return Face(
      path=path,
      dataset="ck_plus",
      subject=subject,
      emotion=emotion,
      aus=aus,
      pose=0.0,
      sequence=number,
      frame=frame,
    )

  filed, frames = sequence.filed, sequence.frames.get("", {})
  try:
    labels = _settle(name, sequence)
  except DataError as error:
    for one in () if frames else filed.values():
      frames = frames | one
    ordered = sorted(frames)
    asked = dict.fromkeys(ordered[:neutral] + ordered[-last:])
    for path in [frames[k] for k in asked] or [name]:
      found.reject(path, error)
    return
  emotion = next(
    (one.value.emotion for one in labels if one.value.emotion), None
  )
  aus = next((one.value.aus for one in labels if one.value.aus), {})
  absent = dict.fromkeys(aus, 0)
  for word, inside in sorted(filed.items()):
    for k in sorted(inside)[-last:]:
      yield face(k, inside[k], word, absent if word == "neutral" else aus)
  if filed and not frames:
    return
  ordered = sorted(frames)
  peak = labels[0].value.frame if labels else ordered[-1]
  missing = f"{name}_{peak:08d}.png" if peak not in frames else ""
  if missing:
    reason = f"{labels[0].file}: there is no image of this frame"
    found.reject(missing, reason)
  if after := sum(k > peak for k in ordered):
    text = f"frames follow the labelled peak and are left out: {after}"
    found.note(labels[0].file, text)
    del ordered[-after:]
  ends = ordered[-last:]
  for k in ordered[:neutral]:
    if k not in ends:
      yield face(k, frames[k], "neutral", absent)
  for k in ends:
    if missing:
      reason = f"its sequence's labelled peak is missing: {missing}"
      found.reject(frames[k], reason)
    else:
      yield face(k, frames[k], emotion, aus)


def _settle(name: str, sequence: _Sequence) -> list[Label[Peak]]:
  """One label of each kind there is, all of the same frame.

  Raises:
    DataError: if they cannot be read or do not agree.
  """
  labels = []
  for kind in _KINDS:
    settled = label_files.settle(sequence.labels[kind])
    if name in settled.contradicted:
      raise DataError(settled.contradicted[name])
    labels += settled.labels.values()
  for label in labels:
    if label.value.error:
      raise DataError(label.value.error)
  if len({label.value.frame for label in labels}) > 1:
    where = ", ".join(label.file for label in labels)
    raise DataError(f"labels name different peaks: {where}")
  return labels


DATASET = Dataset(
  name="ck_plus",
  title="Extended Cohn-Kanade (CK+)",
  short="CK+",
  read=read,
  layout="cohn-kanade-images/S005/001/S005_001_00000011.png,"
  " Emotion/S005/001/S005_001_00000011_emotion.txt and"
  " FACS/S005/001/S005_001_00000011_facs.txt; or"
  " happy/S010_004_00000017.png",
  request="researchers request it at https://www.jeffcohn.net/Resources",
  # Frames are counted from 1; those of the original CK bear time codes.
  pattern=re.compile(r"S\d{3}_\d{3}_0000\d{4}\.\w+", ANY_CASE),
  published={
    "images": {"": 593},
    "people": {"": 123},
    "emotion": {
      "angry": 45,
      "contemptuous": 18,
      "disgusted": 59,
      "fearful": 25,
      "happy": 69,
      "sad": 28,
      "surprised": 83,
    },
  },
  grey=True,
  owner="J. Cohn and T. Kanade",
)
