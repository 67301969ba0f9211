"""All stand-ins by name: their sizes, their options, and light imports."""

import functools
import subprocess
import sys

import pytest
from PIL import Image

from jaxfer import standin
from jaxfer.configs import base
from jaxfer.data import readers

SMALL = {
  "rafd": 1,
  "kdef": 1,
  "raf_db": 14,
  "raf_db_compound": 14,
  "sfew": 12,
  "ck_plus": 1,
  "ck": 1,
  "celeba": 6,
  "unlabelled": 5,
  "labelled": 5,
  "own_clips": 1,
  "ck_plus_clips": 1,
  "cremad": 1,
  "dfew": 2,
  "ferv39k": 2,
  "afew": 2,
}
PICTURES, FILMS = (".jpg", ".png"), (".avi", ".mp4")


@pytest.mark.usefixtures("sketch")
@pytest.mark.parametrize("name", standin.NAMES)
def test_a_set_is_as_counted_and_read_and_filled_up_to_the_same_bytes(
  name, tmp_path, contents
):
  out = tmp_path / "faces"
  draw = functools.partial(standin.write, name, size=SMALL[name], width=48)
  draw(out)
  before = contents(out)
  images = [n for n in before if n.lower().endswith(PICTURES + FILMS)]
  count = standin.count(name, size=SMALL[name])
  assert len(images) == count
  for image in images:
    if image.lower().endswith(PICTURES):
      with Image.open(out / image) as opened:
        assert opened.size == standin.get(name).size_of(48)
        assert opened.format == ("PNG" if image.endswith("png") else "JPEG")
        assert opened.mode == ("L" if name.startswith("ck") else "RGB")

  if name in readers.NAMES:
    table = readers.get(name).read(out)
    assert table.faces
    assert {one.path for one in table.rejected} <= {"STANDIN.txt"}

  labels = sorted(set(before) - {*images, "STANDIN.txt"})
  for lost in images[::3] + labels[:1]:
    (out / lost).unlink()
  (out / images[1]).write_bytes(before[images[1]][:40])
  seen = []
  draw(out, progress=lambda *done: seen.append(done))
  assert contents(out) == before
  assert seen[-1] == (count, count)
  assert seen == sorted(seen)

  draw(tmp_path / "other", seed=1)
  other = contents(tmp_path / "other")
  shared = set(images) & set(other)
  assert not [image for image in shared if other[image] == before[image]]


@pytest.mark.parametrize(
  ("name", "published"),
  [
    # Images of a complete copy; CK+ and CK are drawn by chance, about so many.
    ("kdef", 4_900),
    ("raf_db", 15_339),
    ("raf_db_compound", 3_954),
    ("sfew", 891 + 431 + 372),
    ("celeba", 202_599),
    ("ck_plus", pytest.approx(10_708, rel=0.1)),
    ("ck", pytest.approx(8_422, rel=0.05)),
    ("rafd", 1_608),
  ],
)
def test_published_sizes_are_the_default(name, published):
  assert standin.count(name) == published


@pytest.mark.parametrize(
  ("name", "size"),
  [
    ("rafd", (681, 1024)),
    ("kdef", (562, 762)),
    ("celeba", (178, 218)),
    ("sfew", (143, 181)),
    ("ck_plus", (640, 490)),
    ("ck", (640, 490)),
    ("raf_db", (100, 100)),
  ],
)
def test_images_have_the_owners_proportion(name, size):
  assert standin.get(name).size_of(size[0]) == size


def test_options_change_the_count():
  cameras = ("000", "045", "090", "135", "180")
  assert standin.count("rafd", cameras=cameras) == 8_040
  assert standin.count("kdef", size=3, angles=("S",)) == 42


def refused(name, out, message, **arguments):
  """Counting and writing refuse alike, and nothing is written."""
  with pytest.raises(ValueError, match=message):
    standin.count(name, **arguments)
  with pytest.raises(ValueError, match=message):
    standin.write(name, out / "new", **arguments)
  assert not list(out.iterdir())


@pytest.mark.parametrize("name", standin.NAMES)
def test_sizes_and_seeds_out_of_range_are_refused(name, tmp_path):
  refused(name, tmp_path, r"=0 (is not between|must be)", size=0)
  refused(name, tmp_path, "seed=-1 is negative", size=1, seed=-1)
  # Films and own folders have no bound; the others' names run out.
  if name not in ("sfew", "afew", "unlabelled", "labelled"):
    refused(name, tmp_path, "=10000000 ", size=10**7)


@pytest.mark.parametrize(
  ("name", "arguments", "message"),
  [
    ("rafd", {"size": 68}, "people=68 is not between 1 and the 67"),
    ("kdef", {"size": 71}, "people=71 is not between 1 and the 70"),
    ("ck", {"size": 98}, "people=98 is not between 1 and the 97"),
    ("ck_plus", {"size": 124}, "people=124 is not between 1 and the 123"),
    ("raf_db_compound", {"size": 12_000}, "numbers of 3 digits"),
    ("rafd", {"cameras": ("91",)}, "'91' must be some of 000, 045, 090, 135"),
    ("rafd", {"cameras": ()}, "must be some of"),
    ("rafd", {"cameras": ("090", "090")}, "each once"),
    ("kdef", {"angles": ("X",)}, "'X' must be some of FL, HL, S, HR, FR"),
    ("kdef", {"cameras": ("090",)}, "kdef does not take cameras; it takes"),
    ("sfew", {"subset": "basic"}, "sfew does not take subset"),
    ("jaffe", {}, "'jaffe'; there are afew, celeba, ck"),
  ],
)
def test_what_is_not_known_is_refused_by_name(
  name, arguments, message, tmp_path
):
  refused(name, tmp_path, message, **arguments)


@pytest.mark.parametrize(
  ("code", "printed"),
  [
    (
      "from jaxfer import standin;"
      "print({standin.count(name, size=1) > 0 for name in standin.NAMES},"
      " 'jax' in sys.modules)",
      "{True} False",
    ),
    (
      "import jaxfer.standin.__main__;"
      "print([m for m in sys.modules if m.split('.')[0] in ('jax', 'PIL')"
      " or m.startswith('jaxfer.standin.layouts.')])",
      "[]",
    ),
  ],
  ids=["planning starts no JAX", "the registry loads nothing to draw with"],
)
def test_imports_are_light(code, printed):
  done = subprocess.run(
    [sys.executable, "-c", f"import sys; {code}"],
    check=True,
    capture_output=True,
    text=True,
  )
  assert done.stdout.strip() == printed


@pytest.fixture
def config():
  return base.get_config()


def test_every_set_but_none_of_its_views_in_vain_can_be_drawn(config):
  for name in readers.NAMES:
    drawn = standin.describe(name, config.data)
    assert drawn["name"] == name
  whole = standin.count(**standin.describe("rafd", config.data))
  assert whole == 67 * 8 * 3
  config.data.rafd.view = "all"
  whole = standin.count(**standin.describe("rafd", config.data))
  assert whole == 67 * 8 * 3 * 5
  config.data.standin.sizes.rafd = 2
  few = standin.count(**standin.describe("rafd", config.data))
  assert few == 2 * 8 * 3 * 5


@pytest.mark.parametrize(
  ("field", "value"), [("sizes.rafd", 1), ("sizes.rafd", -1), ("width", 47)]
)
def test_stand_ins_too_small_to_use_are_refused(config, field, value):
  config.update_from_flattened_dict({f"data.standin.{field}": value})
  with pytest.raises(ValueError, match=rf"standin\.{field}={value} must be"):
    standin.describe("rafd", config.data)
