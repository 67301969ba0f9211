"""Which generator a study is about."""

import shutil

import numpy as np
import pytest

from jaxfer import artifacts
from jaxfer.study import source


def test_the_only_generator_is_chosen_with_its_faces(make_run, tmp_path):
  made = make_run(tmp_path, report="radboud")
  found = source.choose(tmp_path, None)
  assert found.generated == made["generate"]
  assert found.gan.faces == made["prepare"]
  assert found.experiments == ("radboud",)
  assert found.fakes().shape == (24, 8, 8, 3)
  faces, rows, people = found.reals()
  np.testing.assert_array_equal(faces, np.load(made["prepare"] / "faces.npy"))
  assert rows == list(range(24))
  assert people == [f"p{i % 6}" for i in range(24)]
  assert "radboud" in found.describe() and "drawn" in found.describe()


def test_real_faces_are_those_that_were_learnt_from(make_run, tmp_path):
  make_run(tmp_path, left_out=1)
  _, rows, people = source.choose(tmp_path, None).reals()
  assert rows == list(range(0, 24, 2))
  assert set(people) == {"p0", "p2", "p4"}


def test_of_several_one_is_chosen_by_experiment_or_by_folder(
  make_run, tmp_path
):
  rafd = make_run(tmp_path, report="radboud")["generate"]
  kdef = make_run(tmp_path, dataset="kdef")["generate"]
  with pytest.raises(ValueError, match="holds 2 generators: choose") as said:
    source.choose(tmp_path, None)
  assert rafd.name in str(said.value) and kdef.name in str(said.value)
  assert source.choose(tmp_path, "radboud").generated == rafd
  assert source.choose(tmp_path, kdef.name).generated == kdef
  with pytest.raises(ValueError, match="2 generators, 0 of 'emotion-9'"):
    source.choose(tmp_path, "emotion-9")


def test_what_is_not_there_is_said(make_run, tmp_path):
  with pytest.raises(ValueError, match="is no folder"):
    source.choose(tmp_path / "nowhere", None)
  with pytest.raises(ValueError, match="holds no generated faces"):
    source.choose(tmp_path, None)
  shutil.rmtree(make_run(tmp_path)["prepare"])
  with pytest.raises(ValueError, match="holds no generated faces"):
    source.choose(tmp_path, None)


@pytest.mark.parametrize("stage", ["generate", "prepare"])
def test_faces_that_are_not_what_was_written_are_refused(
  make_run, tmp_path, stage
):
  path = make_run(tmp_path)[stage] / "faces.npy"
  content = bytearray(path.read_bytes())
  content[-1] ^= 1
  path.write_bytes(content)
  with pytest.raises(artifacts.DamagedError, match=r"faces\.npy"):
    source.choose(tmp_path, None)
