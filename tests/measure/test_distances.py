"""Distances in a space: their directions, their floors and their names."""

import numpy as np
import pytest

from jaxfer.measure import distances, spaces
from jaxfer.measure.spaces import Space
from jaxfer.measure.subject import draw
from jaxfer.metrics import inception

_DRAWS = 20


def gaussian(rng, shift=0.0, scale=1.0, count=80, width=6):
  return shift + scale * rng.normal(size=(count, width))


def measured(fake, name="disc:run", **logits):
  rng = np.random.default_rng(7)
  real, other = gaussian(rng), gaussian(rng)
  space = Space(name, fake, real, other, **logits)
  return distances.measure(space, _DRAWS, seed=0)


@pytest.fixture
def rng():
  return np.random.default_rng(3)


def test_faces_like_the_real_ones_are_at_the_floor(rng):
  found = measured(gaussian(rng))
  for name in ("frechet_distance", "kernel_distance"):
    number = found[f"disc:run/{name}"]
    low, high = number.ci95
    assert low <= number.value <= high
    assert low <= number.floor <= high
  for name in ("precision", "recall", "density", "coverage"):
    number = found[f"disc:run/{name}"]
    assert number.value == pytest.approx(number.floor, abs=0.15)


def test_other_faces_are_far_and_missing_ones_are_not_covered(rng):
  like = measured(gaussian(rng))
  far = measured(gaussian(rng, shift=3))
  narrow = measured(gaussian(rng, scale=0.2))
  for name in ("frechet_distance", "kernel_distance"):
    name = f"disc:run/{name}"
    for worse in (far, narrow):
      assert worse[name].ci95[0] > like[name].value
  for name in ("precision", "recall", "coverage"):
    assert far[f"disc:run/{name}"].value < 0.2
  # Sameness alone leaves precision whole.
  assert narrow["disc:run/precision"].value > 0.9
  assert narrow["disc:run/recall"].ci95[1] < like["disc:run/recall"].value / 2


def test_a_set_against_itself_is_at_distance_nought():
  rows = gaussian(np.random.default_rng(7))
  found = measured(rows)
  assert found["disc:run/frechet_distance"].value == pytest.approx(0, abs=1e-9)
  assert found["disc:run/precision"].value == 1
  assert found["disc:run/recall"].value == 1


def test_coverage_says_what_it_can_be_expected_to_reach(rng):
  number = measured(gaussian(rng))["disc:run/coverage"]
  # Naeem et al., arXiv:2002.09797: 1 − Π (N − i) / (2 N − i), k = 5, N = 80.
  product = np.prod([(80 - i) / (160 - i) for i in range(1, 6)])
  assert number.ceiling == pytest.approx(1 - product)
  assert (number.n_real, number.n_fake) == (80, 80)


def test_unequal_numbers_are_refused(rng):
  with pytest.raises(ValueError, match="80 real and 60 fake"):
    measured(gaussian(rng, count=60))


def test_names_bear_the_space_and_fid_is_inceptions_alone(rng):
  own = measured(gaussian(rng))
  assert all(name.startswith("disc:run/") for name in own)
  assert not {"fid", "kid", "is"} & {n.rpartition("/")[2] for n in own}
  logits = rng.normal(size=(80, 12))
  found = measured(
    gaussian(rng),
    "inception:clean-fid",
    fake_logits=logits,
    real_logits=10 * np.eye(12)[np.arange(80) % 12],
  )
  assert {"fid", "kid", "is"} <= {n.rpartition("/")[2] for n in found}
  assert found["inception:clean-fid/is"].floor > 2
  assert (
    found["inception:clean-fid/is"].floor
    > found["inception:clean-fid/is"].value
  )
  # Fewer faces than FID's paper calls enough.
  assert any("2048" in w for w in found["inception:clean-fid/fid"].warnings)


def test_without_inceptions_weights_its_numbers_are_null_with_the_reason():
  found = distances.without_inception()
  assert set(found) == {"inception/fid", "inception/kid", "inception/is"}
  for number in found.values():
    assert number.value is None
    assert "generate.inception" in number.reason


def test_more_dimensions_than_rows_are_warned_of(rng):
  rows = [gaussian(rng, count=20, width=50) for _ in range(3)]
  found = distances.measure(Space("disc:run", *rows), _DRAWS, seed=0)
  warnings = found["disc:run/frechet_distance"].warnings
  assert any("singular" in warning for warning in warnings)


def test_too_few_rows_are_warned_of_measure_by_measure(rng):
  def warned(count):
    rows = [gaussian(rng, count=count, width=2) for _ in range(3)]
    space = Space("disc:run", *rows)
    found = distances.measure(space, 2, seed=0)
    return {
      name.rpartition("/")[2]: number.warnings
      for name, number in found.items()
      if number.warnings
    }

  least = {
    "precision": 60,
    "recall": 60,
    "density": 100,
    "coverage": 100,
    "kernel_distance": 1000,
  }
  assert warned(1000) == {}
  for count in (59, 60, 99, 100, 999):
    found = warned(count)
    assert found.keys() == {k for k, v in least.items() if count < v}
    for name, (warning,) in found.items():
      assert f"{count} are fewer than {least[name]}: " in warning


def test_wrong_weights_are_refused_by_name(tmp_path, reals):
  file = tmp_path / "inception_v3_google-0cc3c7bd.pth"
  file.write_bytes(b"AuxLogits.conv0")
  drawn = draw(4, 8, 4, seed=0)
  with pytest.raises(ValueError, match="torchvision's InceptionV3"):
    spaces.of_inception(file, ("clean-fid",), reals, reals, drawn, [])


def test_faces_are_described_by_the_weights_of_the_file(
  tmp_path, reals, monkeypatch
):
  monkeypatch.setattr(inception, "load", lambda path: {"of": path})
  monkeypatch.setattr(inception, "parameters", lambda state, dtype: state)

  def extract(params, faces, **_):
    assert params == {"of": tmp_path}
    return inception.Outputs(np.zeros((len(faces), 1)), faces[:, 0, 0])

  monkeypatch.setattr(inception, "extract", extract)
  drawn = draw(4, 8, 4, seed=0)
  (space,) = spaces.of_inception(
    tmp_path, ("clean-fid",), reals[:4], reals[4:12], drawn, []
  )
  assert space.name == "inception:clean-fid"
  assert len(space.fake) == 4


def test_pixels_are_means_of_squares():
  faces = np.zeros((1, 32, 32, 3), np.uint8)
  faces[0, :2, :4] = 255
  rows = spaces.pixels(faces).reshape(16, 16)
  assert rows[0, :2].tolist() == [1, 1]
  assert rows.sum() == 2


def test_pooling_averages_each_map():
  maps = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 12)
  np.testing.assert_allclose(
    spaces.pooled(maps, 4), maps.reshape(2, 3, 4).mean(2)
  )
