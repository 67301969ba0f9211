"""From pixels to features, in batches."""

import jax
import numpy as np
import pytest

from jaxfer.metrics.inception import features


def run(params, images, devices=1, **options):
  return features.extract(
    params,
    images,
    **{"dialect": "torch-fidelity", "batch": 2} | options,
    devices=jax.devices()[:devices],
  )


def relative(found, expected):
  return np.linalg.norm(found - expected) / np.linalg.norm(expected)


def test_features_are_those_of_torch_fidelity(params, recorder, reference):
  found = run(params, recorder.draw_images(64, 64, 2))

  # Recorded from torch-fidelity 0.4.0 with the same weights, uint8 images in:
  # 6e-7 apart, while the two images differ by 0.2.
  assert relative(found.pool3, reference["whole/pool3"]) < 1e-5
  assert relative(found.logits, reference["whole/logits"]) < 1e-5
  assert found.pool3.dtype == found.logits.dtype == np.float32
  assert relative(found.pool3[:1], found.pool3[1:]) > 0.1


def test_features_depend_on_neither_batch_nor_devices(params, recorder):
  images = recorder.draw_images(64, 64, 3)
  whole = run(params, images, batch=3)
  for batch, devices in ((1, 1), (2, 1), (3, 2)):
    parts = run(params, images, batch=batch, devices=devices)
    assert parts.pool3.shape == (3, 2048)
    assert parts.logits.shape == (3, 1008)
    for one, other in zip(parts, whole, strict=True):
      assert relative(one, other) < 1e-5


def test_dialects_are_told_apart_in_one_process(params, recorder):
  images = recorder.draw_images(64, 64)
  one, other = (
    run(params, images, dialect=dialect).pool3
    for dialect in ("torch-fidelity", "clean-fid")
  )
  assert relative(one, other) > 1e-3


def test_no_images_have_no_features(params):
  found = run(params, np.zeros((0, 64, 64, 3), np.uint8))

  assert found.pool3.shape == (0, 2048)
  assert found.logits.shape == (0, 1008)


def test_images_between_0_and_1_are_refused(params):
  with pytest.raises(ValueError, match="float32"):
    run(params, np.zeros((1, 64, 64, 3), np.float32))
