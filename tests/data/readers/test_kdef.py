"""KDEF's file names: the counts of the owners, and every irregularity."""

import collections
import itertools
from pathlib import Path

import pytest

from jaxfer.data.readers import kdef

CODES = ("AF", "AN", "DI", "HA", "NE", "SA", "SU")
ANGLES = ("FL", "HL", "S", "HR", "FR")
FOLDERS = [
  f"{session}{gender}{number:02d}"
  for session in "AB"
  for gender in "FM"
  for number in range(1, 36)
]


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
def test_every_fact_is_in_the_name(tmp_path, path, facts, touch):
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


def test_short_names_are_read_with_a_note(tmp_path, touch):
  touch(tmp_path, "AF31/AF31V.JPG", "AM31/AM31H.JPG", "AM31/AM31ANS.JPG")

  notes = {note.path: note.text for note in kdef.read(tmp_path).notes}

  assert notes == {
    "AF31/AF31V.JPG": "a name cut short, read as AF31SAHL",
    "AM31/AM31H.JPG": "a name cut short, read as AM31SUHR",
  }


def test_a_short_name_beside_its_full_one_is_a_second_copy(
  tmp_path, reasons, touch
):
  touch(tmp_path, "AF31/AF31SAHL.JPG", "AF31/AF31V.JPG")

  table = kdef.read(tmp_path)

  assert [face.path for face in table.faces] == ["AF31/AF31SAHL.JPG"]
  assert reasons(table) == {
    "AF31/AF31V.JPG": "a second copy of AF31/AF31SAHL.JPG"
  }
  assert table.notes == ()
