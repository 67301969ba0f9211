"""What results say of themselves."""

import types

import numpy as np
import pytest

from jaxfer.data import table
from jaxfer.data.table import Face
from jaxfer.results import gathering


@pytest.mark.parametrize(
  ("subjects", "session", "people", "said"),
  [
    (["a", "b", None], "", [0, 1], "people"),  # the last has no label
    ([None, None, None], "film", [0, 0], "films"),
    (["a", None, "b"], "", None, "images"),
  ],
)
def test_intervals_are_over_who_is_named_among_those_tested(
  tmp_path, subjects, session, people, said
):
  faces = [
    Face(f"{i}.png", "labelled", who, session=session or None)
    for i, who in enumerate(subjects)
  ]
  table.write_csv(
    tmp_path / "manifest.csv", table.COLUMNS, map(table.to_row, faces)
  )
  tested = types.SimpleNamespace(people=people, rows=np.arange(2))
  assert gathering._unit(tested, tmp_path) == said
