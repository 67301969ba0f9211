"""SIGTERM and SIGHUP end a run as Ctrl-C does, and in time.

Schedulers send SIGTERM, wait, and then kill; a terminal that closes sends
SIGHUP. A run that either meets in training saves its state (`gan.train`); every
other stage is made anew or goes on from what it wrote as it went, so there the
run has only to end. One that does not, in a step or a thread that hangs, is
left when its time is over.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

GRACE = 20.0
"""Seconds after such a signal in which a run saves and ends, or is left."""


class Terminated(KeyboardInterrupt):
  """SIGTERM or SIGHUP has arrived; `status` is the exit status."""

  def __init__(self, number: int):
    super().__init__()
    self.status = status(number)


def status(number: int) -> int:
  """Exit status after a signal: what shells report, however early it comes."""
  return 128 + number


def signals() -> tuple[signal.Signals, ...]:
  """Those that end a run; SIGHUP not where it is ignored, as by `nohup`."""
  ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
  return (signal.SIGTERM,) if ignored else (signal.SIGTERM, signal.SIGHUP)


def listen() -> None:
  """Has `signals` raise `Terminated` in the main thread, and start the clock.

  Who handles them instead, as training does, has the same time.
  """
  numbers = signals()
  for number in numbers:
    signal.signal(number, _end)
  # Handlers wait for the main thread, which may never come back from a step.
  told, tells = os.pipe()
  os.set_blocking(tells, False)
  signal.set_wakeup_fd(tells, warn_on_full_buffer=False)
  threading.Thread(target=_leave, args=(told, numbers), daemon=True).start()


def ignore() -> None:
  """Lets no signal spoil an exit that is under way."""
  for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)


def _leave(told: int, numbers: tuple[signal.Signals, ...]) -> None:
  while (number := os.read(told, 1)[0]) not in numbers:
    pass
  time.sleep(GRACE)
  os._exit(status(number))


def _end(number: int, frame: Any) -> None:
  raise Terminated(number)
