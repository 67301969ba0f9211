"""One training, as words that every process taking part can carry out."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from jaxfer import parallel, processes
from jaxfer.data.pools import Pool
from jaxfer.gan.collapse import CollapsedError
from jaxfer.gan.state import GANState
from jaxfer.gan.train import DivergedError, Interrupted, Profile, train


@dataclasses.dataclass(frozen=True)
class Lesson:
  """What `train` is given, apart from devices and weights to start from.

  Attributes:
    pool: the faces.
    out: the training's folder.
    gan: the config's `gan` section.
    seed: fixes weights, latents and the order of faces.
    run: tells this training from others, whose checkpoints do not count.
    events: folder for TensorBoard's curves, if any.
  """

  pool: Pool
  out: str
  gan: Mapping[str, Any]
  seed: int
  run: str
  events: str | None

  def learn(
    self,
    devices: Sequence[parallel.Device],
    start: GANState | None = None,
    profile: Profile | None = None,
  ) -> None:
    """Trains; on rank 0 of several processes, together with the others.

    Args:
      devices: the devices, of all processes, that share each batch.
      start: weights to start from in place of random ones.
      profile: steps to trace, if any.

    Raises:
      CollapsedError, DataError, DivergedError, Interrupted, ValueError: as
        `train` does.
    """
    faces = self.pool.load()
    labels = self.pool.labels(self.gan["condition"])

    def own() -> None:
      train(
        faces,
        Path(self.out),
        gan=ConfigDict(self.gan),
        seed=self.seed,
        devices=devices,
        labels=labels,
        start=start,
        profile=profile,
        events=Path(self.events) if self.events else None,
        run=self.run,
      )

    processes.together(dataclasses.asdict(self), own)


def join(work: Mapping[str, Any], devices: Sequence[parallel.Device]) -> None:
  """Takes part in a lesson that rank 0 gives, on any other rank.

  Args:
    work: what `processes.together` was given.
    devices: as of `Lesson.learn`.
  """
  pool = Pool(**work["pool"])
  # All ranks stop so at the same step, and rank 0 says why.
  with contextlib.suppress(Interrupted, DivergedError, CollapsedError):
    train(
      pool.load(),
      Path(work["out"]),
      gan=ConfigDict(work["gan"]),
      seed=work["seed"],
      devices=devices,
      labels=pool.labels(work["gan"]["condition"]),
    )
