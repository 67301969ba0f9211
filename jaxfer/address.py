"""Where a process stands among others, as its environment tells."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from jaxfer.errors import UserError

COORDINATOR = "JAXFER_COORDINATOR"
PROCESSES = "JAXFER_PROCESSES"
PROCESS = "JAXFER_PROCESS"


@dataclasses.dataclass(frozen=True)
class Address:
  """Where a process stands among the others.

  Attributes:
    coordinator: HOST:PORT at which rank 0 listens.
    processes: how many there are.
    process: which one this is, from 0.
  """

  coordinator: str
  processes: int
  process: int


def read(variables: Mapping[str, str]) -> Address | None:
  """Reads JAXFER_COORDINATOR, JAXFER_PROCESSES and JAXFER_PROCESS.

  Args:
    variables: the environment.

  Returns:
    None where none is set, or where there is only one process.

  Raises:
    ValueError: naming a variable that is missing or cannot be.
  """
  names = (COORDINATOR, PROCESSES, PROCESS)
  given = {name: variables[name] for name in names if variables.get(name)}
  if not given:
    return None
  for name in names:
    if name not in given:
      raise UserError(
        f"{name} is not set, but {' and '.join(given)} is: set all of"
        f" {', '.join(names)}, or none for a process alone"
      )
  host, _, port = given[COORDINATOR].rpartition(":")
  if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
    raise UserError(
      f"{COORDINATOR}={given[COORDINATOR]} is not HOST:PORT, such as"
      " node1:61440, the same for all processes"
    )
  for name in (PROCESSES, PROCESS):
    if not given[name].isdecimal():
      raise UserError(f"{name}={given[name]} is not a number from 0 on")
  count, own = int(given[PROCESSES]), int(given[PROCESS])
  if own >= count:
    raise UserError(
      f"{PROCESS}={own}, but {PROCESSES}={count}: ranks go from 0 to"
      f" {count - 1}"
    )
  return Address(given[COORDINATOR], count, own) if count > 1 else None
