"""Labels that could be read in two ways: read as meant, or refused in words."""

import numpy as np
import pytest
from PIL import Image

from jaxfer.data import disjoint, emotions, readers, verify
from jaxfer.data.readers import ferv39k, labelled, own_clips
from jaxfer.data.table import DataError


@pytest.fixture
def read(tmp_path, touch):
  """Reads a table of labels of four images."""

  def read(text, file="index.csv", **options):
    touch(tmp_path, "a.jpg", "b.jpg", "c.jpg", "d.jpg", file)
    (tmp_path / file).write_text(text)
    return labelled.read(tmp_path, **options)

  return read


def said(table) -> str:
  return "\n".join(note.text for note in table.notes)


def test_rows_numbered_anew_in_each_part_name_nobody(read):
  rows = "id,path,emotion,split\n0,a.jpg,happy,train\n1,b.jpg,sad,train\n"
  table = read(rows + "0,c.jpg,happy,test\n1,d.jpg,sad,test\n")
  assert {face.subject for face in table.faces} == {None}
  table = read(rows + "0,c.jpg,happy,train\n1,d.jpg,sad,test\n")
  assert [face.subject for face in table.faces] == ["0", "1", "0", "1"]
  assert "column id is taken for the person" in said(table)


def test_probabilities_of_action_units_are_no_intensities(read):
  rows = "path,AU6,AU12\na.jpg,.02,.98\nb.jpg,.91,1\n"
  with pytest.raises(DataError, match=r"from 0.02 to 1.*au_present, such as"):
    read(rows)
  table = read(rows, au_present=0.5)
  assert [face.aus for face in table.faces] == [{6: 0, 12: 1}, {6: 1, 12: 1}]
  with pytest.raises(DataError, match="au_present, such as"):
    read("path,AU6\na.jpg,0.5\nb.jpg,0\n")


def test_units_that_nobody_looked_for_are_not_coded(read):
  rows = "path,AU6,AU12\na.jpg,0,9\nb.jpg,999,1\nc.jpg,?,0\nd.jpg,-1,1\n"
  table = read(rows)
  assert [face.aus for face in table.faces] == [
    {6: 0},
    {12: 1},
    {12: 0},
    {12: 1},
  ]
  assert "'-1' (1), '9' (1), '999' (1), '?' (1)" in said(table)
  table = read("path,AU6\na.jpg,9.0\nb.jpg,1.0\nc.jpg,0.0\n")
  assert [face.aus for face in table.faces] == [{}, {6: 1}, {6: 0}]
  # Where nothing is 0, -1 may say that a unit is absent.
  table = read("path,AU6\na.jpg,-1\nb.jpg,1\n")
  assert [face.path for face in table.faces] == ["b.jpg"]


@pytest.mark.parametrize("word", ["?", "-", "Unknown", "No-Face", "uncertain"])
def test_words_for_no_label_are_no_classes(read, word):
  table = read(f"path,emotion\na.jpg,happy\nb.jpg,{word}\n")
  assert [face.emotion for face in table.faces] == ["happy", None]
  assert f"read as no label: {word} (1)" in said(table)


def test_numbers_may_stand_beside_words_for_no_label(read):
  table = read("path,emotion\na.jpg,3\nb.jpg,unknown\n", codes="fer2013")
  assert [face.emotion for face in table.faces] == ["happy", None]


def test_a_word_is_one_class_however_it_is_coded():
  assert emotions.name("fro\u0308hlich") == emotions.name("fr\u00f6hlich")
  assert emotions.name("happy\u200b") == "happy"
  persian = "\u063a\u0645\u200c\u06af\u06cc\u0646"
  assert emotions.name(persian) == persian.replace("\u200c", "")


@pytest.mark.parametrize(
  ("one", "other"), [("01", "1"), ("Zoe\u0308", "zo\u00eb"), ("1.0", "1")]
)
def test_people_spelt_in_two_ways_are_not_known_apart(one, other):
  sides = [
    disjoint.Side(readers.get(name), (person,))
    for name, person in (("labelled", one), ("own_clips", other))
  ]
  assert not disjoint.judge(*sides).known


def test_minus_one_may_say_that_there_is_no_label(read):
  rows = "".join(f"a.jpg,{code}\n" for code in range(-1, 6))
  with pytest.raises(DataError, match="if -1 says that there is no label"):
    read("path,emotion\n" + rows, codes="fer2013")


def test_an_assumed_coding_is_told(read):
  table = read("subDirectory_filePath,expression\na.jpg,1\nb.jpg,0\n")
  assert "read as affectnet's: 0 neutral, 1 happy" in said(table)


def test_a_table_of_pixels_has_the_dialects_of_any_table(tmp_path):
  face = ",".join(["70"] * 64)
  rows = f'sep=,\nemotion,pixels\n3,"{face}"\n4,{face.replace(",", " ")}\n'
  (tmp_path / "faces.csv").write_text(rows)
  table = labelled.read(tmp_path)
  assert [face.emotion for face in table.faces] == ["happy", "sad"]
  with table.open(table.faces[1]) as file:
    assert np.asarray(Image.open(file)).mean() == 70
  (tmp_path / "faces.csv").write_text(rows, encoding="utf-16")
  with pytest.raises(DataError, match="UTF-16: save it as UTF-8"):
    labelled.read(tmp_path)


def test_tables_beside_class_folders_are_not_passed_over(tmp_path, touch):
  touch(tmp_path, "happy_train/a.jpg", "sad_test/b.jpg", "sad_test/c", "d.txt")
  for name in ("train.csv", "test.csv"):
    (tmp_path / name).write_text("path,subject,emotion\nx.jpg,p,happy\n")
  table = labelled.read(tmp_path)
  assert [(face.emotion, face.split) for face in table.faces] == [
    ("happy", "train"),
    ("sad", "test"),
  ]
  unused = [note.path for note in table.notes if "are not used" in note.text]
  assert sorted(unused) == ["test.csv", "train.csv"]
  assert "1 .txt, 1 no suffix" in said(table)


def test_tables_that_hold_no_labels_are_named(tmp_path, touch):
  touch(tmp_path, "a.jpg", "labels.xlsx")
  (tmp_path / "votes.csv").write_text("path,happy,sad\na.jpg,3,1\n")
  with pytest.raises(DataError, match=r"'labels.xlsx', 'votes.csv'"):
    labelled.read(tmp_path)


def test_a_table_in_a_folder_of_its_own_may_name_paths_from_the_top(
  read, tmp_path
):
  table = read("path,emotion\na.jpg,happy\nb.jpg,sad\n", "labels/all.csv")
  assert [face.path for face in table.faces] == ["a.jpg", "b.jpg"]


def test_clips_are_found_as_images_are(tmp_path, touch):
  touch(tmp_path, "Clip1/1.jpg", "Zoe\u0308/1.jpg", "c/1.jpg")
  rows = f"clip1,p,sad\nZo\u00eb,q,happy\n{tmp_path / 'c'},r,sad\n"
  (tmp_path / "index.csv").write_text("path,subject,emotion\n" + rows)
  table = own_clips.read(tmp_path)
  assert [face.subject for face in table.faces] == ["p", "q", "r"]


def test_pictures_beside_the_clips_of_ferv39k_are_told(tmp_path, touch):
  touch(tmp_path, "preview.jpg", "Action/Happy/0001/1.jpg")
  rows = "Action/Happy/0001 Happy\n,Happy\n"
  (tmp_path / "train_All.csv").write_text(rows)
  table = ferv39k.read(tmp_path)
  assert [face.path for face in table.faces] == ["Action/Happy/0001"]
  assert {one.path for one in table.rejected} == {".", ""}


def picture(path, seed):
  path.parent.mkdir(parents=True, exist_ok=True)
  pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8)
  Image.fromarray(pixels).save(path)


def test_verify_tells_one_file_in_two_classes_and_a_class_alone(tmp_path):
  for name in ("happy/a.png", "sad/b.png"):
    picture(tmp_path / name, 0)
  [problem] = verify.check(readers.get("labelled"), tmp_path).problems
  assert problem.path == "sad/b.png" and "happy as happy/a.png" in (
    problem.reason
  )
  (tmp_path / "sad/b.png").unlink()
  [problem] = verify.check(readers.get("labelled"), tmp_path).problems
  assert "it takes two classes" in problem.reason


def test_verify_takes_the_fields_of_a_run(tmp_path, capsys):
  for code in (1, 4):
    picture(tmp_path / f"{code}/a.png", code)
  asked = ["--dataset=labelled", f"--root={tmp_path}"]
  assert verify.main(asked) == 1
  assert "config.data.labelled.codes" in capsys.readouterr().err
  field = "--config.data.labelled.codes=raf_db"
  assert verify.main([*asked, field]) == 0
  assert "happy 1, surprised 1" in capsys.readouterr().out
  assert verify.main([*asked, "--config.data.labelled.code=raf_db"]) == 1
  assert "--config.data.labelled.codes=" in capsys.readouterr().err
