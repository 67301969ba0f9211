"""Labels as users, pandas, OpenFace, spreadsheets and Kaggle write them."""

import io

import numpy as np
import pytest
from PIL import Image

from jaxfer.data import emotions, parts
from jaxfer.data.readers import ck_plus, labelled, raf_db
from jaxfer.data.table import DataError


def read(root, text: str, encoding="utf-8", **options):
  root.mkdir(exist_ok=True)
  for name in ("a.jpg", "b.jpg", "c.jpg"):
    (root / name).touch()
  (root / "index.csv").write_bytes(text.encode(encoding))
  return labelled.read(root, **options)


def facts(table):
  return [(f.path, f.subject, f.emotion) for f in table.faces]


def said(table) -> str:
  return "\n".join(note.text for note in table.notes)


PLAIN = "path,subject,emotion\na.jpg,p,happy\nb.jpg,q,sad\n"


@pytest.mark.parametrize(
  "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_separators_read_alike(tmp_path, encoding, delimiter):
  table = read(tmp_path, PLAIN.replace(",", delimiter), encoding)

  assert facts(table) == [("a.jpg", "p", "happy"), ("b.jpg", "q", "sad")]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_a_spreadsheet_says_of_its_separator_counts(tmp_path, first, end):
  rows = "path;subject;emotion\na.jpg;p,q;happy\nb.jpg;r;sad\nz.jpg;r;sad\n"
  table = read(tmp_path, f"{first}\n{rows}".replace("\n", end))

  assert facts(table) == [("a.jpg", "p,q", "happy"), ("b.jpg", "r", "sad")]
  assert "line 5" in str(table.rejected)  # of the file, not of its rows


def test_western_european_names_and_words_are_understood(tmp_path, touch):
  touch(tmp_path, "gröl.jpg")
  table = read(tmp_path, "path,emotion\ngröl.jpg,fröhlich\n", "latin-1")

  assert facts(table) == [("gröl.jpg", None, "fröhlich")]


@pytest.mark.parametrize(
  ("written", "there"),
  [
    ("zoe\u0308.jpg", "zo\u00eb.jpg"),
    ("zo\u00eb.jpg", "zoe\u0308.jpg"),
    ("IMG/X.JPG", "img/x.jpg"),
    ("ZO\u00cb.jpg", "zoe\u0308.jpg"),
  ],
)
def test_a_file_is_found_by_another_spelling_that_is_its_alone(
  tmp_path, touch, written, there
):
  touch(tmp_path, there)
  rows = f"path,emotion\n{written},happy\n"

  assert facts(read(tmp_path, rows)) == [(there, None, "happy")]
  touch(tmp_path, there.replace("jpg", "Jpg"))
  assert "file not found" in str(read(tmp_path, rows).rejected)


@pytest.mark.parametrize(
  ("header", "rows", "note"),
  [
    ("subject", "1,01,1.0", "alike count as different ones: '01', '1', '1.0'"),
    ("subject", "Anna,anna,x", "alike count as different ones: 'Anna', 'anna'"),
    ("subject", "zoe\u0308,zo\u00eb,x", "training and test may share them"),
    (
      "split",
      "train,Eval,fold2",
      "neither train, val nor test: 'Eval', 'fold2'",
    ),
    ("subject", "p,q,", "fewer cells than the 3 columns: 1"),
  ],
)
def test_what_may_not_be_meant_is_told(tmp_path, header, rows, note):
  rows = zip("abc", rows.split(","), strict=True)
  lines = [f"{one}.jpg,happy,{cell}".rstrip(",") for one, cell in rows]

  table = read(tmp_path, "\n".join([f"path,emotion,{header}", *lines]))

  assert note in said(table)


@pytest.mark.parametrize(
  "header",
  [
    "file,person,label",
    "Image_Path,Subject ID,Expression",
    "pth,participant,class",
    "filename,identity,facial expression",
  ],
)
def test_headers_have_many_names(tmp_path, header):
  table = read(tmp_path, f"{header}\na.jpg,p,happy\nb.jpg,q,sad\n")

  assert facts(table) == [("a.jpg", "p", "happy"), ("b.jpg", "q", "sad")]


def test_an_id_that_numbers_the_rows_names_nobody(tmp_path):
  rows = "id,path,emotion\n1,a.jpg,happy\n{},b.jpg,sad\n3,c.jpg,sad\n"

  numbered, named = (
    read(tmp_path, rows.format(2)),
    read(tmp_path, rows.format(1)),
  )

  assert {face.subject for face in numbered.faces} == {None}
  assert "id differs in every row" in said(numbered)
  assert [face.subject for face in named.faces] == ["1", "1", "3"]


def test_without_a_column_of_people_nobody_is_named_and_it_is_said(tmp_path):
  table = read(tmp_path, "path,emotion\na.jpg,happy\n")

  assert facts(table) == [("a.jpg", None, "happy")]
  assert "nobody is named" in said(table)


@pytest.mark.parametrize(
  ("header", "row", "aus"),
  [
    ("AU12,AU25", "1.0,", {12: 1}),
    (" AU12_c, AU25_c", "1.0,0.00", {12: 1, 25: 0}),
    ("AU01,au 4,AU_6", "0,1,1", {1: 0, 4: 1, 6: 1}),
    ("AU12_r,AU25_r", "0.99,1.0", {12: 0, 25: 1}),
    ("AU12_r,AU12_c", "4.5,0", {12: 0}),
    ("AU12_r,AU12_c", "4.5,", {12: 1}),
    ("AU12,AU25", "5,1", {12: 1, 25: 1}),
    ("AU12,AU25", "nan,NA", {}),
  ],
)
def test_action_units_of_pandas_and_openface(tmp_path, header, row, aus):
  table = read(tmp_path, f"path,{header}\na.jpg,{row}\n")

  (face,) = table.faces
  assert face.aus == aus


def test_the_threshold_is_of_intensities_alone_and_is_stated(tmp_path):
  text = "path;AU12;AU25_c\na.jpg;1,5;1\nb.jpg;2,0;1\n"

  table = read(tmp_path, text, au_present=2.0)

  assert [face.aus for face in table.faces] == [{12: 0, 25: 1}, {12: 1, 25: 1}]
  assert "present from 2 on (config.data.labelled.au_present)" in said(table)
  zeros = read(tmp_path, "path,AU12\na.jpg,1\n", au_present=2.0)
  assert zeros.faces[0].aus == {12: 1}


def test_columns_that_are_not_used_are_named_once(tmp_path):
  header = "path,emotion,AU99,AU12_x,emotions,valence,expression"
  table = read(tmp_path, f"{header}\na.jpg,happy,1,1,1,1,1\n")

  (note,) = [n.text for n in table.notes if "not used" in n.text]
  assert note == (
    "columns not used: AU99, AU12_x, emotions, valence, expression"
  )


def test_any_words_are_classes_and_near_ones_are_pointed_at(tmp_path):
  rows = "path,emotion\na.jpg, Pain \nb.jpg,Anger\nc.jpg,hapy\n"

  table = read(tmp_path, rows)

  assert [f.emotion for f in table.faces] == ["pain", "angry", "hapy"]
  assert "hapy (1: happy may be meant), pain (1)" in said(table)


def test_too_many_words_are_no_classes(tmp_path, touch):
  names = [f"{i:03d}.jpg" for i in range(101)]
  touch(tmp_path, *names)
  rows = "".join(f"{n},w{chr(65 + i // 26)}{i}\n" for i, n in enumerate(names))
  with pytest.raises(DataError, match="101 different emotions"):
    read(tmp_path, "path,emotion\n" + rows)


def test_absolute_paths_are_read_where_they_lie_inside(tmp_path, touch):
  root, other = tmp_path / "set", tmp_path / "other"
  touch(other, "x.jpg")
  inside = f"path,emotion\n{root}/a.jpg,happy\n{other}/x.jpg,sad\n"

  table = read(root, inside)
  assert facts(table) == [("a.jpg", None, "happy")]
  assert any("image_root" in refused.reason for refused in table.rejected)

  elsewhere = read(root, inside, image_root=str(other))
  assert facts(elsewhere) == [("x.jpg", None, "sad")]
  assert elsewhere.root == other


def test_numbers_need_an_owner_and_must_be_in_its_range(tmp_path):
  text = "path,emotion\na.jpg,{}\nb.jpg,{}\nc.jpg,{}\n"
  with pytest.raises(DataError, match=r"numbers 0…6; say whose .*fer2013"):
    read(tmp_path, text.format(0, 3, 6))
  table = read(tmp_path, text.format("0.0", "3.0", ""), codes="fer2013")
  assert [f.emotion for f in table.faces] == ["angry", "happy", None]
  with pytest.raises(DataError, match=r"labels are 7…8, where fer2013 has 0…6"):
    read(tmp_path, text.format(7, 8, 8), codes="fer2013")
  own = read(tmp_path, text.format(10, 20, 10), codes="names")
  assert [f.emotion for f in own.faces] == ["10", "20", "10"]
  with pytest.raises(ValueError, match="is not one of fer2013"):
    read(tmp_path, text.format(0, 1, 2), codes="mine")


def test_affectnets_own_columns_are_known(tmp_path):
  header = "subDirectory_filePath,face_x,expression,valence"
  table = read(tmp_path, f"{header}\na.jpg,1,1,0.2\nb.jpg,1,7,0.1\n")

  assert [f.emotion for f in table.faces] == ["happy", "contemptuous"]


@pytest.mark.parametrize(
  ("path", "split"),
  [
    ("happy/x.jpg", None),
    ("train/happy/x.jpg", "train"),
    ("Training/happy/x.jpg", "train"),
    ("data/PrivateTest/happy/x.jpg", "test"),
    ("validation/happy/x.jpg", "val"),
    ("fer/test_set/happy/x.jpg", "test"),
    ("test/happy/train_00001_aligned.jpg", "train"),
    ("test/happy/PublicTest_12.jpg", "val"),
    ("contest/happy/x.jpg", None),
  ],
)
def test_class_folders_with_and_without_parts(tmp_path, path, split, touch):
  touch(tmp_path, path, "0_sad/y.jpg")

  table = labelled.read(tmp_path)

  found = {face.path: (face.emotion, face.split) for face in table.faces}
  assert found == {path: ("happy", split), "0_sad/y.jpg": ("sad", None)}
  assert parts.of_image(path) == split


def test_class_folders_of_own_words_people_and_numbers(tmp_path, touch):
  touch(tmp_path / "own", "pain/a.jpg", "bored/b.jpg")
  touch(tmp_path / "people", "s01/a.jpg", "s02/b.jpg")
  touch(tmp_path / "affectnet", *(f"train/{n}/x{n}.jpg" for n in range(8)))
  touch(tmp_path / "numbers", *(f"{n}/x{n}.jpg" for n in range(7)))

  own = labelled.read(tmp_path / "own")
  assert {f.emotion for f in own.faces} == {"pain", "bored"}
  with pytest.raises(DataError, match="no label file"):
    labelled.read(tmp_path / "people")
  affectnet = labelled.read(tmp_path / "affectnet")
  assert affectnet.faces[7].emotion == "contemptuous"
  assert "read as affectnet's" in said(affectnet)
  with pytest.raises(DataError, match=r"numbers 0…6; say whose"):
    labelled.read(tmp_path / "numbers")


def test_folders_of_people_are_told(tmp_path, touch):
  touch(tmp_path, "train/images/happy/p1/a.jpg", "train/p2/sad/b.jpg")

  table = labelled.read(tmp_path)

  assert [face.emotion for face in table.faces] == ["happy", "sad"]
  assert "not used: 'p1', 'p2'; people are named by a CSV" in said(table)


def test_jaffe_and_ck_at_48_pixels_name_their_people(tmp_path, touch):
  touch(tmp_path / "jaffe", "KA.AN1.39.tiff", "YM.NE2.50.tiff", "README.txt")
  names = [f"happy/S010_004_000000{n}.png" for n in (15, 16, 17)]
  touch(tmp_path / "ck48", *names, "sadness/S011_002_00000022.png")

  jaffe = labelled.read(tmp_path / "jaffe")
  assert facts(jaffe) == [
    ("KA.AN1.39.tiff", "KA", "angry"),
    ("YM.NE2.50.tiff", "YM", "neutral"),
  ]
  own = labelled.read(tmp_path / "ck48")
  assert [f.subject for f in own.faces] == ["S010", "S010", "S010", "S011"]
  table = ck_plus.read(tmp_path / "ck48", last=2)
  assert [(f.subject, f.emotion, f.frame) for f in table.faces] == [
    ("S010", "happy", 16),
    ("S010", "happy", 17),
    ("S011", "sad", 22),
  ]
  assert table.rejected == ()


def pixels(side, seed):
  levels = np.random.default_rng(seed).integers(0, 256, (side, side), np.uint8)
  return levels, " ".join(map(str, levels.ravel()))


@pytest.mark.parametrize(
  ("name", "header", "order"),
  [
    ("fer2013.csv", "emotion,pixels,Usage", "{e},{p},{u}"),
    ("icml_face_data.csv", "emotion, Usage, pixels", "{e},{u},{p}"),
  ],
)
def test_fer2013_is_read_with_its_parts_and_its_pixels(
  tmp_path, name, header, order
):
  levels, text = pixels(48, 0)
  rows = [
    order.format(e=3, p=text, u="Training"),
    order.format(e=6, p=text, u="PublicTest"),
    order.format(e=0, p=text, u="PrivateTest"),
    order.format(e=1, p="1 2 3", u="Training"),
    order.format(e=1, p=text.replace(" ", " 256 ", 1), u="Training"),
    order.format(e=1, p=text[: text.rindex(" ")] + " 256", u="Training"),
  ]
  (tmp_path / name).write_text("\n".join([header, *rows]))

  table = labelled.read(tmp_path)

  assert [(f.emotion, f.split) for f in table.faces] == [
    ("happy", "train"),
    ("neutral", "val"),
    ("angry", "test"),
  ]
  with Image.open(io.BytesIO(table.open(table.faces[1]).read())) as image:
    np.testing.assert_array_equal(np.asarray(image), levels)
  assert [r.reason for r in table.rejected] == [
    f"{name} line 5: 3 pixels, which make no square face",
    f"{name} line 6: 2305 pixels, which make no square face",
    f"{name} line 7: pixels that are no numbers from 0 to 255",
  ]


def test_people_and_other_columns_of_pixels_are_read(tmp_path):
  rows = [f"{who},3,{pixels(48, n)[1]},x" for n, who in enumerate("pqp")]
  text = "\n".join(["subject,emotion,pixels,Usage", *rows])
  (tmp_path / "index.csv").write_text(text)

  table = labelled.read(tmp_path)

  assert [face.subject for face in table.faces] == ["p", "q", "p"]
  assert "neither train, val nor test: 'x'" in said(table)


def test_codes_one_off_stop_with_both_ranges(tmp_path, touch):
  names = [f"train_0000{n}.jpg" for n in range(1, 8)]
  touch(tmp_path, *(n.replace(".", "_aligned.") for n in names))
  rows = "\n".join(f"{name} {code}" for code, name in enumerate(names))
  (tmp_path / "list_patition_label.txt").write_text(rows)

  with pytest.raises(DataError, match=r"0…6, where RAF-DB has 1…7.*add 1"):
    raf_db.read(tmp_path)


def test_a_slip_is_no_other_coding():
  emotions.refuse_another([1, 2, 3, 9] + [4] * 50, range(1, 8), "owner", "x")
  with pytest.raises(DataError, match="1…9"):
    emotions.refuse_another([1, 2, 9, 9], range(1, 8), "owner", "x")


def test_raf_db_in_folders_of_words(tmp_path, touch):
  touch(tmp_path, "train/surprise/train_00001_aligned.jpg")
  touch(tmp_path, "test/Happiness/test_0001_aligned.jpg")

  table = raf_db.read(tmp_path)

  assert [(f.split, f.emotion) for f in table.faces] == [
    ("test", "happy"),
    ("train", "surprised"),
  ]


def test_a_row_of_a_picture_that_is_not_read_is_told_once(tmp_path, touch):
  touch(tmp_path, "c.jp2", "d.cr2")
  table = read(tmp_path, f"{PLAIN}c.jp2,r,happy\n")

  assert facts(table) == [("a.jpg", "p", "happy"), ("b.jpg", "q", "sad")]
  said = {one.path: one.reason for one in table.rejected}
  assert len(table.rejected) == len(said) == 3  # c.jpg, of no row, too
  assert "line 4" in said["c.jp2"] and "(.jp2): save it as" in said["c.jp2"]
  assert said["d.cr2"].startswith("a picture in a format that is not read")
