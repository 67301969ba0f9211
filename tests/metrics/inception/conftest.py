import importlib.util
from pathlib import Path

import numpy as np
import pytest

from jaxfer.metrics.inception import network


@pytest.fixture(scope="session")
def recorder():
  """The script that recorded the reference, for what it draws from seeds."""
  path = Path(__file__).parents[1] / "record_inception.py"
  spec = importlib.util.spec_from_file_location(path.stem, path)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module


@pytest.fixture(scope="session")
def reference(recorder):
  """What FID's own codes answered; see `record_inception.py`."""
  with np.load(recorder.OUT, allow_pickle=False) as answers:
    return dict(answers)


@pytest.fixture(scope="session")
def state(recorder):
  """Seeded weights, as a file holds them."""
  return recorder.draw_state()


@pytest.fixture(scope="session")
def params(state):
  """The same, as the network takes them."""
  return network.parameters(state, np.float32)
