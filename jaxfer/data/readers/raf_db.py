"""RAF-DB: seven basic and eleven compound emotions, two sets of images.

15,339 and 3,954 faces from the web, each in an official training and test part.
Li, Deng and Du, CVPR 2017. A label file names the original photographs; the
owners' crops bear the same names with `_aligned` added.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from jaxfer.data import emotions, files, label_files, parts
from jaxfer.data.dataset import ANY_CASE, Dataset, Findings, misnamed
from jaxfer.data.label_files import Label, Settled
from jaxfer.data.table import Face, FaceTable
from jaxfer.errors import refuse_other

IMAGES = ("aligned", "original")
NAME = re.compile(
  r"(?P<split>train|test)_(?P<digits>\d{3,5})(?P<aligned>_aligned)?", ANY_CASE
)
LISTED = re.compile(NAME.pattern + r"\.\w+", ANY_CASE)
# The owners misspell partition; one common copy has a CSV for each part.
LABEL_FILE = re.compile(
  r"list_par?tition_label\.txt|(?:train|test)_labels?\.csv", re.IGNORECASE
)


class Subset(NamedTuple):
  """One of the two sets."""

  name: str  # the dataset's
  folder: str  # that the owners keep it in
  # Of the numbers in its training and test images' names.
  digits: Mapping[str, int]
  facts: Mapping[str, Mapping[str, Any]]  # what each label says of a face


BASIC = Subset(
  "raf_db",
  "basic",
  {"train": 5, "test": 4},
  {str(n): {"emotion": word} for n, word in emotions.CODINGS["raf_db"].items()},
)
COMPOUND = Subset(
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


def read(
  root: Path, *, images: str = "aligned", subset: Subset = BASIC
) -> FaceTable:
  """Reads one of the two sets; images and labels of the other are left out.

  At any depth below the root lies the owners' tree, or `train/<label>/` and
  `test/<label>/` with or without a CSV for each, the label as a number or in
  words. The part is that of an image's name. Images are aligned (the owners'
  crops) or original (the photographs).

  Returns:
    A face per labelled image, sorted by name, without a subject: the owners
    name none. It has an emotion, or as an attribute a compound one. Rejected:
    images without a label, labels without an image, contradictions and second
    copies.

  Raises:
    DataError: if a label file cannot be read, or the labels are not the owners'
      numbers.
    UserError: for other images.
  """
  refuse_other(f"data.{subset.name}.images", images, IMAGES)
  found = Findings(root)
  labels: list[Label[str]] = []
  pictures: list[tuple[str, str]] = []  # path and key
  for path in files.walk(root):
    file = Path(path)
    match = NAME.fullmatch(file.stem)
    if _folder(path, match) not in (subset.folder, None):
      continue
    if LABEL_FILE.fullmatch(file.name):
      labels += _listed(path, subset, found)
    elif files.is_image_name(path):
      if match is None:
        found.reject(path, misnamed("RAF-DB"))
      elif _is_aligned(path, match) == (images == "aligned"):
        labels += _filed(root, path, subset, match)
        pictures.append((path, _key(match)))

  codes = (emotions.whole(label.value) for label in labels)
  legal = range(1, 1 + len(subset.facts))
  emotions.refuse_another(codes, legal, "RAF-DB", str(root))
  settled = found.settle(labels)
  faces: dict[str, Face] = {}
  for path, key in pictures:
    if reason := _refusal(subset, settled, key):
      found.reject(path, reason)
    elif not found.is_copy(key, path):
      facts = subset.facts[settled.labels[key].value]
      split = key.split("_")[0]
      faces[key] = Face(path=path, dataset=subset.name, split=split, **facts)
  pictured = {key for _, key in pictures}
  for key in sorted({*settled.labels, *settled.contradicted} - pictured):
    reason = (
      _refusal(subset, settled, key)
      or f"{settled.labels[key].place}: there is no {images} image of it"
    )
    found.reject(key, reason)
  return found.table(faces[key] for key in sorted(faces))


def _folder(path: str, match: re.Match[str] | None) -> str | None:
  """The owners' folder that an image or label belongs to, if that is clear.

  It follows from the path of the image or label file, or else from the name
  of the image, or in the label file.
  """
  for part in reversed(Path(path.lower()).parent.parts):
    if part in (BASIC.folder, COMPOUND.folder):
      return part
  if match is not None:
    for subset in (BASIC, COMPOUND):
      if subset.digits[match["split"].lower()] == len(match["digits"]):
        return subset.folder
  return None


def _key(match: re.Match[str]) -> str:
  """The original photograph's name, by which labels and images meet."""
  return f"{match['split']}_{match['digits']}.jpg".lower()


def _is_aligned(path: str, match: re.Match[str]) -> bool:
  kinds = [p for p in Path(path.lower()).parent.parts if p in IMAGES]
  return bool(match["aligned"]) or kinds[-1:] == ["aligned"]


def _listed(file: str, subset: Subset, found: Findings) -> Iterator[Label[str]]:
  """The labels of one label file; rows that name no image are rejected."""
  for line, cells in label_files.read_rows(found.root, file):
    name, *values = filter(None, cells)
    match = LISTED.fullmatch(name)
    if _folder(file, match) not in (subset.folder, None):
      continue
    if match is not None:
      yield Label(_key(match), emotions.plain(" ".join(values)), file, line)
    elif line > 1 or not file.lower().endswith(".csv"):  # else a header
      said = name[: emotions.SHOWN]
      found.reject(file, f"line {line}: {said!r} is not an image's name")


def _filed(
  root: Path, path: str, subset: Subset, match: re.Match[str]
) -> Iterator[Label[str]]:
  """The label of an image in a folder such as `train/5` or `test/happy`."""
  folder = (root.absolute() / path).parent
  code = emotions.whole(folder.name)
  if code is not None and parts.read(folder.parent.name):
    yield Label(_key(match), str(code), path)
  word = re.sub(r"[\s-]+", "_", folder.name.lower())
  said = {"emotion": emotions.known(word), "attributes": (word,)}
  for label, facts in subset.facts.items():
    if all(said[name] == value for name, value in facts.items()):
      yield Label(_key(match), label, path)


def _refusal(subset: Subset, settled: Settled[str], key: str) -> str | None:
  """Why an image's labels say nothing, if they do not."""
  if key in settled.contradicted:
    return settled.contradicted[key]
  if key not in settled.labels:
    return "no label names it"
  label = settled.labels[key]
  if label.value in subset.facts:
    return None
  legal = f"1 to {len(subset.facts)}"
  said = label.value[: emotions.SHOWN]
  return f"{label.place}: {said!r} is not a label, {legal}"


def dataset(
  subset: Subset,
  title: str,
  short: str,
  published: Mapping[str, Mapping[str, int]],
) -> Dataset:
  """What is known of one of the two sets."""
  train, test = subset.digits["train"], subset.digits["test"]
  return Dataset(
    name=subset.name,
    title=title,
    short=short,
    read=functools.partial(read, subset=subset),
    layout=f"{subset.folder}/Image/aligned/train_{1:0{train}}_aligned.jpg and"
    f" {subset.folder}/EmoLabel/list_patition_label.txt, or"
    f" train/5/train_{1:0{train}}_aligned.jpg",
    request="researchers request it by e-mail:"
    " http://www.whdeng.cn/RAF/model1.html",
    pattern=re.compile(
      rf"(?:train_\d{{{train}}}|test_\d{{{test}}})(?:_aligned)?\.\w+", ANY_CASE
    ),
    published=published,
    detector="precropped",
    grouped=False,
    official=True,
    owner="Beijing University of Posts and Telecommunications",
    overlaps=dict.fromkeys(
      {BASIC.name, COMPOUND.name} - {subset.name},
      "both are parts of RAF-DB, which names nobody",
    ),
  )


DATASET = dataset(
  BASIC,
  "RAF-DB, basic emotions",
  "RAF-DB",
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
