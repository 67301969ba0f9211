"""Static Facial Expressions in the Wild 2.0: the aligned crops of film stills.

891 faces to train on, 431 to validate on, and a test part whose labels were
never public. Dhall, Goecke, Lucey and Gedeon, ICCV workshops 2011; version 2.0
is that of the EmotiW 2015 challenge.
"""

from __future__ import annotations

import re
from pathlib import Path

from jaxfer import facs
from jaxfer.data.dataset import ANY_CASE, Dataset, Findings, misnamed
from jaxfer.data.label_files import Label
from jaxfer.data.table import DataError, Face, FaceTable

NAME = re.compile(
  # A film's name may itself hold underscores and numbers.
  r"(?P<film>.+)_(?P<time>\d{9})_(?P<frame>\d{8})",
  ANY_CASE,
)
_SPLIT = re.compile(
  r"(train|val|test)(?:ing|idation)?(?:[ _-].*aligned.*)?", re.DOTALL
)

_LIST = Path(__file__).with_name("sfew_misaligned.txt")
MISALIGNED = frozenset(
  line
  for line in _LIST.read_text(encoding="utf-8").splitlines()
  if not line.startswith("#")
)
"""Names without suffix, in lower case, of crops that hold no face."""


def read(root: Path, *, keep_misaligned: bool = False) -> FaceTable:
  """Reads the aligned crops, at any depth below the root.

  A crop is known by a folder above it whose name holds `aligned`, as in
  `Val_Aligned_Faces_new`; its part by the nearest folder named after one; its
  emotion by its own folder. No person is named; the session is the film, which
  is what the images of one person have in common.

  Returns:
    A face per crop, sorted by name. Rejected: full frames, crops without a part
    or an emotion, second copies, crops that two folders label unlike, and,
    unless kept, misaligned ones, which hold no face, or half of one. Faces of
    the test part have no emotion.
  """
  found = Findings(root)
  paths = [*found.images()]
  # The root may itself be the folder of crops, unless there is one below it.
  nested = any(_is_crop(_folders(path)) for path in paths)
  own = root.absolute().name.lower()
  crops: list[Face] = []
  for path in paths:
    folders = _folders(path)
    match = NAME.fullmatch(Path(path).stem)
    if match is None:
      found.reject(path, misnamed("SFEW"))
    elif nested and not _is_crop(folders):
      found.reject(path, "a full frame; the aligned crops are read", known=True)
    elif not _is_crop([*folders, own]):
      reason = (
        "taken for a full frame: no folder above it is named after aligned"
        " crops, as Train_Aligned_Faces is"
      )
      found.reject(path, reason)
    elif not keep_misaligned and match[0].lower() in MISALIGNED:
      found.reject(path, "a crop that holds no face, or half of one", True)
    else:
      try:
        crops.append(_face(path, [*folders, own], match))
      except DataError as error:
        found.reject(path, error)

  settled = found.settle(
    Label(_name(crop.path), (crop.split, crop.emotion), crop.path)
    for crop in crops
  )
  faces: dict[str, Face] = {}
  for crop in crops:
    name = _name(crop.path)
    if name in settled.contradicted:
      found.reject(crop.path, settled.contradicted[name])
    elif not found.is_copy(name, crop.path):
      faces[name] = crop
  return found.table(faces[name] for name in sorted(faces))


def _name(path: str) -> str:
  return Path(path).stem.lower()


def _folders(path: str) -> list[str]:
  """Names of the folders above a file, in lower case, the nearest first."""
  return [*reversed(Path(path.lower()).parent.parts)]


def _is_crop(folders: list[str]) -> bool:
  return any("aligned" in folder for folder in folders)


def _face(path: str, folders: list[str], match: re.Match[str]) -> Face:
  splits = [*filter(None, map(_SPLIT.fullmatch, folders))]
  if not splits:
    raise DataError("no folder Train, Val or Test above it")
  split = splits[0][1]
  emotion = facs.EMOTION_WORDS.get(folders[0])
  if emotion is None and split != "test":
    raise DataError(f"its folder {folders[0]!r} names no emotion")
  return Face(
    path=path,
    dataset="sfew",
    emotion=emotion,
    session=match["film"],
    sequence=f"{match['film']}_{match['time']}",
    frame=int(match["frame"]),
    split=split,
  )


DATASET = Dataset(
  name="sfew",
  title="Static Facial Expressions in the Wild 2.0",
  short="SFEW",
  read=read,
  layout="Train/Train_Aligned_Faces/Angry/Airheads_000519240_00000005.png and"
  " the like for Val and Test",
  request="researchers request it of the EmotiW organisers:"
  " https://cs.anu.edu.au/few",
  pattern=re.compile(NAME.pattern + r"\.\w+", ANY_CASE),
  published={
    # How many crops the test part has is not published.
    "split": {"train": 891, "val": 431},
    "emotion": {
      "angry": 255,
      "disgusted": 75,
      "fearful": 124,
      "happy": 256,
      "neutral": 228,
      "sad": 234,
      "surprised": 150,
    },
  },
  everything={"keep_misaligned": True},
  detector="precropped",
  official=True,
  owner="the Australian National University",
  overlaps={
    "celeba": "both show people who are well known, SFEW actors in films",
    **dict.fromkeys(
      ("raf_db", "raf_db_compound"),
      "SFEW shows actors in films, who are on the web too, and RAF-DB names"
      " nobody",
    ),
  },
)
