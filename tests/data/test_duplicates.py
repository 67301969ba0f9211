"""Copies are found, near copies too, and strangers are not."""

import itertools

import numpy as np
import pytest
from PIL import Image, ImageFilter

from jaxfer.data import duplicates
from jaxfer.data.duplicates import Source
from jaxfer.data.table import read_csv


def picture(seed: int, side: int = 64) -> np.ndarray:
  """Smooth noise: unlike any other, but with no detail to lose."""
  noise = np.random.default_rng(seed).integers(0, 256, (7, 7, 3), np.uint8)
  large = Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC)
  return np.asarray(large)


def source(i: int, subject="", split="", sha256="") -> Source:
  return Source(f"{i}.png", subject, split, sha256 or f"sha{i}")


def describe(faces):
  """In two parts, which must make no difference."""
  parts = [np.stack(faces[:1]), np.stack(faces[1:])]
  return duplicates.join([duplicates.describe(part) for part in parts])


def pairs(faces, sources):
  return [
    (pair.first.path, pair.second.path, pair.kind, pair.across)
    for pair in duplicates.find(describe(faces), sources)
  ]


def test_strangers_are_no_pairs():
  faces = [picture(seed) for seed in range(60)]
  assert pairs(faces, [source(i) for i in range(60)]) == []


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
  found = pairs(faces, [source(i) for i in range(4)])
  assert found == [("1.png", "3.png", "near", "")]


def test_identical_files_and_what_they_leak_over(tmp_path):
  faces = np.stack([picture(1)] * 4)
  sources = [
    source(0, "ann", "train", "same"),
    source(1, "ann", "test", "same"),
    source(2, "bob", "test", "same"),
    source(3, "bob", "test", "other"),
  ]
  found = {
    (a, b): (kind, across) for a, b, kind, across in pairs(faces, sources)
  }
  assert found["0.png", "1.png"] == ("identical", "splits")
  assert found["0.png", "2.png"] == ("identical", "people splits")
  assert found["1.png", "2.png"] == ("identical", "people")
  assert found["2.png", "3.png"] == ("near", "")
  assert len(found) == 6

  counts = duplicates.write_report(describe(faces), sources, tmp_path / "d.csv")
  assert counts == {
    "identical": 3, "near": 3, "across_people": 4, "across_splits": 3
  }  # fmt: skip
  rows = read_csv(tmp_path / "d.csv")
  # A near pair within a person and a split is what a sitting gives.
  assert [(r["path_1"], r["path_2"]) for r in rows] == [
    (f"{i}.png", f"{j}.png")
    for i, j in itertools.combinations(range(4), 2)
    if (i, j) != (2, 3)
  ]


def test_every_pair_within_the_limit_is_a_candidate():
  rng = np.random.default_rng(3)
  base = rng.integers(0, 2**64, 300, np.uint64)
  flips = np.array(
    [
      sum(1 << int(b) for b in rng.choice(64, rng.integers(0, 6), False))
      for _ in base
    ],
    np.uint64,
  )
  hashes = np.concatenate([base, base ^ flips])
  found = duplicates._candidates(hashes)
  expected = {
    (i, j)
    for i, j in itertools.combinations(range(len(hashes)), 2)
    if int(hashes[i] ^ hashes[j]).bit_count() <= duplicates.NEAR
  }
  assert found == expected
  assert len(expected) > 100


def test_a_set_full_of_copies_ends(monkeypatch):
  monkeypatch.setattr(duplicates, "_MOST", 50)
  faces = np.stack([picture(1)] * 30)
  found = pairs(faces, [source(i, sha256="same") for i in range(30)])
  assert len(found) == 50
