"""A folder that can be cut off at any time and filled up again."""

import os

import numpy as np
import pytest
from PIL import Image

from jaxfer.standin import album, encoding
from jaxfer.standin.layout import Drawing, Sitting

SIZE = (12, 18)
PARAMETERS = {"dataset": "toy", "seed": 0}
RAMP = np.arange(18 * 12 * 3, dtype=np.uint8).reshape(18, 12, 3)


def sittings(calls):
  def photograph(k):
    calls.append(k)
    return np.stack([RAMP + np.uint8(k), RAMP - np.uint8(k)])

  return [
    Sitting((f"{k}a.jpg", f"{k}b.jpg"), lambda _, k=k: photograph(k))
    for k in range(9)
  ]


def grey_sittings():
  return [
    Sitting((f"S{k}/001/{k}.png",), lambda _: RAMP[None, :, :, 0])
    for k in range(3)
  ]


def fill(
  out, drawn=None, *, parameters=PARAMETERS, progress=None, labels=tuple
):
  """Fills a folder; which of the nine sittings were drawn."""
  calls = []
  album.fill(
    out,
    Drawing(18, drawn or sittings(calls), lambda size: labels()),
    size=SIZE,
    parameters=parameters,
    progress=progress or (lambda done, total: None),
  )
  return sorted(calls)


def cut_off(out):
  """Fills a folder until the first sittings are drawn."""

  class CutOffError(Exception):
    pass

  def progress(done, total):
    if done > 4:
      raise CutOffError

  with pytest.raises(CutOffError):
    fill(out, progress=progress)


@pytest.fixture
def whole(tmp_path, contents):
  """What a folder holds that was filled at once."""
  fill(tmp_path / "whole")
  return contents(tmp_path / "whole")


def test_progress_counts_every_file_in_order(tmp_path):
  seen = []
  fill(tmp_path / "new" / "folder", progress=lambda *done: seen.append(done))
  assert seen == [(done, 18) for done in range(2, 20, 2)]


def test_only_what_is_missing_or_broken_is_drawn_again(tmp_path, contents):
  fill(tmp_path)
  before = contents(tmp_path)
  (tmp_path / "2a.jpg").unlink()
  (tmp_path / "5b.jpg").write_bytes(before["5b.jpg"][:-30])
  (tmp_path / "7a.jpg").write_bytes(b"")
  small = encoding.encode(np.zeros((4, 4, 3), np.uint8), ".jpg")
  (tmp_path / "8a.jpg").write_bytes(small)
  kept = (tmp_path / "2b.jpg").stat().st_mtime_ns
  assert fill(tmp_path) == [2, 5, 7, 8]
  assert contents(tmp_path) == before
  assert (tmp_path / "2b.jpg").stat().st_mtime_ns == kept


def test_a_process_that_dies_while_it_writes_leaves_nothing(
  tmp_path, monkeypatch, whole
):
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
  assert {path.name for path in out.iterdir()} == set(whole)


def swap(path):
  path.write_bytes(path.with_name("1b.jpg").read_bytes())


def cut_short(path):
  path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("damage", ["flip", swap, cut_short])
def test_damage_within_a_half_filled_folder_is_found_and_kept(
  tmp_path, damage, damages, caplog, whole, contents
):
  out = tmp_path / "half"
  cut_off(out)
  path = out / "0a.jpg"
  damages.get(damage, damage)(path)
  damaged = path.read_bytes()
  assert 0 in fill(out)
  aside = out / "0a.jpg.damaged"
  assert aside.read_bytes() == damaged
  assert "0a.jpg is damaged: set aside as 0a.jpg.damaged" in caplog.text
  aside.unlink()
  assert contents(out) == whole


def test_a_damaged_list_of_finished_files_costs_only_drawing(
  tmp_path, whole, contents
):
  out = tmp_path / "half"
  cut_off(out)
  (out / ".finished").write_bytes(b"\xff0a.jpg\n" + bytes(9))
  assert fill(out) == list(range(9))
  assert contents(out) == whole


def test_the_marker_names_what_this_is_and_other_parameters_are_refused(
  tmp_path,
):
  fill(tmp_path)
  text = (tmp_path / album.MARKER).read_text()
  assert "stand-in" in text
  assert "seed=0" in text
  with pytest.raises(ValueError, match=r"(?s)seed=0.*asked.*seed=1"):
    fill(tmp_path, parameters={**PARAMETERS, "seed": 1})


@pytest.mark.parametrize("name", ["person.jpg", "a/b/person.PNG", "clip.mp4"])
def test_a_folder_of_someones_own_is_refused_and_left_alone(
  name, tmp_path, contents
):
  (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
  (tmp_path / name).write_bytes(b"a photograph")
  with pytest.raises(ValueError, match=r"no STANDIN\.txt"):
    fill(tmp_path)
  assert contents(tmp_path) == {name: b"a photograph"}


def test_a_sitting_that_fails_ends_the_writing(tmp_path):
  def fail(size):
    raise RuntimeError("no light")

  with pytest.raises(RuntimeError, match="no light"):
    fill(tmp_path, [*sittings([]), Sitting(("x.jpg",), fail)])
  assert not (tmp_path / "x.jpg").exists()


def test_grey_png_in_folders_is_lossless_and_resumed(tmp_path):
  fill(tmp_path, grey_sittings())
  path, other = (tmp_path / f"S{k}/001/{k}.png" for k in (1, 2))
  with Image.open(path) as image:
    assert image.format == "PNG"
    assert image.mode == "L"
    np.testing.assert_array_equal(np.asarray(image), RAMP[:, :, 0])
  whole = path.read_bytes()
  path.write_bytes(whole[:-5])
  kept = other.stat().st_mtime_ns
  fill(tmp_path, grey_sittings())
  assert path.read_bytes() == whole
  assert other.stat().st_mtime_ns == kept


def test_labels_come_last_and_are_put_right_again(tmp_path):
  seen = []

  def labels():
    seen.append(sorted(p.name for p in tmp_path.rglob("*.png")))
    yield "labels/all.txt", "a 1\n"
    yield "labels/none/", ""

  def fill_labelled():
    fill(tmp_path, grey_sittings(), labels=labels)

  fill_labelled()
  assert seen == [["0.png", "1.png", "2.png"]]
  path = tmp_path / "labels" / "all.txt"
  assert path.read_bytes() == b"a 1\n"
  assert not list((tmp_path / "labels" / "none").iterdir())
  kept = path.stat().st_mtime_ns
  fill_labelled()
  assert path.stat().st_mtime_ns == kept
  path.write_text("a")
  fill_labelled()
  assert path.read_bytes() == b"a 1\n"
