"""SIGTERM ends a run as Ctrl-C does, with a status of its own, and in time.

Schedulers send SIGTERM, wait, and then kill. A run that it meets in training
saves its state (`gan.train`); every other stage is made anew or goes on from
what it wrote as it went, so there the run has only to end. One that does not,
in a step or a thread that hangs, is left when its time is over.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

STATUS = 128 + signal.SIGTERM
"""Exit status: the one that shells and schedulers report for a process that
SIGTERM ends, so it is the same however early the signal comes."""

GRACE = 20.0
"""Seconds after SIGTERM in which a run saves and ends, or is left."""


class Terminated(KeyboardInterrupt):
  """SIGTERM has arrived."""


def listen() -> None:
  """Has SIGTERM raise `Terminated` in the main thread, and start the clock.

  Who handles the signal instead, as training does, has the same time.
  """
  signal.signal(signal.SIGTERM, _end)
  # Handlers wait for the main thread, which may never come back from a step.
  told, tells = os.pipe()
  os.set_blocking(tells, False)
  signal.set_wakeup_fd(tells, warn_on_full_buffer=False)
  threading.Thread(target=_leave, args=(told,), daemon=True).start()


def ignore() -> None:
  """Lets no signal spoil an exit that is under way."""
  for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)


def _leave(told: int) -> None:
  while signal.SIGTERM not in os.read(told, 1):
    pass
  time.sleep(GRACE)
  os._exit(STATUS)


def _end(number: int, frame: Any) -> None:
  raise Terminated
