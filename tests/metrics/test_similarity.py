"""SSIM and MS-SSIM by definition and by peers; what they say of fakes."""

import itertools

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from jaxfer.metrics import similarity
from jaxfer.metrics.similarity import fake_pairs, ms_ssim, nearest_real, ssim

# Arithmetic is in float32.
CLOSE = {"rtol": 0, "atol": 3e-6}


def _window():
  places = np.arange(-5, 6)
  taps = np.exp(-(places[:, None] ** 2 + places[None] ** 2) / (2 * 1.5**2))
  return taps / taps.sum()


def _by_definition(x, y, largest=255.0):
  """SSIM and mean contrast-structure of two planes, window by window."""
  window = _window()
  c1, c2 = (0.01 * largest) ** 2, (0.03 * largest) ** 2
  whole, structure = [], []
  for i, j in itertools.product(range(x.shape[0] - 10), range(x.shape[1] - 10)):
    a, b = x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11]
    mean_a, mean_b = (window * a).sum(), (window * b).sum()
    var_a = (window * (a - mean_a) ** 2).sum()
    var_b = (window * (b - mean_b) ** 2).sum()
    cov = (window * (a - mean_a) * (b - mean_b)).sum()
    light = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    structure.append((2 * cov + c2) / (var_a + var_b + c2))
    whole.append(light * structure[-1])
  return np.mean(whole), np.mean(structure)


def _blobs(rng, count, side=64, channels=3, modes=None):
  """Smooth images; with `modes`, noisy copies of so many."""
  x = np.linspace(0, 1, side)
  distinct = count if modes is None else modes
  centres, widths, levels = (
    rng.random((distinct, channels, 4, 1, 1)) for _ in range(3)
  )
  across = np.exp(-((x[None] - centres) ** 2) / (0.02 + 0.1 * widths))
  down = np.exp(-((x[:, None] - levels) ** 2) / 0.05)
  images = (across * down).sum(2).transpose(0, 2, 3, 1) / 2
  if modes is not None:
    images = images[rng.integers(0, modes, count)]
  noise = rng.normal(size=images.shape) * 0.01
  return (np.clip(images + noise, 0, 1) * 255).astype(np.uint8)


def _some(seed, count=3, side=24, channels=2):
  """Pairs from alike to unlike, with dark, flat and extreme ones."""
  rng = np.random.default_rng(seed)
  a = rng.integers(0, 256, (count, side, side, channels))
  b = a * 0.7 + rng.integers(0, 80, a.shape)
  a[0], b[0] = a[0] // 64, b[0] // 64
  return a.astype(np.uint8), b.astype(np.uint8)


def test_an_image_is_wholly_like_itself():
  a, _ = _some(0, side=48)
  a[0] = 0
  a[1] = 255
  np.testing.assert_array_equal(ssim(a, a), 1)
  np.testing.assert_array_equal(ms_ssim(a, a), 1)


@pytest.mark.parametrize("seed", range(3))
def test_ssim_by_definition(seed):
  a, b = _some(seed)
  expected = [
    np.mean(
      [
        _by_definition(x[..., c].astype(float), y[..., c].astype(float))[0]
        for c in range(2)
      ]
    )
    for x, y in zip(a, b, strict=True)
  ]
  np.testing.assert_allclose(ssim(a, b), expected, **CLOSE)


def test_ms_ssim_by_definition():
  a, b = _some(5, side=48)
  weights = np.array([0.0448, 0.2856, 0.3001])
  weights /= weights.sum()
  expected = []
  for x, y in zip(a.astype(float), b.astype(float), strict=True):
    values = []
    for c in range(2):
      planes, product = [x[..., c], y[..., c]], 1.0
      for weight in weights[:2]:
        product *= _by_definition(*planes)[1] ** weight
        planes = [
          (z[::2, ::2] + z[1::2, ::2] + z[::2, 1::2] + z[1::2, 1::2]) / 4
          for z in planes
        ]
      values.append(product * _by_definition(*planes)[0] ** weights[2])
    expected.append(np.mean(values))
  np.testing.assert_allclose(ms_ssim(a, b), expected, **CLOSE)


def _drawn_pair():
  draw = np.random.RandomState(0)
  draw.normal(size=1440)
  a = draw.randint(0, 256, (2, 16, 20, 3)).astype(np.uint8)
  return a, (a // 2 + draw.randint(0, 128, a.shape)).astype(np.uint8)


def test_scikit_image_gives_the_same():
  """scikit-image 0.26.0, structural_similarity with Wang's settings:

  gaussian_weights, sigma=1.5, use_sample_covariance=False, data_range=255.
  """
  expected = [0.6426617361368413, 0.7218266615147694]
  np.testing.assert_allclose(ssim(*_drawn_pair()), expected, **CLOSE)


def test_scikit_image_gives_the_same_on_other_images():
  rng = np.random.default_rng(1)
  a, b = _blobs(rng, 6), _blobs(rng, 6)
  b[3:] = np.clip(a[3:].astype(int) + rng.integers(-9, 60, a[3:].shape), 0, 255)
  expected = [
    structural_similarity(
      x,
      y,
      gaussian_weights=True,
      sigma=1.5,
      use_sample_covariance=False,
      data_range=255,
      channel_axis=2,
    )
    for x, y in zip(a, b, strict=True)
  ]
  np.testing.assert_allclose(ssim(a, b), expected, **CLOSE)


def test_pytorch_msssim_gives_the_same():
  """pytorch-msssim 1.0.0, ms_ssim(data_range=255, weights=our three).

  It asks for more than 160 pixels whatever the number of scales.
  """
  i = np.arange(2 * 176 * 176 * 3).reshape(2, 176, 176, 3)
  a = (127.5 + 127 * np.sin(i * 0.013) * np.cos(i // 528 * 0.11)).astype("u1")
  b = (a * 0.8 + 25 * np.sin(i * 1.7) + 25).clip(0, 255).astype("u1")
  expected = [0.9396621578351959, 0.9407452847864949]
  np.testing.assert_allclose(ms_ssim(a, b), expected, **CLOSE)


@pytest.mark.parametrize("compare", [ssim, ms_ssim])
def test_symmetric_and_blind_to_mirrors_and_channel_order(compare):
  a, b = _some(2, side=48)
  there = compare(a, b)
  np.testing.assert_allclose(compare(b, a), there, **CLOSE)
  for turn in (
    lambda z: z[:, ::-1],
    lambda z: z.transpose(0, 2, 1, 3),
    lambda z: z[..., ::-1],
  ):
    np.testing.assert_allclose(compare(turn(a), turn(b)), there, **CLOSE)


@pytest.mark.parametrize("compare", [ssim, ms_ssim])
def test_more_noise_is_less_alike(compare):
  rng = np.random.default_rng(3)
  a = _blobs(rng, 1)
  values = [
    compare(a, (a // 2 + 60 + rng.normal(size=a.shape) * s).astype(np.uint8))[0]
    for s in (0, 5, 20, 50)
  ]
  assert (np.diff(values) < 0).all()


def test_a_negative_is_unlike():
  """SSIM falls below zero; MS-SSIM, which has powers, stops there."""
  a = np.random.default_rng(4).integers(0, 256, (3, 48, 48, 2), np.uint8)
  assert (ssim(a, 255 - a) < -0.5).all()
  np.testing.assert_array_equal(ms_ssim(a, 255 - a), 0)


def test_rows_beyond_a_block_are_there(monkeypatch):
  rng = np.random.default_rng(5)
  fakes, reals = _blobs(rng, 7, 16, 1), _blobs(rng, 6, 16, 1)
  whole = ssim(fakes, fakes[::-1]), nearest_real(fakes, reals, 20, 0)
  monkeypatch.setattr(similarity, "_BLOCK", 3)
  np.testing.assert_allclose(ssim(fakes, fakes[::-1]), whole[0], **CLOSE)
  found = nearest_real(fakes, reals, 20, 0)
  assert found.value == pytest.approx(whole[1].value, abs=1e-5)
  assert found.floor == pytest.approx(whole[1].floor, abs=1e-5)


def test_nearest_real_by_definition():
  rng = np.random.default_rng(6)
  fakes, reals = _blobs(rng, 6, 16, 1), _blobs(rng, 6, 16, 1)

  def table(a, b):
    return np.array([[ssim(x[None], y[None])[0] for y in b] for x in a])

  found = nearest_real(fakes, reals, 100, 0)
  assert found.value == pytest.approx(
    table(fakes, reals).max(1).mean(), abs=1e-5
  )
  others = table(reals, reals) - 9 * np.eye(6)
  assert found.floor == pytest.approx(others.max(1).mean(), abs=1e-5)
  assert found.ci95[0] <= found.value <= found.ci95[1]
  assert found.floor_ci95[0] <= found.floor <= found.floor_ci95[1]
  assert found.reason == ""


def test_copies_of_real_faces_are_nearer_than_the_floor():
  rng = np.random.default_rng(7)
  reals = _blobs(rng, 12, 16, 1)
  found = nearest_real(reals, reals, 50, 0)
  assert found.value == pytest.approx(1, abs=1e-6)
  assert found.floor < 0.95
  fresh = nearest_real(_blobs(rng, 12, 16, 1), reals, 200, 0)
  assert fresh.ci95[0] < fresh.floor < fresh.ci95[1]


def test_pictures_of_one_person_do_not_make_the_floor():
  """Three gazes of one sitting are all but one picture."""
  rng = np.random.default_rng(8)
  reals = np.repeat(_blobs(rng, 6, 16, 1), 3, axis=0)
  people = np.repeat(np.arange(6), 3)
  blind = nearest_real(reals[::3], reals, 50, 0)
  found = nearest_real(reals[::3], reals, 50, 0, people)
  assert blind.floor == pytest.approx(1, abs=1e-6)
  assert found.floor < 0.95
  once = nearest_real(reals[::3], reals[::3], 50, 0)
  assert found.floor == pytest.approx(once.floor, abs=1e-6)
  one = nearest_real(reals[::3], reals, 50, 0, 0 * people)
  assert one.value == found.value
  assert one.floor is one.floor_ci95 is None
  assert one.reason == "real faces are all of one person"


def test_collapsed_fakes_are_more_alike_than_faces():
  rng = np.random.default_rng(9)
  reals = _blobs(rng, 80)
  good = fake_pairs(_blobs(rng, 80), reals, 40, 500, 0)
  some = fake_pairs(_blobs(rng, 80, modes=3), reals, 40, 500, 0)
  one = fake_pairs(_blobs(rng, 80, modes=1), reals, 40, 500, 0)
  assert good.ci95[0] < good.floor < good.ci95[1]
  assert good.value < some.value < one.value
  assert some.ci95[0] > some.floor_ci95[1]
  assert one.value > 0.9


def test_pairs_are_disjoint_seeded_and_the_same_for_both():
  images = _blobs(np.random.default_rng(10), 20, 44, 1)
  found = fake_pairs(images, images, 10, 50, 3)
  assert found.value == found.floor
  assert found.ci95 == found.floor_ci95
  assert fake_pairs(images, images, 10, 50, 3) == found
  assert fake_pairs(images, images, 10, 50, 4).value != found.value
  # One odd image among equal ones is in exactly one of all pairs.
  odd = np.repeat(images[:1], 20, axis=0)
  odd[7] = 255 - odd[7]
  pair = ms_ssim(odd[8:18], np.repeat(odd[7:8], 10, axis=0))[0]
  found = fake_pairs(odd, images, 10, 50, 0)
  assert found.value == pytest.approx((9 + pair) / 10, abs=1e-6)


def test_too_few_images_are_said():
  images = _blobs(np.random.default_rng(11), 9, 44, 1)
  found = fake_pairs(images, images[:8], 5, 50, 0)
  assert found.value is found.ci95 is found.floor is found.floor_ci95 is None
  assert found.reason == (
    "5 pairs need twice as many images; there are 9 fakes and 8 real faces"
  )
  found = nearest_real(images[:0], images, 50, 0)
  assert (found.value, found.reason) == (None, "0 fakes and 9 real faces")


def test_bad_images_are_refused():
  a = np.zeros((4, 64, 64, 3), np.uint8)
  with pytest.raises(ValueError, match="uint8 and float32, not uint8"):
    ssim(a, a.astype(np.float32))
  with pytest.raises(ValueError, match="of one size"):
    ssim(a, a[:, :32])
  with pytest.raises(ValueError, match="4 and 3 images"):
    ssim(a, a[:3])
  with pytest.raises(ValueError, match=r"10×10 pixels.*at least 11"):
    ssim(a[:, :10, :10], a[:, :10, :10])
  # Three scales leave a window of 11 no room below 44 pixels.
  small = a[:, :40, :40]
  with pytest.raises(
    ValueError, match=r"40×40.*at least 44 and multiples of 4"
  ):
    fake_pairs(small, small, 1, 50, 0)
  with pytest.raises(ValueError, match="pairs=0"):
    fake_pairs(a, a, 0, 50, 0)
  with pytest.raises(ValueError, match="3 people for 4 real faces"):
    nearest_real(a, a, 50, 0, np.arange(3))
