"""A way to rank 0 that stays open though rank 0 is gone.

JAX aborts a process, with a stack of its own, as soon as the connection to
its service in rank 0 closes. So a process speaks to rank 0 through a relay
inside itself that keeps the near end open: the end of rank 0 is mere silence,
which the watch hears and puts a name to.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

_TRY_S = 5.0  # for one attempt at a connection
_AGAIN_S = 0.2


def through(coordinator: str, patience: float) -> str:
  """Starts a relay, as soon as rank 0 listens; it lasts as long as the process.

  Args:
    coordinator: HOST:PORT at which rank 0 listens.
    patience: seconds to wait for it.

  Returns:
    HOST:PORT, on this machine, at which rank 0 is reached instead.

  Raises:
    ConnectionError: if nothing listens there in time.
  """
  host, _, port = coordinator.rpartition(":")
  there = host.strip("[]"), int(port)
  _reach(there, patience).close()
  listener = socket.create_server(("127.0.0.1", 0))
  _start(_serve, listener, there)
  host, near = listener.getsockname()
  return f"{host}:{near}"


def _reach(there: tuple[str, int], patience: float) -> socket.socket:
  until = time.monotonic() + patience
  while True:
    try:
      far = socket.create_connection(there, _TRY_S)
    except OSError as error:
      if time.monotonic() > until:
        raise ConnectionError(
          f"rank 0 does not answer at {there[0]}:{there[1]}: {error}"
        ) from error
      time.sleep(_AGAIN_S)
    else:
      far.settimeout(None)
      return far


def _serve(listener: socket.socket, there: tuple[str, int]) -> None:
  while True:
    near, _ = listener.accept()
    try:
      far = _reach(there, 0.0)
    except ConnectionError:
      near.close()  # it will try again
      continue
    for end in (near, far):
      end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _start(_relay, near, far)


def _relay(near: socket.socket, far: socket.socket) -> None:
  with near, far:
    back = _start(_carry, far, near)
    _carry(near, far)
    # Rank 0 may know that this end is closed, not the other way round.
    with contextlib.suppress(OSError):
      far.shutdown(socket.SHUT_RDWR)
    back.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
  with contextlib.suppress(OSError):
    while data := source.recv(2**16):
      # One that is gone takes nothing more, and the other keeps talking.
      with contextlib.suppress(OSError):
        sink.sendall(data)


def _start(work: Callable[..., None], *arguments: Any) -> threading.Thread:
  thread = threading.Thread(target=work, args=arguments, daemon=True)
  thread.start()
  return thread
