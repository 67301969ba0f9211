"""Several processes as one run: start, who writes, what is told, the end.

Every process, a rank, runs the same program. Rank 0 alone writes; where it has
work of its own the others wait to be told the outcome, and all take part in
training. JAX's coordination service, in rank 0, ends all soon after one is
gone, and names it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib.util
import itertools
import os
import re
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

from jaxfer.errors import UserError

HEARTBEAT_S = 15
"""Seconds without a sign of life after which a rank counts as gone."""

_MEET_S = 300  # in which all must have come
_LEAVE_S = 60  # in which all must leave, once one does in order
_LEEWAY_S = HEARTBEAT_S + 10  # by which who waits outlasts who is waited for
_WEEK_MS = 7 * 24 * 3600 * 1000
_BY_HAND = ("JAXFER_COORDINATOR", "JAXFER_PROCESSES", "JAXFER_PROCESS")

_patience = 0.0  # seconds; 0: one process
_talks = itertools.count()


def place(variables: Mapping[str, str]) -> dict[str, Any] | None:
  """What `jax.distributed.initialize` needs to be told; None: one process.

  Nothing where JAX finds out by itself: under Slurm, Open MPI, and Kubernetes
  (in an indexed job, with the package `kubernetes`).
  """
  given = [variables.get(name, "") for name in _BY_HAND]
  if not any(given):
    tasks = variables.get("OMPI_COMM_WORLD_SIZE", "1")
    if "SLURM_STEP_NODELIST" in variables:
      tasks = variables.get("SLURM_NTASKS", "1")
    pod = {"KUBERNETES_SERVICE_HOST", "JOB_COMPLETION_INDEX"} <= {*variables}
    found = int(tasks) > 1 or (pod and importlib.util.find_spec("kubernetes"))
    return {} if found else None
  right = re.fullmatch(r"\S+:(\d{1,5}) (\d+) (\d+)", " ".join(given))
  port, count, rank = map(int, right.groups()) if right else (0, 0, 0)
  if not 0 < port < 2**16 or rank >= count:
    said = " ".join(map("=".join, zip(_BY_HAND, given, strict=True)))
    raise UserError(
      f"{said} cannot be: they are HOST:PORT of rank 0, such as node1:61440,"
      " the number N of processes, and which of 0 to N - 1 this is; set all"
      " three, or none for a process alone"
    )
  names = ("coordinator_address", "num_processes", "process_id")
  values = (given[0], count, rank)
  return dict(zip(names, values, strict=True)) if count > 1 else None


def start(patience: float) -> None:
  """Joins the other processes, if any, before anything else is asked of JAX.

  A rank that holds training up for `patience` seconds ends itself.

  Raises:
    UserError: if there are several, and JAX cannot tell which this is.
  """
  global _patience
  where = place(os.environ)
  if where is None:
    return
  # SIGTERM is ours to answer: training saves, and all stop at one step.
  jax.config.update("jax_enable_preemption_service", False)
  try:
    jax.distributed.initialize(
      **where,
      initialization_timeout=_MEET_S,
      heartbeat_timeout_seconds=HEARTBEAT_S,
      shutdown_timeout_seconds=_LEAVE_S,
    )
  except ValueError as error:
    raise UserError(
      f"JAX cannot tell which of several processes this is ({error}): set"
      f" {', '.join(_BY_HAND)}"
    ) from error
  _patience = patience


def leads() -> bool:
  """Whether this process is rank 0, the only one that writes."""
  return not _patience or jax.process_index() == 0


def several() -> bool:
  """Whether this process is one of several."""
  return bool(_patience)


def told(number: int = 0) -> int:
  """Rank 0's number, for which the others wait as long as it takes."""
  if not _patience:
    return number
  from orbax.checkpoint import multihost  # of training alone, and slow

  barrier, key = multihost.get_barrier_sync_fn(), f"jaxfer/{next(_talks)}"

  def meet() -> None:
    with contextlib.suppress(Exception):  # the service says who is gone
      barrier(key=key, timeout_ms=_WEEK_MS)

  # Not a collective, which may give up; in a thread, that signals are heard.
  meeting = threading.Thread(target=meet, daemon=True)
  meeting.start()
  meeting.join()
  return int(multihost_utils.broadcast_one_to_all(np.int32(number)))


@contextlib.contextmanager
def waiting() -> Iterator[None]:
  """Waits for others in training; then this one's own time begins anew.

  A rank whose time is over says where it is, and ends. Who waits has more of
  it, and so hears of that one instead.
  """
  if _patience:
    faulthandler.dump_traceback_later(_patience + _LEEWAY_S, exit=True)
  yield
  if _patience:
    faulthandler.dump_traceback_later(_patience, exit=True)


def rest() -> None:
  """Ends the time that `waiting` gives: training is over."""
  if _patience:
    faulthandler.cancel_dump_traceback_later()


@contextlib.contextmanager
def naming_others() -> Iterator[None]:
  """Holds back an error that another rank's end, soon named, may have made."""
  try:
    yield
  except (ValueError, RuntimeError) as error:
    if _patience and not isinstance(error, UserError):
      time.sleep(_LEEWAY_S)
    raise


def leave(status: int) -> int:
  """The exit status of a program; a rank that has failed ends here.

  JAX lets none of several leave before all do, and others need not come so far.
  """
  if _patience and status == 1:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
  return status
