"""Devices: the axis name, the one pmap, and a device's share of a batch.

The devices may be those of several processes: each then holds the state on its
own, hands over its own part of a batch, and gets all results.

No other file says pmap. The programs it maps are written per device, with the
state replicated and the batch split, and must pass every output through
`mean`: pmap does not check that replicated outputs agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import jax
import numpy as np
from jax.experimental import multihost_utils

from jaxfer import distributed
from jaxfer.errors import UserError

AXIS = "devices"

Device = Any
"""A jax.Device, which type checkers take for a variable."""

T = TypeVar("T")


def mean(tree: T, axis_name: str | None) -> T:
  """Average of each leaf over the devices; the tree itself outside a map."""
  if axis_name is None:
    return tree
  return jax.lax.pmean(tree, axis_name)


def size(axis_name: str | None) -> int:
  """Number of devices of the mapped axis; 1 outside a map."""
  return 1 if axis_name is None else jax.lax.axis_size(axis_name)


def gather(part: jax.Array, axis_name: str | None) -> jax.Array:
  """All devices' parts, one behind the other along the leading axis.

  What `share` takes apart; a gradient comes back to each part from all devices.
  """
  if axis_name is None:
    return part
  return jax.lax.all_gather(part, axis_name, tiled=True)


def share(batch: jax.Array, axis_name: str | None) -> jax.Array:
  """This device's part (N / devices, …) of (N, …) that all devices have."""
  if axis_name is None:
    return batch
  count = batch.shape[0] // size(axis_name)
  start = jax.lax.axis_index(axis_name) * count
  return jax.lax.dynamic_slice_in_dim(batch, start, count)


def check_divisible(batch: int, devices: int) -> None:
  """Raises a UserError if a global batch cannot be split evenly."""
  if batch % devices:
    down = max(batch - batch % devices, devices)
    raise UserError(
      f"gan.batch={batch} cannot be split over {devices} devices: set it to"
      f" a multiple of {devices}, such as {down} or {down + devices}, or set"
      f" run.devices to a divisor of {batch}"
    )


def map_devices(
  program: Callable[..., tuple[Any, Any]],
  devices: Sequence[Device],
  batched: Sequence[bool],
) -> Callable[..., tuple[Any, Any]]:
  """Runs a per-device program on every device at once.

  Args:
    program: (state, *arguments) -> (state, output), written per device.
    devices: those, of all processes, to use.
    batched: for each argument after the state, whether its leading axis is the
      device axis (split) or it is replicated.

  Returns:
    A function of the same arguments. The state is donated; both results are
    replicated.
  """
  return jax.pmap(
    program,
    axis_name=AXIS,
    in_axes=(None, *(0 if b else None for b in batched)),
    out_axes=(None, None),
    donate_argnums=(0,),
    devices=list(devices),
  )


def own(devices: Sequence[Device]) -> list[Device]:
  """Those of the devices that belong to this process."""
  rank = jax.process_index()
  return [device for device in devices if device.process_index == rank]


def own_part(batch: int, devices: Sequence[Device]) -> slice:
  """The rows of a global batch that go to this process's devices.

  `devices` are those of all processes, those of each together.
  """
  size = batch // len(devices)
  mine = own(devices)
  first = list(devices).index(mine[0]) * size
  return slice(first, first + len(mine) * size)


def replicate(tree: T, devices: Sequence[Device]) -> T:
  """Puts a copy of each array on every device, as `map_devices` wants it.

  Of several processes, each puts them on its own devices.
  """
  mesh = jax.sharding.Mesh(own(devices), (AXIS,))
  sharding = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
  return jax.device_put(tree, sharding)


def one_copy(tree: T) -> T:
  """The first device's copy of each replicated array; nothing is moved."""
  return jax.tree.map(lambda x: x.addressable_shards[0].data, tree)


def padded(rows: np.ndarray, batch: int) -> Iterator[tuple[np.ndarray, int]]:
  """Batches of one shape, the last filled with zeros, and how many are rows.

  Of no rows there is one of zeros, for the shape of what is made of it.
  """
  for start in range(0, max(len(rows), 1), batch):
    part = rows[start : start + batch]
    filled = np.zeros((batch, *rows.shape[1:]), rows.dtype)
    filled[: len(part)] = part
    yield filled, len(part)


def split(batch: Any, devices: Sequence[Device]) -> jax.Array:
  """Spreads an array's leading axis over the devices, for a jitted function."""
  mesh = jax.sharding.Mesh(list(devices), (AXIS,))
  sharding = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(AXIS))
  return jax.device_put(batch, sharding)


def from_leader(tree: T) -> T:
  """Rank 0's values of a tree of arrays, to the bit, on every process.

  The tree itself where there is one process, otherwise arrays on the host.
  """
  if jax.process_count() == 1:
    return tree

  def send(leaf: Any) -> np.ndarray:
    host = np.asarray(leaf)
    # What is sent is summed with zeros, which loses the sign of a zero.
    octets = np.ascontiguousarray(host).reshape(-1).view(np.uint8)
    sent = multihost_utils.broadcast_one_to_all(octets)
    return np.asarray(sent).view(host.dtype).reshape(host.shape)

  with distributed.waiting():
    return jax.tree.map(send, tree)


def largest(number: int) -> int:
  """The largest of the processes' numbers, agreed between all of them."""
  if jax.process_count() == 1:
    return number
  with distributed.waiting():
    return int(multihost_utils.process_allgather(np.int32(number)).max())
