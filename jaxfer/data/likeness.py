"""How alike two faces are, once one is laid on the other.

Each face is kept as a small grey picture. Those that resemble one another in
the directions of their gradients are looked at closely: the one is shifted,
turned, zoomed and if need be mirrored until it covers the other, and what is
left of both without their light is correlated.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterator

import cv2
import numpy as np

from jaxfer.data.ordered import map_in_order

SIDE = 32  # pixels of a picture
_CELLS = 4  # along each side, over which gradients are gathered
_DIRECTIONS = 8
_PIECE = 1024  # pictures or pairs worked on at a time
_BLOCK = 1 << 25  # likenesses in memory at a time
_GROUP = 64  # columns of which the best is looked for first
_EDGE = 3  # pixels at each side that do not count: what a shift fills in
_LEAST = 0.5  # share of a picture that the other has to cover
_ROUGH = 0.8  # correlation at the best place below which no detail is looked at
_FLAT = 1.0  # grey levels; a picture that varies less shows nothing
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 1e-3)


@dataclasses.dataclass(frozen=True)
class Match:
  """How one picture lies on another."""

  # Correlation of what is left without light; 1 is the same picture.
  likeness: float
  turned: float = 0.0  # degrees, without sign
  shifted: float = 0.0  # of its centre, as a share of the side
  zoomed: float = 0.0  # how much larger or smaller it is, as a share
  mirrored: bool = False  # whether it is seen in a mirror


def pictures(faces: np.ndarray) -> np.ndarray:
  """The (N, 32, 32) uint8 grey pictures of (N, H, W, 3) uint8 faces."""
  out = np.empty((len(faces), SIDE, SIDE), np.uint8)
  for face, picture in zip(faces, out, strict=True):
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    picture[:] = np.rint(cv2.GaussianBlur(small, (0, 0), 0.7))
  return out


def neighbours(small: np.ndarray, count: int) -> np.ndarray:
  """Of (N, 32, 32) pictures, the pairs that are worth a close look.

  Returns:
    (M, 2) positions i < j, sorted, each pair once: of each picture and the
    `count` most like it, as it is or mirrored.
  """
  shown = np.flatnonzero(small.std(axis=(1, 2)) >= _FLAT)
  total = len(shown)
  count = min(count, total - 1)
  if count < 1:
    return np.empty((0, 2), np.int64)
  even, odd = _halves(small[shown])
  found = []
  rows = max(1, _BLOCK // total)
  for start in range(0, total, rows):
    part = slice(start, start + rows)
    # Of a mirrored picture the odd half changes its sign.
    likeness = np.abs(odd[part] @ odd.T)
    likeness += even[part] @ even.T
    own = np.arange(len(likeness))
    likeness[own, own + start] = -np.inf
    best = _largest(likeness, count)
    pairs = np.stack([np.repeat(own + start, count), best.ravel()], 1)
    found.append(np.sort(pairs, 1))
  return shown[np.unique(np.concatenate(found), axis=0)]


def compare(
  small: np.ndarray, pairs: np.ndarray, least: float
) -> Iterator[tuple[int, int, Match]]:
  """Lays the pictures of each pair, (M, 2) positions, on one another.

  Yields:
    The positions and the match of those of a likeness of `least` or more, in
    the order of `pairs`.
  """

  def look(part: np.ndarray) -> list[tuple[int, int, Match]]:
    found = []
    for i, j in part.tolist():
      # The order of a set must not matter, and which is laid on which does.
      both = sorted((small[i].tobytes(), small[j].tobytes()))
      match = _match(*both, least)
      if match.likeness >= least:
        found.append((i, j, match))
    return found

  pieces = np.array_split(pairs, range(_PIECE, len(pairs), _PIECE))
  for found in map_in_order(look, pieces):
    yield from found


def _halves(small: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """What neighbours are found by: gradients by cell and direction.

  Returns:
    Two (N, 64) float32 halves, together of length 1: what mirroring leaves as
    it is, less the mean over all pictures, and what changes its sign.
  """
  size = _CELLS * _CELLS * _DIRECTIONS // 2
  even = np.empty((len(small), size), np.float32)
  odd = np.empty_like(even)
  for start in range(0, len(small), _PIECE):
    part = slice(start, start + _PIECE)
    cells = _gradients(small[part].astype(np.float32))
    # Mirrored, a direction's angle a is 180° - a.
    turn = -np.arange(_DIRECTIONS) % _DIRECTIONS
    turn = np.roll(turn, -_DIRECTIONS // 2)
    mirrored = cells[:, turn, :, ::-1]
    half = np.s_[:, :, :, : _CELLS // 2]
    even[part] = (cells + mirrored)[half].reshape(-1, size)
    odd[part] = (cells - mirrored)[half].reshape(-1, size)
  even -= even.mean(0)
  length = np.sqrt((even**2).sum(1) + (odd**2).sum(1))[:, None]
  length = np.maximum(length, 1e-6)
  return even / length, odd / length


def _gradients(grey: np.ndarray) -> np.ndarray:
  """(N, 32, 32) to (N, directions, cells, cells), whatever the light."""
  dy, dx = np.gradient(grey, axis=(1, 2))
  size = np.hypot(dx, dy)
  angle = np.arctan2(dy, dx) * (_DIRECTIONS / (2 * np.pi))
  place = (np.arange(SIDE) + 0.5) * (_CELLS / SIDE) - 0.5
  near = np.exp(-0.5 * ((place - np.arange(_CELLS)[:, None]) / 0.6) ** 2)
  near = near.astype(np.float32)
  half = _DIRECTIONS / 2
  cells = np.empty((len(grey), _DIRECTIONS, _CELLS, _CELLS), np.float32)
  for k in range(_DIRECTIONS):
    apart = np.abs((angle - k + half) % _DIRECTIONS - half)
    cells[:, k] = near @ (size * np.maximum(1 - apart, 0)) @ near.T
  energy = cells.sum(1, keepdims=True)
  energy += 0.3 * energy.mean((2, 3), keepdims=True) + 1e-3
  return np.sqrt(cells / energy)


def _largest(values: np.ndarray, count: int) -> np.ndarray:
  """Columns of the `count` largest values of each row, in no order.

  The largest lie in those groups of columns whose best are the largest.
  """
  rows, columns = values.shape
  groups = columns // _GROUP
  if groups <= count:
    return np.argpartition(-values, count - 1, axis=1)[:, :count]
  whole = groups * _GROUP
  best = values[:, :whole].reshape(rows, _GROUP, groups).max(1)
  chosen = np.argpartition(-best, count - 1, axis=1)[:, :count]
  inside = chosen[:, :, None] + np.arange(_GROUP) * groups
  rest = np.broadcast_to(np.arange(whole, columns), (rows, columns - whole))
  place = np.concatenate([inside.reshape(rows, -1), rest], 1)
  some = np.take_along_axis(values, place, 1)
  top = np.argpartition(-some, count - 1, axis=1)[:, :count]
  return np.take_along_axis(place, top, 1)


# Experiments that share a set ask for its pairs again; this holds 32 MiB.
@functools.lru_cache(maxsize=1 << 14)
def _match(first: bytes, second: bytes, least: float) -> Match:
  """As it is if that is alike enough, else in a mirror."""
  one, other = (
    np.frombuffer(picture, np.uint8).reshape(SIDE, SIDE).astype(np.float32)
    for picture in (first, second)
  )
  match = _lay(one, other)
  if match.likeness >= least:
    return match
  return dataclasses.replace(_lay(one, cv2.flip(other, 1)), mirrored=True)


def _lay(one: np.ndarray, other: np.ndarray) -> Match:
  """Lays a picture on another by the affine map that fits best.

  The map maximises the enhanced correlation coefficient (Evangelidis &
  Psarakis, PAMI 30(10), 2008).
  """
  whole = np.ones_like(one)
  start = np.eye(2, 3, dtype=np.float32)
  try:
    rough, found = cv2.findTransformECC(
      _without_light(one, whole, 4),
      _without_light(other, whole, 4),
      start,
      cv2.MOTION_AFFINE,
      _STEPS,
      None,  # pyright: ignore  a mask, which its types say is needed
      3,
    )
  except cv2.error:  # they have nothing in common
    return Match(0.0)
  if rough < _ROUGH:
    return Match(0.0)
  inner = np.zeros_like(one)
  inner[_EDGE:-_EDGE, _EDGE:-_EDGE] = 1
  size, how = one.shape[::-1], cv2.WARP_INVERSE_MAP
  seen = inner * cv2.warpAffine(
    inner, found, size, flags=how | cv2.INTER_NEAREST
  )
  if seen.mean() < _LEAST:
    return Match(0.0)
  laid = cv2.warpAffine(other, found, size, flags=how | cv2.INTER_LINEAR)
  a, b = (_without_light(grey, seen, 2) * seen for grey in (one, laid))
  likeness = float(
    (a * b).sum() / math.sqrt((a * a).sum() * (b * b).sum() + 1e-9)
  )
  return Match(likeness, *_motion(found))


def _without_light(
  grey: np.ndarray, seen: np.ndarray, width: float
) -> np.ndarray:
  """Less the local mean, in units of the local spread.

  Args:
    grey: a picture.
    seen: 1 where it counts, else 0.
    width: of the neighbourhood, a standard deviation in pixels.
  """

  def around(values: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(
      values * seen, (0, 0), width, borderType=cv2.BORDER_CONSTANT
    )

  weight = around(seen) + 1e-6
  detail = grey - around(grey) / weight
  power = detail**2
  everywhere = math.sqrt(float((power * seen).sum() / seen.sum()))
  # Half the spread of the whole keeps the noise of even skin small.
  return detail / (np.sqrt(around(power) / weight) + everywhere / 2 + 1e-3)


def _motion(found: np.ndarray) -> tuple[float, float, float]:
  """Turn in degrees, shift and zoom as shares, of an affine map."""
  linear = found[:, :2].astype(float)
  turned = math.atan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])
  zoomed = math.sqrt(abs(float(np.linalg.det(linear)))) - 1
  centre = np.full(2, (SIDE - 1) / 2)
  shifted = float(np.linalg.norm(linear @ centre + found[:, 2] - centre)) / SIDE
  return abs(math.degrees(turned)), shifted, abs(zoomed)
