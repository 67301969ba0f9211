"""Features: order, batch and device independence, exact statistics."""

import re
from pathlib import Path
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxfer import controls, features
from jaxfer.learn import encoding, learners, patches

GAN = SimpleNamespace(
  learner="dcgan", width=4, latent=6, learning_rate=2e-4, beta1=0.5
)
PAPER = SimpleNamespace(**(vars(GAN) | {"width": 64}))
SIZE = 16


@pytest.fixture(scope="module")
def network():
  return learners.create(GAN, image_size=SIZE, seed=0)


@pytest.fixture(scope="module")
def faces():
  rng = np.random.default_rng(0)
  return rng.integers(0, 256, (13, SIZE, SIZE, 3), dtype=np.uint8)


def describe(
  network, faces, out, *, readout="conv2", batch=4, devices=1, stats=None
):
  dcgan, state = network
  common = {"batch": batch, "devices": jax.devices()[:devices]}
  if stats is None:
    stats = features.recompute_statistics(dcgan, state.disc, faces, **common)
    if encoding.patched(readout):
      stats = encoding.with_patches(stats, patches.learn(faces, 0))
  features.extract(dcgan, stats, faces, out, readout=readout, **common)
  return np.load(out), stats


@pytest.mark.parametrize(
  ("readout", "batch", "devices"),
  [
    *(("conv2", *how) for how in ((12, 1), (13, 1), (4, 2))),
    *(
      (readout, *how)
      for readout in (
        *("conv2", "local", "local+hog", "conv2+pixels", "patches"),
        "local+patches+hog",
      )
      for how in ((1, 1), (64, 1), (5, 4))
    ),
  ],
)
def test_features_do_not_depend_on_batch_or_devices(
  network, faces, tmp_path, readout, batch, devices
):
  expected, _ = describe(network, faces, tmp_path / "a.npy", readout=readout)
  found, _ = describe(
    network,
    faces,
    tmp_path / "b.npy",
    readout=readout,
    batch=batch,
    devices=devices,
  )
  assert found.shape == (13, encoding.dimension(readout, SIZE, GAN))
  assert found.dtype == np.float32
  bound = 1e-5 * (np.abs(expected).max() if readout == "conv2" else 1)
  np.testing.assert_allclose(found, expected, rtol=0, atol=bound)


def test_features_are_in_input_order(network, faces, tmp_path):
  forward, stats = describe(network, faces, tmp_path / "a.npy")
  backward, _ = describe(network, faces[::-1], tmp_path / "b.npy", stats=stats)
  np.testing.assert_allclose(backward[::-1], forward, atol=1e-5)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_an_error(network, faces):
  with pytest.raises(OSError, match="No space left"):
    describe(network, faces, Path("/dev/full"))


def test_features_are_flattened_channel_first(network, faces, tmp_path):
  dcgan, _ = network
  found, stats = describe(network, faces, tmp_path / "a.npy")
  out = dcgan.encode(stats, jnp.asarray(faces[:1]))
  maps = np.asarray(out["conv2"])[0]  # (H, W, C)
  vector = found[0].reshape(maps.shape[2], *maps.shape[:2])
  np.testing.assert_allclose(vector[3], maps[:, :, 3], atol=1e-5)


def test_statistics_are_those_of_all_faces_at_once(tmp_path):
  # Three layers: the third's statistics need the second's to be in place.
  dcgan, state = learners.create(GAN, image_size=32, seed=1)
  rng = np.random.default_rng(1)
  large = rng.integers(0, 256, (9, 32, 32, 3), dtype=np.uint8)
  _, net = describe((dcgan, state), large, tmp_path / "a.npy", batch=5)
  out = dcgan.encode(net, jnp.asarray(large))
  for layer in (2, 3):
    before = np.asarray(out[f"pre{layer}"], np.float64)
    found, places = net.batch_stats[f"norm{layer}"], (0, 1, 2)
    np.testing.assert_allclose(found["mean"], before.mean(places), atol=1e-5)
    np.testing.assert_allclose(found["var"], before.var(places), rtol=1e-4)


@pytest.mark.parametrize(
  ("layer", "shape"),
  [
    ("conv4", (16, 8, 8)),
    ("conv5", (32, 4, 4)),
    (encoding.POOLED, (62, 4, 4)),
  ],
)
def test_faces_of_128_pixels_have_a_fifth_layer(tmp_path, layer, shape):
  small = SimpleNamespace(**(vars(GAN) | {"width": 2}))
  dcgan, state = learners.create(small, image_size=128, seed=0)
  rng = np.random.default_rng(0)
  faces = rng.integers(0, 256, (3, 128, 128, 3), dtype=np.uint8)
  how = {"batch": 2, "devices": jax.devices()[:1], "label": "extract"}
  features.write_statistics(dcgan, state.disc, faces, tmp_path, **how)
  net = features.with_statistics(state.disc, tmp_path)
  features.write(dcgan, net, faces, tmp_path, readout=layer, **how)
  assert encoding.shape(layer, 128, small) == shape
  assert np.load(tmp_path / "features.npy").shape == (3, np.prod(shape))


def test_the_papers_features_have_8192_numbers():
  assert encoding.dimension("conv4", 64, PAPER) == 8192
  assert encoding.dimension("conv5", 128, PAPER) == 16384


@pytest.mark.parametrize("readout", ["local", "local+patches"])
def test_a_local_read_out_does_not_tell_a_face_from_its_mirror_image(
  network, faces, tmp_path, readout
):
  forward, stats = describe(network, faces, tmp_path / "a.npy", readout=readout)
  out = tmp_path / "b.npy"
  mirrored, _ = describe(
    network, faces[:, :, ::-1], out, readout=readout, stats=stats
  )
  np.testing.assert_allclose(mirrored, forward, atol=1e-5)
  plain, _ = describe(network, faces, out, readout="pooled", stats=stats)
  other, _ = describe(
    network, faces[:, :, ::-1], out, readout="pooled", stats=stats
  )
  assert np.abs(plain - other).max() > 0.1


def test_a_local_read_out_has_length_1_by_layer_and_place(
  network, faces, tmp_path
):
  found, _ = describe(network, faces, tmp_path / "a.npy", readout="local")
  maps = found.reshape(13, -1, 4, 4)
  layers = np.split(maps, [GAN.width], axis=1)  # conv1, conv2
  for layer in layers:
    np.testing.assert_allclose((layer**2).sum(1), 1, atol=1e-4)


def test_what_stands_beside_weighs_as_much_as_the_network(
  network, faces, tmp_path
):
  readout = "local+patches+hog"
  found, _ = describe(network, faces, tmp_path / "a.npy", readout=readout)
  hog = controls.hog(faces)
  behind = encoding.dimension("local", SIZE, GAN)
  last = found.shape[1] - hog.shape[1]
  parts = np.split(found, [behind, last], axis=1)
  for part in parts:
    np.testing.assert_allclose((part**2).sum(1), 1, atol=1e-5)
  hog /= np.linalg.norm(hog, axis=1, keepdims=True)
  np.testing.assert_allclose(parts[2], hog, atol=1e-6)


@pytest.mark.parametrize(
  ("readout", "size", "words"),
  [
    *(
      (readout, SIZE, r"conv1, conv2, local, patches, pooled at.*\+hog")
      for readout in ("conv2+sift", "hog", "local+", "+hog", "local+local")
    ),
    ("conv5", 64, r"conv1, conv2, conv3, conv4, local"),
    ("conv6", 128, r"conv5, local, patches, pooled at crop.size=128"),
  ],
)
def test_a_read_out_that_is_not_there_is_named_with_those_that_are(
  readout, size, words
):
  with pytest.raises(ValueError, match=f"{re.escape(readout)}.*{words}"):
    encoding.shape(readout, size, GAN)
