"""SSIM and MS-SSIM by definition and by peers."""

import functools
import itertools

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from jaxfer.metrics import similarity
from jaxfer.metrics.similarity import SCALES, check, of_all, of_pairs

ssim = functools.partial(of_pairs, scales=SCALES["ssim"])
ms_ssim = functools.partial(of_pairs, scales=SCALES["ms_ssim"])

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


def test_scikit_image_gives_the_same_on_other_images(blobs):
  rng = np.random.default_rng(1)
  a, b = blobs(rng, 6), blobs(rng, 6)
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
def test_more_noise_is_less_alike(blobs, compare):
  rng = np.random.default_rng(3)
  a = blobs(rng, 1)
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


def test_each_with_all_is_each_with_its_own_in_any_blocks(blobs, monkeypatch):
  rng = np.random.default_rng(5)
  a, b = blobs(rng, 7, 44, 1), blobs(rng, 6, 44, 1)
  expected = [ms_ssim(np.repeat(x[None], 6, axis=0), b) for x in a]
  monkeypatch.setattr(similarity, "_BLOCK", 3)
  found = of_all(a, b, SCALES["ms_ssim"])
  np.testing.assert_allclose(found, expected, **CLOSE)
  np.testing.assert_allclose(ms_ssim(a[:6], b), np.diag(expected), **CLOSE)


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
    ms_ssim(small, small)
  check(small, small, SCALES["ssim"])
