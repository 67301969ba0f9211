"""How commands end: what went wrong in a line, and the exit status."""

from __future__ import annotations

import sys
from collections.abc import Callable

from jaxfer import logs
from jaxfer.errors import UserError

STOPPED = 130
"""Exit status after Ctrl-C, as shells give it."""


def end(work: Callable[[], int | None]) -> int:
  """Does a command's work, which gives the exit status, or None for success.

  What only a user can mend, and Ctrl-C, is said in a line; any other error is a
  fault of jaxfer, and is raised.
  """
  try:
    return work() or 0
  except (UserError, OSError) as error:
    return fail(str(error))
  except MemoryError as error:
    return fail(f"out of memory: {str(error) or 'an allocation failed'}")
  except KeyboardInterrupt:
    print("stopped", file=sys.stderr)
    return STOPPED


def fail(message: str) -> int:
  """Says on stderr what went wrong; returns the exit status."""
  # A file's name may hold what a terminal would obey.
  lines = "\n".join(map(logs.printable, message.split("\n")))
  print(f"jaxfer: {lines}", file=sys.stderr)
  return 1
