"""A small study, and raters of known behaviour."""

import csv
from pathlib import Path

import pytest

from jaxfer.study import answers
from jaxfer.study import key as keys


@pytest.fixture
def key() -> keys.Key:
  """Four faces, two of them real, and two attention checks."""
  return keys.Key(
    study="study-0123456789ab",
    faces={"i1": "real", "i2": "generated", "i4": "real", "i5": "generated"},
    checks={"i3": "real", "i6": "generated"},
    facts={
      "standin": True,
      "dataset": "rafd",
      "experiments": ["radboud"],
      "artifacts": {"generate": "generate-1", "prepare": "prepare-1"},
      "settings": {"count": 4},
      "rows": {"i1": 7, "i2": 3, "i4": 2, "i5": 1},
    },
  )


@pytest.fixture
def rate(key):
  """A rater who says what is given; by default the truth, without haste."""

  def make(code="anna", *, spent=900, file="", **said) -> answers.Rater:
    truths = {**key.faces, **key.checks} | said
    return answers.Rater(
      code,
      file or f"{code}.csv",
      {
        item: answers.Answer(what, spent + place)
        for place, (item, what) in enumerate(sorted(truths.items()))
        if what
      },
    )

  return make


@pytest.fixture
def hand_in(tmp_path, key):
  """Writes a file as the page exports it; `edit` may spoil its rows."""

  def write(name="anna.csv", *, code="anna", edit=None) -> Path:
    truths = {**key.faces, **key.checks}
    rows = [list(answers.COLUMNS)]
    for position, (item, truth) in enumerate(truths.items(), 1):
      rows.append([key.study, code, str(position), item, truth, "900"])
    if edit:
      edit(rows)
    path = tmp_path / name
    with path.open("w", newline="", encoding="utf-8") as file:
      csv.writer(file).writerows(rows)
    return path

  return write
