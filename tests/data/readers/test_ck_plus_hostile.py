"""CK+: bad labels, copies, other names; and nothing is lost."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data.readers import ck, ck_plus

QUICK = settings(max_examples=50, deadline=None, derandomize=True)
# As the owners' files are written.
ANGRY, HAPPY = "   1.0000000e+00\n", "   5.0000000e+00\n"
FACS = "   4.0000000e+00   3.0000000e+00\n   2.6000000e+01   0.0000000e+00\n"


@pytest.mark.parametrize(
  ("kind", "text", "reason"),
  [
    ("emotion", "", r"holds 0 numbers, expected one code"),
    ("emotion", "3 4\n", r"holds 2 numbers"),
    ("emotion", "\n8\n", r"line 2: '8' is not a code from 0 to 7"),
    ("emotion", "-1\n", r"line 1: '-1' is not a code"),
    ("emotion", "1.5\n", r"line 1: '1\.5' is not a code"),
    ("emotion", "happy\n", r"line 1: 'happy' is not a code"),
    ("emotion", "nan\n", r"line 1: 'nan' is not a code"),
    ("emotion", "1e999\n", r"line 1: '1e999' is not a code"),
    ("emotion", "3\0\n", r"holds NUL bytes"),
    ("facs", "4 3\n1.2 0\n", r"line 2: '1\.2 0' is not an AU and its"),
    ("facs", "4 6\n", r"line 1: '4 6' is not"),
    ("facs", "4\n", r"line 1: '4' is not"),
    ("facs", "0 1\n", r"line 1: '0 1' is not"),
    ("facs", "R12 b\n", r"line 1: 'R12 b' is not"),
  ],
)  # fmt: skip
def test_a_bad_label_is_listed_for_the_frames_it_labels(
  tmp_path, kind, text, reason, put, put_sequence
):
  put_sequence(tmp_path)
  name = f"Labels/S005_001_00000011_{kind}.txt"
  put(tmp_path, name, text)
  put_sequence(tmp_path, "S006_001", 2, ANGRY)

  table = ck_plus.read(tmp_path, last=2, neutral=1)

  assert {face.subject for face in table.faces} == {"S006"}
  below = "cohn-kanade-images/S005/001/S005_001_000000"
  assert [refused.path for refused in table.rejected] == [
    f"{below}{frame}.png" for frame in ("01", "10", "11")
  ]
  (said,) = {refused.reason for refused in table.rejected}
  assert re.match(
    f"{re.escape(name)}(:| ){reason}|{re.escape(name)}: {reason}", said
  )


def test_a_bad_label_of_a_missing_sequence_is_listed_too(tmp_path, put):
  put(tmp_path, "S005_001_00000011_emotion.txt", "9")

  (refused,) = ck_plus.read(tmp_path).rejected

  assert refused.path == "S005_001"
  assert "'9' is not a code" in refused.reason


def test_copies_of_a_label_may_agree_but_not_contradict(
  tmp_path, put, put_sequence, reasons
):
  put_sequence(tmp_path, "S005_001", 2, ANGRY)
  put(tmp_path, "Emotion/Emotion/S005_001_00000002_emotion.txt", "1")
  put_sequence(tmp_path, "S006_001", 2, ANGRY)
  put(tmp_path, "Emotion/Emotion/S006_001_00000002_emotion.txt", HAPPY)

  table = ck_plus.read(tmp_path)

  assert [face.subject for face in table.faces] == ["S005"]
  assert reasons(table) == {
    "cohn-kanade-images/S006/001/S006_001_00000002.png": "labels contradict one"
    " another: Emotion/Emotion/S006_001_00000002_emotion.txt,"
    " Emotion/S006/001/S006_001_00000002_emotion.txt"
  }


def test_labels_that_name_different_peaks_are_rejected(
  tmp_path, put, put_sequence, reasons
):
  put_sequence(tmp_path, frames=3, emotion=ANGRY)
  put(tmp_path, "FACS/S005_001_00000002_facs.txt", FACS)

  table = ck_plus.read(tmp_path)

  assert table.faces == ()
  assert reasons(table) == {
    "cohn-kanade-images/S005/001/S005_001_00000003.png": "labels name different"
    " peaks: Emotion/S005/001/S005_001_00000003_emotion.txt,"
    " FACS/S005_001_00000002_facs.txt"
  }


def test_second_copies_and_other_names_are_rejected(
  tmp_path, put, put_sequence, reasons
):
  put_sequence(tmp_path, frames=1)
  first = "cohn-kanade-images/S005/001/S005_001_00000001.png"
  put(tmp_path, "copy/s005_001_00000001.PNG")
  others = ("S005_001_1.png", "S05_001_00000001.png", "S1005_001_00000001.png")
  others += ("\u0660" * 8 + ".png", "S005_001_00000001 (1).png", "face.jpg")
  for name in others:
    put(tmp_path, name)

  table = ck_plus.read(tmp_path)

  assert [face.path for face in table.faces] == [first]
  assert reasons(table) == {
    "copy/s005_001_00000001.PNG": f"a second copy of {first}",
    **dict.fromkeys(others, "not a file name of CK+'s scheme"),
  }
  assert not any(refused.known for refused in table.rejected)


def test_a_loop_of_links_ends(tmp_path, put_sequence):
  put_sequence(tmp_path, frames=2)
  (tmp_path / "cohn-kanade-images" / "again").symlink_to(tmp_path)

  assert len(ck_plus.read(tmp_path).faces) == 1


def test_names_tell_the_two_releases_apart():
  names = ("S005_001_00000011.png", "S010_001_01594215.png")

  for dataset, own in ((ck_plus.DATASET, 0), (ck.DATASET, 1)):
    assert dataset.pattern is not None
    matches = [bool(dataset.pattern.fullmatch(name)) for name in names]
    assert matches == [own == 0, own == 1]


LABELS = ("", "3", "7.0", "1", "8.5", "x", "4 0\n12 3", "4")


@QUICK
@given(st.integers(0, 10_000))
def test_every_image_of_any_tree_is_accounted_for(tmp_path_factory, put, seed):
  draw = random.Random(seed)
  root = tmp_path_factory.mktemp("tree")
  images, labels = set(), set()
  for _ in range(draw.randint(0, 20)):
    name = f"S00{draw.randint(5, 6)}_001_0000000{draw.randint(1, 5)}"
    if draw.random() < 0.1:
      place = draw.randrange(len(name))
      name = name[:place] + draw.choice("x_0") + name[place + 1 :]
    folder = draw.choice(["", "a/", "a/b/", "Emotion/"])
    kind = draw.choice([".png", ".PNG", "_emotion.txt", "_facs.txt"])
    (images if "." in kind[0] else labels).add(folder + name + kind)
    put(root, folder + name + kind, draw.choice(LABELS))
  last, neutral = draw.randint(1, 3), draw.randint(0, 3)

  table = ck_plus.read(root, last=last, neutral=neutral)
  whole = ck_plus.read(root, last=99)

  # Where all frames are asked for, only those that a note counts are left out.
  late = sum(int(n.text.split()[-1]) for n in whole.notes if "follow" in n.text)
  refused = {refused.path for refused in whole.rejected}
  lost = images - {face.path for face in whole.faces} - refused
  assert len(lost) == late
  for found in (table, whole):
    paths = [face.path for face in found.faces]
    assert len(set(paths)) == len(paths)
    assert set(paths) <= images
    assert not {*paths} & {r.path for r in found.rejected}
    assert all(r.reason for r in found.rejected)
    keys = [(f.subject, f.sequence, f.frame) for f in found.faces]
    assert keys == sorted(keys)
  # Options choose among frames; what is refused by name is so by any.
  assert {f.path for f in table.faces} <= images
  by_name = "not a file|a second copy"
  assert {r for r in table.rejected if re.match(by_name, r.reason)} == {
    r for r in whole.rejected if re.match(by_name, r.reason)
  }
