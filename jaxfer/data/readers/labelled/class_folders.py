"""Faces whose class is the name of their folder, or stands in their own name.

So FER2013, AffectNet, CK+ at 48 pixels and others circulate: `happy/x.jpg`,
`train/happy/x.jpg`; and JAFFE, whose names are such as `KA.AN1.39.tiff`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from jaxfer import facs
from jaxfer.data import emotions, files, parts
from jaxfer.data.dataset import ANY_CASE, Findings, misnamed
from jaxfer.data.readers.labelled.doubts import few
from jaxfer.data.table import DataError, Face, FaceTable

_JAFFE = re.compile(
  r"(?P<subject>[A-Z]{2})\.(?P<emotion>AN|DI|FE|HA|NE|SA|SU)\d?\.\d+(?:\..*)?",
  ANY_CASE,
)
_JAFFE_EMOTIONS = {word[:2].upper(): word for word in facs.EMOTIONS}
# The names of CK+, which say who is shown.
_CK_PLUS = re.compile(
  r"(?P<subject>S\d{3})_(?P<sequence>\d{3})_(?P<frame>\d{8})", ANY_CASE
)
# Folders that hold all classes, or all images of one.
_PLAIN = frozenset(
  (
    *("aligned", "crop", "cropped", "crops", "data", "dataset", "faces"),
    *("image", "images", "img", "imgs", "original", "photos", "pictures"),
  )
)
_MOST_UNKNOWN = 12  # classes, where none of the folders is one of the eight
_AFFECTNET = frozenset("01234567")


def read(root: Path, codes: str) -> FaceTable | None:
  """Reads a folder that is sorted so.

  An image's class is the nearest folder above it that names an emotion, else
  the nearest that does not name a part or all images. Its part is that of its
  own prefix, as in `PublicTest_12.jpg`, or else of the nearest folder so named.
  `codes` says whose numbers the folders' names are, if they are; eight folders
  from 0 to 7 are AffectNet's unless said otherwise.

  Returns:
    Faces by path, without a person unless the names are CK+'s or JAFFE's; None
    where no folder names a class.

  Raises:
    DataError: for numbers of nobody's, or outside their owner's range.
  """
  found = Findings(root)
  paths = [*found.images()]
  if _is_jaffe(paths):
    return _jaffe(found, paths)
  folders = _folders(paths)
  if folders is None:
    return None
  likely = "affectnet" if {*folders.values()} - {""} == _AFFECTNET else ""
  where = "folder names"
  say = emotions.Reader([*folders.values()], codes, likely, where)
  names = {path: _CK_PLUS.fullmatch(PurePosixPath(path).stem) for path in paths}
  named = all(names.values())
  faces = []
  for path in paths:
    try:
      if not folders[path]:
        raise DataError("no folder above it names a class")
      emotion = say(folders[path])
    except DataError as error:
      found.reject(path, error)
      continue
    match = names[path] if named else None
    faces.append(
      Face(
        path,
        "labelled",
        subject=match["subject"].upper() if match else None,
        emotion=emotion,
        sequence=match["sequence"] if match else None,
        frame=int(match["frame"]) if match else None,
        split=parts.of_image(path),
      )
    )
  others = {
    folder
    for path in paths
    for folder in PurePosixPath(path).parent.parts
    if folders[path] not in (folder, _emotion(folder))
    if not _says_nothing(folder)
  }
  if others:
    text = (
      f"folders that name no class, not used: {few(sorted(others))}; people"
      " are named by a CSV with the column subject"
    )
    found.note(".", text)
  for text in emotions.notes((face.emotion for face in faces), where):
    found.note(".", text)
  for text in say.notes():
    found.note(".", text)
  found.note_others()
  found.rejected += files.unread(root)
  return found.table(faces)


def _folders(paths: Sequence[str]) -> dict[str, str] | None:
  """By image, the folder that names its class, or nothing; None without any."""
  known = {path: _known(path) for path in paths}
  other = {path: _own(path) for path in paths}
  if any(known.values()):
    return {path: known[path] or other[path] for path in paths}
  words = {*other.values()} - {""}
  numbers = all(emotions.whole(word) is not None for word in words)
  if not words or (len(words) == 1 and not numbers):
    return None
  # Names such as s01 are people's, and so are many that no emotion is among.
  if not numbers and (
    len(words) > _MOST_UNKNOWN or any(re.search(r"\d", w) for w in words)
  ):
    return None
  return other


def _known(path: str) -> str:
  """The emotion that the nearest folder above an image names, if one does."""
  folders = reversed(PurePosixPath(path).parent.parts)
  return next(filter(None, map(_emotion, folders)), "")


def _emotion(folder: str) -> str | None:
  """The emotion that a folder names, alone or beside a part: happy_train."""
  words = re.split(r"[\s_-]+", folder)
  rest = " ".join(word for word in words if parts.read(word) is None)
  return emotions.known(folder) or emotions.known(rest)


def _own(path: str) -> str:
  """The nearest folder that names neither a part nor all images."""
  for folder in reversed(PurePosixPath(path).parent.parts):
    if not _says_nothing(folder):
      return folder
  return ""


def _says_nothing(folder: str) -> bool:
  """Whether a folder's name is that of a part or of all images."""
  return folder.lower() in _PLAIN or parts.read(folder) is not None


def _is_jaffe(paths: Sequence[str]) -> bool:
  """Whether most of the images have names such as JAFFE's."""
  return 2 * sum(_jaffe_name(path) is not None for path in paths) > len(paths)


def _jaffe_name(path: str) -> re.Match[str] | None:
  return _JAFFE.fullmatch(PurePosixPath(path).stem)


def _jaffe(found: Findings, paths: Sequence[str]) -> FaceTable:
  faces = []
  for path in paths:
    if match := _jaffe_name(path):
      subject, emotion = match["subject"].upper(), match["emotion"].upper()
      emotion = _JAFFE_EMOTIONS[emotion]
      faces.append(Face(path, "labelled", subject=subject, emotion=emotion))
    else:
      found.reject(path, misnamed("JAFFE"))
  found.note(".", "person and emotion are read from JAFFE's file names")
  found.rejected += files.unread(found.root)
  return found.table(faces)
