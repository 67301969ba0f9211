"""SFEW 2.0: its crops in all unpacked variants, and all that is not a crop."""

import collections
from pathlib import Path

import pytest

from jaxfer.data.readers import sfew
from jaxfer.data.readers.sfew import MISALIGNED

FOLDERS = {
  "Surprise": "surprised",
  "Fear": "fearful",
  "Disgust": "disgusted",
  "Happy": "happy",
  "Sad": "sad",
  "Angry": "angry",
  "Neutral": "neutral",
}
TRAIN, VAL, TEST = (
  f"SFEW_2/{part}/{part}_Aligned_Faces" for part in ("Train", "Val", "Test")
)
NAME = "Airheads_000519240_00000005.png"


def test_a_complete_copy_has_the_published_counts(tmp_path, touch):
  # Crops of each emotion, in the order of FOLDERS.
  parts = {
    TRAIN: (94, 78, 52, 184, 161, 178, 144),
    VAL: (56, 46, 23, 72, 73, 77, 84),
  }
  frame = 0
  for part, counts in parts.items():
    for folder, count in zip(FOLDERS, counts, strict=True):
      for _ in range(count):
        frame += 1
        touch(tmp_path, f"{part}/{folder}/Film_000000000_{frame:08}.png")
  touch(tmp_path, *(f"{TEST}/Film_{t:09}_00000001.png" for t in range(1, 6)))

  table = sfew.read(tmp_path)

  for fact, published in sfew.DATASET.published.items():
    counts = collections.Counter(getattr(face, fact) for face in table.faces)
    assert {value: counts[value] for value in published} == published
    assert sum(counts.values()) == 891 + 431 + 5
    assert sum(published.values()) == 891 + 431
  assert table.rejected == ()
  names = [Path(face.path).name for face in table.faces]
  assert names == sorted(names)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize(
  ("below", "split"),
  [
    (TRAIN, "train"),
    (VAL, "val"),
    ("SFEW_2/Val/Val_Aligned_Faces_new/Val_Aligned_Faces", "val"),
    ("Val_Aligned_Faces_new", "val"),
    ("Train_Aligned_Faces/Train_Aligned_Faces", "train"),
    ("sfew/train_aligned", "train"),
    ("aligned/validation", "val"),
    ("Training/aligned faces", "train"),
    ("train/val/Aligned", "val"),
  ],
)
def test_part_and_emotion_are_in_the_folders(
  tmp_path, folder, below, split, touch
):
  touch(tmp_path, f"{below}/{folder}/{NAME}")

  table = sfew.read(tmp_path)

  (face,) = table.faces
  assert (face.split, face.emotion) == (split, FOLDERS[folder])
  assert (face.dataset, table.rejected) == ("sfew", ())


@pytest.mark.parametrize(
  "root",
  [
    "",
    "SFEW_2",
    "SFEW_2/Train",
    "SFEW_2/Train/Train_Aligned_Faces",
    "link/Train_Aligned_Faces",
  ],
)
def test_the_root_may_be_any_folder_on_the_way(tmp_path, root, touch):
  touch(tmp_path, f"{TRAIN}/Sad/{NAME}")
  (tmp_path / "link").symlink_to(tmp_path / "SFEW_2" / "Train")

  table = sfew.read(tmp_path / root)

  (face,) = table.faces
  assert (face.split, face.emotion) == ("train", "sad")


def test_a_root_named_after_crops_does_not_make_crops_of_frames(
  tmp_path, touch
):
  root = tmp_path / "SFEW aligned"
  touch(root, f"Train/Sad/{NAME}", f"Train/Train_Aligned_Faces/Sad/{NAME}")

  table = sfew.read(root)

  assert [f.path for f in table.faces] == [
    f"Train/Train_Aligned_Faces/Sad/{NAME}"
  ]


@pytest.mark.parametrize(
  ("name", "film", "sequence", "frame"),
  [
    (NAME, "Airheads", "Airheads_000519240", 5),
    ("21_012239520_00000041.png", "21", "21_012239520", 41),
    (
      "HarryPotter_Deathly_Hallows_1_000046280_00000017.png",
      "HarryPotter_Deathly_Hallows_1",
      "HarryPotter_Deathly_Hallows_1_000046280",
      17,
    ),
    (
      "A_123456789_12345678_000000001_00000002.PNG",
      "A_123456789_12345678",
      "A_123456789_12345678_000000001",
      2,
    ),
  ],
)
def test_film_sequence_and_frame_are_in_the_name(
  tmp_path, name, film, sequence, frame, touch
):
  touch(tmp_path, f"{VAL}/Fear/{name}")

  (face,) = sfew.read(tmp_path, keep_misaligned=True).faces

  assert (face.session, face.sequence, face.frame) == (film, sequence, frame)
  assert (face.subject, face.group) == (None, film)
  assert sfew.DATASET.pattern is not None
  assert sfew.DATASET.pattern.fullmatch(name)


def test_the_test_part_is_unlabelled(tmp_path, touch):
  touch(tmp_path, f"{TEST}/{NAME}")

  (face,) = sfew.read(tmp_path).faces

  assert (face.split, face.emotion, face.session) == ("test", None, "Airheads")


def test_full_frames_beside_crops_are_expected_and_left_out(
  tmp_path, reasons, touch
):
  frame = f"SFEW_2/Train/Angry/{NAME}"
  touch(tmp_path, f"{TRAIN}/Angry/{NAME}", frame)

  table = sfew.read(tmp_path)

  assert [face.path for face in table.faces] == [f"{TRAIN}/Angry/{NAME}"]
  assert reasons(table) == {frame: "a full frame; the aligned crops are read"}
  assert table.rejected[0].known


def test_frames_alone_are_rejected_saying_what_is_missing(tmp_path, touch):
  touch(tmp_path, f"SFEW_2/Train/Angry/{NAME}")

  table = sfew.read(tmp_path)

  assert table.faces == ()
  (refused,) = table.rejected
  assert "as Train_Aligned_Faces is" in refused.reason
  assert not refused.known


def test_misaligned_crops_are_known_and_can_be_kept(tmp_path, reasons, touch):
  bad = f"{TRAIN}/Angry/Hangover_004512014_00000002.png"
  good = f"{TRAIN}/Angry/Hangover_004512014_00000003.png"
  lower = f"{TEST}/vanillasky_003224840_00000039.PNG"
  touch(tmp_path, bad, good, lower)

  table = sfew.read(tmp_path, keep_misaligned=False)

  assert [face.path for face in table.faces] == [good]
  assert reasons(table) == dict.fromkeys(
    (bad, lower), "a crop that holds no face, or half of one"
  )
  assert all(refused.known for refused in table.rejected)
  assert len(sfew.read(tmp_path, keep_misaligned=True).faces) == 3
  assert sfew.read(tmp_path).rejected == table.rejected


def test_the_list_of_misaligned_crops_is_whole_and_spelt_as_names():
  assert len(MISALIGNED) == 130
  assert all(sfew.NAME.fullmatch(name) for name in MISALIGNED)
  assert all(name == name.lower() for name in MISALIGNED)


@pytest.mark.parametrize(
  ("path", "reason"),
  [
    (f"{TRAIN}/Bored/{NAME}", "its folder 'bored' names no emotion"),
    (f"{VAL}/{NAME}", "its folder 'val_aligned_faces' names no emotion"),
    (f"Aligned/Happy/{NAME}", "no folder Train, Val or Test above it"),
    (f"trained aligned/Happy/{NAME}", "no folder Train, Val or Test above it"),
    (
      f"{TRAIN}/Happy/Airheads_519240_00000005.png",
      "not a file name of SFEW's",
    ),
    (f"{TRAIN}/Happy/_000519240_00000005.png", "not a file name of SFEW's"),
    ("Thumbnail.jpg", "not a file name of SFEW's scheme"),
  ],
)
def test_what_cannot_be_placed_is_rejected(
  tmp_path, path, reason, reasons, touch
):
  touch(tmp_path, path)

  table = sfew.read(tmp_path)

  assert table.faces == ()
  ((listed, why),) = reasons(table).items()
  assert listed == path
  assert reason in why


def test_crops_labelled_two_ways_or_in_two_parts_are_rejected(
  tmp_path, reasons, touch
):
  paths = [f"{TRAIN}/Angry/{NAME}", f"{TRAIN}/Sad/{NAME}"]
  other = "Town_001305880_00000001.png"
  parts = [f"{TRAIN}/Sad/{other}", f"{VAL}/Sad/{other}"]
  touch(tmp_path, *paths, *parts)

  table = sfew.read(tmp_path, keep_misaligned=True)

  assert table.faces == ()
  assert reasons(table) == {
    path: f"labels contradict one another: {', '.join(pair)}"
    for pair in (paths, parts)
    for path in pair
  }
