"""Cohn-Kanade by the manifest: each row and each image is accounted for."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer import facs
from jaxfer.data.readers import ck
from jaxfer.data.table import DataError, FaceTable

QUICK = settings(max_examples=50, deadline=None, derandomize=True)
HEADER = "path,subject,sequence,frame," + ",".join(f"AU{n}" for n in facs.AUS)
# Names as public listings print them; the last number is a time code.
IMAGES = (
  "S010/001/S010_001_01594215.png",
  "S010/001/S010_001_01594216.png",
  "S011/002/S011_002_00012813.png",
)
ABSENT = ",0" * 14


def row_of(path: str, aus: str = ABSENT, frame: int = 1) -> str:
  subject, sequence = path.rpartition("/")[2].split("_")[:2]
  return f"{path},{subject},{sequence},{frame}{aus}"


PLAIN = "\n".join([HEADER, *map(row_of, IMAGES)]) + "\n"


@pytest.fixture
def label(tmp_path, touch):
  """Writes the manifest beside the images, and reads the folder."""
  touch(tmp_path, *IMAGES)

  def read(text: str) -> FaceTable:
    (tmp_path / "enhanced_ck.csv").write_text(text, newline="")
    return ck.read(tmp_path)

  return read


def test_rows_become_faces_by_person_sequence_and_name(label):
  aus = ",0,1,,5,0,0,0,0,0,0,0,0,1,0"
  rows = [row_of(IMAGES[2], aus, 7), row_of(IMAGES[1]), row_of(IMAGES[0])]

  table = label("\n".join([HEADER, *rows]))

  assert [face.path for face in table.faces] == list(IMAGES)
  face = table.faces[2]
  assert (face.subject, face.sequence, face.frame) == ("S011", "002", 7)
  present = {2, 5, 25}
  # The third is empty: not coded.
  assert face.aus == {n: int(n in present) for n in facs.AUS if n != 4}
  assert {face.dataset for face in table.faces} == {"ck"}
  assert {face.emotion for face in table.faces} == {None}
  assert table.rejected == ()


def test_rows_are_counted_against_the_enhanced_labels(label, monkeypatch):
  assert ck.DATASET.published["images"][""] == ck.ROWS == 8_422
  (note,) = label(PLAIN).notes
  assert note.path == "enhanced_ck.csv"
  assert note.text == "3 rows, where the enhanced labels have 8,422"

  monkeypatch.setattr(ck, "ROWS", 3)
  assert label(PLAIN).notes == ()


@pytest.mark.parametrize(
  "text",
  [
    PLAIN.replace(",", ";"),
    PLAIN.replace(",", "\t"),
    "\ufeff" + PLAIN.replace("\n", "\r\n"),
    PLAIN.rstrip("\n"),
    PLAIN.replace(",", " , ").replace("\n", "  \n\n"),
    PLAIN.replace("\n", ",\n"),  # a separator at each line's end
    PLAIN.replace("AU", "au").replace("path", "Path"),
    PLAIN.replace(ABSENT, ",0.0" * 14),  # as spreadsheets write gappy columns
    PLAIN.replace(",001,", ",1,").replace(",002,", ",2,"),
    PLAIN.replace(",S01", ",s01"),
    PLAIN.replace("S010/", "./S010/").replace("/", "\\"),
    PLAIN.replace("S010/", "s010/").replace(".png", ".PNG"),
  ],
)
def test_spellings_of_one_manifest_read_alike(label, text):
  table = label(text)

  assert table.faces == label(PLAIN).faces
  assert len(table.faces) == 3
  assert table.rejected == ()


def test_more_columns_and_another_order_do_not_matter(label):
  rows = [f"note,{','.join(reversed(ck.COLUMNS))}"]
  for path in IMAGES:
    rows.append(",".join(["x", *reversed(row_of(path).split(","))]))

  table = label("\n".join(rows))

  assert table.faces == label(PLAIN).faces


@pytest.mark.parametrize(
  ("below", "said"),
  [
    ("", ""),
    ("cohn-kanade/", ""),
    ("cohn-kanade/", "cohn-kanade/"),
    ("a/cohn-kanade/b/", ""),
    ("a/cohn-kanade/b/", "cohn-kanade/b/"),
    ("cohn-kanade/cohn-kanade/", "cohn-kanade/"),
  ],
)
def test_the_root_may_be_any_folder_above(tmp_path, touch, below, said):
  touch(tmp_path / below, *IMAGES)
  text = "\n".join([HEADER, *(row_of(said + path) for path in IMAGES)])
  (tmp_path / below / "enhanced_ck.csv").write_text(text)

  table = ck.read(tmp_path)

  assert [face.path for face in table.faces] == [below + p for p in IMAGES]
  assert table.rejected == ()


def test_paths_may_name_folders_above_the_root(tmp_path, touch):
  root = tmp_path / "cohn-kanade"
  touch(root, IMAGES[0])
  text = "\n".join([HEADER, row_of(f"cohn-kanade/{IMAGES[0]}")])
  (root / "enhanced_ck.csv").write_text(text)

  assert [face.path for face in ck.read(root).faces] == [IMAGES[0]]


IMAGE = IMAGES[0]
OUTSIDE = "the path is absolute or leads outside"


@pytest.mark.parametrize(
  ("row", "path", "reason"),
  [
    (f",S010,1,1{ABSENT}", "enhanced_ck.csv", "no path"),
    (row_of("S010_001_1.png"), "S010_001_1.png", "file not found"),
    (f"/etc/hostname,S010,1,1{ABSENT}", "/etc/hostname", OUTSIDE),
    (row_of(f"../{IMAGE}"), f"../{IMAGE}", OUTSIDE),
    (row_of(IMAGE, ",0" * 13), IMAGE, "17 cells, expected 18"),
    (row_of(IMAGE, ",0" * 15), IMAGE, "19 cells, expected 18"),
    (row_of(IMAGE, ",6" + ",0" * 13), IMAGE, "AU1 is '6', not 0, 1 to 5 or"),
    (row_of(IMAGE, ",0" * 13 + ",-1"), IMAGE, "AU27 is '-1'"),
    (row_of(IMAGE, ",B" + ",0" * 13), IMAGE, "AU1 is 'B'"),
    (row_of(IMAGE, ",0.5" + ",0" * 13), IMAGE, "AU1 is '0.5'"),
    (f"{IMAGE},10,1,1{ABSENT}", IMAGE, "subject is '10'"),
    (f"{IMAGE},S010,x,1{ABSENT}", IMAGE, "sequence is 'x'"),
    (f"{IMAGE},S010,1,{ABSENT}", IMAGE, "frame is ''"),
    (f"{IMAGE},S010,1,\u0661{ABSENT}", IMAGE, "frame is '\u0661'"),
    (f"{IMAGE},S011,1,1{ABSENT}", IMAGE, "not those of the image's name"),
    (f"{IMAGE},S010,2,1{ABSENT}", IMAGE, "not those of the image's name"),
  ],
)
def test_a_bad_row_is_listed_with_its_line_and_costs_no_other(
  label, row, path, reason, refused
):
  table = label(f"{HEADER}\n{row_of(IMAGES[1])}\n{row}\n{row_of(IMAGES[2])}\n")

  assert [face.path for face in table.faces] == list(IMAGES[1:])
  assert set(refused(table)) == {path}
  # One reason for each: what a bad row names is not also named by none.
  assert [r.path for r in table.rejected].count(path) == 1
  said = refused(table)[path]
  assert re.search(f"enhanced_ck.csv line 3: .*{re.escape(reason)}", said)


def test_repeated_rows_count_once_and_contradicting_ones_not_at_all(
  label, refused
):
  first, second, _ = map(row_of, IMAGES)
  other = row_of(IMAGES[1], ",1" + ",0" * 13)

  table = label("\n".join([HEADER, first, second, first, other]))

  assert [face.path for face in table.faces] == [IMAGES[0]]
  assert refused(table) == {
    IMAGES[0]: "enhanced_ck.csv line 4 repeats line 2",
    IMAGES[1]: "labels contradict one another: enhanced_ck.csv line 3,"
    " enhanced_ck.csv line 5",
  }


def test_images_that_no_row_names_are_listed(label):
  table = label(f"{HEADER}\n{row_of(IMAGES[0])}\n")

  unnamed = {r.path: r.reason for r in table.rejected}
  reason = "no row of enhanced_ck.csv names it"
  assert unnamed == dict.fromkeys(IMAGES[1:], reason)


def test_second_copies_are_rejected_and_other_namesakes_not_guessed(
  tmp_path, touch, reasons
):
  first, second = "a/S010_001_01594215.png", "b/S010_001_01594215.png"
  touch(tmp_path, first, second, "a/face.png", "b/face.png")
  rows = [HEADER, row_of("S010_001_01594215.png"), "face.png,S010,1,2" + ABSENT]
  (tmp_path / "enhanced_ck.csv").write_text("\n".join(rows))

  table = ck.read(tmp_path)

  assert [face.path for face in table.faces] == [first]
  assert reasons(table) == {
    second: f"a second copy of {first}",
    "face.png": "enhanced_ck.csv line 3: names 2 images: a/face.png,"
    " b/face.png",
    "a/face.png": "no row of enhanced_ck.csv names it",
    "b/face.png": "no row of enhanced_ck.csv names it",
  }


@pytest.mark.parametrize(
  ("text", "message"),
  [
    ("", r"line 1 lacks the column path, subject.*expected path,subject"),
    (PLAIN.replace("AU12", "AU14"), r"line 1 lacks the column AU12: expected"),
    (PLAIN.replace("AU2,", ""), r"lacks the column AU2: "),
    (PLAIN.replace("AU12", "AU1"), r"lacks the column AU12: "),
    (PLAIN.replace("frame", "frame,Frame"), r"has frame twice"),
    (PLAIN.replace(",", "|"), r"lacks the column path"),
    (PLAIN + "\0", r"NUL bytes"),
  ],
)
def test_a_file_that_is_no_manifest_is_a_clear_error(label, text, message):
  with pytest.raises(DataError, match=rf"enhanced_ck\.csv.*{message}"):
    label(text)


def test_a_manifest_missing_ambiguous_or_outside_is_a_clear_error(tmp_path):
  for name in ("enhanced_ck.csv", "", "."):
    with pytest.raises(DataError, match=r"no label file .*data\.ck\.manifest"):
      ck.read(tmp_path, manifest=name)
  for name in ("../labels.csv", "/labels.csv"):
    with pytest.raises(
      DataError, match=rf"data\.ck\.manifest={re.escape(name)}: .*outside"
    ):
      ck.read(tmp_path, manifest=name)
  for folder in ("a", "b"):
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "labels.csv").write_text(HEADER)
  with pytest.raises(DataError, match=r"more than one .*a/labels\.csv, b/lab"):
    ck.read(tmp_path, manifest="labels.csv")
  assert ck.read(tmp_path, manifest="a/labels.csv").faces == ()


@QUICK
@given(st.integers(0, 10_000))
def test_every_row_and_every_image_is_accounted_for(
  tmp_path_factory, touch, seed
):
  draw = random.Random(seed)
  root: Path = tmp_path_factory.mktemp("tree")
  names = [f"S01{i}_001_0159421{i}.png" for i in range(3)] + ["face.png"]
  made = set()
  for _ in range(draw.randint(0, 8)):
    made.add(draw.choice(["", "a/", "a/b/"]) + draw.choice(names))
  touch(root, *made)
  rows = []
  for _ in range(draw.randint(0, 10)):
    path = draw.choice(["", "a/", "b/", "../"]) + draw.choice(names)
    subject = draw.choice(["S010", "S011", "x"])
    aus = draw.choice([ABSENT, ABSENT, ",1" * 14, ",9" * 14, ",0"])
    rows.append(f"{path},{subject},1,1{aus}")
  (root / "enhanced_ck.csv").write_text("\n".join([HEADER, *rows]))

  table = ck.read(root)

  faces = {face.path for face in table.faces}
  assert len(faces) == len(table.faces)
  assert faces <= made <= faces | {refused.path for refused in table.rejected}
  named = set()
  for r in table.rejected:
    named |= {int(line) for line in re.findall(r"\.csv line (\d+)", r.reason)}
  # Each line that is not named in a reason is a face.
  repeats = {r.reason for r in table.rejected if " repeats " in r.reason}
  first = {int(reason.split()[-1]) for reason in repeats}
  assert first.isdisjoint(named)
  assert len(rows) == len(named) + len(faces)
