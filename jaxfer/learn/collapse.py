"""Is a learner that draws collapsing? Cheap numbers, looked at as it learns.

A look draws faces from fixed latents as sampling does, beside as many real
ones; the training step knows nothing of it. `measure.verdict` has the thorough
answers for a trained one.
"""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from jaxfer.metrics import motion
from jaxfer.metrics.manifold import squared_distances

_log = logging.getLogger(__name__)

ACTIONS = ("warn", "stop")
"""What can be done about an alarm."""


class CollapsedError(Exception):
  """The generator looks collapsed, and training was to stop then."""


def spread(faces: np.ndarray) -> float:
  """Standard deviation over a batch, root mean square over pixels, in levels.

  Of (N, H, W, C) uint8.
  """
  return float(np.sqrt(faces.astype(np.float64).var(axis=0).mean()))


def distances(faces: np.ndarray) -> np.ndarray:
  """(N, N) Euclidean distances of faces in levels, infinite to themselves."""
  flat = faces.reshape(len(faces), -1)
  apart = np.sqrt(squared_distances(flat, flat))
  np.fill_diagonal(apart, np.inf)
  return apart


class Watch:
  """Compares generated faces with real ones, and knows the recent losses.

  `alarm` is why the generator looked collapsed when last looked at, in words;
  empty if it did not; `seen`, what was seen then.

  Args:
    settings: the config's `gan.collapse` section.
    real: (N, H, W, C) uint8 real faces; as many fakes are to be looked at.
    last: the number of steps in all; a look after them raises an alarm however
      few they are.
  """

  def __init__(self, settings: Any, real: np.ndarray, last: float = math.inf):
    self._settings = settings
    self._start = min(settings.start, last)
    self._spread = spread(real)
    apart = distances(real)
    others = apart[np.isfinite(apart)]
    typical = float(np.median(others)) if others.size else 0.0
    self._near = settings.distance * typical
    self._change = change(real)
    self.alarm = self.seen = ""
    self._looked: tuple[float, float] | None = None
    self._moves = 1.0
    self._losses = deque[tuple[float, float]](maxlen=settings.every)

  def saw(self, lines: Iterable[Mapping[str, float]]) -> None:
    """Adds the numbers of the next steps.

    Each line has `loss_d` and `loss_g`, if there are two networks, and after a
    look its numbers.
    """
    for line in lines:
      if "loss_g" in line:
        self._losses.append((line["loss_d"], line["loss_g"]))
      if "diversity" in line:
        self._looked = line["diversity"], line["duplicates"]

  def look(self, step: int, fakes: np.ndarray) -> dict[str, float]:
    """The numbers of (N, H, W, C) uint8 fakes; sets the alarm, or ends it.

    Returns:
      `diversity`, their spread over that of real faces; `duplicates`, the share
      that has another generated face nearer than `gan.collapse.distance` times
      the median distance of two real ones; and `collapsed`, 1 or 0.
    """
    diversity = spread(fakes) / max(self._spread, 1e-9)
    duplicates = float((distances(fakes).min(1) < self._near).mean())
    before, self.alarm = self.alarm, ""
    self._looked = diversity, duplicates
    self._moves = change(fakes) / self._change if self._change else 1.0
    if step >= self._start:
      self.alarm = "; ".join(self._reasons(diversity, duplicates))
    if self.alarm and not before:
      _log.warning(
        "step %d: the generator looks collapsed: %s", step, self.alarm
      )
    self.seen = f", diversity {diversity:.2f}, duplicates {duplicates:.0%}"
    self.seen += ", COLLAPSED" if self.alarm else ""
    return {
      "diversity": diversity,
      "duplicates": duplicates,
      "collapsed": float(bool(self.alarm)),
    }

  def tell(self) -> None:
    """Says in a line whether the generator has collapsed, at the end."""
    if self._looked is None:
      return
    diversity, duplicates = self._looked
    if why := "; ".join(self._reasons(diversity, duplicates)):
      _log.warning(
        "the training ends with a COLLAPSED generator: %s. Its faces tell"
        " little of those it learnt from; more steps (gan.epochs) or another"
        " run.seed may help",
        why,
      )
      return
    losses = np.mean(self._losses, axis=0) if self._losses else ()
    _log.info(
      "the training ends with no sign of collapse: faces vary %.2f times as"
      " much as real ones, %.0f%% have a near copy%s",
      diversity,
      100 * duplicates,
      ", losses D {:.3f}, G {:.3f}".format(*losses) if self._losses else "",
    )

  def _reasons(self, diversity: float, duplicates: float) -> Iterator[str]:
    limits = self._settings
    if diversity < limits.diversity:
      yield (
        f"faces vary {diversity:.2f} times as much as real ones, less than"
        f" gan.collapse.diversity={limits.diversity}"
      )
    if duplicates > limits.duplicates:
      yield (
        f"{duplicates:.0%} of the faces have a near copy, a share above"
        f" gan.collapse.duplicates={limits.duplicates}"
      )
    if self._change and self._moves < limits.motion:
      yield (
        f"clips change {self._moves:.2f} times as much from frame to frame as"
        f" real ones, less than gan.collapse.motion={limits.motion}"
      )
    loss_d, loss_g = np.reshape(self._losses, (-1, 2)).T
    half = len(loss_g) // 2
    if not half:
      return
    largest = max(np.abs(loss_d).mean(), np.abs(loss_g).mean())
    if largest > limits.loss_most:
      yield (
        f"the losses are {loss_d.mean():.3g} (D) and {loss_g.mean():.3g} (G) on"
        f" average, above gan.collapse.loss_most={limits.loss_most}"
      )
    if loss_d.mean() >= limits.loss_d:
      return
    before, after = loss_g[:half].mean(), loss_g[half:].mean()
    if after > max(limits.loss_g, before):
      yield (
        f"D's loss is {loss_d.mean():.3f}, below gan.collapse.loss_d="
        f"{limits.loss_d}, and G's {after:.1f} and growing, above"
        f" gan.collapse.loss_g={limits.loss_g}"
      )


def change(faces: np.ndarray) -> float:
  """Mean `motion.change` of clips (N, T, H, W, C) uint8; 0 of faces."""
  return 0.0 if faces.ndim == 4 else float(motion.change(faces).mean())
