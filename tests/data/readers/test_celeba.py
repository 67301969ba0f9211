"""CelebA from folders: every label file's form, and every irregularity."""

from pathlib import Path

import pytest

from jaxfer.data.readers import celeba
from jaxfer.data.table import DataError

NAMES = ("5_o_Clock_Shadow", "Male", "Smiling", "Young")
ATTRIBUTES = {1: "-1 -1  1  1", 2: " 1  1 -1 -1", 3: "-1 -1 -1 -1"}
IDENTITIES = {1: "2880", 2: "2937", 3: "2880"}
PARTITIONS = {1: "0", 2: "1", 3: "2"}
FILES = (
  "Anno/list_attr_celeba.txt",
  "Anno/identity_CelebA.txt",
  "Eval/list_eval_partition.txt",
)
FACTS = [
  ("000001", "2880", "train", ("Smiling", "Young")),
  ("000002", "2937", "valid", ("5_o_Clock_Shadow", "Male")),
  ("000003", "2880", "test", ()),
]


@pytest.fixture(scope="session")
def put_images(touch):
  def put_images(root, folder="Img/img_align_celeba", numbers=(1, 2, 3)):
    touch(root, *(f"{folder}/{number:06d}.jpg" for number in numbers))

  return put_images


def rows(values) -> str:
  return "\n".join(f"{n:06d}.jpg {value}" for n, value in values.items())


def owners() -> dict[str, str]:
  """The owners' label files; the last row has no line end, as in theirs."""
  head = f"3\n{' '.join(NAMES)} \n"
  texts = (head + rows(ATTRIBUTES) + "\n", rows(IDENTITIES), rows(PARTITIONS))
  return dict(zip(FILES, texts, strict=True))


def kaggles() -> dict[str, str]:
  """The label files of a common copy, which leaves out the identities."""
  table = ["image_id," + ",".join(NAMES)]
  table += [",".join(row.split()) for row in rows(ATTRIBUTES).splitlines()]
  parts = "image_id,partition\n" + rows(PARTITIONS).replace(" ", ",")
  return {
    "list_attr_celeba.csv": "\n".join(table) + "\n",
    "list_eval_partition.csv": parts,
  }


@pytest.fixture
def tree(tmp_path, put, put_images):
  """Three images and the owners' label files, or others in their place."""

  def make(**changed: str) -> Path:
    put_images(tmp_path)
    texts = owners()
    for name, text in changed.items():
      (path,) = (path for path in FILES if name in path)
      texts[path] = text
    for path, text in texts.items():
      put(tmp_path, path, text)
    return tmp_path

  return make


def facts(table) -> list[tuple]:
  return [
    (Path(f.path).stem, f.subject, f.split, f.attributes) for f in table.faces
  ]


def test_the_owners_files_give_every_fact(tree):
  table = celeba.read(tree())

  assert facts(table) == FACTS
  assert table.rejected == table.notes == ()
  face = table.faces[0]
  assert face.path == "Img/img_align_celeba/000001.jpg"
  assert (face.dataset, face.emotion, face.aus) == ("celeba", None, {})


def test_a_common_copys_csv_files_and_doubled_folder_are_read(
  tmp_path, put, put_images
):
  put_images(tmp_path, "img_align_celeba/img_align_celeba")
  for path, text in kaggles().items():
    put(tmp_path, path, text)

  table = celeba.read(tmp_path)

  assert facts(table) == [(n, None, split, a) for n, _, split, a in FACTS]
  assert [(note.path, note.text) for note in table.notes] == [
    (FILES[1], "there is no such file: no face has its subject")
  ]
  assert table.rejected == ()


def test_both_forms_side_by_side_agree(tree, put):
  root = tree()
  for path, text in kaggles().items():
    put(root, path, text)

  table = celeba.read(root)

  assert facts(table) == FACTS
  assert table.rejected == ()


@pytest.mark.parametrize("below", ["", "Img", "Img/img_align_celeba"])
def test_images_alone_are_read_with_notes(tmp_path, below, put_images):
  put_images(tmp_path)

  table = celeba.read(tmp_path / below)

  assert facts(table) == [(n, None, None, ()) for n, *_ in FACTS]
  assert {note.path for note in table.notes} == set(FILES)
  assert table.rejected == ()


@pytest.mark.parametrize(
  "spelling",
  [
    lambda text: text.replace("\n", "\r\n"),
    lambda text: "\ufeff" + text,
    lambda text: text.replace(" ", "\t"),
    lambda text: text.replace("\n", "  \n\n") + "\n\n",
    lambda text: text.replace(".jpg", ".JPG"),
    lambda text: text.replace("-1", "0"),
    lambda text: text.replace(".jpg", ".png"),
  ],
)
def test_spellings_of_the_label_files_read_alike(
  tmp_path, spelling, put, put_images
):
  put_images(tmp_path)
  for path, text in owners().items():
    put(tmp_path, path.upper(), spelling(text))

  table = celeba.read(tmp_path)

  assert facts(table) == FACTS
  assert table.rejected == ()


def test_original_photographs_and_png_copies_are_known_and_left(
  tree, put, put_images
):
  root = tree()
  put_images(root, "Img/img_celeba")
  put_images(root, "Img/img_celeba.7z/img_celeba", [4])
  put(root, "Img/img_align_celeba_png/000001.png")
  put(root, "more/000002.jpeg")
  put(root, "Img/1.jpg")

  table = celeba.read(root)

  assert facts(table) == FACTS
  first = "Img/img_align_celeba/00000"
  photograph = "an original photograph; the aligned ones are read"
  assert {r.path: (r.reason, r.known) for r in table.rejected} == {
    "Img/img_celeba/000001.jpg": (photograph, True),
    "Img/img_celeba/000002.jpg": (photograph, True),
    "Img/img_celeba/000003.jpg": (photograph, True),
    "Img/img_celeba.7z/img_celeba/000004.jpg": (photograph, True),
    "Img/img_align_celeba_png/000001.png": (
      f"a second copy of {first}1.jpg",
      True,
    ),
    "more/000002.jpeg": (f"a second copy of {first}2.jpg", False),
    "Img/1.jpg": ("not a file name of CelebA's scheme", False),
  }


def test_photographs_alone_are_not_taken_for_faces(tmp_path, put_images):
  put_images(tmp_path, "img_celeba")

  for root in (tmp_path, tmp_path / "img_celeba"):
    table = celeba.read(root)
    assert table.faces == ()
    assert len(table.rejected) == 3
  put_images(tmp_path, "img_celeba/img_align_celeba_png")
  assert len(celeba.read(tmp_path / "img_celeba").faces) == 3


@pytest.mark.parametrize(
  ("file", "row", "reason"),
  [
    ("attr", "000002.jpg 1 1 -1", "3 values of 4 attributes"),
    ("attr", "000002.jpg 1 1 -1 -1 1", "5 values of 4 attributes"),
    ("attr", "000002.jpg 1 1 -1 2", "'2' is neither 1 nor -1"),
    ("attr", "000002.jpg", "0 values of 4 attributes"),
    ("identity", "000002.jpg Anna", "'Anna' is not a person's number"),
    ("identity", "000002.jpg", "'' is not a person's number"),
    ("identity", "000002.jpg 12 13", "'12 13' is not a person's number"),
    ("partition", "000002.jpg 3", "'3' is not a partition, 0, 1 or 2"),
    ("partition", "000002.jpg train", "'train' is not a partition"),
  ],
)
def test_a_bad_row_costs_its_image_alone(tree, file, row, reason, reasons):
  (path,) = (path for path in FILES if file in path)
  lines = owners()[path].splitlines()
  place = next(i for i, line in enumerate(lines) if "000002" in line)
  lines[place] = row

  table = celeba.read(tree(**{file: "\n".join(lines)}))

  assert facts(table) == [FACTS[0], FACTS[2]]
  ((refused, said),) = reasons(table).items()
  assert refused == "Img/img_align_celeba/000002.jpg"
  assert said.startswith(f"{path} line {place + 1}: {reason}")


def test_missing_extra_repeated_and_contradicting_rows(tree, reasons):
  root = tree(
    identity="000001.jpg 7\n000004.jpg 8\n000001.jpg 7\n000002.jpg 5\n"
    "000002.jpg 6\nREADME 1\n000005.jpg x\n"
  )

  table = celeba.read(root)

  assert [Path(face.path).stem for face in table.faces] == ["000001"]
  below, file = "Img/img_align_celeba", FILES[1]
  assert reasons(table) == {
    f"{below}/000001.jpg": f"{file} line 3 repeats line 1",
    f"{below}/000002.jpg": f"labels contradict one another: {file} line 4,"
    f" {file} line 5",
    f"{below}/000003.jpg": f"no row of {file} names it",
    "000004.jpg": f"{file} line 2: there is no image of it",
    "000005.jpg": f"{file} line 7: 'x' is not a person's number",
    file: "line 6: 'README' is not an image's name",
  }


def test_a_label_file_without_its_names_labels_nothing(tree):
  table = celeba.read(tree(attr=rows(ATTRIBUTES)))

  assert table.faces == ()
  assert "4 values of 0 attributes" in table.rejected[0].reason


def test_a_label_file_that_is_no_text_is_a_clear_error(tree):
  with pytest.raises(DataError, match=r"Eval/list_eval_partition\.txt: .*NUL"):
    celeba.read(tree(partition="000001.jpg 0\0"))
