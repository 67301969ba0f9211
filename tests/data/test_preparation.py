"""Which detector, which colour, and what is refused before any work."""

import numpy as np
import pytest
from PIL import Image

from jaxfer.configs import base
from jaxfer.data import preparation, readers


@pytest.fixture
def config():
  config = base.get_config()
  config.run.experiment = "test"
  return config


def describe(config, role="probe"):
  colour = preparation.find_colour(config, {})
  return preparation.describe(config, role, colour)[0]


def test_each_set_has_its_own_way_unless_the_config_says_otherwise(config):
  for name in readers.NAMES:
    config.data.probe = name
    assert describe(config)["detector"] == readers.get(name).detector
  config.data.probe, config.data.labelled.detector = "labelled", "mtcnn"
  assert describe(config)["detector"] == "mtcnn"
  assert describe(config, "pretrain")["detector"] == "viola_jones"
  # It belongs to the set, whatever that is used for.
  config.data.pretrain = "labelled"
  assert describe(config, "pretrain") == describe(config)


def test_celebas_box_is_about_the_aligned_eyes(config):
  config.data.probe = "celeba"
  left, top, width, height = describe(config)["box"]
  # The owners align the eyes to (69, 111) and (108, 111) of 178 by 218.
  assert left * 178 < 69 < 108 < (left + width) * 178
  assert top * 218 < 111 < (top + height) * 218
  assert width * 178 == pytest.approx(height * 218)
  assert (left + width / 2) * 178 == pytest.approx(88.5, abs=1)


@pytest.mark.parametrize(
  ("pretrain", "probe", "colour"),
  [
    ("ck", "rafd", "grey"),
    ("rafd", "ck_plus", "grey"),
    ("celeba", "rafd", "rgb"),
    ("ck", "ck", "grey"),
  ],
)
def test_both_sides_of_an_experiment_have_one_colour(
  config, pretrain, probe, colour
):
  config.data.pretrain, config.data.probe = pretrain, probe
  for role in preparation.roles(config):
    assert describe(config, role)["colour"] == colour
  config.crop.colour = "rgb"
  assert describe(config)["colour"] == "rgb"


@pytest.mark.parametrize(
  ("modes", "colour"),
  [
    (["L"] * 5, "grey"),
    (["RGB"] * 40, "grey"),
    (["L", "L", "coloured"], "rgb"),
    ([], "rgb"),
  ],
)
def test_own_photographs_are_looked_at_for_colour(
  config, tmp_path, modes, colour
):
  folder = tmp_path / "photographs"
  folder.mkdir()
  rng = np.random.default_rng(0)
  for i, mode in enumerate(modes):
    image = Image.fromarray(rng.integers(0, 256, (40, 40, 3), np.uint8))
    if mode != "coloured":
      image = image.convert("L").convert(mode)
    image.save(folder / f"{i:02d}.jpg")
  (folder / "broken.jpg").write_bytes(b"no image")
  table = readers.get("unlabelled").read(folder)
  config.data.pretrain = "unlabelled"
  config.data.probe = "rafd"
  found = preparation.find_colour(config, {"unlabelled": table})
  assert found == colour


@pytest.mark.parametrize(
  ("changes", "words"),
  [
    (
      {"data.rafd.detector": "hog"},
      "data.rafd.detector='hog' is not one of auto, viola_jones",
    ),
    ({"crop.colour": "sepia"}, "crop.colour='sepia' is not one of"),
    ({"crop.rule": "left"}, "crop.rule='left' is not one of largest, surest"),
    (
      {"crop.align_eyes": True},
      "viola_jones does not find: set data.rafd.detector=mtcnn",
    ),
    (
      {"data.rafd.detector": "fixed"},
      "Radboud Faces Database has no stated box",
    ),
    (
      {"data.rafd.detector": "boxes_csv", "crop.boxes": "nowhere.csv"},
      "'nowhere.csv', which is",
    ),
  ],
)
def test_what_cannot_work_is_refused(config, changes, words):
  config.update_from_flattened_dict(changes)
  with pytest.raises(ValueError, match=words):
    describe(config)


def test_listed_boxes_are_part_of_what_the_crops_depend_on(config, tmp_path):
  boxes = tmp_path / "boxes.csv"
  config.data.rafd.detector, config.crop.boxes = "boxes_csv", str(boxes)
  boxes.write_text("a")
  _, first = preparation.describe(config, "probe", "rgb")
  boxes.write_text("b")
  _, second = preparation.describe(config, "probe", "rgb")
  assert first != second


def test_only_what_a_detector_uses_decides_about_its_crops(config):
  before = describe(config)
  config.crop.boxes = "unused.csv"
  assert describe(config) == before
  config.crop.scale_factor = 1.2
  assert describe(config) != before
  config.data.probe = "raf_db"
  before = describe(config)
  config.crop.scale_factor = 1.3
  assert describe(config) == before


def test_what_own_faces_are_learnt_from_follows_the_folders(config, tmp_path):
  for name in ("one", "other"):
    (tmp_path / name).mkdir()
  one, other = str(tmp_path / "one"), str(tmp_path / "other")

  def settled(unlabelled, labelled, probe="labelled", pretrain=""):
    found = config.copy_and_resolve_references()
    found.data.root = str(tmp_path / "data")
    found.data.paths.unlabelled = unlabelled
    found.data.paths.labelled = labelled
    found.data.probe, found.data.pretrain = probe, pretrain
    preparation.settle(found)
    return found.data.pretrain

  assert settled(one, other) == "unlabelled"
  assert settled("", other) == "labelled"
  # The same faces twice would be learnt from behind the backs of the tested.
  assert settled(one, one) == "labelled"
  assert settled(one, f"{tmp_path}/other/../one") == "labelled"
  assert settled(one, "", probe="unlabelled") == "unlabelled"
  assert settled("", other, pretrain="unlabelled") == "unlabelled"
  (tmp_path / "data" / "unlabelled").mkdir(parents=True)
  assert settled("", other) == "unlabelled"


def test_two_sets_of_one_folder_are_said_to_be(config, tmp_path):
  config.data.pretrain, config.data.probe = "unlabelled", "labelled"
  config.data.paths.unlabelled = str(tmp_path)
  config.data.paths.labelled = f"{tmp_path}/."
  assert "unlabelled and labelled are one folder" in preparation.twice(config)
  config.data.paths.labelled = f"{tmp_path}/other"
  assert not preparation.twice(config)


def test_only_a_sample_is_part_of_what_the_crops_depend_on(config):
  assert not {"count", "seed"} & describe(config).keys()
  config.data.rafd.count, config.data.rafd.seed = 100, 3
  assert (describe(config)["count"], describe(config)["seed"]) == (100, 3)
