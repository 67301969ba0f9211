"""FERV39k: 38,935 clips of films in 22 scenes, seven emotions.

Wang, Sun, Huang, Liu, Gao, Zhang, Ge and Zhang, CVPR 2022.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from jaxfer.data import clips, emotions, files, label_files, video
from jaxfer.data.dataset import ANY_CASE, Dataset, Findings
from jaxfer.data.label_files import Label
from jaxfer.data.table import Clip, Face, FaceTable

_LISTS = re.compile(r"(?P<part>train|test)(_\w+)?\.(txt|csv)", ANY_CASE)


def read(root: Path) -> FaceTable:
  """The clips that lists of `clip emotion` name: videos, or folders of frames.

  Lists are files whose names begin with train or test; a clip's path is below
  any folder, and may lack its suffix.

  Returns:
    Clips by path. Rejected: rows that name none, or no emotion, and clips in
    both parts or whose labels contradict one another.
  """
  found = Findings(root)
  lying = {
    **{path: (path,) for path in files.walk(root) if video.is_video_name(path)},
    **{k: tuple(v) for k, v in clips.by_folder(found.images()).items()},
  }
  if lying.pop(".", None):
    found.reject(".", "pictures beside the clips are none of a clip")
  by_end: dict[tuple[str, ...], str] = {}
  for path in lying:
    by_end.setdefault(_end(path), path)
  labels: list[Label[tuple[str, str]]] = []
  for file in files.walk(root):
    if (match := _LISTS.fullmatch(Path(file).name)) is None:
      continue
    for row in label_files.read_rows(root, file):
      name, said = (*row.cells, "", "")[:2]
      path = by_end.get(_end(name))
      word = emotions.known(said)
      if word is None or path is None:
        reason = "there is no such clip"
        if word is None:
          reason = "expected a clip and its emotion"
        found.reject(name, f"{file} line {row.line}: {reason}")
        continue
      value = (word, match["part"].lower())
      labels.append(Label(path, value, file, row.line))
  settled = found.settle(labels)
  made: list[tuple[Face, Clip]] = []
  for path, label in sorted(settled.labels.items()):
    word, part = label.value
    face = Face(path=path, dataset="ferv39k", emotion=word, split=part)
    made.append((face, Clip(lying[path])))
  for path in lying:
    if path not in settled.labels:
      reason = settled.contradicted.get(path, "no list names it")
      found.reject(path, reason)
  return clips.table(found, made)


def _end(path: str) -> tuple[str, ...]:
  """The last folders of a clip's path and its name, without a suffix."""
  *folders, name = PurePosixPath(path).parts or ("",)
  return (*folders, PurePosixPath(name).stem)[-3:]


DATASET = Dataset(
  name="ferv39k",
  title="FERV39k",
  short="FERV39k",
  read=read,
  layout="Action/Happy/0267/*.jpg or Action/Happy/0267.mp4, and lists"
  " train_All.csv and test_All.csv of rows such as Action/Happy/0267 Happy",
  request="researchers request it at https://wangyanckxx.github.io",
  published={"images": {"": 38935}},
  detector="precropped",
  grouped=False,
  official=True,
  owner="Y. Wang and others",
  clips=True,
)
