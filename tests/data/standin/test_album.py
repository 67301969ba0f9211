"""A folder that can be cut off at any time and filled up again."""

import numpy as np
import pytest

from jaxfer.data.standin import album

SIZE = (12, 18)
PARAMETERS = {"dataset": "toy", "seed": 0}


def sittings(calls=None):
  def photograph(k):
    if calls is not None:
      calls.append(k)
    ramp = np.arange(18 * 12 * 3, dtype=np.uint8).reshape(18, 12, 3)
    return np.stack([ramp + np.uint8(k), ramp - np.uint8(k)])

  return [
    album.Sitting((f"{k}a.jpg", f"{k}b.jpg"), lambda k=k: photograph(k))
    for k in range(9)
  ]


def fill(out, calls=None, parameters=PARAMETERS):
  seen = []
  album.fill(
    out,
    sittings(calls),
    size=SIZE,
    parameters=parameters,
    progress=seen.append,
  )
  return seen


def test_progress_counts_every_file_in_order(tmp_path):
  assert fill(tmp_path / "new" / "folder") == list(range(2, 20, 2))


def test_only_what_is_missing_or_broken_is_drawn_again(tmp_path):
  fill(tmp_path)
  before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
  (tmp_path / "2a.jpg").unlink()
  (tmp_path / "5b.jpg").write_bytes(before["5b.jpg"][:-30])
  (tmp_path / "7a.jpg").write_bytes(b"")
  kept = (tmp_path / "2b.jpg").stat().st_mtime_ns
  calls = []
  fill(tmp_path, calls)
  assert sorted(calls) == [2, 5, 7]
  assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
  assert (tmp_path / "2b.jpg").stat().st_mtime_ns == kept


def test_an_image_of_another_size_is_drawn_again(tmp_path):
  fill(tmp_path)
  small = album.encode(np.zeros((4, 4, 3), np.uint8))
  (tmp_path / "3a.jpg").write_bytes(small)
  calls = []
  fill(tmp_path, calls)
  assert calls == [3]


def test_the_marker_names_what_this_is(tmp_path):
  fill(tmp_path)
  text = (tmp_path / album.MARKER).read_text()
  assert "stand-in" in text
  assert "seed=0" in text


def test_a_folder_of_other_parameters_is_refused(tmp_path):
  fill(tmp_path)
  with pytest.raises(ValueError, match=r"(?s)seed=0.*asked.*seed=1"):
    fill(tmp_path, parameters={**PARAMETERS, "seed": 1})


def test_a_folder_of_photographs_is_refused_and_left_alone(tmp_path):
  (tmp_path / "person.jpg").write_bytes(b"a photograph")
  with pytest.raises(ValueError, match=r"no STANDIN\.txt"):
    fill(tmp_path)
  assert [path.name for path in tmp_path.iterdir()] == ["person.jpg"]


def test_a_sitting_that_fails_ends_the_writing(tmp_path):
  def fail():
    raise RuntimeError("no light")

  broken = [*sittings(), album.Sitting(("x.jpg",), fail)]
  with pytest.raises(RuntimeError, match="no light"):
    album.fill(
      tmp_path,
      broken,
      size=SIZE,
      parameters=PARAMETERS,
      progress=lambda done: None,
    )
  assert not (tmp_path / "x.jpg").exists()
