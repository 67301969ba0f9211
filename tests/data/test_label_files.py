"""Label files as copies of datasets have them, and what their rows come to."""

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data import label_files
from jaxfer.data.label_files import Label
from jaxfer.data.table import DataError

QUICK = settings(max_examples=100, deadline=None, derandomize=True)
PLAIN = "a.jpg 5\nb.jpg 1\n"


def rows(root, content: bytes) -> list[label_files.Row]:
  (root / "labels.txt").write_bytes(content)
  return [*label_files.read_rows(root, "labels.txt")]


@pytest.mark.parametrize(
  "text",
  [
    PLAIN,
    PLAIN.replace(" ", "\t"),
    PLAIN.replace(" ", " \t  "),
    PLAIN.replace(" ", ","),
    PLAIN.replace(" ", ", "),
    PLAIN.replace(" ", ";"),
    PLAIN.replace("\n", "\r\n"),
    PLAIN.replace("\n", "\r"),
    PLAIN.replace("\n", "  \t\n"),
    PLAIN.rstrip("\n"),
    "\ufeff" + PLAIN,
    PLAIN.replace("a.jpg", '"a.jpg"').replace(" 5", ' "5"'),
    PLAIN.replace("a.jpg", '"a.jpg"').replace(" ", ","),
  ],
)
def test_spellings_of_one_file_read_alike(tmp_path, text):
  assert rows(tmp_path, text.encode()) == [
    (1, ("a.jpg", "5")),
    (2, ("b.jpg", "1")),
  ]


def test_lines_keep_their_numbers_over_blank_ones(tmp_path):
  assert rows(tmp_path, b"\r\n \r\na 1\r\n,,\r\n\r\nb,,2\r\n") == [
    (3, ("a", "1")),
    (6, ("b", "", "2")),
  ]


def test_names_need_not_be_text(tmp_path):
  ((_, (name, _)),) = rows(tmp_path, b"caf\xe9.jpg 1")

  assert os.fsencode(name) == b"caf\xe9.jpg"


def test_an_empty_file_has_no_rows(tmp_path):
  assert rows(tmp_path, b"") == []


def test_files_that_are_no_label_files_are_refused_by_name(
  tmp_path, monkeypatch
):
  monkeypatch.setattr(label_files, "MAX_BYTES", 2**20)
  (tmp_path / "large").write_bytes(b"a 1\n" * 2**18 + b"b")
  (tmp_path / "most").write_bytes(b"a 1\n" * 2**18)
  (tmp_path / "binary").write_bytes(b"a\0\0 1\n")
  (tmp_path / "folder").mkdir()
  (tmp_path / "loop").symlink_to("loop")
  os.mkfifo(tmp_path / "pipe")

  for name, reason in {
    "large": "large: larger than 1 MiB",
    "binary": "binary: holds NUL bytes",
    "folder": "folder: not a file",
    "loop": "loop: ",
    "pipe": "pipe: not a file",
    "gone": "gone: not a file",
    "x" * 300: "x: unreadable: File name too long",
    "../large": "leads outside",
    "/etc/hostname": "leads outside",
  }.items():
    with pytest.raises(DataError, match=re.escape(reason)):
      list(label_files.read_rows(tmp_path, name))
  assert len([*label_files.read_rows(tmp_path, "most")]) == 2**18


def test_an_unreadable_file_is_refused_by_name(tmp_path, monkeypatch):
  def deny(*_, **__):
    raise PermissionError(13, "Permission denied")

  (tmp_path / "labels.txt").touch()
  monkeypatch.setattr("pathlib.Path.open", deny)
  with pytest.raises(DataError, match=r"labels\.txt: unreadable: Permission"):
    label_files.read_text(tmp_path, "labels.txt")


def test_repeats_count_once_and_contradictions_not_at_all():
  settled = label_files.settle(
    [
      Label("a", 1, "one.txt", 1),
      Label("b", 1, "one.txt", 2),
      Label("a", 1, "one.txt", 4),
      Label("b", 2, "two.txt", 7),
      Label("c", 3, "two.txt", 8),
      Label("c", 3, "train/3"),  # two places agree
      Label("d", 3, "two.txt", 9),
      Label("d", 4, "train/4"),
    ]
  )

  assert {name: label.value for name, label in settled.labels.items()} == {
    "a": 1,
    "c": 3,
  }
  assert settled.contradicted == {
    "b": "labels contradict one another: one.txt line 2, two.txt line 7",
    "d": "labels contradict one another: two.txt line 9, train/4",
  }
  ((path, reason),) = [(r.path, r.reason) for r in settled.repeated]
  assert (path, reason) == ("a", "one.txt line 4 repeats line 1")


@QUICK
@given(
  st.lists(
    st.tuples(
      st.sampled_from("abc"), st.sampled_from([1, 2]), st.sampled_from("fg")
    )
  )
)
def test_every_label_is_accounted_for(drawn):
  labels = [
    Label(name, value, file, line)
    for line, (name, value, file) in enumerate(drawn, 1)
  ]

  settled = label_files.settle(labels)

  assert not settled.labels.keys() & settled.contradicted.keys()
  assert settled.labels.keys() | settled.contradicted.keys() == {
    name for name, *_ in drawn
  }
  for name, label in settled.labels.items():
    said = [other for other in labels if other.name == name]
    assert {other.value for other in said} == {label.value}
    assert label == said[0]
    repeats = sum(r.path == name for r in settled.repeated)
    assert repeats == len(said) - len({other.file for other in said})
  for name, reason in settled.contradicted.items():
    said = [other for other in labels if other.name == name]
    assert len({other.value for other in said}) == 2
    assert all(other.place in reason for other in said)
