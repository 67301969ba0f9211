"""Going back to before a collapse, and on from there with other draws.

Which latents and faces a step draws is a function of the seed, the step and
the rollbacks recorded in a file. So a run that is interrupted goes on exactly,
before and after it went back.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import artifacts, disk, distributed, untrusted

_log = logging.getLogger(__name__)


class Rollbacks:
  """The rollbacks of one training, and the draws that they lead to.

  Args:
    path: the file that records them, mended; of several processes rank 0
      writes it.
    seed: of the run.
  """

  def __init__(self, path: Path, seed: int):
    self._path, self._seed = path, seed
    self._records = _held(_lines(path), seed)

  def __len__(self) -> int:
    return len(self._records)

  def seed(self, step: int) -> int:
    """The seed of what a step draws.

    That of the run at first; a rollback gives another to the steps from where
    it went back to, and a second one yet another.
    """
    passed = sum(record["to"] <= step for record in self._records)
    if not passed:
      return self._seed
    sequence = np.random.SeedSequence([self._seed, passed])
    return int(sequence.generate_state(1)[0] >> 1)  # 31 bits, as JAX takes

  def add(self, alarm: int, to: int, why: str) -> None:
    """Records a rollback, once no checkpoint lies behind it any more.

    A run that dies before goes back to the same step again.

    Args:
      alarm: number of steps taken when the alarm was raised.
      to: number of steps of the state that it went back to.
      why: the alarm, in words.
    """
    record = {"alarm": alarm, "to": to, "why": why}
    before = self._records[-1]["sha256"] if self._records else ""
    record["sha256"] = _link(self._seed, before, record)
    self._records.append(record)
    if distributed.leads():
      lines = [json.dumps(record) + "\n" for record in self._records]
      artifacts.write_atomically(self._path, "".join(lines))


def mend(path: Path, seed: int) -> None:
  """Sets a damaged file of rollbacks aside; what of it holds is kept.

  A checkpoint of what a lost rollback led to does not hold then, and from one
  before it the run comes to the same rollback again.

  Args:
    path: the file, which need not exist.
    seed: of the run.
  """
  lines = _lines(path)
  held = len(_held(lines, seed))
  if not path.exists() or (lines and held == len(lines)):
    return
  aside = disk.set_aside(path)
  if held:
    artifacts.write_atomically(path, b"".join(lines[:held]))
  _log.error(
    "%s is damaged: set aside as %s; all but the first %d rollbacks are lost,"
    " and so is what was trained after them",
    path,
    aside.name,
    held,
  )


def _lines(path: Path) -> list[bytes]:
  return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def _held(lines: list[bytes], seed: int) -> list[dict[str, Any]]:
  """The records up to the first that is not what was written."""
  records: list[dict[str, Any]] = []
  before = ""
  for line in lines:
    try:
      record = untrusted.parse_json(line)
      before = _link(seed, before, record)
      if not line.endswith(b"\n") or record["sha256"] != before:
        break
    except (ValueError, KeyError, TypeError):
      break
    records.append(record)
  return records


def _link(seed: int, before: str, record: dict[str, Any]) -> str:
  """The checksum of a record and, by theirs, of those before it."""
  facts = [seed, before, record["alarm"], record["to"], record["why"]]
  return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
