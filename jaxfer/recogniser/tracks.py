"""Who is who along a video: overlap of boxes and nearness of features."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from jaxfer.data.detect import Box
from jaxfer.recogniser import faces

MEMORY = 10
"""Frames looked at for which a face that is out of sight keeps its number."""

# In units of the squared distance within which a face is familiar: so near is
# the same face where it has moved away; and so far is another one, though it
# overlaps, as after a cut. Of 204 photographs of 102 people, two expressions of
# a person were 0.1 to 1.4 apart, two people 0.5 to 2.4: place tells more.
_ALIKE, _OTHER = 0.5, 4.0
_TOUCHING = 0.2  # share of the union
_REACH = 3.0  # widths of a face that it may have moved unseen
_NEVER = 1e6


@dataclasses.dataclass
class _Track:
  number: int
  box: Box
  features: np.ndarray
  seen: int


class Tracks:
  """Numbers the faces of a video, from 0 in the order they come into sight.

  Args:
    limit: squared distance within which a face is familiar.
    first: number of the first new face.
  """

  def __init__(self, limit: float, first: int = 0):
    self._limit = limit
    self._tracks: list[_Track] = []
    self._frame, self._next = 0, first

  def __call__(self, boxes: Sequence[Box], features: np.ndarray) -> list[int]:
    """The numbers of the next frame's faces, in their order.

    Args:
      boxes: of the N faces.
      features: (N, D) float32.
    """
    costs = np.full((len(boxes), len(self._tracks)), _NEVER)
    for i, box in enumerate(boxes):
      for j, one in enumerate(self._tracks):
        costs[i, j] = self._cost(box, features[i], one)
    pairs = zip(*linear_sum_assignment(costs), strict=True)
    same = {i: self._tracks[j].number for i, j in pairs if costs[i, j] < _NEVER}
    new = itertools.count(self._next)
    numbers = [same[i] if i in same else next(new) for i in range(len(boxes))]
    self.remember(boxes, features, numbers)
    return numbers

  def remember(
    self, boxes: Sequence[Box], features: np.ndarray, numbers: Sequence[int]
  ) -> None:
    """Takes a frame's faces by numbers that they have already."""
    by_number = {one.number: one for one in self._tracks}
    for box, vector, number in zip(boxes, features, numbers, strict=True):
      by_number[number] = _Track(number, box, vector, self._frame)
      self._next = max(self._next, number + 1)
    self._frame += 1
    self._tracks = [
      one for one in by_number.values() if self._frame - one.seen <= MEMORY
    ]

  def _cost(self, box: Box, vector: np.ndarray, one: _Track) -> float:
    sizes = box.width * box.height + one.box.width * one.box.height
    common = faces.common(box, one.box)
    common /= sizes - common
    apart = float(((vector - one.features) ** 2).sum()) / self._limit
    reach = _REACH * max(box.width, one.box.width)
    moved = np.hypot(
      box.left + box.width / 2 - one.box.left - one.box.width / 2,
      box.top + box.height / 2 - one.box.top - one.box.height / 2,
    )
    touches = common >= _TOUCHING and apart < _OTHER
    alike = apart < _ALIKE and moved < reach
    return (1 - common) + apart / _OTHER if touches or alike else _NEVER
