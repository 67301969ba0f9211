"""SIGTERM and SIGHUP end a run in time, whatever it is doing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jaxfer import termination

ROOT = Path(__file__).parents[1]
GRACE = 2.0

STUCK = """
import contextlib, ctypes, sys, threading, time
from jaxfer import termination

def step():  # never returns to Python, as a collective that waits for ever
  lock = ctypes.create_string_buffer(64)
  for _ in range(2):
    ctypes.CDLL(None).pthread_mutex_lock(lock)

def training():
  from jaxfer.learn import train
  return train._signals()

termination.GRACE = float(sys.argv[1])
termination.listen()
with training() if "training" in sys.argv else contextlib.nullcontext():
  print("ready", flush=True)
  if "thread" in sys.argv:
    threading.Thread(target=step).start()
    time.sleep(3600)
  step()
"""


@pytest.mark.parametrize(
  ("where", "number"),
  [
    (["step"], signal.SIGTERM),
    (["thread"], signal.SIGHUP),
    (["step", "training"], signal.SIGTERM),
  ],
)
def test_what_hangs_is_left_when_the_time_is_over(where, number):
  run = subprocess.Popen(
    [sys.executable, "-c", STUCK, str(GRACE), *where],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
    cwd=ROOT,
    env=os.environ | {"PYTHONPATH": str(ROOT)},
  )
  assert run.stdout.readline() == "ready\n"
  time.sleep(0.5)
  before = time.monotonic()
  run.send_signal(number)
  try:
    run.communicate(timeout=GRACE + 20)
  finally:
    run.kill()
    run.communicate()
  assert run.returncode == termination.status(number) == 128 + number
  assert GRACE <= time.monotonic() - before < GRACE + 3


ENDING = """
import time
from jaxfer import termination

termination.listen()
try:
  print("ready", flush=True)
  time.sleep(3600)
except termination.Terminated as stop:
  print(stop.status)
"""


@pytest.mark.parametrize(
  ("command", "status"), [((), 129), (("nohup",), 143)], ids=["plain", "nohup"]
)
def test_a_terminal_that_closes_ends_a_run_unless_nohup_holds_it(
  command, status
):
  run = subprocess.Popen(
    [*command, sys.executable, "-c", ENDING],
    stdin=subprocess.DEVNULL,
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
    text=True,
    cwd=ROOT,
    env=os.environ | {"PYTHONPATH": str(ROOT)},
  )
  assert run.stdout.readline() == "ready\n"
  run.send_signal(signal.SIGHUP)
  if command:
    time.sleep(0.5)
    run.send_signal(signal.SIGTERM)
  said, _ = run.communicate(timeout=20)
  assert said == f"{status}\n"
