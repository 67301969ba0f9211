"""The stand-in folder is KDEF's, down to the file names."""

import collections
import re

import numpy as np
import pytest

from jaxfer.standin import population
from jaxfer.standin.face import scene
from jaxfer.standin.layouts import kdef

GRAMMAR = re.compile(
  r"KDEF_and_AKDEF/KDEF/(?P<folder>[AB][FM](0[1-9]|[12]\d|3[0-5]))/"
  r"(?P=folder)(AF|AN|DI|HA|NE|SA|SU)(FL|HL|S|HR|FR)\.JPG"
)


def test_names_and_combinations_are_the_owners(sketched):
  names = [*sketched("kdef", 2)]
  matches = [GRAMMAR.fullmatch(name) for name in names]
  assert all(matches)
  folders = collections.Counter(match["folder"] for match in matches)
  # AF01 and BF01 are one woman in two sessions; then comes a man.
  assert folders == {"AF01": 35, "AM01": 35, "BF01": 35, "BM01": 35}
  assert "KDEF_and_AKDEF/KDEF/AF01/AF01ANFL.JPG" in names


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


@pytest.mark.usefixtures("sketch")
def test_sessions_and_angles_are_of_one_person_and_sittings_differ():
  own = population.own_seed("kdef", 0)
  looks = kdef._actor(own, 3)
  assert looks.glasses == looks.beard == looks.moustache == 0
  first, again, later, aside = (
    kdef.photograph(own, 3, session, "sad", (angle,), (48, 65))[0]
    for session, angle in (("A", "S"), ("A", "S"), ("B", "S"), ("A", "HL"))
  )
  np.testing.assert_array_equal(first, again)
  assert (first != later).any()
  assert (first != aside).any()
