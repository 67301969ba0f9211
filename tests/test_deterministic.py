"""run.deterministic: asked for in time, and on a GPU kept."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jaxfer import main

ROOT = Path(__file__).parents[1]

# Stops where JAX is first asked for its devices, which starts the backend.
WATCHED = """
import os, sys
import jax
from jax._src import xla_bridge
from jaxfer import main

def devices():
  print(xla_bridge.backends_are_initialized(), os.environ.get("XLA_FLAGS", ""))
  sys.stdout.flush()
  os._exit(0)

jax.devices = devices
main.run()
"""


@pytest.mark.parametrize("wanted", [True, False])
def test_xla_is_told_before_its_backend_starts(tmp_path, wanted):
  done = subprocess.run(
    [
      *(sys.executable, "-c", WATCHED, f"--workdir={tmp_path}"),
      "--config=configs/radboud.py:standin",
      f"--config.run.deterministic={wanted}",
    ],
    capture_output=True,
    text=True,
    cwd=ROOT,
    env=os.environ | {"PYTHONPATH": str(ROOT), "XLA_FLAGS": "--own=1"},
  )
  told = f" {main.DETERMINISTIC}" if wanted else ""
  assert done.stdout == f"False --own=1{told}\n", done.stderr


@pytest.mark.gpu
def test_two_trainings_on_a_gpu_are_the_same_to_the_bit(
  server, survival, tmp_path
):
  found = []
  for name in ("one", "two"):
    arguments = [*survival.EXPERIMENT, "--stage=pretrain"]
    answer = server.run(
      [*arguments, "--config.run.deterministic"], tmp_path / name
    )
    assert answer["status"] == 0, answer["said"]
    if not re.search(r" on \d+ × gpu ", answer["said"]):
      pytest.skip("no GPU is here, or JAX has no CUDA")
    found.append(survival.contents(tmp_path / name))
  assert any("/checkpoints/" in name for name in found[0])
  assert survival.different(*found) == []
