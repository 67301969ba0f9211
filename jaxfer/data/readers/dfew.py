"""DFEW: 16,372 clips of films, 11,697 of them labelled with one emotion.

Jiang, Zong, Zheng, Tang, Xia, Lu and Liu, ACM Multimedia 2020. Its owners test
five folds and report the unweighted and the weighted average recall, which are
balanced accuracy and accuracy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jaxfer.data import clips, emotions, files, label_files
from jaxfer.data.dataset import ANY_CASE, Dataset, Findings
from jaxfer.data.label_files import Label
from jaxfer.data.table import Clip, Face, FaceTable

_WORDS = "happy sad neutral angry surprised disgusted fearful"
EMOTIONS = dict(enumerate(_WORDS.split(), start=1))
"""By the owners' number."""

_LABELS = re.compile(r"set_(?P<fold>[1-5])\.csv", ANY_CASE)
_FOLDER = re.compile(r"\d{1,5}")


def read(root: Path, fold: int = 1) -> FaceTable:
  """The clips that are folders of frames named by number, labelled or not.

  Labels are the owners' `set_k.csv`, below folders whose names say train or
  test. The test part of set `fold` is tested.

  Returns:
    Clips by number. Rejected: clips whose labels contradict one another, rows
    that are none, and labels without frames.

  Raises:
    DataError: if emotions are not the owners' numbers.
  """
  found = Findings(root)
  folders: dict[int, tuple[str, list[str]]] = {}
  for folder, pictures in clips.by_folder(found.images()).items():
    if not _FOLDER.fullmatch(name := Path(folder).name):
      found.reject(folder, "no clip: its folder has no number for a name")
      continue
    first, _ = folders.setdefault(int(name), (folder, pictures))
    if first != folder:
      found.reject(folder, f"the clip of its number is {first}")
  rows = [*_labels(root, found)]
  codes = [label.value for label in rows]
  emotions.refuse_another(codes, EMOTIONS, "DFEW", str(root))
  labels = [label for label in rows if label.value in EMOTIONS]
  for label in rows:
    if label.value not in EMOTIONS:
      reason = f"label {label.value} is not 1 … 7"
      found.reject(label.file, f"{label.place}: {reason}")
  settled = found.settle(labels)
  tested = {int(label.name) for label in labels if _tests(label.file, fold)}
  made: list[tuple[Face, Clip]] = []
  for number, (folder, pictures) in sorted(folders.items()):
    if reason := settled.contradicted.get(str(number)):
      found.reject(folder, reason)
      continue
    label = settled.labels.get(str(number))
    split = "test" if number in tested else "train"
    face = Face(
      path=folder,
      dataset="dfew",
      emotion=EMOTIONS[label.value] if label else None,
      split=split if tested and label else None,
    )
    made.append((face, Clip(tuple(pictures))))
  for name, label in settled.labels.items():
    if int(name) not in folders:
      found.reject(name, f"{label.place}: there is no folder of its frames")
  return clips.table(found, made)


def _tests(file: str, fold: int) -> bool:
  """Whether a label file is of the test part of that fold."""
  match = _LABELS.fullmatch(Path(file).name)
  assert match is not None
  return int(match["fold"]) == fold and "test" in Path(file).parent.name.lower()


def _labels(root: Path, found: Findings) -> Iterator[Label[int]]:
  """What the label files say, codes that are none of the owners' too."""
  for file in files.walk(root):
    if _LABELS.fullmatch(Path(file).name) is None:
      continue
    for row in label_files.read_rows(root, file):
      if row.line == 1 and emotions.number(row.cells[0]) is None:
        continue  # the header
      cells = [emotions.whole(cell) for cell in row.cells]
      if len(cells) != 2 or None in cells:
        reason = "expected video_name,label as two numbers"
        found.reject(file, f"{file} line {row.line}: {reason}")
        continue
      number, code = (int(cell or 0) for cell in cells)
      yield Label(str(number), code, file, row.line)


DATASET = Dataset(
  name="dfew",
  title="DFEW",
  short="DFEW",
  read=read,
  layout="Clip/clip_224x224/00001/00001.jpg, and set_1.csv … set_5.csv of"
  " video_name,label in folders whose names say train and test",
  request="researchers request it at https://dfew-dataset.github.io",
  published={"images": {"": 16372}},
  detector="precropped",
  grouped=False,
  official=True,
  owner="X. Jiang and others",
  clips=True,
)
