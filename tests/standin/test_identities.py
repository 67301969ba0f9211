"""People differ, and depend on (seed, person) alone."""

import numpy as np
import pytest

from jaxfer.standin.face import identities

ADULT = {"female": False, "child": False, "dark": False}


def as_vector(who):
  return np.concatenate([np.ravel(leaf) for leaf in who]).astype(np.float64)


def test_the_same_person_is_drawn_again():
  first, again = (identities.draw(3, 5, **ADULT) for _ in range(2))
  np.testing.assert_array_equal(as_vector(first), as_vector(again))


@pytest.mark.parametrize("other", [(3, 6), (4, 5)])
def test_another_number_or_seed_is_another_person(other):
  first = as_vector(identities.draw(3, 5, **ADULT))
  second = as_vector(identities.draw(*other, **ADULT))
  assert np.mean(first != second) > 0.5


def test_leaves_are_finite_and_colours_are_colours():
  for person in range(40):
    who = identities.draw(
      0, person, female=person % 2 == 0, child=person % 5 == 0, dark=False
    )
    assert np.isfinite(as_vector(who)).all()
    for colour in (who.skin, who.hair_colour, who.iris, who.lip_colour):
      assert colour.shape == (3,)
      assert (colour >= 0).all()
      assert (colour <= 1).all()
    assert who.texture.dtype == np.int32


def test_women_and_children_wear_no_beard():
  for person in range(40):
    girl = identities.draw(0, person, female=True, child=False, dark=False)
    boy = identities.draw(0, person, female=False, child=True, dark=False)
    for who in (girl, boy):
      assert who.beard == 0
      assert who.moustache == 0
    assert boy.age == 0


def test_dark_people_have_darker_skin():
  def skin(dark):
    people = (
      identities.draw(0, k, female=False, child=False, dark=dark)
      for k in range(30)
    )
    return [who.skin.mean() for who in people]

  assert max(skin(True)) < np.mean(skin(False))
