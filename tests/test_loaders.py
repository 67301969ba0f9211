"""Every loader of files that others may have written, on spoilt files.

A valid file is cut, and bytes in it are changed or put in. What comes of it is
what the loader gives, or an error of the kinds that it names, with words.
"""

import json
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jaxfer import artifacts, logs, untrusted
from jaxfer.artifacts import DamagedError
from jaxfer.configs import own_faces, paper, radboud
from jaxfer.data import detect, files
from jaxfer.data.mtcnn import networks
from jaxfer.data.mtcnn import weights as mtcnn
from jaxfer.diff import runs
from jaxfer.study import answers, key, record
from jaxfer.svm import final
from jaxfer.svm import weights as units


@dataclass(frozen=True)
class Loader:
  """A loader, and a file that it reads.

  Attributes:
    path: the file that is spoilt.
    read: reads it.
    kinds: of the errors that `read` names.
  """

  path: Path
  read: Callable[[], Any]
  kinds: tuple[type[Exception], ...] = (ValueError,)


def parse_json(folder):
  path = folder / "a.json"
  path.write_text('{"a": [1, 2.5, null, {"b": "\\u00e9"}], "c": true}')
  return Loader(path, lambda: untrusted.parse_json(path.read_bytes()))


def load_arrays(folder, save=np.savez):
  path = folder / "a.npz"
  save(path, a=np.arange(6.0).reshape(2, 3), b=np.array(["x", "yz"]))
  return Loader(path, lambda: untrusted.load_arrays(path, 2**16))


def load_packed_arrays(folder):
  return load_arrays(folder, save=np.savez_compressed)


def map_array(folder):
  path = folder / "a.npy"
  np.save(path, np.arange(6.0).reshape(2, 3))
  return Loader(path, lambda: untrusted.map_array(path).sum())


def artifact(folder):
  store = artifacts.Store(folder)
  spec = artifacts.Spec("made", "", 1, {"a": 1}, {})
  made = store.make(spec, lambda out: (out / "f").write_bytes(b"content"))
  path = made / artifacts.PROVENANCE
  return Loader(path, lambda: artifacts.verify(made), (DamagedError,))


def boxes(folder):
  path = folder / "boxes.csv"
  path.write_text(
    "path,left,top,width,height\na.png,1,2,9,9\nb/c.png,0,0,5,6\n"
  )
  return Loader(path, lambda: detect.read_boxes(path), (files.DataError,))


def mtcnn_weights(folder):
  path = folder / "pnet.lz4"
  path.write_bytes(mtcnn.find_file("pnet").read_bytes())
  shapes = networks.SHAPES["pnet"]
  return Loader(path, lambda: mtcnn.read(path, shapes, mtcnn.SHA256["pnet"]))


def recogniser(folder):
  np.save(folder / "support.npy", np.ones((4, 2), np.float32))
  path = folder / "machine.npz"
  np.savez(
    path,
    emotions=np.array(["happy", "sad"]),
    present=np.array([0, 1]),
    pairs=np.array([[0, 1]]),
    coefficients=np.ones((4, 1)),
    biases=np.zeros(1),
    C=1.0,
    gamma=0.5,
  )
  return Loader(path, lambda: final.load(folder))


def recogniser_support(folder):
  recogniser(folder)
  return Loader(folder / "support.npy", lambda: final.load(folder))


def machines(folder):
  given = units.Weights(np.ones((2, 3), np.float32), *np.ones((3, 2)))
  units.save(folder, given, ["AU1", "AU2"])
  return Loader(folder / units.FILE, lambda: units.load(folder))


KEY = key.Key(
  "study-0123456789ab",
  {"i1": "real", "i2": "generated"},
  {"i3": "real"},
  {"standin": True, "artifacts": {"generate": "g"}, "settings": {}},
)


def study_key(folder):
  path = folder / key.FILE
  key.write(path, KEY)
  return Loader(path, lambda: key.read(path))


def study_answers(folder):
  path = folder / "anna.csv"
  rows = [answers.COLUMNS]
  rows += [
    (KEY.study, "anna", str(i), f"i{i}", "real", "900") for i in (1, 2, 3)
  ]
  path.write_text("".join(",".join(row) + "\r\n" for row in rows))
  return Loader(path, lambda: answers.read(path, KEY))


def study_scores(folder):
  (folder / "g").mkdir()
  entry = {"study": KEY.study, "artifacts": {"generate": "g"}, "excluded": []}
  path = record.write(folder, entry)
  return Loader(path, lambda: record.summaries(folder / "g"))


def results(folder):
  path = folder / "results.json"
  content = {"schema": 3, "arms": {"a": [0.5, {"b": None}]}, "name": "x"}
  path.write_text(json.dumps(content))
  return Loader(path, lambda: runs.load(folder), (runs.RunError,))


def metrics(folder):
  path = folder / "metrics.jsonl"
  lines = [{"step": step, "loss_d": 0.5} for step in range(3)]
  path.write_text("".join(json.dumps(line) + "\n" for line in lines))
  return Loader(path, lambda: logs.read_metrics(path))


def metrics_log(folder):
  path = metrics(folder).path
  return Loader(path, lambda: logs.MetricsLog(path, 2).close(), ())


def _argument(folder, config, text):
  path = folder / "argument"
  path.write_text(text)

  def read():
    words = path.read_bytes().decode(errors="surrogateescape")
    return config.get_config(words)

  return Loader(path, read)


def paper_argument(folder):
  return _argument(folder, paper, "emotion-1,standin")


def radboud_argument(folder):
  return _argument(folder, radboud, "view=multi,standin")


def own_faces_argument(folder):
  return _argument(folder, own_faces, "learn=labelled,labelled=precropped")


LOADERS = (
  parse_json,
  load_arrays,
  load_packed_arrays,
  map_array,
  artifact,
  boxes,
  mtcnn_weights,
  recogniser,
  recogniser_support,
  machines,
  study_key,
  study_answers,
  study_scores,
  results,
  metrics,
  metrics_log,
  paper_argument,
  radboud_argument,
  own_faces_argument,
)

# Where (as a part of the file), what is done there, and with which bytes.
EDITS = st.lists(
  st.tuples(
    st.floats(0, 1),
    st.sampled_from(["flip", "cut", "insert", "write"]),
    st.one_of(
      st.binary(min_size=1, max_size=8),
      st.sampled_from(
        [b"\xff" * 8, b"9" * 30, b"-1", b"\n", b'"', b"[{", b"("]
      ),
    ),
  ),
  min_size=1,
  max_size=3,
)


def spoil(content: bytes, edits) -> bytes:
  for part, kind, new in edits:
    at = int(part * len(content))
    if kind == "flip" and at < len(content):
      changed = bytes([content[at] ^ (1 << new[0] % 8)])
      content = content[:at] + changed + content[at + 1 :]
    elif kind == "cut":
      content = content[:at]
    elif kind == "insert":
      content = content[:at] + new + content[at:]
    elif kind == "write":
      content = content[:at] + new + content[at + len(new) :]
  return content


# A header as Python 2 wrote it is read, and NumPy says so.
@pytest.mark.filterwarnings("ignore:Reading `.npy`")
@pytest.mark.parametrize("make", LOADERS, ids=lambda make: make.__name__)
def test_a_whole_file_is_read_and_a_spoilt_one_refused_with_words(
  make, tmp_path
):
  loader = make(tmp_path)
  whole = loader.path.read_bytes()
  loader.read()

  @settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
  )
  @given(edits=EDITS)
  @example(edits=[(0.0, "cut", b"x")])
  def check(edits):
    expect(loader, spoil(whole, edits))

  check()
  for deep in (b"[", b"(", b'{"a":'):
    expect(loader, deep * 100_000 + whole)


def expect(loader, content):
  loader.path.write_bytes(content)
  try:
    loader.read()
  except loader.kinds as error:
    assert str(error).strip()


def test_memory_holds_an_array_once(tmp_path):
  size = 2**24
  np.savez_compressed(tmp_path / "a.npz", a=np.zeros(size, np.uint8))
  tracemalloc.start()
  untrusted.load_arrays(tmp_path / "a.npz", 2 * size)
  _, most = tracemalloc.get_traced_memory()
  tracemalloc.stop()
  assert most < 1.5 * size
