"""Samples: even over classes and people, nested, and their own seed's."""

import collections
import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxfer.data.sampling import sample
from jaxfer.data.table import Face, FaceTable


def table(*faces):
  return FaceTable(
    Path("root"),
    tuple(
      Face(f"{i:04d}.png", "labelled", subject=subject, emotion=emotion)
      for i, (subject, emotion) in enumerate(faces)
    ),
  )


def names(found):
  return [face.path for face in found.faces]


@pytest.fixture
def people():
  """Ten people, four emotions, two faces of each."""
  emotions = ("happy", "sad", "angry", "neutral")
  return table(
    *((f"p{p}", e) for p in range(10) for e in emotions for _ in "ab")
  )


faces = st.lists(
  st.tuples(
    st.sampled_from([None, "a", "b", "c"]),
    st.sampled_from([None, "happy", "sad"]),
  ),
  min_size=1,
  max_size=40,
)


@given(faces, st.integers(1, 40), st.integers(0, 3))
def test_a_sample_is_part_of_every_larger_one(drawn, count, seed):
  every = table(*drawn)
  smaller = names(sample(every, count, seed))
  assert len(smaller) == min(count, len(drawn))
  assert smaller == sorted(smaller)
  assert set(smaller) <= set(names(sample(every, count + 1, seed)))


@pytest.mark.parametrize(("count", "each"), [(20, 2), (40, 4), (60, 6)])
def test_classes_and_people_keep_their_shares(people, count, each):
  kept = sample(people, count, seed=0).faces
  classes = collections.Counter(face.emotion for face in kept)
  persons = collections.Counter(face.subject for face in kept)
  assert set(classes.values()) == {count // 4}
  assert all(abs(persons[f"p{p}"] - each) <= 1 for p in range(10)), persons


def test_a_rare_class_is_not_favoured_nor_a_person_of_many_faces():
  every = table(
    *[("many", "happy")] * 100,
    *((f"p{i}", "happy") for i in range(80)),
    *((f"q{i}", "sad") for i in range(20)),
  )
  kept = sample(every, 50, seed=1).faces
  counts = collections.Counter(face.subject == "many" for face in kept)
  assert counts[True] == pytest.approx(25, abs=5)
  assert sum(face.emotion == "sad" for face in kept) == pytest.approx(5, abs=1)


def test_a_seed_fixes_the_sample_and_another_draws_another(people):
  first = names(sample(people, 20, seed=0))
  turned = dataclasses.replace(people, faces=people.faces[::-1])
  assert sorted(names(sample(turned, 20, seed=0))) == first
  assert names(sample(people, 20, seed=1)) != first


def test_too_large_a_sample_is_all_and_noted(people):
  assert sample(people, 0, seed=0) is people
  assert sample(people, 80, seed=0) is people
  more = sample(people, 1000, seed=0)
  assert more.faces == people.faces
  assert "1,000" in more.notes[0].text and "80" in more.notes[0].text
