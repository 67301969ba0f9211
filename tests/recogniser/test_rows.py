"""Tables that other programs read."""

import csv
import importlib
import io

import pytest

from jaxfer.data.detect import Box
from jaxfer.errors import UserError
from jaxfer.recogniser import rows
from jaxfer.recogniser.formats import Columns
from jaxfer.recogniser.rows import Row, Rows, Table

FACE = Row(
  "a, b.mp4",
  3,
  61.25,
  face=1,
  box=Box(1, 2, 30, 40, 0.98),
  emotion="happy",
  probabilities={"happy": 0.9, "sad": 0.1},
  familiar=True,
)
CODED = Row(
  "a.mp4",
  3,
  0.3,
  face=0,
  box=Box(1, 2, 30, 40, 0.98),
  units={"AU1": True, "AU12": False},
  unit_scores={"AU1": 1.5, "AU12": -0.25},
  familiar=False,
)
EMOTIONS = Columns(("happy", "sad"), ())
UNITS = Columns((), ("AU1", "AU12"))


def table(columns, given, format="jaxfer"):
  file = io.StringIO(newline="")
  into = Table(file, columns, format)
  for row in given:
    into.add(row.values())
  text = file.getvalue()
  # A spreadsheet's rules: RFC 4180, every line of as many cells.
  lines = list(csv.reader(io.StringIO(text, newline="")))
  assert text.endswith("\r\n") and len({len(line) for line in lines}) == 1
  return list(csv.DictReader(io.StringIO(text, newline="")))


def test_jaxfers_own_columns():
  [face, none] = table(EMOTIONS, [FACE, Row("b.png", 0, None, note="no face")])
  assert ",".join(face) == (
    "input,frame,time_s,face,left,top,width,height,detector_score,emotion,"
    "p_happy,p_sad,familiar,note"
  )
  assert face["input"] == "a, b.mp4" and face["time_s"] == "61.250"
  assert face["familiar"] == "1" and face["p_happy"] == "0.900000"
  assert none["face"] == none["emotion"] == none["p_sad"] == ""
  [coded] = table(UNITS, [CODED])
  assert "emotion" not in coded
  assert (coded["AU1"], coded["AU12"]) == ("1", "0")
  assert float(coded["AU12_score"]) == -0.25


def test_fex_is_read_by_py_feats_rules():
  """Its columns, by name, as py-feat's utils have them (feat/utils.py)."""
  emotions = ["anger", "disgust", "fear", "happiness"]
  emotions += ["sadness", "surprise", "neutral"]
  box = [f"FaceRect{side}" for side in ("X", "Y", "Width", "Height")]
  [face] = table(EMOTIONS, [FACE], "fex")
  assert [c for c in face if c in emotions] == ["happiness", "sadness"]
  assert [c for c in face if c.startswith("FaceRect")] == box
  assert float(face["FaceScore"]) == 0.98
  assert face["approx_time"] == "01:01" and face["frame"] == "3"
  assert not [c for c in face if c.startswith("AU")]  # absent, not zero
  [coded] = table(UNITS, [CODED], "fex")
  assert [c for c in coded if c.startswith("AU")] == ["AU01", "AU12"]
  assert (coded["AU01"], coded["AU12"]) == ("1", "0")
  assert not [c for c in coded if c in emotions]


def test_openface_counts_frames_from_one_and_has_no_intensity():
  away = Row("a.mp4", 4, 0.4, note="no face")
  face, none = table(UNITS, [CODED, away], "openface")
  assert ",".join(face) == (
    "frame,face_id,timestamp,confidence,success,AU01_c,AU12_c"
  )
  assert (face["frame"], face["timestamp"], face["success"]) == (
    "4",
    "0.300",
    "1",
  )
  assert none["success"] == "0" and none["AU01_c"] == ""
  photographs = [Row(f"{i}.png", 0, None, note="no face") for i in range(3)]
  found = table(UNITS, photographs, "openface")
  assert [row["frame"] for row in found] == ["1", "2", "3"]


def test_rows_are_an_iterator_that_writes_itself(tmp_path):
  path = tmp_path / "a.csv"
  Rows(iter([FACE, FACE]), EMOTIONS).to_csv(path)
  assert len(list(rows.read(path))) == 2
  with pytest.raises(UserError, match="is kept"):
    Rows(iter([FACE]), EMOTIONS).to_csv(path)
  found = Rows(iter([FACE, FACE]), EMOTIONS)
  assert next(found) is FACE and list(found) == [FACE]


def test_a_data_frame_needs_pandas():
  found = Rows(iter([FACE]), EMOTIONS)
  try:
    importlib.import_module("pandas")
  except ImportError:
    with pytest.raises(UserError, match="pip install pandas"):
      found.to_dataframe()
  else:
    assert list(found.to_dataframe().columns) == EMOTIONS.names()
