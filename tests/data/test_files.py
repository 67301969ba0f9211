"""Walking trees that loop, hide and forbid; paths that try to get out."""

import dataclasses
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data import files
from jaxfer.data.table import DataError, Face, FaceTable, Rejection

QUICK = settings(max_examples=30, deadline=None, derandomize=True)

parts = st.text("abAB1. é", min_size=1, max_size=4).filter(
  lambda part: part.strip(".") != "" and part.strip() == part
)
trees = st.sets(st.lists(parts, min_size=1, max_size=4).map(tuple), max_size=12)


def plant(root: Path, paths) -> set[str]:
  """Makes files; a path that runs through one made before is left out."""
  made = set()
  for path in paths:
    file = root.joinpath(*path)
    if any(parent.is_file() for parent in file.parents) or file.exists():
      continue
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    made.add("/".join(path))
  return made


@QUICK
@given(trees)
def test_walk_finds_every_visible_file_once_in_one_order(
  tmp_path_factory, paths
):
  one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
  made = plant(one, sorted(paths))
  for path in sorted(made, reverse=True):
    (two / path).parent.mkdir(parents=True, exist_ok=True)
    (two / path).touch()

  found = list(files.walk(one))

  visible = {p for p in made if not any(s[0] == "." for s in p.split("/"))}
  assert sorted(found) == sorted(visible)
  assert found == list(files.walk(two)), "the order of creation shows"


def test_walk_ends_in_loops_and_reads_each_folder_once(tmp_path):
  inner = tmp_path / "set" / "inner"
  inner.mkdir(parents=True)
  (inner / "a.jpg").touch()
  (inner / "up").symlink_to(tmp_path / "set")
  (inner / "self").symlink_to(inner)
  other = tmp_path / "elsewhere"
  other.mkdir()
  (other / "b.jpg").touch()
  (other / "back").symlink_to(inner)
  for name in ("link1", "link2"):
    (tmp_path / "set" / name).symlink_to(other)

  found = list(files.walk(tmp_path / "set"))

  assert sorted(Path(path).name for path in found) == ["a.jpg", "b.jpg"]


def test_walk_yields_links_that_lead_nowhere_so_that_they_are_reported(
  tmp_path,
):
  (tmp_path / "gone.jpg").symlink_to(tmp_path / "missing.jpg")
  (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")

  assert list(files.walk(tmp_path)) == ["gone.jpg", "loop.jpg"]


def test_walk_passes_over_what_file_browsers_leave(tmp_path):
  for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._a.jpg", "a.jpg"):
    (tmp_path / name).touch()
  (tmp_path / ".cache").mkdir()
  (tmp_path / ".cache" / "b.jpg").touch()

  assert list(files.walk(tmp_path)) == ["a.jpg"]


def test_a_folder_that_cannot_be_listed_is_not_passed_over(
  tmp_path, monkeypatch
):
  (tmp_path / "locked").mkdir()
  listed = os.scandir

  def scandir(path):
    if Path(path).name == "locked":
      raise PermissionError(13, "Permission denied", str(path))
    return listed(path)

  monkeypatch.setattr(os, "scandir", scandir)

  with pytest.raises(DataError, match=r"locked: Permission denied"):
    list(files.walk(tmp_path))


@pytest.mark.parametrize(
  ("path", "reason"),
  [
    ("/etc/passwd", "absolute or leads outside"),
    ("../a.jpg", "absolute or leads outside"),
    ("a/../../b.jpg", "absolute or leads outside"),
    ("..\\a.jpg", "absolute or leads outside"),
    ("\\\\server\\share\\a.jpg", "absolute or leads outside"),
    ("a\0.jpg", "NUL byte"),
  ],
)
def test_paths_that_lead_outside_are_refused(tmp_path, path, reason):
  with pytest.raises(DataError, match=reason):
    files.resolve_inside(tmp_path, path)


def test_spellings_of_one_path_agree():
  root = Path("/set")
  spellings = ("a/b.jpg", "./a//b.jpg", "a\\b.jpg", "c/../a/b.jpg")

  found = {files.resolve_inside(root, spelling) for spelling in spellings}

  assert found == {root / "a" / "b.jpg"}


@QUICK
@given(st.text("ab./\\\0", max_size=12))
def test_no_spelling_leads_outside(path):
  root = Path("/data/set")
  try:
    inside = files.resolve_inside(root, path)
  except DataError:
    return
  normal = os.path.normpath(inside)
  assert normal == str(root) or normal.startswith(f"{root}{os.sep}")


def test_image_names():
  yes = ("a.JPG", "b.c.jpeg", "d.png", "e.TIF", "folder.x/f.webp")
  no = ("a", "jpg", "a.jpg.txt", "a.svg", "a.npy", "folder.jpg/a")

  assert all(map(files.is_image_name, yes))
  assert not any(map(files.is_image_name, no))


def _table(root: Path) -> FaceTable:
  for name, content in (("a.jpg", b"one"), ("b.jpg", b"two")):
    (root / name).write_bytes(content)
  known = Face("a.jpg", "labelled", "p1", "happy", {12: 1})
  other = Face("b.jpg", "labelled", "p2", "sad")
  return FaceTable(root, (known, other), (Rejection("c.jpg", "why"),))


def test_fingerprint_does_not_depend_on_place_or_time(tmp_path):
  (tmp_path / "one").mkdir()
  (tmp_path / "two").mkdir()
  one, two = _table(tmp_path / "one"), _table(tmp_path / "two")
  os.utime(two.root / "a.jpg", (0, 0))

  assert files.fingerprint(one) == files.fingerprint(two)


def test_fingerprint_sees_every_change(tmp_path):
  table = _table(tmp_path)
  first, second = table.faces

  def changed(**facts) -> FaceTable:
    return dataclasses.replace(
      table, faces=(dataclasses.replace(first, **facts), second)
    )

  variants = [
    table,
    changed(subject="p3"),
    changed(subject=None),
    changed(emotion="sad"),
    changed(aus={12: 0}),
    changed(aus={}),
    changed(split="test"),
    dataclasses.replace(table, faces=(second, first)),
    dataclasses.replace(table, faces=(first,)),
    dataclasses.replace(table, rejected=()),
  ]
  seen = [files.fingerprint(variant) for variant in variants]
  (tmp_path / "b.jpg").write_bytes(b"twO")
  seen.append(files.fingerprint(table))
  (tmp_path / "b.jpg").unlink()
  seen.append(files.fingerprint(table))  # and a missing file does not raise

  assert len(set(seen)) == len(seen)


def test_fingerprint_takes_names_that_are_not_text(tmp_path):
  name = os.fsdecode(b"caf\xe9.jpg")
  (tmp_path / name).write_bytes(b"one")
  table = FaceTable(tmp_path, (Face(name, "unlabelled"),))

  assert len(files.fingerprint(table)) == 64
