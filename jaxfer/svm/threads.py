"""Work shared among threads: the solvers release Python's lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from jaxfer import cores

T = TypeVar("T")
R = TypeVar("R")

_own = threading.local()


def in_turn(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
  """The results of work on each item, one after the other."""
  return [work(item) for item in items]


def in_threads(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
  """The same with a thread for each core; results keep the items' order.

  Within such a thread, and of one item, in turn: the cores are taken.
  """
  items = list(items)
  if len(items) < 2 or hasattr(_own, "shares"):
    return in_turn(work, items)
  with ThreadPoolExecutor(cores.count(), initializer=_share) as pool:
    return list(pool.map(work, items))


def _share() -> None:
  _own.shares = True
