"""Work that a thread does while the one that gives it goes on."""

from __future__ import annotations

import collections
from collections.abc import Callable
from concurrent import futures
from typing import Any

_WAITING = 2  # works given and not begun; each may hold much memory


class Background:
  """Does what it is given in order, one after the other.

  What fails is raised to the giver, by whatever is called next here. Nothing
  given after it is done: it may rest on what failed.
  """

  def __init__(self) -> None:
    self._thread = futures.ThreadPoolExecutor(1)
    self._given: collections.deque[futures.Future] = collections.deque()
    self._failed = False

  def do(self, work: Callable[..., None], *arguments: Any) -> None:
    """Has `work(*arguments)` done; waits only where too much is waiting."""
    while self._given and (
      len(self._given) > _WAITING or self._given[0].done()
    ):
      self._given.popleft().result()
    self._given.append(self._thread.submit(self._try, work, arguments))

  def wait(self) -> None:
    """Waits until all is done."""
    while self._given:
      self._given.popleft().result()

  def close(self) -> None:
    """Waits until all is done, and ends the thread."""
    try:
      self.wait()
    finally:
      self._thread.shutdown(cancel_futures=True)

  def _try(self, work: Callable[..., None], arguments: tuple) -> None:
    if self._failed:
      return
    try:
      work(*arguments)
    except BaseException:
      self._failed = True
      raise
