"""Which faces a step sees: permutations laid end to end."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxfer.data import batches

QUICK = settings(max_examples=50, deadline=None, derandomize=True)
sizes = {
  "seed": st.integers(0, 5),
  "batch": st.integers(1, 40),
  "count": st.integers(1, 60),
}


def steps(seed, batch, count, first, last) -> np.ndarray:
  return np.concatenate(
    [batches.batch_indices(seed, s, batch, count) for s in range(first, last)]
  )


@QUICK
@given(**sizes, epochs=st.integers(1, 4))
def test_each_epoch_is_a_permutation_and_they_lie_end_to_end(
  seed, batch, count, epochs
):
  needed = -(-epochs * count // batch)

  order = steps(seed, batch, count, 0, needed)[: epochs * count]

  for epoch in order.reshape(epochs, count):
    assert sorted(epoch) == list(range(count))


@QUICK
@given(**sizes, step=st.integers(0, 500), other=st.integers(0, 500))
def test_a_step_depends_on_seed_and_number_alone(
  seed, batch, count, step, other
):
  first = batches.batch_indices(seed, step, batch, count)
  # Whatever is asked for in between, other sets and seeds too.
  batches.batch_indices(seed, other, batch, count)
  batches.batch_indices(seed + 1, step, batch, count + 1)

  again = batches.batch_indices(seed, step, batch, count)

  assert first.shape == (batch,)
  np.testing.assert_array_equal(first, again)


@QUICK
@given(**sizes, factor=st.integers(2, 5))
def test_the_order_does_not_depend_on_the_batch_size(
  seed, batch, count, factor
):
  np.testing.assert_array_equal(
    steps(seed, batch, count, 0, factor),
    batches.batch_indices(seed, 0, batch * factor, count),
  )


def test_epochs_and_seeds_differ_in_order():
  one, two = steps(0, 100, 100, 0, 1), steps(0, 100, 100, 1, 2)

  assert (one != two).any()
  assert (one != steps(1, 100, 100, 0, 1)).any()
  # A shuffle leaves about one of 100 in its place, not most of them.
  assert (one == np.arange(100)).sum() < 10


def test_a_caller_cannot_spoil_the_order():
  first = batches.batch_indices(0, 0, 7, 7)
  kept = first.copy()
  first[:] = 0

  np.testing.assert_array_equal(batches.batch_indices(0, 0, 7, 7), kept)


def order(seed, batch, count):
  return lambda step: batches.batch_indices(seed, step, batch, count)


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
  numbers = np.arange(11, dtype=np.uint8)
  return np.broadcast_to(numbers[:, None, None, None], (11, 2, 2, 3)).copy()


@pytest.mark.parametrize("first", [0, 3, 8])
def test_a_stream_gives_the_indexed_faces_from_any_first_step(faces, first):
  labels = 2 * np.arange(11)
  streamed = list(batches.stream((faces, labels), order(5, 4, 11), first, 9))

  assert len(streamed) == 9 - first
  for step, (batch, told) in enumerate(streamed, first):
    np.testing.assert_array_equal(told, 2 * batch[:, 0, 0, 0])
    assert batch.dtype == np.uint8
    assert batch.shape == (4, 2, 2, 3)
    np.testing.assert_array_equal(
      batch[:, 0, 0, 0], batches.batch_indices(5, step, 4, 11)
    )


def test_a_finished_run_streams_nothing(faces):
  assert list(batches.stream((faces,), order(0, 4, 11), 7, 7)) == []


def test_a_stream_reads_from_disk_and_a_small_set(tmp_path, faces):
  np.save(tmp_path / "faces.npy", faces[:3])
  mapped = np.load(tmp_path / "faces.npy", mmap_mode="r")

  ((batch,),) = batches.stream((mapped,), order(0, 8, 3), 2, 3)

  np.testing.assert_array_equal(
    batch[:, 0, 0, 0], batches.batch_indices(0, 2, 8, 3)
  )


def test_no_more_is_read_ahead_than_a_few_batches():
  """However large the set: memory of a streamed one is flat."""
  read = []

  class Set:
    def __getitem__(self, rows):
      read.append(rows)
      return np.zeros(len(rows))

  stream = batches.stream([Set()], lambda step: np.arange(4), 0, 10_000)
  for _ in range(3):
    next(stream)
  time.sleep(0.5)  # the devices are busy
  assert len(read) <= 3 + 16 + 4  # what waits, and what four threads hold
