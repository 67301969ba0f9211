"""The results of a made-up run, as the report's tests have them."""

import copy
import importlib.util
from pathlib import Path

import pytest

_PATH = Path(__file__).parents[1] / "report" / "conftest.py"


@pytest.fixture(scope="session")
def _made_up():
  spec = importlib.util.spec_from_file_location("made_up_runs", _PATH)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module._evidence("emotion-5").results


@pytest.fixture
def results(_made_up) -> dict:
  """The results of a run on emotions, for the test to change."""
  return copy.deepcopy(_made_up)
