"""What a killed run leaves, and how the next goes on from it."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaxfer.data.journal import Journal

SHAPE = (2, 2, 3)


def face(i):
  return np.full(SHAPE, i, np.uint8)


def fill(journal, start, stop):
  """Every third image is rejected."""
  for i in range(start, stop):
    journal.add({"path": str(i)}, None if i % 3 == 2 else face(i))


@settings(
  max_examples=40,
  suppress_health_check=[HealthCheck.function_scoped_fixture],
  deadline=None,
)
@given(
  written=st.integers(0, 12),
  lines_cut=st.integers(0, 200),
  pixels_cut=st.integers(0, 40),
)
def test_whatever_is_cut_off_the_end_result_is_the_same(
  tmp_path_factory, written, lines_cut, pixels_cut
):
  folder = tmp_path_factory.mktemp("journal")
  with Journal(folder, SHAPE) as journal:
    fill(journal, 0, written)
  for name, cut in (("journal.jsonl", lines_cut), ("faces.raw", pixels_cut)):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: max(0, len(content) - cut)])

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
  left = {path.name for path in folder.iterdir()}
  if not pixels_cut:  # a line that was being written is no damage
    assert left == {"faces.npy"}
  assert left <= {"faces.npy", "damaged-faces.raw", "damaged-journal.jsonl"}


@pytest.mark.parametrize(
  "spoilt",
  [
    b"junk\n",
    b"[]\n",
    b'{"face": 7, "facts": {}}\n',
    b'{"face": 1}\n',
    b"\xff\n",
  ],
)
def test_a_spoilt_line_ends_what_is_trusted(tmp_path, spoilt):
  with Journal(tmp_path, SHAPE) as journal:
    fill(journal, 0, 4)
  path = tmp_path / "journal.jsonl"
  lines = path.read_bytes().splitlines(keepends=True)
  path.write_bytes(b"".join([*lines[:2], spoilt, *lines[2:]]))

  with Journal(tmp_path, SHAPE) as journal:
    assert (journal.done, journal.faces) == (2, 2)


def flip_pixel(folder):
  content = bytearray((folder / "faces.raw").read_bytes())
  content[13] ^= 1  # in the second face
  (folder / "faces.raw").write_bytes(content)


def swap_faces(folder):
  content = (folder / "faces.raw").read_bytes()
  size = len(face(0).tobytes())
  swapped = [content[:size], content[2 * size : 3 * size]]
  rest = [content[size : 2 * size], content[3 * size :]]
  (folder / "faces.raw").write_bytes(b"".join([*swapped, *rest]))


def change_fact(folder):
  path = folder / "journal.jsonl"
  path.write_text(path.read_text().replace('"1"', '"9"', 1))


def drop_line(folder):
  path = folder / "journal.jsonl"
  lines = path.read_bytes().splitlines(keepends=True)
  path.write_bytes(b"".join(lines[:1] + lines[2:]))


@pytest.mark.parametrize(
  "damage", [flip_pixel, swap_faces, change_fact, drop_line]
)
def test_damage_is_found_and_kept_and_the_end_result_the_same(
  tmp_path, damage, caplog
):
  with Journal(tmp_path, SHAPE) as journal:
    fill(journal, 0, 8)
  damage(tmp_path)
  damaged = {f.name: f.read_bytes() for f in tmp_path.iterdir()}

  with Journal(tmp_path, SHAPE) as journal:
    assert journal.done == 1
    fill(journal, journal.done, 8)
    paths = [facts["path"] for _, facts in journal.records()]
    journal.finish(tmp_path / "faces.npy")

  assert paths == [str(i) for i in range(8)]
  np.testing.assert_array_equal(
    np.load(tmp_path / "faces.npy", allow_pickle=False),
    [face(i) for i in range(8) if i % 3 != 2],
  )
  for name, content in damaged.items():
    assert (tmp_path / f"damaged-{name}").read_bytes() == content
  assert "all but the first 1 images in it are lost" in caplog.text


def test_a_line_is_on_disk_only_after_its_pixels(tmp_path, monkeypatch):
  order = []
  monkeypatch.setattr(
    "os.fsync",
    lambda _: order.append(
      (
        (tmp_path / "faces.raw").stat().st_size,
        (tmp_path / "journal.jsonl").stat().st_size,
      )
    ),
  )
  with Journal(tmp_path, SHAPE) as journal:
    fill(journal, 0, 2)

  assert order[0] == (24, 0)
  assert order[1][1] > 0
  lines = (tmp_path / "journal.jsonl").read_text().splitlines()
  assert [json.loads(line)["face"] for line in lines] == [1, 1]
