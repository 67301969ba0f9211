"""Runs ended anywhere go on to the very numbers of one left alone."""

import collections
import itertools
import math
import os
import re
import shutil

import numpy as np
import pytest

from jaxfer import termination

# Where changes are counted, and the stage that is asked for there.
STAGES = {
  "standin": "prepare",
  "prepare": "prepare",
  "folds": "prepare",
  "pretrain": "pretrain",
  "extract": "extract",
  "probe": "probe",
  "generate": "generate",
  "measure": "generate",
  "evidence": "report",
  "report": "report",
}
WORDS = {
  "ENOSPC": os.strerror(28),
  "EIO": os.strerror(5),
  "short": os.strerror(27),
  "full": os.strerror(28),
  "fsync": os.strerror(5),
}
SOON = 0.03  # seconds within which a signal comes that is a little late


def strike(server, survival, whole_run, workdir, faults, seed):
  """Runs stage after stage, ended so many times in each; then to the end.

  Args:
    faults: by place, how many runs are to be ended there, and how.
    seed: fixes the moments.

  Returns:
    The faults that have ended runs.
  """
  rng = np.random.default_rng(seed)
  ended = []
  for place, kinds in faults.items():
    arguments = [*survival.EXPERIMENT, f"--stage={STAGES[place]}"]
    # A run goes on where the one before it was ended, so a place is passed
    # through in steps.
    reach = math.ceil(2 * whole_run.changes[place] / (len(kinds) + 1))
    waiting, tries = list(kinds), 0
    while waiting:
      tries += 1
      assert tries < 10 * len(kinds), f"{place} cannot be struck"
      kind = waiting[0]
      fault = {
        "stage": place,
        "kind": kind,
        "at": int(rng.integers(1, reach + 1)),
        "late": SOON * float(rng.random() * rng.integers(2)),
      }
      if kind in survival.SIGNALS and not rng.integers(3):
        # At any time of the stage; it may be over sooner than it was at first.
        span = whole_run.spans[place] / tries
        fault |= {"at": 1, "late": max(SOON, float(rng.random() * span))}
      answer = server.run(arguments, workdir, fault)
      assert "Traceback" not in _ours(answer["said"]), (fault, answer["said"])
      if answer["status"] == 0:
        # Done before the moment came: it is made anew, and what was made of
        # it, without which nothing asks for it.
        places = list(STAGES)
        for later in places[places.index(place) :]:
          for path in workdir.glob(f"{later}*"):
            path.unlink() if path.is_symlink() else shutil.rmtree(path)
        continue
      waiting.pop(0)
      ended.append(fault)
      expected = survival.SIGNALS.get(kind, 1)
      assert answer["status"] == expected, (fault, answer["said"])
      if kind == "SIGTERM":
        assert (answer["seconds"] or 0) < termination.GRACE + 2, fault
      if kind in WORDS:
        assert "jaxfer: " in answer["said"]
        assert WORDS[kind] in answer["said"], (fault, answer["said"])

  answer = server.run(survival.EXPERIMENT, workdir)
  assert answer["status"] == 0, answer["said"]
  found = survival.contents(workdir)
  assert not [name for name in found if "damaged" in name]
  assert survival.different(found, whole_run.contents) == []
  return ended


def _ours(said):
  """Without what others say behind us.

  Orbax's threads, of a write that failed; Python, of a signal that met it in a
  place from which nothing can be raised, so that the run goes on.
  """
  # Lines of several threads may stand in one another's.
  theirs = r"Traceback(?:(?!/jaxfer/).)*Event loop is closed\n"
  ignored = (
    r"Exception ignored in[^\n]*\nTraceback[^\n]*\n(?: [^\n]*\n)*"
    r"(?:jaxfer\.termination\.Terminated|KeyboardInterrupt)"
  )
  return re.sub(f"{theirs}|{ignored}", "", said, flags=re.DOTALL)


def in_turn(kinds, counts):
  """So many kinds for each place, going round."""
  turn = itertools.cycle(kinds)
  return {place: list(itertools.islice(turn, n)) for place, n in counts.items()}


@pytest.mark.pipeline
def test_a_run_neither_calls_out_nor_unpickles(survival, whole_run):
  assert not set(survival.FORBIDDEN) & set(whole_run.changes)


@pytest.mark.pipeline
def test_a_run_ended_once_in_every_stage_ends_the_same(
  server, survival, whole_run, tmp_path
):
  kinds = [*survival.SIGNALS, "short", "full"]
  faults = in_turn(kinds, dict.fromkeys(STAGES, 1))
  ended = strike(server, survival, whole_run, tmp_path / "run", faults, 0)
  assert len(ended) == len(STAGES)


@pytest.mark.slow
def test_a_run_killed_over_and_over_ends_the_same(
  server, survival, whole_run, tmp_path
):
  counts = {
    "standin": 8,
    "prepare": 8,
    "folds": 4,
    "pretrain": 20,
    "extract": 10,
    "probe": 10,
    "generate": 4,
    "measure": 4,
    "evidence": 4,
    "report": 4,
  }
  faults = in_turn(survival.SIGNALS, counts)
  ended = strike(server, survival, whole_run, tmp_path / "run", faults, 1)
  assert len(ended) >= 60
  kinds = collections.Counter(fault["kind"] for fault in ended)
  assert min(kinds[kind] for kind in survival.SIGNALS) >= 15
  assert sum(fault["late"] >= SOON for fault in ended) >= len(ended) // 5


@pytest.mark.slow
def test_a_run_whose_disk_fails_ends_the_same(
  server, survival, whole_run, tmp_path
):
  counts = dict.fromkeys(STAGES, 3) | {"pretrain": 10}
  faults = in_turn(survival.FAULTS, counts)
  # A report, which can be drawn again, is not synchronised.
  faults["report"] = ["short" if k == "fsync" else k for k in faults["report"]]
  ended = strike(server, survival, whole_run, tmp_path / "run", faults, 2)
  assert len(ended) == sum(counts.values())
