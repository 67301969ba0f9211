"""A folder that can be cut off at any time and filled up again."""

import os

import numpy as np
import pytest
from PIL import Image

from jaxfer.standin import album
from jaxfer.standin.layout import Sitting

SIZE = (12, 18)
PARAMETERS = {"dataset": "toy", "seed": 0}


def sittings(calls=None):
  def photograph(k):
    if calls is not None:
      calls.append(k)
    ramp = np.arange(18 * 12 * 3, dtype=np.uint8).reshape(18, 12, 3)
    return np.stack([ramp + np.uint8(k), ramp - np.uint8(k)])

  return [
    Sitting((f"{k}a.jpg", f"{k}b.jpg"), lambda _, k=k: photograph(k))
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


def test_a_process_that_dies_while_it_writes_leaves_nothing(
  tmp_path, monkeypatch
):
  fill(tmp_path / "whole")

  def dies(draft, path):
    raise OSError(5, "died", str(path))

  out = tmp_path / "out"
  with monkeypatch.context() as patched, pytest.raises(OSError, match="died"):
    patched.setattr(album.Path, "replace", dies)
    patched.setattr(album.Path, "unlink", lambda *_, **__: None)
    fill(out)
  assert [path.name for path in out.iterdir()]
  monkeypatch.setattr(os, "getpid", lambda: 1)  # another process goes on
  fill(out)
  names = {path.name for path in out.iterdir()}
  assert names == {path.name for path in (tmp_path / "whole").iterdir()}


def swap(path):
  path.write_bytes(path.with_name("1b.jpg").read_bytes())


def cut_short(path):
  path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("damage", ["flip", swap, cut_short])
def test_damage_within_a_half_filled_folder_is_found_and_kept(
  tmp_path, damage, damages, caplog
):
  spoil = damages.get(damage, damage)
  fill(tmp_path / "whole")
  out = tmp_path / "half"
  cut_off(out)
  path = out / "0a.jpg"
  spoil(path)
  damaged = path.read_bytes()
  calls = []
  fill(out, calls)
  assert 0 in calls
  aside = out / "0a.jpg.damaged"
  assert aside.read_bytes() == damaged
  assert "0a.jpg is damaged: set aside as 0a.jpg.damaged" in caplog.text
  aside.unlink()
  assert contents(out) == contents(tmp_path / "whole")


def test_a_damaged_list_of_finished_files_costs_only_drawing(tmp_path):
  fill(tmp_path / "whole")
  out = tmp_path / "half"
  cut_off(out)
  (out / ".finished").write_bytes(b"\xff0a.jpg\n" + bytes(9))
  calls = []
  fill(out, calls)
  assert sorted(calls) == list(range(9))
  assert contents(out) == contents(tmp_path / "whole")


def cut_off(out):
  """Fills a folder until the first sittings are drawn."""

  class CutOffError(Exception):
    pass

  def progress(done):
    if done > 4:
      raise CutOffError

  with pytest.raises(CutOffError):
    album.fill(
      out, sittings(), size=SIZE, parameters=PARAMETERS, progress=progress
    )


def contents(out):
  return {path.name: path.read_bytes() for path in out.iterdir()}


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
  def fail(size):
    raise RuntimeError("no light")

  broken = [*sittings(), Sitting(("x.jpg",), fail)]
  with pytest.raises(RuntimeError, match="no light"):
    album.fill(
      tmp_path,
      broken,
      size=SIZE,
      parameters=PARAMETERS,
      progress=lambda done: None,
    )
  assert not (tmp_path / "x.jpg").exists()


def grey_sittings():
  ramp = np.arange(18 * 12, dtype=np.uint8).reshape(1, 18, 12)
  return [Sitting((f"S{k}/001/{k}.png",), lambda _: ramp) for k in range(3)]


def fill_grey(out, labels):
  album.fill(
    out,
    grey_sittings(),
    size=SIZE,
    parameters=PARAMETERS,
    progress=lambda done: None,
    labels=labels,
  )


def test_grey_png_in_folders_is_lossless_and_resumed(tmp_path):
  fill_grey(tmp_path, [])
  path = tmp_path / "S1" / "001" / "1.png"
  with Image.open(path) as image:
    assert image.format == "PNG"
    assert image.mode == "L"
    np.testing.assert_array_equal(
      np.asarray(image), grey_sittings()[0].photograph(SIZE)[0]
    )
  whole = path.read_bytes()
  path.write_bytes(whole[:-5])
  kept = (tmp_path / "S2" / "001" / "2.png").stat().st_mtime_ns
  fill_grey(tmp_path, [])
  assert path.read_bytes() == whole
  assert (tmp_path / "S2" / "001" / "2.png").stat().st_mtime_ns == kept


def test_labels_come_last_and_are_put_right_again(tmp_path):
  seen = []

  def labels():
    seen.append(sorted(p.name for p in tmp_path.rglob("*.png")))
    yield "labels/all.txt", "a 1\n"
    yield "labels/none/", ""

  fill_grey(tmp_path, labels())
  assert seen == [["0.png", "1.png", "2.png"]]
  path = tmp_path / "labels" / "all.txt"
  assert path.read_bytes() == b"a 1\n"
  assert not list((tmp_path / "labels" / "none").iterdir())
  kept = path.stat().st_mtime_ns
  fill_grey(tmp_path, labels())
  assert path.stat().st_mtime_ns == kept
  path.write_text("a")
  fill_grey(tmp_path, labels())
  assert path.read_bytes() == b"a 1\n"


def test_photographs_further_down_are_found_too(tmp_path):
  (tmp_path / "a" / "b").mkdir(parents=True)
  (tmp_path / "a" / "b" / "person.PNG").write_bytes(b"a photograph")
  with pytest.raises(ValueError, match=r"no STANDIN\.txt"):
    fill_grey(tmp_path, [])
