"""From tables to arrays: nothing lost, nothing invented, nothing reordered."""

import dataclasses
import itertools
import time
import tracemalloc
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from PIL import Image

from jaxfer import cores
from jaxfer.artifacts import sha256
from jaxfer.configs import base
from jaxfer.data import crop, detect, images, journal
from jaxfer.data import cut as cutlib
from jaxfer.data.detect import Box
from jaxfer.data.readers import labelled, unlabelled
from jaxfer.data.table import (
  DataError,
  Face,
  FaceTable,
  Rejection,
  from_row,
  read_csv,
)

CROP = {
  **base.get_config().crop,
  "size": 24,
  "colour": "rgb",
  "max_megapixels": 1.0,
}


class Heard:
  """A progress line that remembers."""

  def __init__(self):
    self.start, self.seen = None, []

  def resume(self, done):
    self.start = done

  def __call__(self, done, note=""):
    self.seen.append((done, note))


def cut(table: FaceTable, out: Path, detector="precropped", **changes):
  """Writes the faces; returns pixels, manifest rows, rejections."""
  out.mkdir()
  crop.write_faces(table, out, CROP | {"detector": detector} | changes)
  return (
    np.load(out / "faces.npy", allow_pickle=False),
    read_csv(out / "manifest.csv"),
    [(row["path"], row["reason"]) for row in read_csv(out / "rejected.csv")],
  )


def table_of(root: Path, *paths: str, rejected=()) -> FaceTable:
  faces = tuple(Face(path, "unlabelled") for path in paths)
  return FaceTable(root, faces, tuple(rejected))


@pytest.fixture
def mixed(tmp_path, write_image) -> FaceTable:
  """Thirty images of which every third is damaged, named in no order."""
  root = tmp_path / "set"
  names = [f"{(7 * i) % 30:02d}.png" for i in range(30)]
  for i, name in enumerate(names):
    write_image(root / name, seed=i)
    if i % 3 == 2:
      (root / name).write_bytes(b"junk" * i)
  faces = tuple(
    Face(name, "labelled", f"p{i % 4}", "sad", {1: 1}, pose=float(i))
    for i, name in enumerate(names)
  )
  return FaceTable(root, faces, (Rejection("z.jpg", "of the reader"),))


def test_each_image_becomes_a_face_or_a_listed_rejection_in_order(
  mixed, tmp_path
):
  pixels, rows, rejected = cut(mixed, tmp_path / "out")

  whole = [face for i, face in enumerate(mixed.faces) if i % 3 != 2]
  assert [from_row(row) for row in rows] == whole
  junk = [face.path for i, face in enumerate(mixed.faces) if i % 3 == 2]
  assert rejected == [
    ("z.jpg", "of the reader"),
    *((path, "not an image") for path in junk),
  ]
  assert pixels.dtype == np.uint8
  for face, row, array in zip(whole, rows, pixels, strict=True):
    # 24×24 images in 24×24 crops come through untouched.
    with Image.open(mixed.root / face.path) as image:
      np.testing.assert_array_equal(array, np.asarray(image))
    assert row["sha256"] == sha256(mixed.root / face.path)


def test_the_same_input_gives_the_same_bytes_wherever_and_however_threaded(
  mixed, tmp_path, monkeypatch
):
  cut(mixed, tmp_path / "one")
  moved = mixed.root.rename(tmp_path / "moved")
  monkeypatch.setattr(cores, "count", lambda: 1)
  cut(FaceTable(moved, mixed.faces, mixed.rejected), tmp_path / "two")

  names = {path.name for path in (tmp_path / "one").iterdir()}
  assert names == {"faces.npy", "manifest.csv", "rejected.csv"}
  for name in names:
    one, two = (tmp_path / run / name for run in ("one", "two"))
    assert one.read_bytes() == two.read_bytes(), name


def test_every_kind_of_bad_image_is_listed_with_its_reason(
  tmp_path, write_image
):
  root = tmp_path / "set"
  write_image(root / "good.jpg")
  write_image(root / "cut.jpg", (64, 64))
  content = (root / "cut.jpg").read_bytes()
  (root / "cut.jpg").write_bytes(content[: len(content) // 2])
  write_image(root / "dot.png", (1, 1))
  write_image(root / "line.png", (7, 500))
  (root / "empty.png").touch()
  (root / "text.jpg").write_text("hello")
  Image.new("1", (2000, 2000)).save(root / "vast.png")
  for mode in ("CMYK", "L", "P", "RGBA"):
    suffix = ".jpg" if mode == "CMYK" else ".png"
    image = Image.new("RGB", (24, 24), (200, 180, 160)).convert(mode)
    image.save(root / f"mode-{mode}{suffix}")
  Image.new("I;16", (24, 24), 40000).save(root / "mode-I;16.png")
  Image.new("RGB", (24, 24), (1, 0, 2)).save(root / "black.png")
  table = unlabelled.read(root)

  pixels, rows, rejected = cut(table, tmp_path / "out")

  reasons = dict(rejected)
  assert reasons.pop("cut.jpg").startswith("damaged image: ")
  assert reasons == {
    "black.png": "a black picture: its mean is 1.0 of 255",
    "dot.png": "1×1 pixels are too few for a face",
    "line.png": "7×500 pixels are too few for a face",
    "empty.png": "the file is empty",
    "text.jpg": "not an image",
    "vast.png": "2000×2000 pixels are more than data.max_megapixels=1",
  }
  assert len(pixels) == len(rows) == 6


def test_a_turned_photograph_gives_the_upright_face(tmp_path, draw_face):
  upright = draw_face(120)
  exif = Image.Exif()
  exif[274] = 6  # turn by a quarter, clockwise, to see it upright
  upright.save(tmp_path / "a.png")
  upright.rotate(90).save(tmp_path / "b.png", exif=exif)

  pixels, rows, _ = cut(
    table_of(tmp_path, "a.png", "b.png"), tmp_path / "out", "viola_jones"
  )

  np.testing.assert_array_equal(*pixels)
  assert rows[0]["left"] == rows[1]["left"]


def test_found_faces_look_alike_at_every_size_and_place(tmp_path, draw_face):
  names = []
  for i, (side, corner) in enumerate(
    itertools.product((100, 180), ((0, 0), (90, 30)))
  ):
    image = Image.new("RGB", (300, 240), (150, 150, 150))
    image.paste(draw_face(side), corner)
    names.append(f"{i}.png")
    image.save(tmp_path / names[-1])
  Image.new("RGB", (300, 240), (150, 150, 150)).save(tmp_path / "none.png")

  pixels, rows, rejected = cut(
    table_of(tmp_path, *names, "none.png"), tmp_path / "out", "viola_jones"
  )

  assert rejected == [("none.png", "no face found by viola_jones")]
  spread = pixels.astype(float).std(0).mean()
  assert spread < 0.35 * pixels.astype(float).std((1, 2)).mean()
  for row in rows:
    assert row["detector"] == "viola_jones"
    assert float(row["confidence"]) > 0


def test_a_margin_shows_more_of_the_picture(tmp_path, draw_face):
  draw_face(200).save(tmp_path / "a.png")
  table = table_of(tmp_path, "a.png")
  tight, *_ = cut(table, tmp_path / "tight", "viola_jones")
  wide, *_ = cut(table, tmp_path / "wide", "viola_jones", margin=0.2)

  def backdrop(pixels):
    return (np.abs(pixels[0].astype(int) - 150).max(-1) < 8).mean()

  assert backdrop(wide) > backdrop(tight) + 0.1


def test_no_face_at_all_is_an_error_with_the_commonest_reason(
  tmp_path, write_image
):
  for i in range(3):
    write_image(tmp_path / f"{i}.png", seed=i)
  (tmp_path / "bad.png").touch()
  # The reader's own rejections are more, but are not why no face was found.
  refused = [Rejection(f"{i}.txt", "not an image by its name") for i in "abcde"]
  paths = [*(f"{i}.png" for i in range(3)), "bad.png"]
  table = table_of(tmp_path, *paths, rejected=refused)

  with pytest.raises(DataError) as caught:
    cut(table, tmp_path / "out", "viola_jones")

  first, second, third, advice = str(caught.value).split("\n")
  assert first.startswith("none of 4 images under ")
  assert second.strip() == "3 times: no face found by viola_jones"
  assert third.strip() == "1 times: the file is empty"
  assert ".detector to precropped" in advice
  assert len(read_csv(tmp_path / "out" / "rejected.csv")) == 9


def test_an_empty_table_is_an_error(tmp_path):
  with pytest.raises(DataError, match="none of 0 images"):
    cut(table_of(tmp_path), tmp_path / "one")


@pytest.mark.parametrize("size", [(200, 8), (8, 200), (33, 47)])
def test_precropped_images_of_any_shape_give_their_central_square(
  tmp_path, write_image, size
):
  pixels = write_image(tmp_path / "a.png", size)
  side = min(size)
  left, top = ((length - side) // 2 for length in size)

  array, *_ = cut(table_of(tmp_path, "a.png"), tmp_path / "out", size=side)

  # Odd differences fall half a pixel off; there the centre is interpolated.
  if (size[0] - size[1]) % 2 == 0:
    np.testing.assert_array_equal(
      array[0], pixels[top : top + side, left : left + side]
    )
  assert array.shape == (1, side, side, 3)


def test_real_faces_in_the_wild_all_become_faces(real_faces, tmp_path):
  table = labelled.read(real_faces / "wild", "index.csv")
  some = FaceTable(table.root, table.faces[::70], table.rejected)

  pixels, rows, rejected = cut(some, tmp_path / "out", size=64)

  assert [from_row(row) for row in rows] == list(some.faces)
  assert len(rejected) == len(table.rejected)
  assert pixels.reshape(len(pixels), -1).std(1).min() > 1  # none is blank


def test_an_interrupted_crop_goes_on_and_ends_the_same(
  mixed, tmp_path, monkeypatch
):
  cut(mixed, tmp_path / "whole")
  monkeypatch.setattr(journal, "_SAVE_EVERY", 4)
  opened = []
  stop_at = 17

  def opener(face):
    opened.append(face.path)
    if len(opened) == stop_at:
      raise KeyboardInterrupt
    return (mixed.root / face.path).open("rb")

  table = FaceTable(mixed.root, mixed.faces, mixed.rejected, opener=opener)
  out = tmp_path / "out"
  with pytest.raises(KeyboardInterrupt):
    cut(table, out)
  done_before = len(opened)
  heard = Heard()
  crop.write_faces(
    table, out, CROP | {"detector": "precropped"}, progress=heard
  )

  assert 0 < heard.start < len(mixed.faces)
  assert [done for done, _ in heard.seen] == [*range(heard.start + 1, 31)]
  assert heard.seen[-1][1] == "11 rejected"  # one by the reader
  assert len(opened) - done_before == len(mixed.faces) - heard.start
  for name in ("faces.npy", "manifest.csv", "rejected.csv"):
    assert (out / name).read_bytes() == (
      tmp_path / "whole" / name
    ).read_bytes(), name


def test_grey_and_filters(tmp_path, write_image):
  write_image(tmp_path / "a.png", (48, 48))
  table = table_of(tmp_path, "a.png")
  grey, *_ = cut(table, tmp_path / "grey", colour="grey")
  assert (grey[..., :1] == grey).all()
  assert grey.std() > 1
  looks = [
    cut(table, tmp_path / name, filter=name)[0].tobytes()
    for name in ("bicubic", "bilinear", "lanczos", "box")
  ]
  assert len(set(looks)) == 4


def test_listed_boxes_are_cut_and_what_is_not_listed_is_rejected(
  tmp_path, write_image
):
  first = write_image(tmp_path / "a.png", (60, 40))
  write_image(tmp_path / "b.png", (60, 40))
  boxes = tmp_path / "boxes.csv"
  boxes.write_text("path,left,top,width,height\na.png,30,10,24,24\n")
  out = tmp_path / "out"
  out.mkdir()
  crop.write_faces(
    table_of(tmp_path, "a.png", "b.png"),
    out,
    CROP | {"detector": "boxes_csv"},
    boxes=boxes,
  )
  faces = np.load(out / "faces.npy", allow_pickle=False)
  np.testing.assert_array_equal(faces[0], first[10:34, 30:54])
  (refused,) = read_csv(out / "rejected.csv")
  assert refused == {"path": "b.png", "reason": "no box listed in boxes.csv"}


@pytest.mark.parametrize(
  ("text", "words"),
  [
    ("path,left,top,width\na.png,1,2,3\n", "lacks the column height"),
    ("path,left,top,width,height\na.png,1,2,x,4\n", "line 2: not four numbers"),
    ("path,left,top,width,height\na.png,1,2,0,4\n", "line 2: width and height"),
    ("path,left,top,width,height\na.png,nan,2,3,4\n", "line 2: "),
    ("path,left,top,width,height\n../a.png,1,2,3,4\n", "line 2: .*outside"),
    (
      "path,left,top,width,height\na.png,1,2,3,4\na.png,1,2,3,5\n",
      "line 3: a second box for a.png",
    ),
  ],
)
def test_a_file_of_boxes_that_cannot_be_read_is_named(tmp_path, text, words):
  (tmp_path / "boxes.csv").write_text(text)
  with pytest.raises(DataError, match=words):
    detect.read_boxes(tmp_path / "boxes.csv")


@pytest.mark.parametrize(
  ("text", "encoding"),
  [
    ("Path; Left;Top;Width;Height\r\nx\\a.png;1,5;2;3;4\r\n", "utf-16"),
    ("path\tleft\ttop\twidth\theight\n./x/a.png\t1.5\t2\t3\t4\n", "utf-8-sig"),
  ],
)
def test_a_spreadsheets_boxes_are_read(tmp_path, text, encoding):
  (tmp_path / "boxes.csv").write_bytes(text.encode(encoding))

  (box,) = detect.read_boxes(tmp_path / "boxes.csv").items()

  assert box == ("x/a.png", detect.Box(1.5, 2, 3, 4, 1.0))


def test_the_fixed_box_is_a_share_of_each_picture(tmp_path, write_image):
  small = write_image(tmp_path / "a.png", (48, 48))
  large = write_image(tmp_path / "b.png", (96, 96))
  faces, *_ = cut(
    table_of(tmp_path, "a.png", "b.png"),
    tmp_path / "out",
    "fixed",
    box=(0.25, 0.5, 0.5, 0.5),
    size=24,
    filter="box",
  )
  np.testing.assert_array_equal(faces[0], small[24:48, 12:36])
  halves = large[48:96, 24:72].reshape(24, 2, 24, 2, 3).mean((1, 3))
  np.testing.assert_allclose(faces[1], halves, atol=1)


def test_eyes_are_turned_level(draw_face):
  upright = draw_face(200)
  tilted = upright.rotate(20, Image.Resampling.BICUBIC, fillcolor=(150,) * 3)

  def eyes(angle):
    turn = np.exp(1j * np.deg2rad(angle))
    points = [(x - 100 + 1j * (92 - 100)) * turn for x in (76, 124)]
    return tuple((float(p.real) + 100, float(p.imag) + 100) for p in points)

  box = Box(40.0, 50.0, 120.0, 120.0, 1.0)
  settings = CROP | {"size": 64, "align_eyes": True}
  straight = cutlib.cut(
    upright, dataclasses.replace(box, eyes=eyes(0)), settings
  )
  # Anticlockwise, with y pointing down; the box's centre goes along.
  corrected = cutlib.cut(
    tilted,
    dataclasses.replace(
      box, left=box.left + 3.42, top=box.top - 0.6, eyes=eyes(-20)
    ),
    settings,
  )
  left = cutlib.cut(tilted, box, settings)

  def far(a, b):
    return np.abs(a[8:-8, 8:-8].astype(float) - b[8:-8, 8:-8]).mean()

  assert far(corrected, straight) < 0.5 * far(left, straight)


def test_one_count_of_refusals_and_pictures_with_several_faces(
  tmp_path, write_image, monkeypatch, caplog
):
  root = tmp_path / "set"
  for name in ("one.png", "three.png", "none.png"):
    write_image(root / name, (64, 64))
  (root / "text.png").write_text("hello")
  boxes = [Box(float(k), 0.0, 20.0 + k, 20.0, 1.0) for k in range(3)]
  counts = iter([0, 1, 3])  # in the order of the names
  monkeypatch.setattr(
    detect, "searcher", lambda _: lambda image: boxes[: next(counts)]
  )
  monkeypatch.setattr(crop, "map_in_order", map)
  names = ("none.png", "one.png", "three.png", "text.png")
  refused = (Rejection("c.jpg", "index.csv line 3: file not found"),)
  table = table_of(root, *names, rejected=refused)
  with caplog.at_level("INFO"):
    _, rows, rejected = cut(table, tmp_path / "out", detector="viola_jones")

  assert [(row["path"], row["found"]) for row in rows] == [
    ("one.png", "1"),
    ("three.png", "3"),
  ]
  assert len(rejected) == 3
  assert (
    "2 faces, 3 rejected: 1 file not found, 1 no face found by viola_jones, 1"
    " not an image"
  ) in caplog.text
  assert "several faces, of which the largest one is taken" in caplog.text


def test_crops_are_not_held_in_memory(tmp_path, write_image, monkeypatch):
  monkeypatch.setattr(cores, "count", lambda: 2)
  write_image(tmp_path / "a.png", (64, 64))
  table = table_of(tmp_path, *["a.png"] * 500)
  tracemalloc.start()

  settings = CROP | {"detector": "precropped", "size": 128}
  crop.write_faces(table, tmp_path, settings)

  peak = tracemalloc.get_traced_memory()[1]
  tracemalloc.stop()
  assert peak < (tmp_path / "faces.npy").stat().st_size / 4


def test_images_are_not_decoded_far_ahead_of_a_slow_disk(
  tmp_path, write_image, monkeypatch
):
  monkeypatch.setattr(cores, "count", lambda: 2)
  write_image(tmp_path / "a.png")
  decoded, ahead = [], []
  load = images.load

  def count(path, **options):
    decoded.append(path)
    return load(path, **options)

  progress = mock.Mock()
  progress.side_effect = lambda done, note: (
    done == 1
    and (
      time.sleep(0.3),  # the writer is held up; the readers must wait for it
      ahead.append(len(decoded)),
    )
  )

  monkeypatch.setattr(images, "load", count)
  table = table_of(tmp_path, *["a.png"] * 300)
  settings = CROP | {"detector": "precropped"}
  crop.write_faces(table, tmp_path, settings, progress=progress)

  assert ahead[0] < 20
  assert len(decoded) == 300
