"""The command: what it writes, keeps, goes on with, and says."""

import csv
import json
import os

import numpy as np
import pytest

from jaxfer import predict
from jaxfer.recogniser import stream


def run(finished, out, *arguments, task="emotion"):
  return predict.main(
    [f"--run={finished(task)}", f"--out={out}", *map(str, arguments)]
  )


def read(path):
  with path.open(newline="") as file:
    return list(csv.DictReader(file))


@pytest.fixture
def clip(film, pictures):
  """Faces that fill a film, 30 frames."""
  big = np.repeat(np.repeat(pictures[0], 4, axis=1), 4, axis=2)
  return film("clip.mkv", np.concatenate([big, big])[:30])


def test_a_film_gives_a_row_a_frame_and_a_card(
  finished, clip, tmp_path, capsys
):
  out = tmp_path / "deep" / "faces.csv"
  assert run(finished, out, clip) == 0
  rows = read(out)
  assert [row["frame"] for row in rows] == [str(i) for i in range(30)]
  assert rows[7]["time_s"] == "0.700" and rows[0]["face"] == "0"
  card = json.loads((tmp_path / "deep" / "faces.card.json").read_text())
  assert card["finished"] and card["measured"]["value"] == 0.9
  assert card["measured"]["recall"] and "INTENDED_USE" in card["intended_use"]
  said = capsys.readouterr()
  assert "90.0% [80.0%, 100.0%]" in said.out and "drawn" in said.out
  assert "30 faces in 30 pictures" in said.out


def test_what_is_there_is_kept(finished, clip, tmp_path, capsys):
  out = tmp_path / "faces.csv"
  out.write_text("mine")
  assert run(finished, out, clip) == 1
  assert out.read_text() == "mine" and "--overwrite" in capsys.readouterr().err
  assert run(finished, out, clip, "--overwrite", "--every=10") == 0
  before = out.read_bytes()
  assert run(finished, out, clip, "--every=5") == 1
  assert "holds rows of another model" in capsys.readouterr().err
  assert run(finished, out, clip, "--every=10") == 0
  assert "all rows are there already" in capsys.readouterr().out
  assert out.read_bytes() == before


def test_an_input_is_no_output(finished, clip, tmp_path, capsys):
  content = clip.read_bytes()
  out = tmp_path / "x" / ".." / clip.name
  assert run(finished, out, tmp_path, "--overwrite") == 1
  assert "is an input, and would be lost" in capsys.readouterr().err
  assert clip.read_bytes() == content


@pytest.mark.parametrize("form", ["jaxfer", "fex"])
def test_a_second_call_goes_on_after_ctrl_c(
  finished, clip, tmp_path, monkeypatch, capsys, form
):
  whole = tmp_path / "whole.csv"
  arguments = (clip, f"--format={form}", "--batch=4")
  assert run(finished, whole, *arguments) == 0
  look = stream.rows

  def interrupted(*args, **kwargs):
    for n, row in enumerate(look(*args, **kwargs)):
      if n == 17:
        raise KeyboardInterrupt
      yield row

  out = tmp_path / "faces.csv"
  with monkeypatch.context() as patch:
    patch.setattr(stream, "rows", interrupted)
    assert run(finished, out, *arguments) == 130
  assert len(read(out)) == 17
  assert "the same command goes on" in capsys.readouterr().err
  assert run(finished, out, *arguments) == 0
  assert "going on at" in capsys.readouterr().out
  assert out.read_bytes() == whole.read_bytes()
  assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_line_that_was_cut_off_is_written_again(finished, clip, tmp_path):
  out, whole = tmp_path / "faces.csv", tmp_path / "whole.csv"
  assert run(finished, whole, clip) == 0
  for cut in (3000, 1003, 250, 30):
    out.write_bytes(whole.read_bytes()[:cut])
    card = json.loads((tmp_path / "whole.card.json").read_text())
    (tmp_path / "faces.card.json").write_text(
      json.dumps({**card, "finished": False})
    )
    assert run(finished, out, clip) == 0
    assert out.read_bytes() == whole.read_bytes()


def test_a_film_cut_off_keeps_its_rows_and_fails(
  finished, clip, tmp_path, capsys
):
  os.truncate(clip, clip.stat().st_size // 2)
  out = tmp_path / "faces.csv"
  for _ in range(2):
    assert run(finished, out, clip) == 1
    assert "is cut off" in capsys.readouterr().err
    assert 5 < len(read(out)) < 25
  assert not json.loads((tmp_path / "faces.card.json").read_text())["finished"]


def test_one_bad_film_does_not_cost_the_others(
  finished, clip, tmp_path, capsys
):
  bad = tmp_path / "bad.mp4"
  bad.write_bytes(b"")
  assert run(finished, tmp_path / "faces.csv", bad, clip) == 1
  said = capsys.readouterr()
  assert "bad.mp4 is no film" in said.err
  assert f"30 faces in 30 pictures: {tmp_path / 'faces.csv'}" in said.out
  assert len(read(tmp_path / "faces.csv")) == 30


def test_no_face_anywhere_is_said(finished, film, tmp_path, capsys):
  blank = film("blank.mp4", np.full((5, 64, 64, 3), 90, np.uint8))
  out = tmp_path / "faces.csv"
  assert run(finished, out, blank, "--detector=viola_jones") == 0
  assert {row["note"] for row in read(out)} == {"no face"}
  assert "no face in any of 5 pictures" in capsys.readouterr().out


def test_units_in_openfaces_table(finished, clip, tmp_path, capsys):
  out = tmp_path / "of.csv"
  assert run(finished, out, clip, "--format=openface", task="au") == 0
  assert list(read(out)[0])[-2:] == ["AU01_c", "AU12_c"]
  other = tmp_path / "b.csv"
  assert run(finished, other, clip, "--format=openface") == 1
  assert "this run recognises emotions" in capsys.readouterr().err


def test_what_cannot_be_asked_for(finished, clip, tmp_path, capsys):
  out = tmp_path / "faces.csv"
  assert predict.main([str(clip), f"--out={out}"]) == 1
  assert "which recogniser?" in capsys.readouterr().err
  assert run(finished, out, "camera:0", f"--page={tmp_path}") == 1
  assert "record it" in capsys.readouterr().err
  assert run(finished, out, "camera:77") == 1
  assert "there is no camera 77" in capsys.readouterr().err
