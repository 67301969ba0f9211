"""All stand-ins by name: their sizes, their options, and light imports."""

import subprocess
import sys

import pytest

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


@pytest.mark.usefixtures("sketch")
@pytest.mark.parametrize("name", standin.NAMES)
def test_as_many_images_are_written_as_were_counted(name, tmp_path):
  seen = []
  standin.write(
    name,
    tmp_path,
    size=SMALL[name],
    width=48,
    progress=lambda done, total: seen.append((done, total)),
  )
  suffixes = (".jpg", ".png", ".avi", ".mp4")
  written = [p for p in tmp_path.rglob("*") if p.suffix.lower() in suffixes]
  count = standin.count(name, size=SMALL[name])
  assert len(written) == count
  assert seen[-1] == (count, count)
  assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.usefixtures("sketch")
@pytest.mark.parametrize(
  "name", [name for name in standin.NAMES if name in readers.NAMES]
)
def test_the_reader_of_that_name_takes_all_of_it(name, tmp_path):
  standin.write(name, tmp_path, size=SMALL[name], width=48)
  table = readers.get(name).read(tmp_path)
  assert table.faces
  refused = {one.path for one in table.rejected}
  assert refused <= {"STANDIN.txt"}


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


def test_options_change_the_count():
  cameras = ("000", "045", "090", "135", "180")
  assert standin.count("rafd", cameras=cameras) == 8_040
  assert standin.count("kdef", size=3, angles=("S",)) == 42


@pytest.mark.parametrize("name", standin.NAMES)
def test_counting_refuses_what_writing_refuses(name):
  with pytest.raises(ValueError, match=r"=0 (is not between|must be)"):
    standin.count(name, size=0)
  with pytest.raises(ValueError, match="seed=-1 is negative"):
    standin.count(name, size=1, seed=-1)
  # Films and own folders have no bound; the others' names run out.
  if name not in ("sfew", "afew", "unlabelled", "labelled"):
    with pytest.raises(ValueError, match="=10000000 "):
      standin.count(name, size=10**7)


def test_what_is_not_known_is_refused_by_name(tmp_path):
  with pytest.raises(ValueError, match="'jaffe'; there are afew, celeba, ck"):
    standin.write("jaffe", tmp_path)
  with pytest.raises(ValueError, match="kdef does not take cameras; it takes"):
    standin.write("kdef", tmp_path, cameras=("090",))
  with pytest.raises(ValueError, match="sfew does not take subset"):
    standin.count("sfew", subset="basic")


def test_planning_a_set_does_not_start_jax():
  code = (
    "import sys; from jaxfer import standin;"
    "print({standin.count(name, size=1) > 0 for name in standin.NAMES},"
    " 'jax' in sys.modules)"
  )
  done = subprocess.run(
    [sys.executable, "-c", code], check=True, capture_output=True, text=True
  )
  assert done.stdout.strip() == "{True} False"


def test_the_registry_loads_nothing_to_draw_with():
  code = (
    "import sys, jaxfer.standin.__main__;"
    "print([m for m in sys.modules if m.split('.')[0] in ('jax', 'PIL')"
    " or m.startswith('jaxfer.standin.layouts.')])"
  )
  done = subprocess.run(
    [sys.executable, "-c", code], check=True, capture_output=True, text=True
  )
  assert done.stdout.strip() == "[]"


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
