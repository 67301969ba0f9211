"""Who is who along a film."""

import numpy as np

from jaxfer.data.detect import Box
from jaxfer.recogniser.tracks import MEMORY, Tracks


def box(left, top=0.0, side=50.0):
  return Box(left, top, side, side, 1.0)


A, B = np.zeros(4, np.float32), np.full(4, 10, np.float32)


def follow(frames):
  tracks = Tracks(limit=1.0)
  return [
    tracks(
      [b for b, _ in frame], np.array([f for _, f in frame]).reshape(-1, 4)
    )
    for frame in frames
  ]


def test_faces_keep_their_numbers_whatever_their_order():
  frames = [
    [(box(0), A), (box(200), B)],
    [(box(205), B), (box(5), A)],
    [(box(10), A)],
    [(box(210), B), (box(15), A)],
  ]
  assert follow(frames) == [[0, 1], [1, 0], [0], [1, 0]]


def test_a_like_face_that_moved_on_is_the_same_and_another_is_not():
  frames = [[(box(0), A)], [(box(100), A)], [(box(100), B)], [(box(900), B)]]
  assert follow(frames) == [[0], [0], [1], [2]]


def test_who_is_away_too_long_is_new():
  away = [[]] * (MEMORY + 1)
  assert follow([[(box(0), A)], *away, [(box(0), A)]])[-1] == [1]
  assert follow([[(box(0), A)], *away[2:], [(box(0), A)]])[-1] == [0]


def test_two_that_cross_are_told_by_their_features():
  frames = [[(box(0), A), (box(30), B)], [(box(25), A), (box(5), B)]]
  assert follow(frames) == [[0, 1], [0, 1]]


def test_numbers_taken_over_are_held():
  tracks = Tracks(limit=1.0, first=7)
  tracks.remember([box(0)], A[None], [3])
  assert tracks([box(1), box(300)], np.stack([A, B])) == [3, 7]
