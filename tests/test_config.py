"""Typed arguments, validation against the base config, hashing."""

import pytest
from ml_collections import ConfigDict

from jaxfer import config as configlib
from jaxfer.configs import base

SPEC = {
  "view": ("frontal", "multi"),
  "seed": 0,
  "rate": 0.5,
  "name": "rafd",
  "standin": False,
  "small": None,
}


def test_arguments_take_the_type_of_their_default():
  args = configlib.parse_arg(
    "view=multi, seed=7,rate=1,name=x,standin,small=false", **SPEC
  )
  assert args.view == "multi"
  assert (args.seed, type(args.seed)) == (7, int)
  assert (args.rate, type(args.rate)) == (1.0, float)
  assert args.name == "x"
  assert args.standin is True
  assert args.small is False


def test_no_argument_leaves_the_defaults():
  args = configlib.parse_arg("", **SPEC)
  assert vars(args) == SPEC | {"view": "frontal"}


def test_a_misspelled_argument_lists_the_valid_ones():
  with pytest.raises(ValueError, match="'standn'") as caught:
    configlib.parse_arg("standn", **SPEC)
  said = str(caught.value)
  assert "did you mean 'standin'" in said
  for name in SPEC:
    assert name in said
  assert "view=frontal|multi" in said


@pytest.mark.parametrize(
  ("arg", "said"),
  [
    ("view=side", "view=side is not one of frontal, multi"),
    ("view", "view needs a value: view=frontal|multi"),
    ("name", "name needs a value"),
    ("seed", "seed needs a value"),
    ("seed=1.5", "seed must be int, such as seed=0, not '1.5'"),
    ("rate=fast", "rate must be float"),
    ("standin=maybe", "standin is a switch"),
    ("seed=1,seed=2", "'seed' is given twice"),
  ],
)
def test_a_wrong_value_says_what_is_right(arg, said):
  with pytest.raises(ValueError, match=said):
    configlib.parse_arg(arg, **SPEC)


def test_the_base_config_is_valid():
  configlib.validate(base.get_config(), base.get_config())


def test_an_unknown_field_names_its_neighbours():
  config = base.get_config()
  config.gan.epoch = 3
  with pytest.raises(ValueError, match=r"'gan\.epoch'") as caught:
    configlib.validate(config, base.get_config())
  assert "did you mean 'gan.epochs'" in str(caught.value)
  assert "gan.latent" in str(caught.value)
  assert "svm.folds" not in str(caught.value)


def test_a_missing_field_is_named_with_its_default():
  config = base.get_config()
  del config.gan.epochs
  with pytest.raises(ValueError, match=r"gan\.epochs is missing.*300"):
    configlib.validate(config, base.get_config())


def test_a_section_that_became_a_number_is_an_error():
  config = base.get_config()
  del config.gan
  config.gan = 3
  with pytest.raises(ValueError, match="unknown config field 'gan'"):
    configlib.validate(config, base.get_config())


@pytest.mark.parametrize(
  ("default", "value"),
  [
    (1, True),
    (1, 1.0),
    (1, "1"),
    (True, 1),
    (1.0, True),
    (1.0, "1"),
    ((), "a"),
  ],
)
def test_a_wrong_type_is_an_error(default, value):
  with pytest.raises(ValueError, match=type(default).__name__):
    configlib.validate(ConfigDict({"a": value}), ConfigDict({"a": default}))


def test_an_integer_serves_where_a_float_is_expected():
  configlib.validate(ConfigDict({"a": 1}), ConfigDict({"a": 0.5}))


def test_digest_ignores_order_and_nothing_else():
  one = {"a": 1, "b": {"c": [1, 2], "d": 0.1}}
  other = {"b": {"d": 0.1, "c": [1, 2]}, "a": 1}
  assert configlib.digest(one) == configlib.digest(other)
  for changed in (
    {**one, "a": 2},
    {**one, "e": 1},
    {"a": 1, "b": {"c": [2, 1], "d": 0.1}},
    {"a": 1, "b": {"c": [1, 2], "d": 0.1000000001}},
  ):
    assert configlib.digest(changed) != configlib.digest(one)


def test_digest_is_that_of_the_canonical_json():
  # printf '{"a":[1,true],"b":"x"}' | sha256sum
  assert configlib.digest({"b": "x", "a": (1, True)}) == (
    "840356ff5ef245669d78940c5345c77f291c7ecb3f850515822005da36b2cb0c"
  )


def test_a_field_that_moved_names_its_new_place():
  said = configlib.unknown_field("crop.probe", ["crop.size"])
  assert "data.<set>.detector" in said


def test_an_experiment_that_comes_along_stands_in(tmp_path, monkeypatch):
  own = tmp_path / "package"
  own.mkdir()
  (own / "radboud.py").touch()
  monkeypatch.chdir(tmp_path)
  for given, found in (
    ("--config=configs/radboud.py:view=multi", f"{own}/radboud.py:view=multi"),
    ("-config=configs/radboud.py", f"{own}/radboud.py"),
    ("--config=configs/other.py", "configs/other.py"),
    ("--config=mine/radboud.py", "mine/radboud.py"),
    ("--config=/x/configs/radboud.py", "/x/configs/radboud.py"),
  ):
    said = configlib.resolve_files(["main", given], own)[1]
    assert said.partition("=")[2] == found
  two = ["main", "--config", "configs/radboud.py", "--config.gan.width=3"]
  assert configlib.resolve_files(two, own)[2:] == [
    f"{own}/radboud.py",
    "--config.gan.width=3",
  ]
  # A user's own file of that name is theirs.
  (tmp_path / "configs").mkdir()
  (tmp_path / "configs" / "radboud.py").touch()
  assert configlib.resolve_files(two, own) == two
