"""Several processes as one run: start-up, orders, and a common end.

Rank 0 runs the experiment, exactly as a process alone would, and is the only
one that writes. The others wait for its orders and take part in what is shared
out, the training; they read from the workdir, which all must see.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jaxfer import backend, relay, termination
from jaxfer.address import Address
from jaxfer.errors import UserError
from jaxfer.watch import FAILED, PERIOD_S, SILENCE_S, Beat, Watch

_MEET_S = 300  # in which all must have come
# The backstop of JAX itself, should a watch not work: seconds.
_HEARTBEAT_S = 60
_POLL_S = 0.1
_LEAVE_S = 5.0  # in which the others follow rank 0's end
_BEATS, _ORDERS = "jaxfer/beats", "jaxfer/orders"


class _Team:
  """This process's place in a started run of several."""

  def __init__(self, where: Address, patience: float):
    # There is no public way to exchange words without a collective, and a
    # collective cannot wait for hours.
    from jax._src import distributed

    client = distributed.global_state.client
    assert client is not None
    self.client: Any = client
    self.rank, self.others = where.process, where.processes - 1
    self.orders = 0
    self.left = False
    self.watch = Watch(
      where.process, where.processes, patience, self._put, self.beats
    )
    self.watch.start()

  def _put(self, beat: Beat) -> None:
    key = f"{_BEATS}/{self.rank}/latest"
    self.client.key_value_set(key, beat.encode(), allow_overwrite=True)

  def beats(self) -> dict[int, Beat]:
    """The latest of all on rank 0, of rank 0 on the others."""
    found = self.client.key_value_dir_get(
      _BEATS if self.rank == 0 else f"{_BEATS}/0"
    )
    return {int(key.split("/")[-2]): Beat.decode(text) for key, text in found}

  def order(self, work: Mapping[str, Any]) -> None:
    """Rank 0 alone: what the others are to do next."""
    key = f"{_ORDERS}/{self.orders}/work"
    self.client.key_value_set(key, json.dumps(work))
    self.orders += 1

  def agree(self) -> bool:
    """On rank 0: whether the others get through with all orders in time."""
    until = time.monotonic() + _LEAVE_S
    while time.monotonic() < until:
      others = [beat for rank, beat in self.beats().items() if rank]
      if len(others) == self.others and all(
        beat.done == self.orders for beat in others
      ):
        return True
      time.sleep(_POLL_S)
    return False

  def next_order(self) -> dict[str, Any] | None:
    """The next order, where it has been given."""
    try:
      found = self.client.key_value_dir_get(f"{_ORDERS}/{self.orders}")
    except Exception:
      return None  # rank 0 may be gone; the watch will say so
    if not found:
      return None
    self.orders += 1
    return json.loads(found[0][1])


_team: _Team | None = None


def start(where: Address, patience: float) -> None:
  """Joins the other processes; before anything else is asked of JAX.

  Args:
    where: this process's place.
    patience: seconds in which shared work must get on, before a rank that
      holds it up is said to hang.

  Raises:
    ConnectionError: if rank 0 does not come.
    ValueError: if the processes have not the same number of devices.
  """
  global _team
  import jax

  # SIGTERM is ours to answer: training saves, and all stop at one step.
  jax.config.update("jax_enable_preemption_service", False)
  coordinator = where.coordinator
  if where.process:
    coordinator = relay.through(coordinator, _MEET_S)
  late = threading.Timer(_MEET_S, _give_up, (where,))
  late.daemon = True
  late.start()
  jax.distributed.initialize(
    coordinator,
    where.processes,
    where.process,
    initialization_timeout=2 * _MEET_S,
    heartbeat_timeout_seconds=_HEARTBEAT_S,
  )
  late.cancel()
  _team = _Team(where, patience)
  backend.start()
  counts = [
    len(jax.local_devices(process_index=rank))
    for rank in range(where.processes)
  ]
  if len(set(counts)) > 1:
    raise UserError(
      f"processes 0 to {where.processes - 1} have {counts} devices: give each"
      " the same number"
    )


def _give_up(where: Address) -> None:
  """Ends a wait that JAX would end with an abort."""
  sys.stderr.write(
    f"jaxfer: rank {where.process} ends: after {_MEET_S} s not all"
    f" {where.processes} ranks have come to {where.coordinator}\n"
  )
  sys.stderr.flush()
  os._exit(FAILED)


def together(work: Mapping[str, Any], own: Callable[[], None]) -> None:
  """Does on rank 0, and has the others do, what is shared.

  Args:
    work: what the others are told.
    own: rank 0's part.
  """
  if _team is None:
    own()
    return
  _team.order(work)
  try:
    with naming_failures():
      own()
  except Exception as error:
    # The caller may go on with something else, the others only if they too
    # have come out of this.
    if not _team.agree():
      _team.watch.end(f"rank 0 failed: {_line(error)}")
    raise
  finally:
    _team.watch.finish()


def advance(where: str) -> None:
  """Notes that this process has come to the next shared call."""
  if _team is not None:
    _team.watch.advance(where)


def follow(part: Callable[[dict[str, Any]], None]) -> int:
  """Carries out rank 0's orders until it ends; on every other rank.

  Args:
    part: does this rank's part of what `together` was given.

  Returns:
    The exit status, that of rank 0.
  """
  team = _team
  assert team is not None
  for number in (*termination.signals(), signal.SIGINT):
    signal.signal(number, lambda *_: team.watch.ask())
  while True:
    work = team.next_order()
    if work is None:
      time.sleep(_POLL_S)
    elif "end" in work:
      team.watch.finish()
      team.watch.stop()
      team.left = True
      return work["end"]
    else:
      with naming_failures():
        part(work)
      team.watch.finish()


@contextlib.contextmanager
def naming_failures() -> Iterator[None]:
  """Ends the run where this rank's part fails, and says whose fault it is.

  A rank that dies breaks the others' collectives; then their watch, which is
  about to name it, speaks for them.
  """
  try:
    yield
  except Exception as error:
    if _team is None:
      raise
    import jax

    if isinstance(error, jax.errors.JaxRuntimeError):
      time.sleep(SILENCE_S + 5 * PERIOD_S)
    if _team.rank == 0:
      raise
    line = f"failed: {_line(error)}"
    _team.watch.end(line, f"it {line}")


def end(status: int) -> None:
  """Ends this process's part: rank 0 lets the others go with its status.

  Args:
    status: the exit status.
  """
  if _team is None:
    return
  sys.stdout.flush()
  if _team.rank == 0:
    _dismiss(_team, status)
  elif not _team.left:
    # JAX would wait at its exit for all others, and not say why.
    sys.stderr.flush()
    os._exit(status or FAILED)


def _dismiss(team: _Team, status: int) -> None:
  team.order({"end": status})
  if team.agree():
    team.watch.stop()
    return
  # Some wait for rank 0 in a collective, where no order reaches them, or are
  # gone; an end in order would wait for them too.
  status = status or FAILED
  team.watch.end(f"rank 0 ended with status {status}", status=status)


def _line(error: Exception) -> str:
  return f"{type(error).__name__}: {error}".partition("\n")[0]


def leading(main: Callable[[Any], int]) -> Callable[[Any], int]:
  """The main function of a program whose processes end together."""

  def wrapped(argv: Any) -> int:
    status = FAILED
    try:
      status = main(argv)
    finally:
      end(status)
    return status

  return wrapped
