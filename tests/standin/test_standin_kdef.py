"""The stand-in folder is KDEF's, down to the file names."""

import collections
import re

import numpy as np
import pytest
from PIL import Image

from jaxfer import standin
from jaxfer.standin import population
from jaxfer.standin.face import scene
from jaxfer.standin.layouts import kdef

WIDTH = 48
GRAMMAR = re.compile(
  r"KDEF_and_AKDEF/KDEF/(?P<folder>[AB][FM](0[1-9]|[12]\d|3[0-5]))/"
  r"(?P=folder)(AF|AN|DI|HA|NE|SA|SU)(FL|HL|S|HR|FR)\.JPG"
)

pytestmark = pytest.mark.usefixtures("sketch")


@pytest.fixture
def write(writer):
  return writer("kdef", 2, WIDTH)


def test_names_combinations_and_resuming(tmp_path, check_resuming, write):
  written = check_resuming(write, tmp_path)
  names = [name for name in written if name != "STANDIN.txt"]
  matches = [GRAMMAR.fullmatch(name) for name in names]
  assert all(matches)
  assert len(names) == standin.count("kdef", size=2) == 2 * 2 * 7 * 5
  folders = collections.Counter(match["folder"] for match in matches)
  # AF01 and BF01 are one woman in two sessions; then comes a man.
  assert folders == {"AF01": 35, "AM01": 35, "BF01": 35, "BM01": 35}
  assert "KDEF_and_AKDEF/KDEF/AF01/AF01ANFL.JPG" in names


def test_the_whole_set_is_as_large_as_published():
  assert standin.count("kdef", size=70) == 4900
  assert standin.count("kdef", angles=("S",)) == 980


def test_images_have_the_owners_proportion(tmp_path, write):
  write(tmp_path, size=1, angles=("S",))
  paths = [*tmp_path.rglob("*.JPG")]
  assert len(paths) == 14
  with Image.open(paths[0]) as image:
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert image.size == (WIDTH, 65)
  assert kdef.LAYOUT.size_of(562) == (562, 762)


def test_left_profiles_show_the_left_cheek(still):
  who = population.meet(0, 0).who
  size = kdef.LAYOUT.size_of(100)
  across = {}
  for code, yaw in kdef.ANGLES.items():
    shown = scene.move(still(), yaw=np.radians(yaw))
    points = scene.landmarks(who, shown, size)
    across[code] = points[2, 0] - points[:2, 0].mean()
  # Seen from the person's left, the nose points to the image's left.
  assert across["FL"] < across["HL"] < -1
  assert abs(across["S"]) < 1
  assert across["FR"] > across["HR"] > 1


def test_sessions_and_angles_are_of_one_person_and_sittings_differ():
  own = population.own_seed("kdef", 0)
  looks = kdef._actor(own, 3)
  assert looks.glasses == looks.beard == looks.moustache == 0
  first, again, later, aside = (
    kdef.photograph(own, 3, session, "sad", (angle,), (WIDTH, 65))[0]
    for session, angle in (("A", "S"), ("A", "S"), ("B", "S"), ("A", "HL"))
  )
  np.testing.assert_array_equal(first, again)
  assert (first != later).any()
  assert (first != aside).any()


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ({"size": 0}, "people=0 is not between 1 and the 70"),
    ({"size": 71}, "people=71"),
    ({"seed": -1}, "seed=-1 is negative"),
    ({"angles": ("X",)}, "'X' must be some of FL, HL, S, HR, FR"),
    ({"angles": ("S", "S")}, "each once"),
  ],
)
def test_arguments_out_of_range_are_refused(
  arguments, message, tmp_path, write
):
  with pytest.raises(ValueError, match=message):
    write(tmp_path / "new", **arguments)
  assert not list(tmp_path.iterdir())
