"""The cores that this process may use."""

from __future__ import annotations

import os


def count() -> int:
  """Number of cores allowed, which a scheduler may make fewer than there are.

  At least 1.
  """
  if known := getattr(os, "process_cpu_count", None):  # from Python 3.13 on
    return known() or 1
  if hasattr(os, "sched_getaffinity"):
    return len(os.sched_getaffinity(0))
  return os.cpu_count() or 1
