"""Who is found to be gone or to hang, and when."""

import dataclasses
import threading

import pytest

from jaxfer import watch
from jaxfer.watch import SILENCE_S, Beat, Judge

PATIENCE = 60.0


class Run:
  """Three ranks as one of them sees them, second by second."""

  def __init__(self, rank=0):
    self.judge = Judge(rank, 3, PATIENCE, 0.0)
    self.heard = range(3) if rank == 0 else (0, rank)
    self.beats = {r: Beat(where="step 1", place=1) for r in range(3)}
    self.now, self.silent = 0.0, set()

  def put(self, rank, **changes):
    self.beats[rank] = dataclasses.replace(self.beats[rank], **changes)

  def verdict(self, seconds):
    """The first verdict in so many seconds."""
    for _ in range(int(seconds)):
      self.now += 1
      for rank in set(self.beats) - self.silent:
        self.put(rank, count=self.beats[rank].count + 1)
      beats = {r: self.beats[r] for r in self.heard if r in self.beats}
      if said := self.judge(beats, self.now):
        return said
    return None


def test_a_run_that_gets_on_is_left_alone():
  run = Run()
  for step in range(20):
    for rank in range(3):
      run.put(rank, place=step + 2)
    assert run.verdict(PATIENCE - 1) is None


def test_outside_shared_work_nobody_need_get_on():
  run = Run()
  run.put(0, where="")
  assert run.verdict(100 * PATIENCE) is None


def test_patience_begins_with_the_shared_work():
  run = Run()
  run.put(0, where="")
  run.verdict(10 * PATIENCE)
  run.put(0, where="step 1", place=2)
  assert run.verdict(PATIENCE) is None
  assert run.verdict(5) is not None


@pytest.mark.parametrize("gone", [1, 2])
def test_a_rank_that_falls_silent_is_named_though_others_work_alone(gone):
  run = Run()
  run.put(0, where="")
  assert run.verdict(50) is None
  run.silent = {gone}
  assert run.verdict(SILENCE_S - 1) is None
  assert run.verdict(5).startswith(f"rank {gone} is gone")


def test_a_rank_that_never_speaks_is_named():
  run = Run()
  del run.beats[2]
  assert run.verdict(SILENCE_S + 5).startswith("rank 2 is gone")


def test_the_others_notice_that_rank_0_is_gone():
  run = Run(rank=1)
  run.silent = {0}
  assert run.verdict(SILENCE_S + 5).startswith("rank 0 is gone")


def test_rank_0_that_never_speaks_is_named():
  run = Run(rank=1)
  del run.beats[0]
  assert run.verdict(SILENCE_S + 5).startswith("rank 0 is gone")


def test_words_that_rank_0_never_takes_do_not_keep_the_judge_waiting(
  monkeypatch,
):
  monkeypatch.setattr(watch, "PERIOD_S", 0.01)
  monkeypatch.setattr(watch, "SILENCE_S", 0.1)
  over, said = threading.Event(), []
  mine = watch.Watch(
    1, 2, PATIENCE, put=lambda beat: over.wait(60), read=lambda: {}
  )

  def end(wrong):
    said.append(wrong)
    mine._stopped.set()

  monkeypatch.setattr(mine, "end", end)
  mine.start()
  mine.join(30)
  over.set()
  assert said == ["rank 0 is gone: no sign of life for 0.1 s"]


def test_the_others_do_not_judge_whom_they_do_not_hear():
  run = Run(rank=1)
  run.silent = {2}
  run.put(0, where="")
  assert run.verdict(10 * PATIENCE) is None


@pytest.mark.parametrize("rank", [0, 1])
def test_those_who_hold_up_the_others_are_named(rank):
  run = Run(rank)
  for other in range(3):
    run.put(other, place=5, where="step 5")
  run.put(1, place=4, where="step 4")
  said = run.verdict(PATIENCE + 5)
  assert said.startswith("rank 1 (step 4) hangs")
  assert "60 s" in said


def test_where_all_wait_at_one_place_only_rank_0_speaks():
  assert Run(rank=1).verdict(10 * PATIENCE) is None
  assert "no rank has got beyond step 1" in Run().verdict(PATIENCE + 5)


def test_a_failure_is_told_with_the_name_of_the_rank():
  run = Run()
  run.put(2, failed="failed: ValueError: no")
  assert run.verdict(1) == "rank 2 failed: ValueError: no"
  run = Run(rank=1)
  run.put(0, failed="rank 2 failed: ValueError: no")
  assert run.verdict(1) == "rank 2 failed: ValueError: no"


def test_a_beat_survives_being_sent():
  beat = Beat(3, 4, "step 5 of „x“", True, "why", 2)
  assert Beat.decode(beat.encode()) == beat
