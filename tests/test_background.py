"""Work done by a thread: in order, and nothing after what failed."""

import threading

import pytest

from jaxfer.background import Background


def test_work_is_done_in_order_and_all_of_it():
  done = []
  behind = Background()
  for i in range(20):
    behind.do(done.append, i)
  behind.wait()
  assert done == list(range(20))
  behind.do(done.append, 20)
  behind.close()
  assert done[-1] == 20


def fail():
  raise OSError("the disk is full")


def test_a_failure_is_raised_and_nothing_given_after_it_is_done():
  begin, done = threading.Event(), []
  behind = Background()
  behind.do(begin.wait)
  behind.do(fail)
  behind.do(done.append, "rests on it")
  begin.set()
  with pytest.raises(OSError, match="the disk is full"):
    behind.close()
  assert done == []


def test_a_failure_is_raised_to_who_goes_on_giving():
  behind = Background()
  with pytest.raises(OSError, match="the disk is full"):
    for _ in range(9):
      behind.do(fail)
  behind.close()


def test_no_more_than_a_little_waits():
  begin, given = threading.Event(), []

  def give():
    for i in range(9):
      behind.do(begin.wait)
      given.append(i)

  behind = Background()
  giver = threading.Thread(target=give)
  giver.start()
  giver.join(0.2)
  assert len(given) == 3  # one is being done, two wait
  begin.set()
  giver.join()
  behind.close()
