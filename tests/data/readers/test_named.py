"""Sets whose file names say what is shown: what holds of each of them."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer import facs
from jaxfer.data import readers

QUICK = settings(max_examples=100, deadline=None, derandomize=True)
OTHERS = {
  "rafd": (
    "Radboud",
    (
      "Rafd090_01_Caucasian_female_angry.jpg",
      "Rafd090_1_Caucasian_female_angry_frontal.jpg",
      "Rafd060_01_Caucasian_female_angry_frontal.jpg",
      "Rafd090_01_Caucasian_female_bored_frontal.jpg",
      "Rafd090_01_Caucasian_female_angry_frontal (1).jpg",
      "xRafd090_01_Caucasian_female_angry_frontal.jpg",
      "Rafd090_01_Cauca\u017fian_female_angry_frontal.jpg",  # a long s
      "Rafd090_\u0660\u0661_Kid_female_angry_frontal.jpg",  # Arabic digits
      "AF01ANS.JPG",
    ),
  ),
  "kdef": (
    "KDEF",
    (
      *("AF00ANS.JPG", "AF36ANS.JPG", "AF1ANS.JPG", "CF01ANS.JPG"),
      *("AF01ANSL.JPG", "AF01COS.JPG", "AF01AN.JPG", "AF01ANS (1).JPG"),
      *("AF32V.JPG", "FAN.JPG", "MAHR.JPG"),
      "AF01AN\u017f.JPG",  # a long s
      "AF\u0660\u0661ANS.JPG",  # Arabic digits
      "Rafd090_01_Caucasian_female_angry_frontal.jpg",
    ),
  ),
}
RAFD = "Rafd090_01_Caucasian_female_angry_frontal"
SFEW = "Airheads_000519240_00000005.png"
COPIES = {
  "rafd": (f"a/{RAFD}.jpg", f"b/{RAFD}.jpg", f"c/{RAFD.lower()}.png"),
  "kdef": ("a/b/AF02ANS.JPG", "c/d/af02ans.jpg"),
  "sfew": (
    f"SFEW_2/Val/Val_Aligned_Faces/Sad/{SFEW}",
    f"SFEW_2/Val/Val_Aligned_Faces_new/Val_Aligned_Faces/Sad/{SFEW}",
  ),
  "raf_db": (
    "DATASET/train/5/train_00001_aligned.jpg",
    "copy/train/5/train_00001_aligned.jpg",
  ),
}


@pytest.mark.parametrize(
  ("name", "other"),
  [(name, other) for name, (_, others) in OTHERS.items() for other in others],
)
def test_other_names_are_rejected_and_listed(
  tmp_path, touch, reasons, name, other
):
  touch(tmp_path, other)

  table = readers.get(name).read(tmp_path)

  assert table.faces == ()
  owner = OTHERS[name][0]
  assert reasons(table) == {other: f"not a file name of {owner}'s scheme"}
  assert not table.rejected[0].known


@pytest.mark.parametrize("name", COPIES)
def test_second_copies_are_rejected_naming_the_first(
  tmp_path, touch, reasons, name
):
  first, *others = COPIES[name]
  touch(tmp_path, first, *others)

  table = readers.get(name).read(tmp_path)

  (face,) = table.faces
  second = dict.fromkeys(others, f"a second copy of {face.path}")
  assert face.path == first
  assert reasons(table) == second
  assert not any(refused.known for refused in table.rejected)


def _rafd(draw):
  folder = draw.choice(["", "a/", "a/b/"])
  words = draw.choice(facs.EMOTIONS[:2]), draw.choice(["left", "frontal"])
  who = draw.choice(["01_Kid_male", "02_Moroccan_female"])
  return folder, f"Rafd{draw.choice(['000', '090'])}_{who}_{'_'.join(words)}"


def _kdef(draw):
  folder = draw.choice(["", "KDEF/", "a/AF01/"])
  name = draw.choice(["AF01", "BF01", "AM31", "AF31", "F", "M"])
  name += draw.choice(["AF", "SA", "SU"]) + draw.choice(["HL", "S", "FR"])
  return folder, draw.choice([name, name.lower(), "AF31V", "AM31H", "FAHR"])


def _sfew(draw):
  folders = (
    draw.choice(["", "Train/", "Val/", "x/"]),
    draw.choice(
      ["", "Train_Aligned_Faces/", "Test_Aligned_Faces/", "Aligned/"]
    ),
    draw.choice(["", "Sad/", "Fear/", "odd/"]),
  )
  names = ["A_000000001_00000001", "Hangover_004512014_00000002"]
  return "".join(folders), draw.choice(names)


TREES = {"rafd": _rafd, "kdef": _kdef, "sfew": _sfew}


@QUICK
@given(st.sampled_from(sorted(TREES)), st.integers(0, 10_000))
def test_every_image_of_any_tree_is_a_face_or_a_rejection(
  tmp_path_factory, touch, name, seed
):
  draw, root = random.Random(seed), tmp_path_factory.mktemp("tree")
  made = set()
  for _ in range(draw.randint(0, 12)):
    folder, stem = TREES[name](draw)
    if draw.random() < 0.2:
      place = draw.randrange(len(stem))
      stem = stem[:place] + draw.choice("x_0A") + stem[place + 1 :]
    made.add(f"{folder}{stem}.png")
  touch(root, *made, "readme.txt", ".hidden.png", "Thumbs.db")

  table = readers.get(name).read(root)

  found = [face.path for face in table.faces]
  refused = [one.path for one in table.rejected]
  assert sorted(found + refused) == sorted(made)
  assert all(one.reason for one in table.rejected)
  # What is kept says what its path says.
  for face in table.faces:
    path = face.path.lower()
    if name == "rafd":
      assert f"_{face.subject}_" in path
      assert f"_{face.emotion}_{face.gaze}." in path
    elif name == "kdef":
      assert face.subject.lower() in path
    else:
      assert "aligned" in path and face.split in path
      folder = Path(path).parent.name
      assert face.emotion == facs.EMOTION_WORDS.get(folder)


@pytest.mark.parametrize(
  ("name", "options", "words"),
  [
    ("rafd", {"view": "side"}, "'side' is not one of frontal, multi"),
    ("kdef", {"angles": "side"}, "'side' is not one of front, half, all"),
    ("raf_db", {"images": "both"}, "'both' is not one of aligned, orig"),
    ("raf_db_compound", {"images": "both"}, "'both' is not one of aligned, "),
    ("celeba", {"source": "zip"}, "'zip' is not one of files, tfds"),
    ("celeba", {"partition": "val"}, "'val' is not one of train, valid, test"),
  ],
)
def test_illegal_options_say_what_is_legal(tmp_path, name, options, words):
  ((option, _),) = options.items()
  with pytest.raises(ValueError, match=rf"^data\.{name}\.{option}={words}"):
    readers.get(name).read(tmp_path, **options)
