"""KDEF's file names: the counts of the owners, and every irregularity."""

import collections
import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data.readers import kdef

QUICK = settings(max_examples=50, deadline=None, derandomize=True)
CODES = ("AF", "AN", "DI", "HA", "NE", "SA", "SU")
ANGLES = ("FL", "HL", "S", "HR", "FR")
FOLDERS = [
  f"{session}{gender}{number:02d}"
  for session in "AB"
  for gender in "FM"
  for number in range(1, 36)
]


def touch(root: Path, *paths: str) -> None:
  for path in paths:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).touch()


def reasons(table) -> dict[str, str]:
  return {refused.path: refused.reason for refused in table.rejected}


@pytest.fixture(scope="module")
def karolinska(tmp_path_factory) -> Path:
  """The owners' whole tree, with its two short names and its averages."""
  root = tmp_path_factory.mktemp("kdef")
  for folder in FOLDERS:
    below = root / "KDEF_and_AKDEF" / "KDEF" / folder
    below.mkdir(parents=True)
    for code, angle in itertools.product(CODES, ANGLES):
      name = f"{folder}{code}{angle}"
      name = {"AF31SAHL": "AF31V", "AM31SUHR": "AM31H"}.get(name, name)
      (below / f"{name}.JPG").touch()
  below = root / "KDEF_and_AKDEF" / "AKDEF"
  below.mkdir()
  for gender, code, angle in itertools.product("FM", CODES, ANGLES):
    name = f"{gender}{code}{angle}"
    (below / f"{'FAHR' if name == 'FAFHR' else name}.JPG").touch()
  return root


def test_a_complete_copy_has_the_published_counts(karolinska):
  table = kdef.read(karolinska)

  published = kdef.DATASET.published
  assert published["images"][""] == len(table.faces) == 4900
  people = {face.subject for face in table.faces}
  assert published["people"][""] == len(people) == 70
  for fact in ("emotion", "pose_raw", "session"):
    counts = collections.Counter(getattr(face, fact) for face in table.faces)
    assert counts == published[fact]
  # What else the owners' folder holds is expected there.
  assert len(table.rejected) == 70
  assert all(refused.known for refused in table.rejected)
  assert {refused.reason for refused in table.rejected} == {
    "AKDEF: the average of all women or of all men"
  }
  names = [Path(face.path).name for face in table.faces]
  assert kdef.DATASET.pattern is not None
  assert all(map(kdef.DATASET.pattern.fullmatch, names))


@pytest.mark.parametrize(
  ("angles", "count"), [("all", 4900), ("half", 2940), ("front", 980)]
)
@pytest.mark.parametrize("below", ["", "KDEF_and_AKDEF", "KDEF_and_AKDEF/KDEF"])
def test_angles_have_their_sizes_from_whichever_folder(
  karolinska, angles, count, below
):
  table = kdef.read(karolinska / below, angles=angles)

  assert len(table.faces) == count
  poses = {"all": {-90, -45, 0, 45, 90}, "half": {-45, 0, 45}, "front": {0}}
  assert {face.pose for face in table.faces} == poses[angles]
  # The short names are a left and a right half profile.
  assert len(table.notes) == (0 if angles == "front" else 2)


def test_unknown_angles_list_the_angles(tmp_path):
  with pytest.raises(
    ValueError,
    match=r"data\.kdef\.angles='side' is not one of front, half, all",
  ):
    kdef.read(tmp_path, angles="side")


@pytest.mark.parametrize(
  ("path", "facts"),
  [
    # Names as public listings print them.
    ("KDEF/AF01/AF01ANFL.JPG", ("F01", "A", "angry", "FL", -90)),
    ("KDEF/BF01/BF01AFHL.JPG", ("F01", "B", "fearful", "HL", -45)),
    ("BM07HAS.JPG", ("M07", "B", "happy", "S", 0)),
    ("AM35DIHR.JPG", ("M35", "A", "disgusted", "HR", 45)),
    ("AF31/AF31V.JPG", ("F31", "A", "sad", "HL", -45)),
    ("AM31/AM31H.JPG", ("M31", "A", "surprised", "HR", 45)),
    # What users make of the names.
    ("neutral/am10nefr.png", ("M10", "A", "neutral", "FR", 90)),
    ("af31v.jpeg", ("F31", "A", "sad", "HL", -45)),
  ],
)
def test_every_fact_is_in_the_name(tmp_path, path, facts):
  touch(tmp_path, path)

  table = kdef.read(tmp_path)

  (face,) = table.faces
  assert (
    face.subject,
    face.session,
    face.emotion,
    face.pose_raw,
    face.pose,
  ) == facts
  assert (face.path, face.dataset) == (path, "kdef")
  assert table.rejected == ()


def test_short_names_are_read_with_a_note(tmp_path):
  touch(tmp_path, "AF31/AF31V.JPG", "AM31/AM31H.JPG", "AM31/AM31ANS.JPG")

  notes = {note.path: note.text for note in kdef.read(tmp_path).notes}

  assert notes == {
    "AF31/AF31V.JPG": "a name cut short, read as AF31SAHL",
    "AM31/AM31H.JPG": "a name cut short, read as AM31SUHR",
  }


def test_a_short_name_beside_its_full_one_is_a_second_copy(tmp_path):
  touch(tmp_path, "AF31/AF31SAHL.JPG", "AF31/AF31V.JPG")

  table = kdef.read(tmp_path)

  assert [face.path for face in table.faces] == ["AF31/AF31SAHL.JPG"]
  assert reasons(table) == {
    "AF31/AF31V.JPG": "a second copy of AF31/AF31SAHL.JPG"
  }
  assert table.notes == ()


def test_second_copies_and_nesting_do_not_change_the_order(tmp_path):
  touch(tmp_path, "a/b/AF02ANS.JPG", "c/AF01ANS.JPG", "c/d/af02ans.jpg")

  table = kdef.read(tmp_path)

  assert [face.path for face in table.faces] == [
    "c/AF01ANS.JPG",
    "a/b/AF02ANS.JPG",
  ]
  (refused,) = table.rejected
  assert refused.reason == "a second copy of a/b/AF02ANS.JPG"
  assert not refused.known


@pytest.mark.parametrize(
  "name",
  [
    "AF00ANS.JPG",
    "AF36ANS.JPG",
    "AF1ANS.JPG",
    "CF01ANS.JPG",
    "AF01ANSL.JPG",
    "AF01COS.JPG",
    "AF01AN.JPG",
    "AF01ANS (1).JPG",
    "AF32V.JPG",
    "AF01AN\u017f.JPG",  # a long s
    "AF\u0660\u0661ANS.JPG",  # Arabic digits
    "FAN.JPG",
    "MAHR.JPG",
    "Rafd090_01_Caucasian_female_angry_frontal.jpg",
  ],
)
def test_other_names_are_rejected_and_listed(tmp_path, name):
  touch(tmp_path, name)

  table = kdef.read(tmp_path)

  assert table.faces == ()
  (refused,) = table.rejected
  assert (refused.path, refused.known) == (name, False)
  assert refused.reason == "not a file name of KDEF's scheme"


@QUICK
@given(st.integers(0, 10_000), st.sampled_from(sorted(kdef.ANGLES)))
def test_every_image_is_a_face_or_rejected_or_of_another_angle(
  tmp_path_factory, seed, angles
):
  draw = random.Random(seed)
  root = tmp_path_factory.mktemp("tree")
  made = set()
  for _ in range(draw.randint(0, 12)):
    name = draw.choice(["AF01", "BF01", "AM31", "AF31", "F", "M"])
    name += draw.choice(["AF", "SA", "SU"]) + draw.choice(ANGLES)
    name = draw.choice([name, name, name.lower(), "AF31V", "AM31H", "FAHR"])
    if draw.random() < 0.2:
      place = draw.randrange(len(name))
      name = name[:place] + draw.choice("x_0A") + name[place + 1 :]
    path = draw.choice(["", "KDEF/", "a/AF01/"]) + name + ".JPG"
    touch(root, path)
    made.add(path)
  touch(root, "readme.txt", ".hidden.JPG", "Thumbs.db")

  table = kdef.read(root, angles=angles)

  found = [face.path for face in table.faces] + [*reasons(table)]
  assert len(found) == len(set(found))
  assert set(found) <= made
  everything = {face.path: face for face in kdef.read(root).faces}
  for path in made - set(found):
    assert everything[path].pose_raw not in kdef.ANGLES[angles]
  assert {note.path for note in table.notes} == {
    face.path
    for face in table.faces
    if Path(face.path).stem.upper() in kdef.MISNAMED
  }
