"""Where datasets are looked for, and what is said when there are none."""

import inspect

import pytest

from jaxfer import config as configlib
from jaxfer.configs import base
from jaxfer.data import readers
from jaxfer.data.table import DataError


@pytest.fixture
def data(tmp_path):
  section = base.get_config().data
  section.root = str(tmp_path / "data")
  return section


def test_every_dataset_bears_its_modules_name_and_has_its_section(data):
  assert set(configlib.flatten(data.paths)) == set(readers.NAMES)
  for name in readers.NAMES:
    dataset = readers.get(name)
    assert dataset.name == name
    options = {*data[name]} - {"detector", "stride", "count", "seed"}
    taken = {*inspect.signature(dataset.read).parameters}
    assert options <= taken, name


def test_a_dataset_lies_below_the_root_or_where_its_path_says(data, tmp_path):
  for folder in ("data/rafd", "elsewhere"):
    (tmp_path / folder).mkdir(parents=True)

  assert readers.locate("rafd", data) == tmp_path / "data" / "rafd"
  data.paths.rafd = str(tmp_path / "elsewhere")
  assert readers.locate("rafd", data) == tmp_path / "elsewhere"


def test_a_missing_dataset_says_where_what_and_how(data, tmp_path):
  with pytest.raises(DataError) as caught:
    readers.locate("rafd", data)

  message = str(caught.value)
  assert str(tmp_path / "data" / "rafd") in message
  assert "config.data.root" in message
  assert "Rafd090_01_Caucasian_female_angry_frontal.jpg" in message
  assert "https://rafd.socsci.ru.nl" in message
  assert "jaxfer standin --dataset=rafd --out=" in message


def test_a_wrong_path_is_not_replaced_by_the_root(data, tmp_path):
  (tmp_path / "data" / "labelled").mkdir(parents=True)
  (tmp_path / "file").touch()
  for wrong in (tmp_path / "typo", tmp_path / "file"):
    data.paths.labelled = str(wrong)
    with pytest.raises(DataError, match=r"\(config\.data\.paths\.labelled\)"):
      readers.locate("labelled", data)


def test_own_faces_are_never_offered_a_standin(data):
  with pytest.raises(DataError) as caught:
    readers.locate("unlabelled", data)

  assert "standin" not in str(caught.value)


def test_an_unknown_dataset_lists_the_known(data, tmp_path):
  with pytest.raises(DataError, match=r"'kdf'; .* afew, celeba, ck, "):
    readers.read("kdf", tmp_path, data)


@pytest.mark.parametrize("name", ["rafd", "unlabelled"])
def test_an_empty_folder_is_an_error(data, tmp_path, name):
  with pytest.raises(DataError, match=r"(?s)no usable face.*nothing$"):
    readers.read(name, tmp_path, data)


@pytest.mark.parametrize("name", ["rafd", "unlabelled"])
def test_a_folder_of_other_files_is_an_error_that_shows_them(
  data, tmp_path, name
):
  for i in range(7):
    (tmp_path / f"part{i}.zip").touch()

  with pytest.raises(DataError) as caught:
    readers.read(name, tmp_path, data)

  message = str(caught.value)
  assert "part0.zip" in message
  assert "part4.zip" in message
  assert "part5.zip" not in message
  assert "… and 2 more" in message
  assert "nothing" not in message


def test_an_empty_labelled_folder_names_the_label_file(data, tmp_path):
  with pytest.raises(
    DataError, match=r"no label file .*index\.csv.*data\.labelled\.index"
  ):
    readers.read("labelled", tmp_path, data)


def test_a_label_file_without_rows_is_an_error(data, tmp_path):
  (tmp_path / "index.csv").write_text("path,subject,emotion\n")
  (tmp_path / "a.jpg").touch()

  with pytest.raises(DataError, match=r"a\.jpg: no row of index\.csv names it"):
    readers.read("labelled", tmp_path, data)


def test_the_configured_view_and_label_file_are_read(data, tmp_path):
  (tmp_path / "Rafd045_01_Kid_male_sad_frontal.jpg").touch()
  (tmp_path / "my labels.csv").write_text(
    "path,subject,emotion\nRafd045_01_Kid_male_sad_frontal.jpg,x,happy\n"
  )
  data.rafd.view, data.labelled.index = "multi", "my labels.csv"

  (posed,) = readers.read("rafd", tmp_path, data).faces
  (labelled,) = readers.read("labelled", tmp_path, data).faces

  assert (posed.subject, posed.emotion) == ("01", "sad")
  assert (labelled.subject, labelled.emotion) == ("x", "happy")
  data.rafd.view = "frontal"
  with pytest.raises(DataError, match="no usable face"):
    readers.read("rafd", tmp_path, data)
