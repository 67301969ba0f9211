"""Threads follow the cores that are allowed."""

import os
import subprocess
import sys

import pytest

from jaxfer import cores

CODE = """
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from jaxfer import cores
from jaxfer.svm import threads
import threading
print(cores.count(), len(set(threads.in_threads(
  lambda _: threading.get_ident(), range(50)
))))
"""


@pytest.mark.skipif(
  not hasattr(os, "sched_setaffinity"), reason="the system has no affinity"
)
def test_a_process_held_to_one_core_starts_one_thread():
  done = subprocess.run(
    [sys.executable, "-c", CODE], check=True, capture_output=True, text=True
  )
  assert done.stdout.split() == ["1", "1"]


def test_python_knows_better_where_it_is_new_enough(monkeypatch):
  monkeypatch.setattr(os, "process_cpu_count", lambda: 3, raising=False)
  assert cores.count() == 3
