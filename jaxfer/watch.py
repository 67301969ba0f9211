"""Who of several processes is gone, or hangs: found out, and named.

A collective waits for ever for a process that does not come. So each process,
a rank, says every second that it lives and how far it is; rank 0 hears all of
them, the others hear rank 0, and the first to see that one is missing ends the
run, saying which.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping

PERIOD_S = 1.0
"""Seconds between two signs of life."""

SILENCE_S = 15.0
"""Seconds without one, after which a rank counts as gone."""

TELLING_S = 3 * PERIOD_S
"""Seconds in which a rank that ends the run is heard by the others."""

# How long after a rank was told to stop rank 0 is told so too. A scheduler
# tells all at once; only where it did not, rank 0 is still there then.
_RELAY_S = 20.0

FAILED = 1  # exit status


@dataclasses.dataclass(frozen=True)
class Beat:
  """What a rank last said of itself.

  Attributes:
    count: signs of life so far.
    place: collective calls that it has come to so far.
    where: the latest of them in words; empty outside shared work.
    asked: whether a signal has asked it to stop.
    failed: why it ends, if something is wrong.
    done: orders that it has carried out so far, or left in order.
  """

  count: int = 0
  place: int = 0
  where: str = ""
  asked: bool = False
  failed: str = ""
  done: int = 0

  def encode(self) -> str:
    """As JSON."""
    return json.dumps(dataclasses.asdict(self))

  @classmethod
  def decode(cls, text: str) -> Beat:
    """From JSON."""
    return cls(**json.loads(text))


class Judge:
  """Decides from signs of life whether the run can go on.

  Args:
    rank: the rank that judges.
    ranks: the number of ranks.
    patience: seconds in which shared work must get on.
    now: the time of the first sight, in seconds.
  """

  def __init__(self, rank: int, ranks: int, patience: float, now: float):
    self._rank, self._patience = rank, patience
    self._heard = {r: (0, now) for r in range(ranks) if r != rank}
    self._places: dict[int, int] = {}
    self._moved = now

  def __call__(self, beats: Mapping[int, Beat], now: float) -> str | None:
    """What is wrong, naming the rank; None if nothing is.

    Args:
      beats: the latest of the ranks heard, one's own among them.
      now: the time in seconds.
    """
    for rank, (count, since) in self._heard.items():
      if self._rank and rank:
        continue  # not heard from here: rank 0 does that
      beat = beats.get(rank, Beat())
      if beat.failed:
        # Rank 0 passes on what it has found: the name is in it.
        return beat.failed if rank == 0 else f"rank {rank} {beat.failed}"
      if beat.count != count:
        self._heard[rank] = beat.count, now
      elif now - since > SILENCE_S:
        return f"rank {rank} is gone: no sign of life for {SILENCE_S:g} s"
    return self._judge_places(beats, now)

  def _judge_places(self, beats: Mapping[int, Beat], now: float) -> str | None:
    places = {rank: beat.place for rank, beat in beats.items()}
    leader = beats.get(0, Beat())
    if places != self._places or not leader.where:
      self._places, self._moved = places, now
      return None
    if now - self._moved <= self._patience:
      return None
    late = [rank for rank in places if places[rank] < max(places.values())]
    waited = f"for {self._patience:g} s (run.patience)"
    if late:
      names = ", ".join(
        f"rank {rank} ({beats[rank].where or 'before its first step'})"
        for rank in sorted(late)
      )
      return f"{names} hangs: the others have waited {waited}"
    if self._rank == 0:
      return (
        f"no rank has got beyond {leader.where} {waited}; which one hangs"
        " cannot be told from here"
      )
    return None


class Watch(threading.Thread):
  """Says that this rank lives, hears the others, and ends a broken run.

  Args:
    rank: this process.
    ranks: the number of processes.
    patience: as of `Judge`.
    put: publishes this rank's beat.
    read: the beats of the ranks to be heard, by rank.
  """

  def __init__(
    self,
    rank: int,
    ranks: int,
    patience: float,
    put: Callable[[Beat], None],
    read: Callable[[], dict[int, Beat]],
  ):
    super().__init__(name="watch", daemon=True)
    self._rank, self._put, self._read = rank, put, read
    self._judge = Judge(rank, ranks, patience, time.monotonic())
    # Words may wait for rank 0 for ever, so the judge does not wait for them.
    self._talk = threading.Thread(target=self._speak, name="beat", daemon=True)
    self._heard: dict[int, Beat] = {}
    self._stopped = threading.Event()
    self._beat = Beat()
    self._lock, self._ending = threading.Lock(), threading.Lock()
    self._asked: float | None = None

  def advance(self, where: str) -> None:
    """Notes that this rank has come to the next shared call."""
    with self._lock:
      self._beat = dataclasses.replace(
        self._beat, place=self._beat.place + 1, where=where
      )

  def finish(self) -> None:
    """Notes that this rank is through with an order."""
    with self._lock:
      self._beat = dataclasses.replace(
        self._beat,
        place=self._beat.place + 1,
        where="",
        done=self._beat.done + 1,
      )

  def ask(self) -> None:
    """Notes that this rank was asked to stop."""
    with self._lock:
      self._beat = dataclasses.replace(self._beat, asked=True)

  def stop(self) -> None:
    """Ends the watch, after a last sign: the run ends in order."""
    self._stopped.set()
    self.join()
    self._talk.join(SILENCE_S)

  def run(self) -> None:
    """Beats and judges until stopped."""
    self._talk.start()
    while not self._stopped.wait(PERIOD_S):
      if wrong := self._look():
        self.end(wrong)

  def end(self, wrong: str, said: str = "", status: int = FAILED) -> None:
    """Tells the others, says what is wrong, and ends this process at once.

    Nothing less would do: the main thread waits in a collective. What was
    saved is whole, as everything is written aside and renamed.

    Args:
      wrong: what to tell the others.
      said: what to say here; by default the same.
      status: the exit status.
    """
    self._ending.acquire()  # for good: one reason is enough
    with self._lock:
      self._beat = dataclasses.replace(self._beat, failed=wrong)
    sys.stderr.write(
      f"jaxfer: rank {self._rank} ends: {said or wrong}; the same command goes"
      " on from what was saved\n"
    )
    sys.stderr.flush()
    time.sleep(TELLING_S)
    os._exit(status)

  def _speak(self) -> None:
    last = False
    while not last:
      last = self._stopped.is_set()
      with self._lock:
        count = self._beat.count + 1
        beat = self._beat = dataclasses.replace(self._beat, count=count)
      # What fails is silence to the others, and rank 0's to this one.
      with contextlib.suppress(Exception):
        self._put(beat)
        self._heard = self._read()
      self._stopped.wait(PERIOD_S)

  def _look(self) -> str | None:
    now, beats = time.monotonic(), self._heard
    if self._rank == 0:
      self._relay(beats, now)
    return self._judge(beats | {self._rank: self._beat}, now)

  def _relay(self, beats: Mapping[int, Beat], now: float) -> None:
    """Hands on what only another rank was told: to stop."""
    if not any(beat.asked for beat in beats.values()):
      return
    if self._asked is None:
      self._asked = now
    elif now - self._asked > _RELAY_S:
      self._asked = float("inf")
      os.kill(os.getpid(), signal.SIGTERM)
