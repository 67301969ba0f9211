"""CK with units by frame: the manifest says what was drawn."""

import csv
import io
import re

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.standin import population, sequence
from jaxfer.standin.face import expression
from jaxfer.standin.layouts import ck

GRAMMAR = re.compile(r"cohn-kanade/(S\d{3})/(\d{3})/\1_\2_(\d{8})\.png")


def test_the_manifest_has_the_fourteen_units_of_every_frame(sketched):
  written = sketched("ck", 2)
  manifest = io.StringIO(written.pop("enhanced_ck.csv").decode())
  rows = [*csv.DictReader(manifest)]
  assert {row["path"] for row in rows} == set(written)
  assert list(rows[0]) == [
    "path",
    "subject",
    "sequence",
    "frame",
    *(f"AU{unit}" for unit in facs.AUS),
  ]
  for row in rows:
    match = GRAMMAR.fullmatch(row["path"])
    assert match.group(1, 2) == (row["subject"], row["sequence"])
    assert {row[f"AU{unit}"] for unit in facs.AUS} <= {"0", "1"}

  # They set in once and stay, as drawn.
  own = population.own_seed("ck", 0)
  start = 0
  for one in ck.films(2, own):
    some = rows[start : start + one.frames]
    start += one.frames
    assert len({(row["subject"], row["sequence"]) for row in some}) == 1
    assert [int(row["frame"]) for row in some] == list(range(1, one.frames + 1))
    paths = [row["path"] for row in some]
    assert paths == sorted(paths)  # time codes sort as time does
    coded = np.array(
      [[int(row[f"AU{unit}"]) for unit in facs.AUS] for row in some]
    )
    assert not coded[0].any()
    assert (np.diff(coded, axis=0) >= 0).all()
    drawn = sequence.ramps(own, one)
    np.testing.assert_array_equal(
      coded, drawn.max(axis=2) >= expression.PRESENT
    )
  assert start == len(rows)


def test_the_whole_set_is_about_as_large_as_the_papers():
  # The first release: 486 sequences of 97 people.
  assert len(set(ck.SUBJECTS)) == 97
  whole = ck.films(97, population.own_seed("ck", 0))
  assert len(whole) == pytest.approx(486, rel=0.05)


def test_every_unit_is_common_enough_to_be_learnt():
  own = population.own_seed("ck", 0)
  coded = np.concatenate(
    [expression.present(sequence.ramps(own, one)) for one in ck.films(97, own)]
  )
  assert coded.mean(axis=0).min() > 0.04
  assert coded.mean(axis=0).max() < 0.5
