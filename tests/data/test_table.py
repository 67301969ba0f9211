"""Facts survive the way to disk and back, whatever they hold."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer import facs
from jaxfer.data.table import (
  COLUMNS,
  Face,
  from_row,
  read_csv,
  to_row,
  write_csv,
)

QUICK = settings(max_examples=40, deadline=None, derandomize=True)

# File names are bytes: what is not UTF-8 arrives as surrogate escapes.
name_bytes = st.binary(min_size=1, max_size=12).filter(lambda b: b"\0" not in b)
names = name_bytes.map(os.fsdecode)
facts = st.none() | st.text(
  st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8
)
faces = st.builds(
  Face,
  path=names,
  dataset=st.just("labelled"),
  subject=facts,
  emotion=st.none() | st.sampled_from(facs.EMOTIONS),
  aus=st.dictionaries(st.sampled_from(facs.AUS), st.sampled_from([0, 1])),
  pose=st.none() | st.floats(allow_nan=False),
  pose_raw=facts,
  gaze=facts,
  session=facts,
  sequence=facts,
  frame=st.none() | st.integers(),
  split=facts,
)


@QUICK
@given(st.lists(faces, max_size=5))
def test_faces_survive_the_disk(tmp_path_factory, table):
  path = tmp_path_factory.mktemp("table") / "manifest.csv"

  write_csv(path, COLUMNS, map(to_row, table))

  assert [from_row(row) for row in read_csv(path)] == table


@pytest.mark.parametrize(
  "name",
  [
    "Icon\r",  # what macOS calls the picture of a folder
    "two\nlines.jpg",
    "both\r\nends",
    'a "quoted", name',
    " blanks ",
    os.fsdecode(b"caf\xe9.jpg"),  # Latin-1
  ],
)
def test_a_row_stays_one_row_under_any_name(tmp_path, name):
  rows = [{"path": name, "reason": "first"}, {"path": "b", "reason": "next"}]

  write_csv(tmp_path / "rejected.csv", ("path", "reason"), rows)

  assert read_csv(tmp_path / "rejected.csv") == rows
