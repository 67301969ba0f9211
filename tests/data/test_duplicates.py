"""Copies are found, near copies too, and strangers are not."""

import itertools

import numpy as np
import pytest
from PIL import Image, ImageFilter

from benchmarks import near_copies
from jaxfer import standin
from jaxfer.data import duplicates, likeness
from jaxfer.data.duplicates import Source
from jaxfer.data.table import read_csv


def picture(seed: int, side: int = 64) -> np.ndarray:
  """Smooth noise: unlike any other, but with no detail to lose."""
  noise = np.random.default_rng(seed).integers(0, 256, (7, 7, 3), np.uint8)
  large = Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC)
  return np.asarray(large)


def describe(faces):
  """In two parts, which must make no difference."""
  parts = [np.stack(faces[:1]), np.stack(faces[1:])]
  return np.concatenate([*map(likeness.pictures, parts)])


def pairs(faces, files=None):
  """Pairs and their kinds; each face is a file of its own unless said."""
  files = files or [f"sha{i}" for i in range(len(faces))]
  return [
    (pair.first, pair.second, pair.kind)
    for pair in duplicates.find(describe(faces), files)
  ]


def test_strangers_are_no_pairs():
  faces = [picture(seed) for seed in range(60)]
  assert pairs(faces) == []


@pytest.mark.parametrize("change", ["brighter", "noisy", "softer", "recoded"])
def test_a_changed_copy_is_near(change):
  face = picture(1)
  rng = np.random.default_rng(0)
  image = Image.fromarray(face)
  copies = {
    "brighter": np.clip(face * 0.8 + 30, 0, 255),
    "noisy": np.clip(face + rng.normal(0, 4, face.shape), 0, 255),
    "softer": np.asarray(image.filter(ImageFilter.GaussianBlur(1))),
    "recoded": np.asarray(
      image.resize((48, 48)).resize((64, 64), Image.Resampling.BICUBIC)
    ),
  }
  faces = [picture(5), face, picture(7), copies[change].astype(np.uint8)]
  found = pairs(faces)
  assert found == [(1, 3, "near")]


HOW = {
  "grey": "",
  "mirrored": "mirrored",
  "mirrored, turned 3°": "mirrored turned",
  "shifted 5 %": "shifted",
  "turned 5°": "turned",
  "zoomed 8 %": "zoomed",
}


@pytest.mark.parametrize("side", [64, 128])
@pytest.mark.parametrize("name", HOW)
def test_what_a_copy_differs_in_is_said(name, side):
  faces = [picture(seed, side) for seed in range(20)]
  copy = near_copies.CHANGES[name](Image.fromarray(faces[7]))
  faces.append(np.asarray(copy))
  files = [str(i) for i in range(21)]
  (pair,) = duplicates.find(describe(faces), files)
  assert (pair.first, pair.second) == (7, 20)
  assert (pair.kind, pair.how) == ("near", HOW[name])
  assert duplicates.NEAR <= pair.likeness <= 1.001


BEYOND = ("turned 15°", "shifted 10 %")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
  """Faces of two drawn people, no two photographs alike."""
  root = tmp_path_factory.mktemp("drawn") / "faces"
  standin.write("celeba", root, size=24, seed=0, width=96)
  return [small(path) for path in sorted(root.rglob("*.jpg"))]


def small(path) -> np.ndarray:
  with Image.open(path) as image:
    return np.asarray(image.convert("RGB").resize((64, 64)))


def test_copies_of_drawn_faces_are_found(drawn):
  names = [name for name in near_copies.CHANGES if name not in BEYOND]
  copies = [
    np.asarray(near_copies.CHANGES[name](Image.fromarray(face)))
    for face, name in zip(drawn, names, strict=False)
  ]
  found = near_copies.found([*drawn, *copies])
  right = [(i, len(drawn) + i) in found for i in range(len(copies))]
  assert len(right) == len(names)
  assert sum(right) >= len(names) - 1, np.array(names)[~np.array(right)]
  assert all(j - i == len(drawn) for i, j in found)


def test_copies_of_real_faces_are_found_and_strangers_are_not(real_faces):
  paths = sorted((real_faces / "wild" / "images").glob("*.jpg"))[::60]
  faces = [small(path) for path in paths]
  names = [name for name in near_copies.CHANGES if name not in BEYOND]
  copies, origin = [], []
  for k, i in enumerate(range(0, len(faces), 3)):
    change = near_copies.CHANGES[names[k % len(names)]]
    copies.append(np.asarray(change(Image.fromarray(faces[i]))))
    origin.append((i, len(faces) + k))
  assert len(origin) > 4 * len(names)
  found = near_copies.found([*faces, *copies])
  assert np.mean([pair in found for pair in origin]) > 0.95
  # These photographs hold no copy of one another.
  assert sum(pair not in origin for pair in found) <= 1


def test_a_smile_makes_another_photograph(real_faces):
  folder = real_faces / "lab" / "images"
  paths = sorted(folder.glob("*.jpg"))[:102]
  assert len({path.name[:3] for path in paths}) == 51
  faces = []
  for path in paths:
    with Image.open(path) as image:
      face = image.convert("RGB").crop((120, 120, 360, 360))
      faces.append(np.asarray(face.resize((64, 64))))
  found = near_copies.found(faces)
  people = [path.name[:3] for path in paths]
  assert all(people[i] == people[j] for i, j in found)
  assert len(found) <= 5  # of 51: people who hardly smile


def test_the_order_of_faces_their_mirror_and_parts_do_not_matter():
  faces = [picture(seed) for seed in range(30)]
  changes = [
    change for name, change in near_copies.CHANGES.items() if name not in BEYOND
  ]
  faces += [
    np.asarray(change(Image.fromarray(face)))
    for change, face in zip(changes, faces, strict=False)
  ]
  found = set(near_copies.found(faces))
  assert len(found) >= 15

  order = np.random.default_rng(0).permutation(len(faces))
  place = np.argsort(order)
  mixed = near_copies.found([faces[i] for i in order])
  assert set(mixed) == {tuple(sorted((place[i], place[j]))) for i, j in found}

  mirrored = near_copies.found([face[:, ::-1].copy() for face in faces])
  assert set(mirrored) == found

  whole = likeness.pictures(np.stack(faces))
  assert np.array_equal(describe(faces), whole)


def test_flat_pictures_are_copies_only_as_files():
  flat = [np.full((64, 64, 3), value, np.uint8) for value in (0, 0, 0, 200)]
  grain = np.random.default_rng(0).integers(0, 2, (64, 64, 3), np.uint8)
  faces = [*flat, grain, grain + 100, picture(1)]
  files = ["black", "black", *(f"other{i}" for i in range(5))]
  assert pairs(faces, files) == [(0, 1, "identical")]


@pytest.mark.parametrize("count", [0, 1])
def test_few_faces_have_no_pairs(count):
  faces = np.zeros((count, 64, 64, 3), np.uint8)
  pictures = likeness.pictures(faces)
  assert list(duplicates.find(pictures, ["a"] * count)) == []


def test_more_copies_than_neighbours_are_all_found():
  face = Image.fromarray(picture(0))
  copies = [np.asarray(near_copies.resaved(q)(face)) for q in range(40, 96, 4)]
  faces = [*copies, *(picture(seed) for seed in range(1, 30))]
  every = itertools.combinations(range(len(copies)), 2)
  assert pairs(faces) == [(i, j, "near") for i, j in every]


@pytest.mark.parametrize("columns", [9, 200, 1000])
def test_the_largest_are_those_of_a_sort(columns):
  values = np.random.default_rng(0).normal(size=(7, columns))
  found = np.sort(likeness._largest(values, 4), axis=1)
  assert np.array_equal(found, np.sort(np.argsort(-values)[:, :4], axis=1))


def test_identical_files_and_what_they_leak_over(tmp_path):
  faces = np.stack([picture(1)] * 4)
  sources = [
    Source("0.png", "ann", "train", "same"),
    Source("1.png", "ann", "test", "same"),
    Source("2.png", "bob", "test", "same"),
    Source("3.png", "bob", "test", "other"),
  ]
  counts = duplicates.write_report(describe(faces), sources, tmp_path / "d.csv")
  assert counts == {
    "identical": 3, "near": 3, "across_people": 4, "across_splits": 3
  }  # fmt: skip
  rows = read_csv(tmp_path / "d.csv")
  # A near pair within a person and a split is what a sitting gives.
  assert [
    (row["path_1"], row["path_2"], row["kind"], row["across"]) for row in rows
  ] == [
    ("0.png", "1.png", "identical", "splits"),
    ("0.png", "2.png", "identical", "people splits"),
    ("0.png", "3.png", "near", "people splits"),
    ("1.png", "2.png", "identical", "people"),
    ("1.png", "3.png", "near", "people"),
  ]


def test_a_set_full_of_copies_ends(monkeypatch):
  monkeypatch.setattr(duplicates, "_MOST", 50)
  faces = np.stack([picture(1)] * 30)
  assert len(pairs(faces, ["same"] * 30)) == 50
