"""RAF-DB's label files: their conditions, and each row accounted for."""

import pytest

from jaxfer.data.readers import raf_db, raf_db_compound
from jaxfer.data.table import DataError

ALIGNED = "basic/Image/aligned"
LIST = "basic/EmoLabel/list_patition_label.txt"


def labelled(table) -> dict[str, str | None]:
  return {face.path: face.emotion for face in table.faces}


@pytest.mark.parametrize(
  ("row", "path", "reason"),
  [
    ("train_00002.jpg 5", "train_00002.jpg", "line 2: there is no aligned"),
    ("train_00001.jpg 5", "train_00001.jpg", "line 2 repeats line 1"),
    ("stray.jpg 5", LIST, "line 2: 'stray.jpg' is not an image's name"),
    ("../train_00002.jpg 5", LIST, "line 2: '../train_00002.jpg' is not"),
    ("/train_00002.jpg 5", LIST, "line 2: '/train_00002.jpg' is not"),
    ("image,label", LIST, "line 2: 'image' is not an image's name"),
    ("x" * 200, LIST, "line 2: '" + "x" * 60 + "' is not"),
  ],
)
def test_a_bad_row_is_listed_with_its_line_and_costs_no_other(
  tmp_path, row, path, reason, put, reasons, touch
):
  touch(tmp_path, f"{ALIGNED}/train_00001_aligned.jpg")
  put(tmp_path, LIST, f"train_00001.jpg 5\n{row}\n")

  table = raf_db.read(tmp_path)

  assert labelled(table) == {f"{ALIGNED}/train_00001_aligned.jpg": "sad"}
  ((listed, why),) = reasons(table).items()
  assert listed == path
  assert reason in why


@pytest.mark.parametrize(
  ("rows", "reason"),
  [
    ("", "no label names it"),
    ("train_00001.jpg", f"{LIST} line 1: '' is not a label, 1 to 7"),
    ("train_00001.jpg 8", f"{LIST} line 1: '8' is not a label, 1 to 7"),
    ("train_00001.jpg 0", "'0' is not a label"),
    ("train_00001.jpg \u0665", "is not a label"),  # an Arabic five
    ("train_00001.jpg 5 3", "'5 3' is not a label"),
    ("train_00001.jpg happy", "'happy' is not a label"),
    (
      "train_00001.jpg 5\nTRAIN_00001.JPG 3",
      f"labels contradict one another: {LIST} line 1, {LIST} line 2",
    ),
  ],
)
def test_an_image_without_a_clear_label_is_rejected_once(
  tmp_path, rows, reason, put, reasons, touch
):
  touch(tmp_path, f"{ALIGNED}/train_00001_aligned.jpg")
  put(tmp_path, LIST, rows)

  table = raf_db.read(tmp_path)

  assert table.faces == ()
  ((path, why),) = reasons(table).items()
  assert path == f"{ALIGNED}/train_00001_aligned.jpg"
  assert reason in why


@pytest.mark.parametrize(
  "text",
  [
    "train_00001.jpg 5\r\ntest_0001.jpg 4\r\n",
    "train_00001.jpg\t5\ntest_0001.jpg\t4",
    "\ufefftrain_00001.jpg  5  \n\ntest_0001.jpg   4\n",
    "TRAIN_00001.JPG,5\nTest_0001.jpg,4\n",
    "train_00001_aligned.jpg 5\ntest_0001_aligned.jpg 4\n",
    "train_00001.png 5\ntest_0001.png 4\n",
  ],
)
def test_spellings_of_one_list_read_alike(tmp_path, text, put, touch):
  touch(
    tmp_path,
    f"{ALIGNED}/Train_00001_Aligned.JPG",
    f"{ALIGNED}/test_0001_aligned.png",
  )
  put(tmp_path, LIST, text)

  table = raf_db.read(tmp_path)

  assert [(face.split, face.emotion) for face in table.faces] == [
    ("test", "happy"),
    ("train", "sad"),
  ]
  assert table.rejected == ()


def test_two_copies_of_the_list_that_agree_are_no_matter(tmp_path, put, touch):
  touch(tmp_path, f"{ALIGNED}/train_00001_aligned.jpg")
  put(tmp_path, LIST, "train_00001.jpg 5\n")
  put(tmp_path, f"{ALIGNED}/list_patition_label.txt", "train_00001.jpg 5\n")

  table = raf_db.read(tmp_path)

  assert len(table.faces) == 1
  assert table.rejected == ()


def test_a_list_that_is_no_text_is_an_error_unless_it_is_the_others(
  tmp_path, put, touch
):
  put(tmp_path, LIST, b"train_00001.jpg \0\0 5\n")
  touch(tmp_path, "train_0001_aligned.jpg")
  put(tmp_path, "list_patition_label.txt", "train_0001.jpg 5\n")

  with pytest.raises(DataError, match=r"list_patition_label\.txt: holds NUL"):
    raf_db.read(tmp_path)
  assert len(raf_db_compound.DATASET.read(tmp_path).faces) == 1


def test_only_the_first_row_of_a_csv_is_a_header(tmp_path, put, reasons, touch):
  touch(tmp_path, "train_00001_aligned.jpg")
  put(tmp_path, "train_labels.csv", "image,label\ntrain_00001.jpg,5\nx,2\n")

  table = raf_db.read(tmp_path)

  assert labelled(table) == {"train_00001_aligned.jpg": "sad"}
  assert reasons(table) == {
    "train_labels.csv": "line 3: 'x' is not an image's name"
  }
