"""Intervals over few people say what they are worth."""

import numpy as np
import pytest

from jaxfer.results import intervals


@pytest.mark.parametrize(
  ("people", "coverage"),
  # Measured at 5, 12 and 20.
  [(2, 0.86), (5, 0.86), (12, 0.89), (16, 0.91), (18, 0.92), (20, None)],
)
def test_coverage_is_as_it_was_measured(people, coverage):
  found = intervals.describe(np.repeat(np.arange(people), 3))
  assert (found["units"], found["coverage"]) == (people, coverage)
  assert found["at_most"] == (people < 5)
