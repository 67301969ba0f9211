"""A user's own folders: whatever the CSV holds, each row is accounted for."""

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data.readers import labelled, unlabelled
from jaxfer.data.table import DataError, FaceTable

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
HEADER = "path,subject,emotion"


@pytest.fixture
def label(tmp_path):
  """Writes index.csv beside images a.jpg … e.jpg, and reads the folder."""
  for name in "abcde":
    (tmp_path / f"{name}.jpg").touch()

  def read(text: str | bytes, name: str = "index.csv") -> FaceTable:
    content = text if isinstance(text, bytes) else text.encode()
    (tmp_path / name).write_bytes(content)
    return labelled.read(tmp_path, name)

  return read


def facts(table: FaceTable) -> list[tuple]:
  return [(face.path, face.subject, face.emotion) for face in table.faces]


def test_rows_become_faces_in_their_order(label):
  table = label(f"{HEADER}\nc.jpg,p1,happy\na.jpg,p2,sad\n")

  assert facts(table) == [("c.jpg", "p1", "happy"), ("a.jpg", "p2", "sad")]
  assert {face.dataset for face in table.faces} == {"labelled"}
  unnamed = {r.path: r.reason for r in table.rejected}
  assert set(unnamed) == {"b.jpg", "d.jpg", "e.jpg"}
  assert set(unnamed.values()) == {"no row of index.csv names it"}


PLAIN = f"{HEADER}\na.jpg,p1,happy\nb.jpg,p2,sad\n"


@pytest.mark.parametrize(
  "text",
  [
    PLAIN.replace(",", ";"),
    PLAIN.replace(",", "\t"),
    "\ufeff" + PLAIN,
    PLAIN.replace("\n", "\r\n"),
    PLAIN.replace("\n", "\r"),
    "\ufeff" + PLAIN.replace(",", ";").replace("\n", "\r\n"),
    PLAIN.rstrip("\n"),
    PLAIN.replace(",", " , ").replace("\n", "  \n"),
    PLAIN.replace("\n", "\n\n,,\n"),
    PLAIN.replace("happy", "HAPPY").replace("path", "Path"),
    PLAIN.replace("happy", "happiness").replace("sad", "Sadness"),
    PLAIN.replace("a.jpg", '"a.jpg"').replace("p1", '"p1"'),
    PLAIN.replace(",", ", ").replace("p1", '"p1"'),
    PLAIN.replace("a.jpg", "./a.jpg").replace("b.jpg", "x/..//b.jpg"),
    "id,emotion,path,subject,note\n1,happy,a.jpg,p1,x\n2,sad,b.jpg,p2,\n",
    PLAIN.replace("\n", ",\n"),  # a separator at each line's end
  ],
)
def test_spellings_of_one_file_read_alike(label, text, refused):
  table = label(text)

  assert facts(table) == [("a.jpg", "p1", "happy"), ("b.jpg", "p2", "sad")]
  assert refused(table) == {}
  assert len(table.rejected) == 3


def test_backslashes_and_folders_name_the_same_image(label, tmp_path, refused):
  (tmp_path / "pictures").mkdir()
  (tmp_path / "pictures" / "x.jpg").touch()

  table = label(f"{HEADER}\npictures\\x.jpg,p1,happy\npictures/x.jpg,p1,sad\n")

  assert table.faces == ()
  assert refused(table) == {
    "pictures/x.jpg": "index.csv lines 2, 3 contradict one another"
  }


def test_paths_are_relative_to_the_label_file(label, tmp_path):
  (tmp_path / "labels").mkdir()
  table = label(f"{HEADER}\n../a.jpg,p1,happy\n", "labels/index.csv")

  assert facts(table) == [("a.jpg", "p1", "happy")]
  assert len(table.rejected) == 4


@pytest.mark.parametrize(
  ("row", "path", "reason"),
  [
    ("a.jpg,p1," + "x" * 41, "a.jpg", "a class's name has at most 40"),
    ("a.jpg,p1,\x1b[2J", "a.jpg", "that can be printed"),
    ("a.jpg,p1,3", "a.jpg", "emotion is '3', a number among words"),
    ("a.jpg,p1,0.5", "a.jpg", "emotion is '0.5', which is no class"),
    ("z.jpg,p1,happy", "z.jpg", "file not found"),
    (".,p1,happy", ".", "file not found"),
    (",p1,happy", "", "no path"),
    ("/etc/hostname,p1,happy", "/etc/hostname", "absolute or leads outside"),
    ("../a.jpg,p1,happy", "../a.jpg", "absolute or leads outside"),
    ("a\0.jpg,p1,happy", "a\0.jpg", "NUL byte"),
    ("a.jpg,p1,happy,1,sad", "a.jpg", "more cells than columns: 'sad'"),
    ("a.jpg,p1,happy,yes", "a.jpg", "AU12 is 'yes', not 0 or 1"),
    (
      "a.jpg,p1,happy,-1",
      "a.jpg",
      "not 0 or 1, an intensity from 0 to 5",
    ),
    ("a.jpg,p1,happy,63", "a.jpg", "(the table's are 1 to 63)"),
    ("x" * 300 + ",p1,happy", "x" * 300, "unreadable: File name too long"),
    ("loop.jpg,p1,happy", "loop.jpg", "file not found"),
  ],
)
def test_a_bad_row_is_listed_with_its_line_and_costs_no_other(
  label, tmp_path, row, path, reason, refused
):
  (tmp_path / "loop.jpg").symlink_to("loop.jpg")
  table = label(f"{HEADER},AU12\nb.jpg,p2,sad,1\n{row}\nc.jpg,p3,happy\n")

  assert [face.path for face in table.faces] == ["b.jpg", "c.jpg"]
  assert set(refused(table)) == {path}
  # One reason for each: what a bad row names is not also named by none.
  assert [r.path for r in table.rejected].count(path) == 1
  assert re.search(
    f"index.csv line 3: .*{re.escape(reason)}", refused(table)[path]
  )


def test_repeated_rows_count_once_and_contradicting_ones_not_at_all(
  label, refused
):
  table = label(
    f"{HEADER}\n"
    "a.jpg,p1,happy\n"
    "b.jpg,p2,sad\n"
    "a.jpg,p1,happiness\n"  # says the same
    "b.jpg,p2,angry\n"
    "c.jpg,p1,sad\n"
    "c.jpg,p9,sad\n"
    "d.jpg,p1,sad\n"
    "d.jpg,p1,\n"
  )

  assert facts(table) == [("a.jpg", "p1", "happy")]
  assert refused(table) == {
    "a.jpg": "index.csv line 4 repeats line 2",
    "b.jpg": "index.csv lines 3, 5 contradict one another",
    "c.jpg": "index.csv lines 6, 7 contradict one another",
    "d.jpg": "index.csv lines 8, 9 contradict one another",
  }


def test_a_missing_emotion_leaves_a_face_unlabelled(label, refused):
  table = label(f"{HEADER}\na.jpg,p1,\nb.jpg,p2\nc.jpg,p3,sad\n")

  assert [face.emotion for face in table.faces] == [None, None, "sad"]
  assert refused(table) == {}


def test_a_missing_subject_is_listed_unless_all_are(label, refused):
  some = label(f"{HEADER}\na.jpg,,happy\nb.jpg,p2,sad\n")
  none = label(f"{HEADER}\na.jpg,,happy\nb.jpg,,sad\n")

  assert facts(some) == [("b.jpg", "p2", "sad")]
  assert refused(some) == {
    "a.jpg": "no subject, though other rows of the CSV name one"
  }
  assert [face.subject for face in none.faces] == [None, None]


def test_action_units_are_read_and_the_uncoded_left_open(label):
  table = label(f"{HEADER},AU1,au04,AU12,AU99,AUx\na.jpg,p,sad,1,0,,1,1\n")

  assert table.faces[0].aus == {1: 1, 4: 0}


def test_names_may_hold_line_ends_separators_and_other_bytes(
  label, tmp_path, refused
):
  odd = ("two\nlines.jpg", "cr\r.jpg", "a,b.jpg", 'say "x".jpg', "form\f.jpg")
  names = [*odd, os.fsdecode(b"caf\xe9.jpg"), "line\u2028.jpg"]
  rows = [HEADER.encode()]
  for name in names:
    (tmp_path / name).touch()
    quoted = name.replace('"', '""')
    rows.append(b'"%s",p1,sad' % os.fsencode(quoted))

  table = label(b"\n".join(rows))

  assert [face.path for face in table.faces] == names
  assert refused(table) == {}


@pytest.mark.parametrize(
  ("text", "message"),
  [
    ("", r"lacks the column path, emotion: its header is ''"),
    ("a.jpg,p1,happy\n", r"lacks the column path.*'a\.jpg,p1,happy'"),
    ("path,emotions\na.jpg,happy\n", r"lacks the column emotion"),
    ("path~subject~emotion\n", r"lacks the column path, emotion"),
    (f"{HEADER},Emotion\na.jpg,p1,sad,happy\n", r"has emotion twice"),
    (f'{HEADER}\n"a.jpg,p1,sad\nb.jpg,p2,sad\n', r"line 3: .*quotation mark"),
    (
      f'{HEADER}\na.jpg,p1,"' + "x" * 1_100_000 + '"\n',
      r"line 2: field larger",
    ),
  ],
)
def test_a_file_that_is_no_label_file_is_a_clear_error(label, text, message):
  with pytest.raises(DataError, match=rf"(?s)index\.csv.* ?{message}"):
    label(text)


def test_a_label_file_that_is_missing_or_outside_is_a_clear_error(tmp_path):
  (tmp_path / "set" / "index.csv").mkdir(parents=True)
  for name in ("labels.csv", "index.csv", ""):
    with pytest.raises(
      DataError, match=r"no label file .*config\.data\.labelled\.index"
    ):
      labelled.read(tmp_path / "set", name)
  for name in ("../labels.csv", "/labels.csv"):
    with pytest.raises(
      DataError, match=rf"labelled\.index={re.escape(name)}.*outside"
    ):
      labelled.read(tmp_path / "set", name)


def test_unlabelled_folders_are_read_whole(tmp_path):
  for name in ("b.jpg", "a/c.PNG", "a/readme.txt", "z.npy", ".hidden.jpg"):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()

  table = unlabelled.read(tmp_path)

  assert sorted(face.path for face in table.faces) == ["a/c.PNG", "b.jpg"]
  assert table.rejected == ()
  (note,) = table.notes
  assert note.text.endswith("1 .npy, 1 .txt")
  assert all(face.emotion is face.subject is None for face in table.faces)


cells = st.sampled_from(
  ["", "p1", "p2", "happy", "Fear", "bored", " sad ", '"', '"p,1"', "1"]
)
lines = st.lists(
  st.tuples(
    st.sampled_from(["a.jpg", "b.jpg", "./a.jpg", "gone.jpg", "../a.jpg", ""]),
    cells,
    cells,
  ).map(",".join),
  max_size=12,
)


@QUICK
@given(lines, st.booleans())
def test_every_row_and_every_image_is_accounted_for_once(
  tmp_path_factory, rows, final
):
  root = tmp_path_factory.mktemp("own")
  for name in ("a.jpg", "b.jpg", "c.jpg"):
    (root / name).touch()
  text = "\n".join([HEADER, *rows]) + "\n" * final
  (root / "index.csv").write_text(text)
  try:
    table = labelled.read(root, "index.csv")
  except DataError as error:
    # Nothing stops it but an open quotation mark, or numbers of nobody's.
    assert '"' in text or "are the numbers 1; say whose" in str(error), error
    return

  found = {face.path for face in table.faces}
  assert len(found) == len(table.faces)
  assert found <= {"a.jpg", "b.jpg"}
  assert {r.path for r in table.rejected} | found >= {"a.jpg", "b.jpg", "c.jpg"}
  if '"' not in text:
    # Lines that are named in reasons; each other line is a face.
    named = set()
    for r in table.rejected:
      lists = re.findall(r"index\.csv lines? ([\d, ]*\d)", r.reason)
      named |= {int(n) for text in lists for n in text.split(", ")}
    subjectless = sum(r.reason.startswith("no subject") for r in table.rejected)
    filled = {i for i, row in enumerate(rows, 2) if row.strip(", ")}
    assert named <= filled
    assert len(filled) == len(named) + len(table.faces) + subjectless
