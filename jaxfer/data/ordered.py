"""Work spread over the cores, its results in order, its memory bounded."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from jaxfer import cores

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4  # items per core that may be finished before the first is taken


def map_in_order(
  work: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[Result]:
  """Applies work to each item in threads; what it raises is raised here."""
  workers = cores.count()
  pending: collections.deque[Future[Result]] = collections.deque()
  with ThreadPoolExecutor(workers) as pool:
    try:
      for item in items:
        pending.append(pool.submit(work, item))
        if len(pending) > _AHEAD * workers:
          yield pending.popleft().result()
      while pending:
        yield pending.popleft().result()
    finally:
      for future in pending:
        future.cancel()
