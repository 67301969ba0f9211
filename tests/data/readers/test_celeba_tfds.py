"""CelebA by tensorflow-datasets: read where there is no TensorFlow."""

import dataclasses
import io
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image
from tensorflow_datasets.core import sequential_writer

from jaxfer.data import files
from jaxfer.data.readers import celeba
from jaxfer.data.table import DataError

NAMES = ("5_o_Clock_Shadow", "Male", "Smiling", "Young")
COUNTS = {"train": 5, "validation": 2, "test": 1}
FIRST = {"train": 0, "validation": 5, "test": 7}


def jpeg(number: int) -> bytes:
  """An image by whose colour it is known."""
  buffer = io.BytesIO()
  image = Image.new("RGB", (178, 218), (20 * number, 0, 0))
  image.save(buffer, "JPEG")
  return buffer.getvalue()


def attributes(number: int) -> dict[str, bool]:
  return {name: bool(number >> bit & 1) for bit, name in enumerate(NAMES)}


def write(
  data_dir: Path,
  version: str = "2.1.0",
  identities: bool = True,
  file_format: str = "array_record",
  name: str = "celeb_a",
) -> Path:
  """A dataset as TFDS prepares it, in shards of two records."""
  folder = data_dir / name / version
  folder.mkdir(parents=True)
  spec = {
    "image": tfds.features.Image(shape=(218, 178, 3), encoding_format="jpeg"),
    "landmarks": {"lefteye_x": np.int64},
    "attributes": dict.fromkeys(NAMES, np.bool_),
  }
  if identities:
    spec["identity"] = {"Identity_No": np.int64}
  info = tfds.core.DatasetInfo(
    builder=tfds.core.DatasetIdentity(
      name=name,
      version=tfds.core.Version(version),
      data_dir=str(folder),
      module_name=__name__,
    ),
    features=tfds.features.FeaturesDict(spec),
  )
  writer = sequential_writer.SequentialWriter(
    info, max_examples_per_shard=2, file_format=file_format
  )
  writer.initialize_splits(list(COUNTS))
  for split, count in COUNTS.items():
    for number in range(FIRST[split], FIRST[split] + count):
      example = {
        "image": io.BytesIO(jpeg(number)),
        "landmarks": {"lefteye_x": 69},
        "attributes": attributes(number),
      }
      if identities:
        example["identity"] = {"Identity_No": 100 + number}
      writer.add_examples({split: [example]})
  writer.close_all()
  return folder


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
  root = tmp_path_factory.mktemp("tensorflow_datasets")
  write(root)
  return root


def read(root: Path, **options):
  return celeba.read(root, source="tfds", **options)


def test_every_record_becomes_a_face(prepared):
  table = read(prepared)

  splits = ["train"] * 5 + ["valid"] * 2 + ["test"]
  assert [face.split for face in table.faces] == splits
  assert [face.path for face in table.faces] == [
    f"{split}/{place:06d}"
    for split, count in COUNTS.items()
    for place in range(count)
  ]
  for number, face in enumerate(table.faces):
    assert face.subject == str(100 + number)
    shown = [name for name, holds in attributes(number).items() if holds]
    assert face.attributes == tuple(shown)
    assert (face.dataset, face.emotion, face.aus) == ("celeba", None, {})
  assert table.rejected == table.notes == ()


def test_threads_may_open_images_at_once(prepared):
  table = read(prepared)
  places = [*range(8)] * 50

  with ThreadPoolExecutor(8) as pool:
    contents = pool.map(lambda i: table.open(table.faces[i]).read(), places)

  assert [*contents] == [jpeg(i) for i in places]


def test_neither_tensorflow_nor_a_network_is_needed(prepared):
  code = (
    "import socket, sys\n"
    "def refuse(*_): raise AssertionError('network')\n"
    "socket.socket.connect = socket.create_connection = refuse\n"
    "socket.getaddrinfo = refuse\n"
    "from pathlib import Path\n"
    "from jaxfer.data.readers import celeba\n"
    "assert 'tensorflow_datasets' not in sys.modules\n"
    "table = celeba.read(Path(sys.argv[1]), source='tfds')\n"
    "size = len(table.open(table.faces[0]).read())\n"
    "assert 'tensorflow' not in sys.modules\n"
    "print(len(table.faces), size)\n"
  )
  done = subprocess.run(
    [sys.executable, "-c", code, str(prepared)],
    capture_output=True,
    text=True,
    check=False,
  )

  assert done.returncode == 0, done.stderr
  assert done.stdout.split() == ["8", str(len(jpeg(0)))]


@pytest.mark.parametrize(
  ("partition", "paths"),
  [
    ("train", [f"train/00000{i}" for i in range(5)]),
    ("valid", ["validation/000000", "validation/000001"]),
    ("test", ["test/000000"]),
  ],
)
def test_partitions_are_tfds_splits(prepared, partition, paths):
  table = read(prepared, partition=partition)

  assert [face.path for face in table.faces] == paths


def test_a_sample_is_the_same_each_time(prepared):
  first = read(prepared, partition="train", count=3)

  paths = [face.path for face in first.faces]
  assert len(set(paths)) == 3
  assert paths == sorted(paths)
  again = read(prepared, partition="train", count=3)
  assert [face.path for face in again.faces] == paths
  with first.open(first.faces[2]) as file:
    assert file.read() == jpeg(int(paths[2][-6:]))
  assert len(read(prepared, partition="train", count=9).notes) == 1


@pytest.mark.parametrize("below", ["", "celeb_a", "celeb_a/2.1.0"])
def test_the_root_may_be_any_of_its_folders(prepared, below):
  assert len(read(prepared / below).faces) == 8


def test_the_newest_version_is_read(tmp_path):
  write(tmp_path, "2.0.1", identities=False)
  (note,) = read(tmp_path).notes
  assert note.path == "celeb_a/2.0.1/dataset_info.json"
  assert "identities" in note.text
  write(tmp_path, "2.10.0")
  write(tmp_path, "9.0.0", name="mnist")

  table = read(tmp_path)

  assert table.faces[0].subject == "100"
  assert table.notes == ()


def test_a_dataset_moved_elsewhere_has_the_same_fingerprint(prepared, tmp_path):
  write(tmp_path / "deep" / "folder")

  assert files.fingerprint(read(prepared)) == files.fingerprint(read(tmp_path))


@pytest.mark.parametrize("damage", ["missing", "cut short", "overwritten"])
def test_damaged_files_cost_their_own_records(tmp_path, damage):
  folder = write(tmp_path)
  file = folder / "celeb_a-train.array_record-00001"
  content = bytearray(file.read_bytes())
  if damage == "missing":
    file.unlink()
  elif damage == "cut short":
    file.write_bytes(content[:-100])
  else:
    content[190:230] = bytes(40)
    file.write_bytes(content)

  table = read(tmp_path)

  lost = {refused.path: refused.reason for refused in table.rejected}
  assert set(lost) <= {"train/000002", "train/000003"}
  assert "train/000002" in lost
  assert all(str(tmp_path) not in reason for reason in lost.values())
  assert len(table.faces) + len(lost) == 8


def test_a_record_that_cannot_be_opened_fails_as_a_file_does(prepared):
  table = read(prepared)
  face = dataclasses.replace(table.faces[0], path="train/000099")

  with pytest.raises(OSError, match=r"TFDS record train/000099: "):
    table.open(face)


def test_a_dataset_without_random_access_is_a_clear_error(tmp_path):
  folder = write(tmp_path)
  path = folder / "dataset_info.json"
  info = json.loads(path.read_text()) | {"fileFormat": "tfrecord"}
  path.write_text(json.dumps(info))

  with pytest.raises(
    DataError, match=r"tfds build celeb_a --file_format=array"
  ):
    read(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "celeb_a"}', "\0"])
def test_a_damaged_description_is_a_clear_error(tmp_path, text):
  (tmp_path / "dataset_info.json").write_text(text)

  with pytest.raises(DataError, match=r"^dataset_info\.json: "):
    read(tmp_path)


def test_nothing_is_downloaded_for_a_missing_dataset(tmp_path):
  (tmp_path / "000001.jpg").touch()

  with pytest.raises(DataError, match=r"no dataset celeb_a .*source=tfds"):
    read(tmp_path)
  assert [*files.walk(tmp_path)] == ["000001.jpg"]
