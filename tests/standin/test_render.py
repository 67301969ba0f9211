"""What the pixels do when the numbers change."""

import math

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.standin.face import expression, identities, render, scene
from jaxfer.standin.layouts import rafd

WIDTH = 96
GAZES = (-1.0, 0.0, 1.0)
PIXEL = 1.94 / WIDTH  # in half head heights, at scale 1
SIZE = rafd.LAYOUT.size_of(WIDTH)
EYE_ROW = 0.42 * SIZE[1]


def box(x_low, x_high, y_low, y_high):
  """A region of the head, in half head heights, as slices of the image."""
  columns = [round(WIDTH / 2 + x / PIXEL) for x in (x_low, x_high)]
  rows = [round(EYE_ROW - y / PIXEL) for y in (y_high, y_low)]
  return slice(*rows), slice(*columns)


@pytest.fixture(scope="module")
def person():
  who = identities.draw(0, 3, female=False, child=False, dark=False)
  bare = ("fringe", "glasses", "beard", "moustache", "age", "sweep")
  return who._replace(**dict.fromkeys(bare, np.float32(0)))


@pytest.fixture(scope="module")
def shoot(person, still):
  even = still(light=[0.0, 0.45, 0.89])

  def shoot(activations, shown=even, who=person):
    return render.render(who, shown, activations, GAZES, SIZE)

  return shoot


@pytest.fixture(scope="module")
def neutral(shoot):
  return shoot(expression.pose("neutral"))[1].astype(float)


def change(image, other):
  return np.abs(image.astype(float) - other.astype(float)).mean(axis=-1)


BROWS = box(-0.40, 0.40, 0.05, 0.50)
EYES = box(-0.38, 0.38, -0.12, 0.12)
NOSE = box(-0.22, 0.22, -0.36, 0.20)
MOUTH = box(-0.30, 0.30, -0.68, -0.34)
FOREHEAD = box(-0.25, 0.25, 0.30, 0.44)
MOVES = {
  1: (BROWS, MOUTH),
  2: (BROWS, MOUTH),
  4: (BROWS, MOUTH),
  5: (EYES, MOUTH),
  6: (EYES, FOREHEAD),
  7: (EYES, MOUTH),
  9: (NOSE, FOREHEAD),
  12: (MOUTH, FOREHEAD),
  15: (MOUTH, FOREHEAD),
  17: (MOUTH, FOREHEAD),
  23: (MOUTH, FOREHEAD),
  24: (MOUTH, FOREHEAD),
  25: (MOUTH, FOREHEAD),
  27: (MOUTH, FOREHEAD),
}


@pytest.mark.parametrize("unit", facs.AUS)
def test_a_unit_moves_its_own_region_and_leaves_another(unit, shoot, neutral):
  moved, still = MOVES[unit]
  moves = change(shoot(expression.compose({unit: 1.0}))[1], neutral)
  assert moves[moved].mean() > 1.0
  assert moves[still].max() <= 3.0


def test_a_stretched_mouth_is_dark(shoot, neutral):
  wide = shoot(expression.compose({25: 1.0, 27: 1.0}))[1]
  hole = box(-0.06, 0.06, -0.56, -0.50)
  assert wide[hole].mean() < 0.6 * neutral[hole].mean()


def test_raised_brows_leave_skin_and_lowered_ones_do_not(shoot, neutral):
  def height(image):
    """Mean height of the darkness above one eye."""
    rows, columns = box(0.10, 0.36, 0.08, 0.34)
    dark = 255.0 - image[rows, columns].mean(axis=(1, 2))
    dark = np.maximum(dark - np.median(dark), 0)
    return -(dark * np.arange(len(dark))).sum() / dark.sum()

  raised = shoot(expression.compose({1: 1.0, 2: 1.0}))[1]
  lowered = shoot(expression.compose({4: 1.0}))[1]
  assert height(raised) > height(neutral) > height(lowered)


def test_contempt_is_on_one_side_and_its_mirror_on_the_other(shoot, neutral):
  rows, _ = MOUTH
  half = WIDTH // 2
  left, right = (
    change(shoot(expression.pose("contemptuous", side=side))[1], neutral)[rows]
    for side in (0, 1)
  )
  assert left[:, :half].sum() > 3 * left[:, half:].sum()
  assert right[:, half:].sum() > 3 * right[:, :half].sum()
  # The neutral face is symmetric but for blotches of the skin.
  assert change(left[..., None], right[:, ::-1, None]).mean() < 1.5


@pytest.mark.parametrize(
  "emotion", [word for word in facs.EMOTIONS if word != "neutral"]
)
def test_more_gain_moves_more(emotion, shoot, neutral):
  moved = [
    change(shoot(expression.pose(emotion, gain=gain))[1], neutral).mean()
    for gain in (0.25, 0.5, 1.0)
  ]
  assert 0 < moved[0] < moved[1] < moved[2]


def test_gazes_differ_in_the_eyes_alone(shoot):
  left, frontal, right = shoot(expression.pose("neutral"))
  for one, other in ((left, frontal), (right, frontal), (left, right)):
    differs = change(one, other)
    assert differs[EYES].max() > 20
    differs[EYES] = 0
    assert differs.max() < 0.5  # one level of rounding in one channel


def test_gaze_right_moves_the_irises_to_the_images_right(shoot):
  photos = shoot(expression.compose({5: 1.0}))
  eye = box(0.13, 0.35, -0.06, 0.08)

  def middle_of_darkness(photo):
    dark = np.maximum(120 - photo[eye].mean(axis=(0, 2)), 0)
    return (dark * np.arange(len(dark))).sum() / dark.sum()

  left, frontal, right = map(middle_of_darkness, photos)
  assert left + 1 < frontal < right - 1


@pytest.mark.parametrize("seed", range(3))
def test_the_same_numbers_give_the_same_bytes(seed, shoot):
  who = identities.draw(seed, 0, female=True, child=False, dark=True)
  shown = scene.draw(seed, 0, 2)
  acts = expression.draw(seed, 0, "sad")
  np.testing.assert_array_equal(
    shoot(acts, shown, who), shoot(acts, shown, who)
  )


def extent(photo, y_low, y_high):
  """How far a head reaches left and right of the middle, in pixels."""
  backdrop = photo[:, :1].astype(float)
  rows, _ = box(0, 0, y_low, y_high)
  differs = np.abs(photo - backdrop).max(axis=-1)[rows] > 12
  columns = np.flatnonzero(differs.any(axis=0))
  return WIDTH / 2 - columns[0], columns[-1] - WIDTH / 2


def test_profiles_are_whole_and_face_their_way(shoot, person, still):
  acts = expression.pose("neutral")
  bald = person._replace(hair=np.float32(0), hair_long=np.float32(0))
  # Camera 000 stands at the person's right: the nose points right.
  for yaw, ahead in ((-90, 1), (90, 0)):
    profile = shoot(acts, still(yaw=math.radians(yaw)), bald)[1]
    nose = extent(profile, -0.32, -0.20)
    crown = extent(profile, 0.45, 0.60)
    assert nose[ahead] > nose[1 - ahead]
    assert nose[ahead] > crown[ahead] + 2
    assert sum(crown) > 0.4 * WIDTH


def test_the_head_stays_clear_of_the_border(still):
  for person in range(4):
    who = identities.draw(
      1, person, female=person % 2 == 0, child=False, dark=False
    )
    for yaw in (-90, 0, 90):
      shown = still(yaw=math.radians(yaw))
      photo = render.render(
        who, shown, expression.pose("surprised"), GAZES, SIZE
      )[1]
      left, right = extent(photo, -0.6, 1.05)
      assert max(left, right) < WIDTH / 2 - 1
      assert np.ptp(photo[0].astype(int), axis=0).max() < 12


def test_too_small_a_width_is_refused(person, still):
  with pytest.raises(ValueError, match="width 20 is too small"):
    render.render(person, still(), expression.pose("sad"), GAZES, (20, 30))
