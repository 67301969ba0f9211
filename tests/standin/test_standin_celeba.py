"""The stand-in folder is CelebA's; attributes follow from what is drawn."""

import collections
import re

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.standin import population, wild
from jaxfer.standin.face import expression
from jaxfer.standin.layouts import celeba

OWN = population.own_seed("celeba", 0)


def test_lists_are_the_owners_and_name_every_image(sketched):
  written = sketched("celeba", 40)
  images = [f"{k:06d}.jpg" for k in range(1, 41)]
  lists = {
    "Anno/list_attr_celeba.txt": 2,
    "Anno/identity_CelebA.txt": 0,
    "Eval/list_eval_partition.txt": 0,
    "Anno/list_landmarks_align_celeba.txt": 2,
  }
  assert set(written) == {*lists, *(f"img_align_celeba/{k}" for k in images)}
  lines = {name: written[name].decode().splitlines() for name in lists}
  for name, header in lists.items():
    assert [row.split()[0] for row in lines[name][header:]] == images
  parts = [row.split()[1] for row in lines["Eval/list_eval_partition.txt"]]
  assert parts == sorted(parts)

  # Forty signs below a count and their names.
  count, names, *rows = lines["Anno/list_attr_celeba.txt"]
  assert count == "40"
  assert names.split() == list(described("neutral"))
  assert len(set(names.split())) == 40
  for number, row in enumerate(rows, start=1):
    # Two characters a sign, as the owners' file has it.
    assert re.fullmatch(rf"{number:06d}\.jpg(?: (?:-1| 1)){{40}}", row)


def test_identities_do_not_cross_parts_and_have_about_twenty_images():
  plan = celeba.plan(4_000, 0)
  parts = collections.defaultdict(set)
  for identity, part in zip(plan.identity, plan.part, strict=True):
    parts[identity].add(part)
  assert all(len(found) == 1 for found in parts.values())
  images = collections.Counter(plan.identity.tolist())
  assert 17 < np.mean(list(images.values())) <= 20
  # Published: 162,770, 19,867 and 19,962 of 202,599.
  shares = np.bincount(plan.part) / 4_000
  np.testing.assert_allclose(shares, (0.803, 0.098, 0.099), atol=0.001)
  assert (
    np.bincount(celeba.plan(202_599, 0).part) == (162770, 19867, 19962)
  ).all()


def test_eyes_lie_about_the_published_place(sketched):
  written = sketched("celeba", 30, width=178)
  points = written["Anno/list_landmarks_align_celeba.txt"].decode()
  rows = [row.split()[1:] for row in points.splitlines()[2:]]
  points = np.array(rows, int)
  assert points.shape == (30, 10)
  np.testing.assert_allclose(
    np.median(points[:, :4], axis=0), (69, 111, 108, 111), atol=4
  )


def described(mood, **looks):
  person = population.meet(0, 1)
  person = person._replace(
    who=person.who._replace(
      **{name: np.asarray(value, np.float32) for name, value in looks.items()}
    )
  )
  _, _, setting = celeba.shoot(OWN, 0, 0)
  faults = setting.faults._replace(blur=0.0, motion=0.0, coarse=1.0)
  setting = setting._replace(faults=faults)
  shot = celeba.Shot(person, expression.pose(mood), setting)
  return celeba.describe(shot)


@pytest.mark.parametrize(
  ("mood", "holds", "fails"),
  [
    ("happy", {"Smiling", "Mouth_Slightly_Open", "High_Cheekbones"}, set()),
    ("surprised", {"Mouth_Slightly_Open"}, {"Smiling"}),
    ("contemptuous", set(), {"Smiling"}),  # on one side alone
    ("neutral", set(), {"Smiling", "Mouth_Slightly_Open", "Blurry"}),
  ],
)
def test_what_a_face_does_is_described(mood, holds, fails):
  found = {name for name, held in described(mood).items() if held}
  assert holds <= found
  assert not fails & found


@pytest.mark.parametrize(
  ("looks", "holds", "fails"),
  [
    ({"hair": 0}, {"Bald"}, {"Black_Hair", "Bangs", "Straight_Hair"}),
    ({"glasses": 1}, {"Eyeglasses"}, set()),
    ({"glasses": 0}, set(), {"Eyeglasses"}),
    ({"age": 0.1}, {"Young"}, {"Bags_Under_Eyes"}),
    ({"beard": 0, "moustache": 0}, {"No_Beard"}, {"Mustache", "Goatee"}),
    ({"beard": 0.9, "moustache": 0.9}, {"Mustache", "Goatee"}, {"No_Beard"}),
    ({"hair": 1, "hair_colour": (0.1, 0.08, 0.07)}, {"Black_Hair"}, set()),
    ({"hair": 1, "hair_colour": (0.76, 0.61, 0.38)}, {"Blond_Hair"}, set()),
    ({"hair": 1, "hair_colour": (0.34, 0.23, 0.15)}, {"Brown_Hair"}, set()),
    ({"hair": 1, "hair_colour": (0.62, 0.6, 0.58)}, {"Gray_Hair"}, set()),
  ],
)
def test_what_a_person_looks_like_is_described(looks, holds, fails):
  found = {n for n, held in described("neutral", **looks).items() if held}
  assert holds <= found
  assert not fails & found


def test_half_the_people_smile_and_every_mood_occurs():
  smile = facs.AUS.index(12)
  shots = [celeba.shoot(OWN, k % 20, k) for k in range(300)]
  smiling = [shot.activations[smile].min() > 0.2 for shot in shots]
  assert 0.35 < np.mean(smiling) < 0.6
  assert isinstance(shots[0].setting, wild.Setting)
