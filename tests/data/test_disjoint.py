"""Whether two sets are known to show different people."""

import pytest

from jaxfer.data import disjoint, readers
from jaxfer.data.disjoint import Side

WORD = "recruited anew, <i>said</i> the lab"


def side(name, *names):
  return Side(readers.get(name), names)


def test_named_on_both_sides_and_none_in_common_is_known():
  found = disjoint.judge(side("unlabelled", "a", "b"), side("labelled", "c"))
  assert found.known
  assert "2 people in your own unlabelled faces and 1 in" in found.reason


@pytest.mark.parametrize("name", ["anna", " Anna", "ANNA "])
def test_names_are_compared_as_given_but_for_case_and_blanks(name):
  found = disjoint.judge(
    side("unlabelled", name, "b"), side("labelled", "Anna", "c", "d")
  )
  assert not found.known
  assert found.shared == 1
  assert "1 name is both in your own unlabelled faces (2 people)" in (
    found.reason
  )


def test_one_face_without_a_name_leaves_it_unknown():
  found = disjoint.judge(
    side("unlabelled", "a", None, None), side("labelled", "c")
  )
  assert not found.known
  assert "2 of the 3 faces of your own unlabelled faces name nobody" in (
    found.reason
  )


@pytest.mark.parametrize(
  ("one", "other", "known"),
  [
    ("rafd", "kdef", True),
    ("celeba", "rafd", True),
    ("ck", "rafd", True),
    ("raf_db", "kdef", True),
    ("ck", "ck_plus", False),
    ("raf_db", "raf_db_compound", False),
    ("celeba", "sfew", False),
    ("celeba", "raf_db", False),
    ("sfew", "raf_db_compound", False),
    ("celeba", "unlabelled", False),
    ("rafd", "labelled", False),
  ],
)
def test_owners_know_their_people_apart_where_none_overlaps(one, other, known):
  for pair in ((one, other), (other, one)):
    found = disjoint.judge(*(side(name, None) for name in pair))
    assert found.known == known
    assert found.reason


def test_numbers_of_two_owners_are_no_names_in_common():
  """Both count their people from one."""
  assert disjoint.judge(side("rafd", "01"), side("kdef", "01")).known
  # Of one owner they are.
  found = disjoint.judge(side("ck", "S010"), side("ck_plus", "S010", "S011"))
  assert (found.known, found.shared) == (False, 1)
  assert disjoint.judge(side("ck", "S010"), side("ck_plus", "S011")).known


def test_the_users_word_is_quoted_and_names_in_common_contradict_it():
  found = disjoint.judge(side("unlabelled", None), side("labelled", "a"), WORD)
  assert found.known
  assert f"data.people_apart says: “{WORD}”" in found.reason
  found = disjoint.judge(
    side("unlabelled", "A", None), side("labelled", "a"), WORD
  )
  assert not found.known
  assert f"says “{WORD}”, but 1 name is both" in found.reason
  # A blank is no word.
  assert not disjoint.judge(
    side("unlabelled", None), side("labelled", "a"), " "
  ).known


def test_overlaps_name_sets_that_there_are():
  for name in readers.NAMES:
    for other, why in readers.get(name).overlaps.items():
      assert readers.get(other).name != name
      assert why
