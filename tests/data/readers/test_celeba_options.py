"""CelebA's partitions, samples and box; and no image of any tree is lost."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data.readers import celeba
from jaxfer.data.table import DataError

QUICK = settings(max_examples=50, deadline=None, derandomize=True)


@pytest.fixture(scope="module")
def hundred(tmp_path_factory) -> Path:
  """A hundred images, sixty to train on, thirty to validate, ten to test."""
  root = tmp_path_factory.mktemp("celeba")
  lines = []
  for i in range(1, 101):
    (root / f"{i:06d}.jpg").touch()
    lines.append(f"{i:06d}.jpg {0 if i <= 60 else 1 if i <= 90 else 2}")
  (root / "list_eval_partition.txt").write_text("\n".join(lines))
  return root


def numbers(table) -> list[int]:
  return [int(Path(face.path).stem) for face in table.faces]


@pytest.mark.parametrize(
  ("partition", "expected"),
  [
    ("train", range(1, 61)),
    ("valid", range(61, 91)),
    ("test", range(91, 101)),
    ("all", range(1, 101)),
  ],
)
def test_a_partition_is_read_in_the_order_of_its_files(
  hundred, partition, expected
):
  table = celeba.read(hundred, partition=partition)

  assert numbers(table) == [*expected]
  assert table.rejected == ()
  if partition != "all":
    assert {face.split for face in table.faces} == {partition}


def test_a_sample_is_drawn_without_replacement_from_its_partition(hundred):
  drawn = numbers(celeba.read(hundred, partition="train", count=20))

  assert drawn == sorted(set(drawn))
  assert len(drawn) == 20
  assert set(drawn) <= set(range(1, 61))
  assert drawn != [*range(1, 21)]


def test_a_sample_depends_on_its_seed_and_on_names_alone(
  hundred, tmp_path, touch
):
  first = numbers(celeba.read(hundred, count=20, seed=0))
  other = numbers(celeba.read(hundred, count=20, seed=1))
  touch(tmp_path, *(f"part/{i:06d}.jpg" for i in range(100, 0, -1)))

  assert numbers(celeba.read(tmp_path, count=20)) == first
  # The hypergeometric mean is 4 in common; 13 has a chance of 2e-7.
  assert len({*first} & {*other}) < 13
  # A file that goes missing costs one place.
  (tmp_path / "part" / f"{first[3]:06d}.jpg").unlink()
  again = numbers(celeba.read(tmp_path, count=20))
  assert len({*first} & {*again}) == 19


def test_smaller_samples_lie_in_larger_ones(hundred):
  sizes = [{*numbers(celeba.read(hundred, count=n))} for n in (5, 30, 99)]

  assert sizes[0] < sizes[1] < sizes[2]


def test_every_face_is_drawn_about_as_often(hundred):
  names = [f"{i:06d}" for i in range(100)]
  times = [0] * 100
  for seed in range(400):
    for place in celeba.sample(names, count=25, seed=seed):
      times[place] += 1

  # Binomial, mean 100, deviation 8.7: five deviations, in a hundred draws.
  assert 56 < min(times) <= max(times) < 144


def test_too_few_faces_are_all_read_with_a_note(hundred):
  table = celeba.read(hundred, partition="test", count=30_000)

  assert numbers(table) == [*range(91, 101)]
  assert (
    table.notes[-1].text == "data.celeba.count=30,000, of which 10 were read"
  )
  assert len(celeba.read(hundred, partition="test", count=10).notes) == 2


def test_a_partition_needs_its_label_file(tmp_path):
  (tmp_path / "000001.jpg").touch()

  with pytest.raises(
    DataError, match=r"no Eval/list_eval_partition\.txt .*partition=train needs"
  ):
    celeba.read(tmp_path, partition="train")
  assert numbers(celeba.read(tmp_path)) == [1]
  # Of a folder of something else there is more to say.
  (tmp_path / "000001.jpg").rename(tmp_path / "AF01ANS.JPG")
  assert len(celeba.read(tmp_path, partition="train").rejected) == 1


LINES = (
  "000001.jpg 0",
  "000002.jpg 1",
  "000003.jpg 2",
  "000001.jpg 1",
  "000004.jpg 0",
  "000002.jpg x",
  "../000003.jpg 1",
  "",
  "3",
)


@QUICK
@given(st.integers(0, 10_000))
def test_every_image_of_any_tree_is_accounted_for(
  tmp_path_factory, touch, seed
):
  draw = random.Random(seed)
  root = tmp_path_factory.mktemp("tree")
  made = set()
  folders = ("", "img_align_celeba/", "img_celeba/", "img_align_celeba_png/a/")
  names = ("000001.jpg", "000002.PNG", "000002.jpg", "000003.jpg", "3.jpg")
  for _ in range(draw.randint(0, 10)):
    made.add(draw.choice(folders) + draw.choice(names))
  touch(root, *made)
  for name in ("identity_CelebA.txt", "list_eval_partition.txt"):
    if draw.random() < 0.7:
      text = "\n".join(draw.choices(LINES, k=draw.randint(0, 6)))
      (root / name).write_text(text)

  table = celeba.read(root)

  found = [face.path for face in table.faces]
  assert len(set(found)) == len(found)
  assert found == sorted(found, key=lambda path: Path(path).stem)
  kept = [r for r in table.rejected if " repeats " not in r.reason]
  refused = [r.path for r in kept if r.path in made]
  # Once each, as a face or as a rejection.
  assert sorted(found + refused) == sorted(made)
  assert all(r.reason for r in table.rejected)
  # Each row is a fact of a face, or is named in a reason.
  labelled = any("subject" in note.text for note in table.notes)
  assert labelled == (not (root / "identity_CelebA.txt").exists())
  assert all(bool(face.subject) != labelled for face in table.faces)
