"""What a killed run leaves, and how the next goes on from it."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaxfer.data import journal as journals
from jaxfer.data.journal import Journal

SHAPE = (2, 2, 3)
EVERY = 3  # images of a piece


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
  monkeypatch.setattr(journals, "_SAVE_EVERY", EVERY)


def face(i):
  return np.full(SHAPE, i, np.uint8)


def fill(journal, start, stop):
  """Every third image is rejected."""
  for i in range(start, stop):
    journal.add({"path": str(i)}, None if i % 3 == 2 else face(i))


def pieces(folder):
  return sorted(folder.glob("piece-*.npz"))


@settings(
  max_examples=40,
  suppress_health_check=[HealthCheck.function_scoped_fixture],
  deadline=None,
)
@given(
  written=st.integers(0, 12),
  dropped=st.integers(0, 4),
  cut=st.integers(0, 2000),
)
def test_whatever_is_cut_off_the_end_result_is_the_same(
  tmp_path_factory, written, dropped, cut
):
  folder = tmp_path_factory.mktemp("journal")
  with Journal(folder, SHAPE) as journal:
    fill(journal, 0, written)
  for path in pieces(folder)[len(pieces(folder)) - dropped :][:dropped]:
    path.unlink()
  for path in pieces(folder)[-1:]:
    content = path.read_bytes()
    path.write_bytes(content[: max(0, len(content) - cut)])

  with Journal(folder, SHAPE) as journal:
    assert journal.done <= written
    fill(journal, journal.done, 12)
    records = list(journal.records())
    journal.finish(folder / "faces.npy")

  assert [facts["path"] for _, facts in records] == [str(i) for i in range(12)]
  kept = [i for i in range(12) if i % 3 != 2]
  assert [i for i, (is_face, _) in enumerate(records) if is_face] == kept
  faces = np.load(folder / "faces.npy", allow_pickle=False)
  np.testing.assert_array_equal(faces, [face(i) for i in kept])
  left = {path.name for path in folder.iterdir()} - {"faces.npy"}
  assert all(name.startswith("damaged-piece-") for name in left)
  if not cut:
    assert not left


@pytest.mark.parametrize(
  "facts",
  [
    b"junk",
    b"[]",
    b"[3, [[7, {}]]]",
    b"[3, 1]",
    b'[3, [[0, {"path": "3"}], 5]]',
    b"[4, []]",
    b"\xff",
  ],
)
def test_spoilt_facts_end_what_is_trusted(tmp_path, facts):
  with Journal(tmp_path, SHAPE) as journal:
    fill(journal, 0, 8)
  pixels = np.zeros((0, *SHAPE), np.uint8)
  facts = np.frombuffer(facts, np.uint8)
  np.savez(pieces(tmp_path)[1], facts=facts, pixels=pixels)

  with Journal(tmp_path, SHAPE) as journal:
    assert (journal.done, journal.faces) == (3, 2)


def flip_pixel(paths):
  content = bytearray(paths[1].read_bytes())
  content[content.rindex(bytes([3] * 12)) + 1] ^= 1
  paths[1].write_bytes(content)


def swap_pieces(paths):
  paths[0].with_name("other").write_bytes(paths[1].read_bytes())
  shutil.copyfile(paths[2], paths[1])
  paths[0].with_name("other").rename(paths[2])


def change_fact(paths):
  content = paths[1].read_bytes()
  paths[1].write_bytes(content.replace(b'"path": "3"', b'"path": "9"'))


def drop_piece(paths):
  paths[1].unlink()


@pytest.mark.parametrize(
  "damage", [flip_pixel, swap_pieces, change_fact, drop_piece]
)
def test_damage_is_found_and_kept_and_the_end_result_the_same(
  tmp_path, damage, caplog
):
  with Journal(tmp_path, SHAPE) as journal:
    fill(journal, 0, 9)
  whole = pieces(tmp_path)
  assert len(whole) == 3
  before = {path: path.read_bytes() for path in whole}
  damage(whole)
  assert {path: path.read_bytes() for path in pieces(tmp_path)} != before
  damaged = {path.name: path.read_bytes() for path in pieces(tmp_path)[1:]}

  with Journal(tmp_path, SHAPE) as journal:
    assert journal.done == EVERY
    fill(journal, journal.done, 9)
    paths = [facts["path"] for _, facts in journal.records()]
    journal.finish(tmp_path / "faces.npy")

  assert paths == [str(i) for i in range(9)]
  np.testing.assert_array_equal(
    np.load(tmp_path / "faces.npy", allow_pickle=False),
    [face(i) for i in range(9) if i % 3 != 2],
  )
  for name, content in damaged.items():
    assert (tmp_path / f"damaged-{name}").read_bytes() == content
  assert f"all but the first {EVERY} images in it are lost" in caplog.text


def test_a_piece_has_its_name_only_when_it_is_whole(tmp_path, monkeypatch):
  def fail(self, other):
    raise OSError("killed")

  with Journal(tmp_path, SHAPE) as journal:
    fill(journal, 0, EVERY)
    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="killed"):
      fill(journal, EVERY, 2 * EVERY)
    monkeypatch.undo()
    journal._facts = []  # a killed run saves nothing more

  with Journal(tmp_path, SHAPE) as journal:
    assert journal.done == EVERY
    assert json.loads(json.dumps(list(journal.records())))[0][1]["path"] == "0"
