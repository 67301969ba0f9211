"""Going back to before a collapse, and on from there with other draws.

Which latents and faces a step draws is a function of the seed, the step and
the rollbacks recorded in a file. So a run that is interrupted goes on exactly,
before and after it went back.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from jaxfer import artifacts, parallel


class Rollbacks:
  """The rollbacks of one training, and the draws that they lead to.

  Args:
    path: the file that records them; of several processes rank 0 writes it.
    seed: of the run.
  """

  def __init__(self, path: Path, seed: int):
    self._path, self._seed = path, seed
    self._records: list[dict] = []
    if path.exists():
      self._records = json.loads(path.read_text(encoding="utf-8"))

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
    self._records.append({"alarm": alarm, "to": to, "why": why})
    if parallel.leads():
      text = json.dumps(self._records, indent=2)
      artifacts.write_atomically(self._path, text + "\n")
