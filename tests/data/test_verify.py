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
  assert run("rafd", radboud, f"--export={out}", "--subset") == 0
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
  assert run("rafd", radboud, f"--export={out}", "--subset") == 1
  said = capsys.readouterr().out
  assert f"PROBLEMS: 1\n  {path.name}: " in said
  assert "1 problems that would change a result" in said
  assert out.exists()


def test_a_black_picture_is_no_face_and_known_of_kdef_alone(tmp_path, capsys):
  names = {
    "kdef": ("AF01ANS.JPG", "AF01HAFL.JPG"),
    "rafd": (
      "Rafd090_01_Kid_male_sad_left.jpg",
      "Rafd090_02_Kid_male_sad_left.jpg",
    ),
  }
  for dataset, (good, black) in names.items():
    face(tmp_path / dataset / good)
    face(tmp_path / dataset / black, level=0)
    out = tmp_path / f"{dataset}.csv"
    ended = run(dataset, tmp_path / dataset, "--subset", f"--export={out}")
    assert ended == (dataset != "kdef")
    said = capsys.readouterr().out
    title = "known irregularities" if dataset == "kdef" else "PROBLEMS"
    assert f"{title}: 1\n  {black}: a black picture" in said
    assert "1 rejected: 1 a black picture" in said
    assert [row["path"] for row in read_csv(out)] == [good]


def test_an_incomplete_copy_is_a_problem_unless_it_is_declared(
  radboud, tmp_path, capsys
):
  assert run("rafd", radboud) == 1
  said = capsys.readouterr().out
  assert "far from the owner's numbers: 3 of 8,040" in said
  assert "angry 1 of 1,005, contemptuous 0 of 1,005" in said
  assert "declared by --subset" in said

  # A sequence with its FACS codes and no emotion file at all.
  folder = tmp_path / "ck" / "S005" / "001"
  face(folder / "S005_001_00000011.png")
  (folder / "S005_001_00000011_facs.txt").write_text("9.0 4.0\n")
  assert run("ck_plus", tmp_path / "ck") == 1
  assert "*_emotion.txt: there is no such file" in capsys.readouterr().out
  assert run("ck_plus", tmp_path / "ck", "--subset") == 0


def test_a_copy_without_any_label_is_useless_even_as_a_subset(tmp_path, capsys):
  face(tmp_path / "S005" / "001" / "S005_001_00000011.png")
  assert run("ck_plus", tmp_path, "--subset") == 1
  assert "no face has a label" in capsys.readouterr().out


def test_photographs_that_cannot_be_read_are_a_problem(tmp_path, capsys):
  face(tmp_path / "a.jpg")
  (tmp_path / "b.HEIC").write_bytes(
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(range(200))
  )
  (tmp_path / "c.CR2").write_bytes(b"II*\0")
  assert run("unlabelled", tmp_path) == 1
  said = capsys.readouterr().out
  assert "PROBLEMS: 2" in said
  assert "b.HEIC: " in said
  assert "c.CR2: a picture in a format that is not read (.CR2)" in said


def test_own_folders_with_and_without_labels(tmp_path, capsys):
  face(tmp_path / "a.png")
  face(tmp_path / "b.png", level=150)
  (tmp_path / "notes.txt").write_text("not a face")
  assert run("unlabelled", tmp_path) == 0
  assert "images    2\n" in capsys.readouterr().out
  assert run("labelled", tmp_path) == 1  # a folder that should have labels
  assert "no label file" in capsys.readouterr().err

  (tmp_path / "index.csv").write_text(
    "path,subject,emotion,AU12\na.png,ann,happy,1\nb.png,bob,sad,0\n"
  )
  assert run("labelled", tmp_path) == 0
  said = capsys.readouterr().out
  assert "people    2" in said
  assert "present   AU12 50.0%" in said

  (tmp_path / "index.csv").write_text(
    "path,subject,emotion\na.png,ann,happy\nc.png,bob,sad\n"
  )
  assert run("labelled", tmp_path) == 1
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
  assert run("rafd", radboud, "--subset") == 1
  said = capsys.readouterr().out
  assert "PROBLEMS: 30" in said
  assert "… and 10 more" in said


def test_the_command_line(radboud):
  done = subprocess.run(
    [sys.executable, "-m", "jaxfer.data.verify", "--help"],
    capture_output=True, text=True,
  )  # fmt: skip
  assert done.returncode == 0
  for name in ("rafd", "kdef", "raf_db_compound", "ck_plus", "labelled"):
    assert name in done.stdout
