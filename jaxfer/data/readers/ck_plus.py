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

from jaxfer.data import files
from jaxfer.data.readers import ck_plus_labels as peaks
from jaxfer.data.readers import label_files, own_classes
from jaxfer.data.readers.ck_plus_labels import Peak
from jaxfer.data.readers.dataset import Dataset
from jaxfer.data.readers.label_files import Label
from jaxfer.data.table import DataError, Face, FaceTable, Note, Rejection
from jaxfer.errors import UserError

# The owners' own example once mistypes S005 as S0005.
_NAME = r"S(?P<zero>0?)(?P<person>\d{3})_(?P<number>\d{3})_(?P<frame>\d{8})"
IMAGE = re.compile(_NAME, re.IGNORECASE | re.ASCII)
LABEL = re.compile(
  rf"{_NAME}_(?P<kind>emotion|facs)\.txt", re.IGNORECASE | re.ASCII
)
_KINDS = ("emotion", "facs")

_Entry = Face | Rejection | Note


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
    ValueError: for numbers that count no frames.
  """
  for option, count, least in (("last", last, 1), ("neutral", neutral, 0)):
    if count < least:
      raise UserError(
        f"data.ck_plus.{option}={count} is not a number of frames from"
        f" {least} on"
      )
  found: list[_Entry] = []
  sequences = _collect(root, found)
  peaks.refuse_another_coding(
    (
      label.value.code
      for sequence in sequences.values()
      for label in sequence.labels["emotion"]
    ),
    root,
  )
  filed = False
  for name in sorted(sequences):
    found += _entries(name, sequences[name], last, neutral)
    filed |= bool(sequences[name].filed)
  for kind in _KINDS:
    if kind == "emotion" and filed:
      text = (
        "emotions are those of the folders; data.ck_plus.last says how many of"
        " a sequence's frames are read"
      )
      found.append(Note(".", text))
    elif sequences and not any(s.labels[kind] for s in sequences.values()):
      text = "there is no such file: no face has its labels"
      found.append(Note(f"*_{kind}.txt", text, missing=True))
  return FaceTable(
    root,
    tuple(entry for entry in found if isinstance(entry, Face)),
    tuple(entry for entry in found if isinstance(entry, Rejection)),
    tuple(entry for entry in found if isinstance(entry, Note)),
  )


@dataclasses.dataclass
class _Sequence:
  """The files of one sequence: frames by number, labels by kind.

  Frames in a folder that is named by an emotion lie under it, in `filed`.
  """

  frames: dict[int, str] = dataclasses.field(default_factory=dict)
  filed: dict[str, dict[int, str]] = dataclasses.field(
    default_factory=lambda: collections.defaultdict(dict)
  )
  labels: dict[str, list[Label[Peak]]] = dataclasses.field(
    default_factory=lambda: {kind: [] for kind in _KINDS}
  )


def _collect(root: Path, found: list[_Entry]) -> dict[str, _Sequence]:
  """The sequences below a folder by name, such as S005_001."""
  sequences: dict[str, _Sequence] = collections.defaultdict(_Sequence)
  for path in files.walk(root):
    file = Path(path)
    label = LABEL.fullmatch(file.name)
    image = IMAGE.fullmatch(file.stem) if files.is_image_name(path) else None
    match = label or image
    if match is None:
      if files.is_image_name(path):
        found.append(Rejection(path, "not a file name of CK+'s scheme"))
      continue
    name = f"S{match['person']}_{match['number']}"
    if match["zero"]:
      found.append(Note(path, f"a mistyped name, read as one of {name}"))
    if label:
      kind = label["kind"].lower()
      peak = peaks.read(root, path, kind, int(label["frame"]))
      sequences[name].labels[kind].append(Label(name, peak, path))
      continue
    emotion = own_classes.known((root.absolute() / path).parent.name)
    of = sequences[name]
    frames = of.filed[emotion] if emotion else of.frames
    first = frames.setdefault(int(match["frame"]), path)
    if first != path:
      found.append(Rejection(path, f"a second copy of {first}"))
  return dict(sequences)


def _entries(
  name: str, sequence: _Sequence, last: int, neutral: int
) -> Iterator[_Entry]:
  """What becomes of the frames asked for of one sequence."""
  frames = sequence.frames
  try:
    labels = _settle(name, sequence)
    aus = next((label.value.aus for label in labels if label.value.aus), {})
    yield from _filed(name, sequence, aus, last)
  except DataError as error:
    frames = frames or {
      number: path
      for filed in sequence.filed.values()
      for number, path in filed.items()
    }
    ordered = sorted(frames)
    asked = dict.fromkeys(ordered[:neutral] + ordered[-last:])
    for path in [frames[number] for number in asked] or [name]:
      yield Rejection(path, str(error))
    return
  if sequence.filed and not frames:
    return
  ordered = sorted(frames)
  peak = labels[0].value.frame if labels else ordered[-1]
  missing = f"{name}_{peak:08d}.png" if peak not in frames else ""
  if missing:
    reason = f"{labels[0].file}: there is no image of this frame"
    yield Rejection(missing, reason)
  after = sum(number > peak for number in ordered)
  if after:
    text = f"frames follow the labelled peak and are left out: {after}"
    yield Note(labels[0].file, text)
    del ordered[-after:]
  peaks = ordered[-last:]
  emotion, aus = None, {}
  for label in labels:
    emotion = label.value.emotion or emotion
    aus = label.value.aus or aus
  absent = dict.fromkeys(aus, 0)
  for number in ordered[:neutral]:
    if number not in peaks:
      yield _face(name, number, frames[number], "neutral", absent)
  for number in peaks:
    if missing:
      reason = f"its sequence's labelled peak is missing: {missing}"
      yield Rejection(frames[number], reason)
    else:
      yield _face(name, number, frames[number], emotion, aus)


def _filed(
  name: str, sequence: _Sequence, aus: Mapping[int, int], last: int
) -> Iterator[Face]:
  """The frames that lie in folders named by their emotion."""
  for emotion, frames in sorted(sequence.filed.items()):
    for number in sorted(frames)[-last:]:
      shown = dict.fromkeys(aus, 0) if emotion == "neutral" else aus
      yield _face(name, number, frames[number], emotion, shown)


def _face(
  name: str,
  number: int,
  path: str,
  emotion: str | None,
  aus: Mapping[int, int],
) -> Face:
  subject, sequence = name.split("_")
  return Face(
    path=path,
    dataset="ck_plus",
    subject=subject,
    emotion=emotion,
    aus=aus,
    pose=0.0,
    sequence=sequence,
    frame=number,
  )


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
  pattern=re.compile(r"S\d{3}_\d{3}_0000\d{4}\.\w+", re.IGNORECASE | re.ASCII),
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
