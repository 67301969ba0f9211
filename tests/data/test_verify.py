"""What is said of a copy, and when it is an error."""

import subprocess
import sys

import pytest
from PIL import Image

from jaxfer.data import verify
from jaxfer.data.table import read_csv

EMOTIONS = ("happy", "sad", "angry")


def face(path, level=128):
  path.parent.mkdir(parents=True, exist_ok=True)
  Image.new("RGB", (12, 16), (level,) * 3).save(path)


@pytest.fixture
def radboud(tmp_path):
  for emotion in EMOTIONS:
    name = f"Rafd090_01_Caucasian_female_{emotion}_frontal.jpg"
    face(tmp_path / "rafd" / name)
  return tmp_path / "rafd"


def run(dataset, root, *more):
  return verify.main([f"--dataset={dataset}", f"--root={root}", *more])


def test_a_good_part_of_a_set_is_counted_and_passes(radboud, tmp_path, capsys):
  out = tmp_path / "table.csv"
  assert run("rafd", radboud, f"--export={out}") == 0
  said = capsys.readouterr().out
  assert "images    3 of 8,040" in said
  assert "people    1 of 67" in said
  assert "angry 1 of 1,005, contemptuous 0 of 1,005" in said
  assert "nothing found that would change a result" in said
  rows = read_csv(out)
  assert list(rows[0]) == [
    "path", "dataset", "subject", "emotion", "pose", "gaze", "session",
    "sequence", "split", "frame", "AU1", "AU2", "AU4", "AU5", "AU6", "AU7",
    "AU9", "AU12", "AU15", "AU17", "AU23", "AU24", "AU25", "AU27",
  ]  # fmt: skip
  assert rows[0]["subject"] == "01"
  assert rows[0]["pose"] == "0"
  assert rows[0]["AU1"] == ""
  assert [row["emotion"] for row in rows] == sorted(EMOTIONS)


@pytest.mark.parametrize("fault", ["truncated", "empty", "text", "misnamed"])
def test_what_would_change_a_result_is_an_error_and_is_named(
  radboud, tmp_path, capsys, fault
):
  path = radboud / "Rafd090_01_Caucasian_female_sad_frontal.jpg"
  content = path.read_bytes()
  if fault == "misnamed":
    path = path.rename(path.with_name("Rafd090_01_Caucasian_sad.jpg"))
  else:
    path.write_bytes(
      {"truncated": content[:200], "empty": b"", "text": b"hello"}[fault]
    )
  out = tmp_path / "table.csv"
  assert run("rafd", radboud, f"--export={out}") == 1
  said = capsys.readouterr().out
  assert f"PROBLEMS: 1\n  {path.name}: " in said
  assert "1 problems that would change a result" in said
  assert out.exists()


def test_a_black_placeholder_is_known(radboud, capsys):
  face(radboud / "Rafd090_02_Kid_male_sad_left.jpg", level=0)
  assert run("rafd", radboud) == 0
  said = capsys.readouterr().out
  assert "known irregularities: 1\n  Rafd090_02_Kid_male_sad_left.jpg:" in said


def test_own_folders_with_and_without_labels(tmp_path, capsys):
  face(tmp_path / "a.png")
  face(tmp_path / "b.png")
  (tmp_path / "notes.txt").write_text("not a face")
  assert run("folder", tmp_path) == 0
  assert "images    2\n" in capsys.readouterr().out

  (tmp_path / "index.csv").write_text(
    "path,subject,emotion,AU12\na.png,ann,happy,1\nb.png,bob,sad,0\n"
  )
  assert run("folder", tmp_path) == 0
  said = capsys.readouterr().out
  assert "people    2" in said
  assert "present   AU12 50.0%" in said

  (tmp_path / "index.csv").write_text(
    "path,subject,emotion\na.png,ann,happy\nc.png,bob,sad\n"
  )
  assert run("folder", tmp_path) == 1
  said = capsys.readouterr().out
  assert "c.png: " in said
  assert "b.png: no row" in said


def test_another_dataset_is_recognised(tmp_path, capsys):
  for i in range(1, 4):
    face(tmp_path / "KDEF" / "AF01" / f"AF0{i}ANS.JPG")
  assert run("rafd", tmp_path) == 1
  said = capsys.readouterr().err
  assert "it looks like Karolinska" in said
  assert "use kdef" in said


def test_nothing_there_is_an_error_with_what_was_expected(tmp_path, capsys):
  assert run("rafd", tmp_path) == 1
  assert "Rafd090_01_Caucasian" in capsys.readouterr().err
  with pytest.raises(SystemExit) as ended:
    run("rafd", tmp_path / "nowhere")
  assert ended.value.code == 2
  assert "is no folder" in capsys.readouterr().err


def test_long_lists_are_cut_short_with_their_number(radboud, capsys):
  for i in range(30):
    face(radboud / f"odd{i:02d}.jpg")
  assert run("rafd", radboud) == 1
  said = capsys.readouterr().out
  assert "PROBLEMS: 30" in said
  assert "… and 10 more" in said


def test_the_command_line(radboud):
  done = subprocess.run(
    [sys.executable, "-m", "jaxfer.data.verify", "--help"],
    capture_output=True, text=True,
  )  # fmt: skip
  assert done.returncode == 0
  for name in ("rafd", "kdef", "raf_db_compound", "ck_plus", "folder"):
    assert name in done.stdout
