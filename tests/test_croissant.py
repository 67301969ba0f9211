"""Croissant metadata of prepared faces, held against the files they name."""

import csv
import hashlib
import json

import pytest

from jaxfer import croissant

PARSE = {"sc:Integer": int, "sc:Float": float, "sc:Text": str}


@pytest.fixture
def described(make_run, tmp_path):
  """Writes the metadata of a small run's faces; returns them and the folder."""

  def describe(**how):
    found = make_run(tmp_path / "run", **how)
    out = tmp_path / "faces.json"
    assert croissant.main([str(found["prepare"]), f"--out={out}"]) == 0
    return json.loads(out.read_text(encoding="utf-8")), found["prepare"]

  return describe


def test_it_names_files_that_are_there_with_their_checksums(
  described, tmp_path
):
  metadata, folder = described()
  names = [one["name"] for one in metadata["distribution"]]
  assert names == ["manifest.csv", "faces.npy"]
  for one in metadata["distribution"]:
    content = (tmp_path / one["contentUrl"]).read_bytes()
    assert content == (folder / one["name"]).read_bytes()
    assert one["sha256"] == hashlib.sha256(content).hexdigest()
    assert one["contentSize"] == f"{len(content)} B"


def test_every_column_is_a_field_of_its_type(described):
  metadata, folder = described()
  [records] = metadata["recordSet"]
  kinds = {
    field["source"]["extract"]["column"]: PARSE[field["dataType"]]
    for field in records["field"]
  }
  with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
  assert list(kinds) == list(rows[0])
  for row in rows:
    for name, value in row.items():
      assert value == "" or kinds[name](value) is not None
  assert kinds["AU12"] is kinds["frame"] is int
  assert kinds["pose"] is float


@pytest.mark.parametrize(
  ("standin", "words"), [(True, "drawn by a program"), (False, "cropped from")]
)
def test_drawn_faces_are_said_to_be_drawn(described, standin, words):
  metadata, _ = described(standin=standin)
  assert f"24 faces of 8×8 pixels {words}" in metadata["description"]


def test_what_is_no_folder_of_faces_is_refused(make_run, tmp_path, capsys):
  found = make_run(tmp_path / "run")
  out = f"--out={tmp_path / 'faces.json'}"
  assert croissant.main([str(found["pretrain"]), out]) == 1
  assert (
    "made by the stage pretrain: name a prepare-" in capsys.readouterr().err
  )
  assert croissant.main([str(tmp_path), out]) == 1
  assert "no folder of prepared faces" in capsys.readouterr().err
  with (found["prepare"] / "manifest.csv").open("a") as file:
    file.write("x")
  assert croissant.main([str(found["prepare"]), out]) == 1
  assert "manifest.csv is not what was written" in capsys.readouterr().err
  assert not (tmp_path / "faces.json").exists()
