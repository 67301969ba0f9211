"""SIGTERM ends a run as Ctrl-C does, with a status of its own, and in time.

Schedulers send SIGTERM, wait, and then kill. A run that it meets in training
saves its state (`gan.train`); every other stage is made anew or goes on from
what it wrote as it went, so there the run has only to end.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

STATUS = 128 + signal.SIGTERM
"""Exit status: the one that shells and schedulers report for a process that
SIGTERM ends, so it is the same however early the signal comes."""

GRACE = 20.0
"""Seconds after which a run that still waits for its threads is left."""


class Terminated(KeyboardInterrupt):
  """SIGTERM has arrived."""


def listen() -> None:
  """Has SIGTERM raise `Terminated` in the main thread from now on."""
  signal.signal(signal.SIGTERM, _end)


def _end(number: int, frame: Any) -> None:
  # A machine that is being fitted in a thread cannot be interrupted.
  leave = threading.Timer(GRACE, os._exit, (STATUS,))
  leave.daemon = True
  leave.start()
  raise Terminated
