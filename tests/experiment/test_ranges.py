"""Numbers with which no stage could work are refused before any does."""

import math

import pytest

from jaxfer import config as configlib
from jaxfer.configs import base
from jaxfer.errors import UserError
from jaxfer.experiment import ranges

FIELDS = configlib.flatten(base.get_config())
NUMBERS = {
  name: value
  for name, value in FIELDS.items()
  if type(value) in (int, float)
  and name != "data.only_au"  # one of few
  and not name.startswith("data.standin.sizes.")
}


def test_every_number_of_a_config_has_a_range_which_holds_its_default():
  assert set(NUMBERS) == set(ranges.RANGES)
  ranges.check(FIELDS)


@pytest.mark.parametrize("name", NUMBERS)
def test_nan_is_of_no_range(name):
  with pytest.raises(UserError, match=rf"^{name}=nan must be "):
    ranges.check({name: math.nan})


@pytest.mark.parametrize(
  ("name", "value", "allowed"),
  [
    ("gan.learning_rate", -1.0, "above 0, and finite"),
    ("gan.learning_rate", 0, "above 0, and finite"),
    ("gan.learning_rate", math.inf, "above 0, and finite"),
    ("crop.size", 65_536, "at least 8 and at most 1024"),
    ("generate.count", 2**30, "at least 1 and at most 1000000"),
    ("gan.beta1", 1.0, "at least 0 and below 1"),
    ("gan.beta1", -0.5, "at least 0 and below 1"),
    ("gan.steps_at_least", -1, "0 or more"),
    ("gan.collapse.duplicates", 1.5, "at least 0 and at most 1"),
    ("crop.min_face", 0.0, "at least 0.001 and at most 1"),
    ("crop.scale_factor", 1.0, "at least 1.01 and at most 10"),
    ("crop.margin", -0.5, "above -0.5 and at most 10"),
    ("crop.detect_side", 0, "at least 16 and at most 10000"),
    ("data.max_megapixels", 0.0, "at least 0.01 and at most 1000"),
    ("data.standin.sizes.rafd", -4, "0 or more"),
    ("svm.log10_low", -math.inf, "finite"),
    ("run.seed", -1, "at least 0 and below 2147483648"),
    ("run.seed", 2**31, "at least 0 and below 2147483648"),
    ("run.devices", -1, "0 or more"),
    ("run.patience", 0.0, "above 0"),
  ],
)
def test_a_refusal_names_field_value_and_range(name, value, allowed):
  with pytest.raises(UserError) as refusal:
    ranges.check(FIELDS | {name: value})
  assert str(refusal.value) == f"{name}={value} must be {allowed}"


@pytest.mark.parametrize(
  ("name", "value"),
  [("gan.beta1", 0), ("crop.min_face", 1), ("run.patience", math.inf)],
)
def test_what_a_stage_can_work_with_passes(name, value):
  ranges.check(FIELDS | {name: value})
