"""What lies beside checkpoints: damage is found, and each damaged file kept."""

import pytest

from jaxfer.artifacts import DamagedError
from jaxfer.gan import beside


@pytest.fixture
def run(tmp_path):
  (tmp_path / "grids").mkdir()
  (tmp_path / "metrics.jsonl").write_bytes(b'{"step": 0}\n')
  (tmp_path / "rollbacks.jsonl").write_bytes(b'{"to": 0}\n')
  return tmp_path


@pytest.mark.parametrize("name", ["metrics.jsonl", "rollbacks.jsonl"])
def test_what_grows_may_have_grown(run, name):
  sealed = beside.seal(run, 12)
  with (run / name).open("ab") as file:
    file.write(b'{"step": 1}\n')
  beside.check(run, sealed)


@pytest.mark.parametrize("name", ["metrics.jsonl", "rollbacks.jsonl"])
def test_each_damaged_file_is_kept_and_each_once(run, name):
  sealed = beside.seal(run, 12)
  whole = (run / name).read_bytes()
  for spoilt in (b"one", b"two", b"one"):
    (run / name).write_bytes(spoilt)
    with pytest.raises(DamagedError, match=f"{name} is not what was written"):
      beside.check(run, sealed)
  kept = {path.read_bytes() for path in run.glob("damaged-*")}
  assert kept == {b"one", b"two"}
  assert len(list(run.glob("damaged-*"))) == 2
  (run / name).write_bytes(whole)
  beside.check(run, sealed)
