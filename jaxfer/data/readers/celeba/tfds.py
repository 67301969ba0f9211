"""CelebA as tensorflow-datasets (TFDS) stores it, read without TensorFlow.

TFDS must have prepared the dataset in a format of random access, which is done
once, where TensorFlow is installed: `tfds build celeb_a
--file_format=array_record`. It does not keep the names of the images' files.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from jaxfer.data import files, label_files
from jaxfer.data.dataset import Findings
from jaxfer.data.table import DataError, Face, FaceTable

SPLITS = {"train": "train", "validation": "valid", "test": "test"}
"""TFDS's names of the partitions, and the owners'."""

_INFO = "dataset_info.json"
_ATTRIBUTE, _IDENTITY = "attributes/", "identity/Identity_No"


def read(
  root: Path,
  partition: str,
  choose: Callable[[Sequence[str]], Sequence[int]],
) -> FaceTable:
  """Reads a prepared dataset, or some of its records; downloads nothing.

  The root is TFDS's data folder, or another that holds the dataset, at any
  depth; the newest of several versions is read. `choose` gives the places of
  those to read, ascending, among the names of the partition's records.

  Returns:
    Faces by partition and place there. A record's name, which is its face's
    path, is TFDS's name of the partition and the place, as train/000123. TFDS's
    versions before 2.1 have no identities, which a note says. Records that
    cannot be read are rejected.

  Raises:
    DataError: if there is no such dataset, or not in a format of random access.
  """
  folder = _find(root)
  records = _Records(root / folder)
  splits = [s for s, name in SPLITS.items() if partition in (name, "all")]
  names = [
    f"{split}/{place:06d}"
    for split in splits
    for place in range(records.count(split))
  ]
  found, faces = Findings(root), []
  for name in map(names.__getitem__, choose(names)):
    try:
      faces.append(records.face(name))
    except OSError as error:
      found.reject(name, error)
  if faces and not any(face.subject for face in faces):
    text = "a version without identities: no face has its subject"
    found.note((PurePosixPath(folder) / _INFO).as_posix(), text)
  return found.table(faces, records.open)


def _find(root: Path) -> str:
  """The folder of the newest version of the dataset, relative to the root."""
  found: list[tuple[list[int], str]] = []
  for path in files.walk(root):
    folder, _, name = path.rpartition("/")
    if name != _INFO:
      continue
    try:
      info = json.loads(label_files.read_text(root, path))
      if info["name"] == "celeb_a":
        version = [*map(int, info["version"].split("."))]
        found.append((version, folder))
    except (
      ValueError,
      LookupError,
      TypeError,
      AttributeError,
      RecursionError,
    ) as error:
      raise DataError(f"{path}: not a description by TFDS: {error}") from error
  if not found:
    raise DataError(
      f"no dataset celeb_a that tensorflow-datasets has prepared under {root}:"
      f" expected celeb_a/2.1.0/{_INFO} (config.data.celeba.source=tfds);"
      " nothing is downloaded"
    )
  return max(found)[1]


class _Records:
  """The records of a prepared dataset, by name; safe in threads."""

  def __init__(self, folder: Path):
    # Slow to import, and needed for this source alone.
    import tensorflow_datasets as tfds
    from tensorflow_datasets.proto import tf_example_pb2

    self._folder = folder
    messages: Any = tf_example_pb2  # made when imported, so without types
    self._parse = messages.Example.FromString
    try:
      builder: Any = tfds.builder_from_directory(folder)
      self._splits: dict[str, Sequence[bytes]] = {
        split: builder.as_data_source(
          split, deserialize_method=tfds.decode.DeserializeMethod.RAW_BYTES
        )
        for split, info in builder.info.splits.items()
        if info.num_examples
      }
    # Whatever TFDS raises: it has no errors of its own.
    except Exception as error:
      raise DataError(
        f"tensorflow-datasets cannot read {folder}; prepare the dataset by"
        f" `tfds build celeb_a --file_format=array_record`: {error}"
      ) from error

  def count(self, split: str) -> int:
    """How many records a split has."""
    return len(self._splits.get(split, ()))

  def face(self, name: str) -> Face:
    """What a record says, its image's pixels apart.

    Raises:
      OSError: if it cannot be read.
    """
    features = self._features(name)
    numbers = {key: list(f.int64_list.value) for key, f in features.items()}
    identity = numbers.get(_IDENTITY)
    return Face(
      path=name,
      dataset="celeba",
      subject=str(identity[0]) if identity else None,
      split=SPLITS[name.split("/")[0]],
      attributes=tuple(
        sys.intern(key.removeprefix(_ATTRIBUTE))
        for key in sorted(numbers)
        if key.startswith(_ATTRIBUTE) and numbers[key] == [1]
      ),
    )

  def open(self, face: Face) -> BinaryIO:
    """The encoded image of a face.

    Raises:
      OSError: if its record cannot be read.
    """
    return io.BytesIO(self._features(face.path)["image"].bytes_list.value[0])

  def _features(self, name: str) -> Mapping[str, Any]:
    split, place = name.split("/")
    try:
      record = self._splits[split][int(place)]
      features = self._parse(record).features.feature
    # Of a damaged file, RuntimeError; of a damaged record, protobuf's own.
    except Exception as error:
      # The reason must not depend on where the dataset lies.
      reason = str(error).replace(f"{self._folder}/", "")
      raise OSError(f"TFDS record {name}: {reason}") from error
    if "image" not in features or not features["image"].bytes_list.value:
      raise OSError(f"TFDS record {name}: no image")
    return features
