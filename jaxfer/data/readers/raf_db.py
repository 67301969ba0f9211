"""RAF-DB: seven basic and eleven compound emotions, two sets of images.

15,339 and 3,954 faces from the web, each in an official training and test part.
Li, Deng and Du, CVPR 2017. A label file names the original photographs; the
owners' crops bear the same names with `_aligned` added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from jaxfer.data import files
from jaxfer.data.readers import coding, label_files, own_classes, parts
from jaxfer.data.readers.dataset import Dataset
from jaxfer.data.readers.label_files import Label, Settled
from jaxfer.data.table import Face, FaceTable, Rejection
from jaxfer.errors import UserError

IMAGES = ("aligned", "original")
NAME = re.compile(
  r"(?P<split>train|test)_(?P<digits>\d{3,5})(?P<aligned>_aligned)?",
  re.IGNORECASE | re.ASCII,
)
LISTED = re.compile(NAME.pattern + r"\.\w+", NAME.flags)
# The owners misspell partition; one common copy has a CSV for each part.
LABEL_FILE = re.compile(
  r"list_par?tition_label\.txt|(?:train|test)_labels?\.csv", re.IGNORECASE
)
_SHOWN = 60  # characters of a cell in a message


class _Subset(NamedTuple):
  """One of the two sets.

  Attributes:
    name: the dataset's.
    folder: that the owners keep it in.
    digits: of the numbers in its training and test images' names.
    facts: what each label says of a face.
  """

  name: str
  folder: str
  digits: Mapping[str, int]
  facts: Mapping[str, Mapping[str, Any]]


_BASIC = _Subset(
  "raf_db",
  "basic",
  {"train": 5, "test": 4},
  {
    "1": {"emotion": "surprised"},
    "2": {"emotion": "fearful"},
    "3": {"emotion": "disgusted"},
    "4": {"emotion": "happy"},
    "5": {"emotion": "sad"},
    "6": {"emotion": "angry"},
    "7": {"emotion": "neutral"},
  },
)
_COMPOUND = _Subset(
  "raf_db_compound",
  "compound",
  {"train": 4, "test": 3},
  {
    "1": {"attributes": ("happily_surprised",)},
    "2": {"attributes": ("happily_disgusted",)},
    "3": {"attributes": ("sadly_fearful",)},
    "4": {"attributes": ("sadly_angry",)},
    "5": {"attributes": ("sadly_surprised",)},
    "6": {"attributes": ("sadly_disgusted",)},
    "7": {"attributes": ("fearfully_angry",)},
    "8": {"attributes": ("fearfully_surprised",)},
    "9": {"attributes": ("angrily_surprised",)},
    "10": {"attributes": ("angrily_disgusted",)},
    "11": {"attributes": ("disgustedly_surprised",)},
  },
)
_SUBSETS = (_BASIC, _COMPOUND)


def read_basic(root: Path, *, images: str = "aligned") -> FaceTable:
  """Reads the seven basic emotions.

  Args:
    root: folder that holds images and labels, at any depth: the owners' tree,
      or `train/<label>/` and `test/<label>/` with or without a CSV for each,
      the label as a number or in words. The part is that of an image's name.
    images: aligned (the owners' crops) or original (the photographs).

  Returns:
    A face per labelled image, sorted by name, without a subject: the owners
    name none. Rejected: images without a label, labels without an image,
    contradictions and second copies. The compound emotions are left out.

  Raises:
    DataError: if a label file cannot be read, or the labels are not the
      owners' numbers.
    UserError: for other images.
  """
  return _read(root, _BASIC, images)


def read_compound(root: Path, *, images: str = "aligned") -> FaceTable:
  """Reads the eleven compound emotions, as attributes of faces.

  Args:
    root: as in `read_basic`.
    images: aligned or original.

  Returns:
    Faces with one attribute each and no emotion, else as `read_basic`.

  Raises:
    DataError: as in `read_basic`; and `UserError` for other images.
  """
  return _read(root, _COMPOUND, images)


def _read(root: Path, subset: _Subset, images: str) -> FaceTable:
  if images not in IMAGES:
    raise UserError(
      f"data.{subset.name}.images={images!r} is not one of {', '.join(IMAGES)}"
    )
  rejected: list[Rejection] = []
  labels: list[Label[str]] = []
  pictures: list[tuple[str, str]] = []  # path and key
  for path in files.walk(root):
    file = Path(path)
    match = NAME.fullmatch(file.stem)
    if _folder(path, match) not in (subset.folder, None):
      continue
    if LABEL_FILE.fullmatch(file.name):
      labels += _listed(root, path, subset, rejected)
    elif files.is_image_name(path):
      if match is None:
        rejected.append(Rejection(path, "not a file name of RAF-DB's scheme"))
        continue
      if _is_aligned(path, match) == (images == "aligned"):
        labels += _filed(root, path, subset, match)
        pictures.append((path, _key(match)))

  codes = (coding.whole(label.value) for label in labels)
  legal = range(1, 1 + len(subset.facts))
  coding.refuse_another(codes, legal, "RAF-DB", str(root))
  settled = label_files.settle(labels)
  rejected += settled.repeated
  faces: dict[str, Face] = {}
  for path, key in pictures:
    reason = _refusal(subset, settled, key)
    if key in faces:
      reason = f"a second copy of {faces[key].path}"
    if reason is not None:
      rejected.append(Rejection(path, reason))
      continue
    facts = subset.facts[settled.labels[key].value]
    split = key.split("_")[0]
    faces[key] = Face(path=path, dataset=subset.name, split=split, **facts)
  pictured = {key for _, key in pictures}
  for key in sorted({*settled.labels, *settled.contradicted} - pictured):
    reason = (
      _refusal(subset, settled, key)
      or f"{settled.labels[key].place}: there is no {images} image of it"
    )
    rejected.append(Rejection(key, reason))
  ordered = tuple(faces[key] for key in sorted(faces))
  return FaceTable(root, ordered, tuple(rejected))


def _folder(path: str, match: re.Match[str] | None) -> str | None:
  """The owners' folder that an image or label belongs to, if that is clear.

  Args:
    path: of the image, or of the label file.
    match: of the image's name, or of the name in the label file.
  """
  for part in reversed(Path(path.lower()).parent.parts):
    if any(part == subset.folder for subset in _SUBSETS):
      return part
  if match is not None:
    for subset in _SUBSETS:
      if subset.digits[match["split"].lower()] == len(match["digits"]):
        return subset.folder
  return None


def _key(match: re.Match[str]) -> str:
  """The original photograph's name, by which labels and images meet."""
  return f"{match['split']}_{match['digits']}.jpg".lower()


def _is_aligned(path: str, match: re.Match[str]) -> bool:
  kinds = [p for p in Path(path.lower()).parent.parts if p in IMAGES]
  return bool(match["aligned"]) or kinds[-1:] == ["aligned"]


def _listed(
  root: Path, file: str, subset: _Subset, rejected: list[Rejection]
) -> Iterator[Label[str]]:
  """The labels of one label file; rows that name no image are rejected."""
  for line, cells in label_files.read_rows(root, file):
    name, *values = filter(None, cells)
    match = LISTED.fullmatch(name)
    if _folder(file, match) not in (subset.folder, None):
      continue
    if match is not None:
      yield Label(_key(match), coding.plain(" ".join(values)), file, line)
    elif line > 1 or not file.lower().endswith(".csv"):  # else a header
      reason = f"line {line}: {name[:_SHOWN]!r} is not an image's name"
      rejected.append(Rejection(file, reason))


def _filed(
  root: Path, path: str, subset: _Subset, match: re.Match[str]
) -> Iterator[Label[str]]:
  """The label of an image in a folder such as `train/5` or `test/happy`."""
  folder = (root.absolute() / path).parent
  if coding.whole(folder.name) is not None and parts.read(folder.parent.name):
    yield Label(_key(match), coding.plain(folder.name), path)
  word = re.sub(r"[\s-]+", "_", folder.name.lower())
  said = {"emotion": own_classes.known(word), "attributes": (word,)}
  for label, facts in subset.facts.items():
    if all(said[name] == value for name, value in facts.items()):
      yield Label(_key(match), label, path)


def _refusal(subset: _Subset, settled: Settled[str], key: str) -> str | None:
  """Why an image's labels say nothing, if they do not."""
  if key in settled.contradicted:
    return settled.contradicted[key]
  if key not in settled.labels:
    return "no label names it"
  label = settled.labels[key]
  if label.value in subset.facts:
    return None
  legal = f"1 to {len(subset.facts)}"
  return f"{label.place}: {label.value[:_SHOWN]!r} is not a label, {legal}"


def _dataset(
  subset: _Subset,
  read: Callable[..., FaceTable],
  published: Mapping[str, Mapping[str, int]],
) -> Dataset:
  train, test = subset.digits["train"], subset.digits["test"]
  return Dataset(
    name=subset.name,
    title=f"RAF-DB, {subset.folder} emotions",
    short="RAF-DB" if subset is _BASIC else f"RAF-DB {subset.folder}",
    read=read,
    layout=f"{subset.folder}/Image/aligned/train_{1:0{train}}_aligned.jpg and"
    f" {subset.folder}/EmoLabel/list_patition_label.txt, or"
    f" train/5/train_{1:0{train}}_aligned.jpg",
    request="researchers request it by e-mail:"
    " http://www.whdeng.cn/RAF/model1.html",
    pattern=re.compile(
      rf"(?:train_\d{{{train}}}|test_\d{{{test}}})(?:_aligned)?\.\w+",
      NAME.flags,
    ),
    published=published,
    detector="precropped",
    grouped=False,
    official=True,
    owner="Beijing University of Posts and Telecommunications",
    overlaps=dict.fromkeys(
      {_BASIC.name, _COMPOUND.name} - {subset.name},
      "both are parts of RAF-DB, which names nobody",
    ),
  )


BASIC = _dataset(
  _BASIC,
  read_basic,
  {
    "images": {"": 15_339},
    "split": {"train": 12_271, "test": 3_068},
    "emotion": {
      "angry": 867,
      "disgusted": 877,
      "fearful": 355,
      "happy": 5_957,
      "neutral": 3_204,
      "sad": 2_460,
      "surprised": 1_619,
    },
  },
)

COMPOUND = _dataset(
  _COMPOUND,
  read_compound,
  {"images": {"": 3_954}, "split": {"train": 3_162, "test": 792}},
)
