"""The numbers with which every stage can work, field by field."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from jaxfer.data import readers
from jaxfer.errors import UserError

_SEEDS = 2**31  # JAX's are smaller


@dataclasses.dataclass(frozen=True)
class Range:
  """Numbers from one to another."""

  low: float  # the least
  high: float = math.inf  # the greatest; infinite where there is none
  above: bool = False  # `low` itself is left out
  below: bool = False  # `high` itself is left out

  def holds(self, value: float) -> bool:
    """Whether a number is one of them; nan is of no range."""
    over = value > self.low if self.above else value >= self.low
    return over and (value < self.high if self.below else value <= self.high)

  def __str__(self) -> str:
    if self.low == -math.inf:
      return "finite"
    if self.high == math.inf:
      words = f"above {self.low}" if self.above else f"{self.low} or more"
      return f"{words}, and finite" if self.below else words
    least = f"above {self.low}" if self.above else f"at least {self.low}"
    most = f"below {self.high}" if self.below else f"at most {self.high}"
    return f"{least} and {most}"


_SHARE = Range(0, 1)
_FINITE = Range(-math.inf, math.inf, above=True, below=True)

# An infinite limit is none, and allowed where one may be wanted. How faces are
# found has limits, for it goes with a recogniser's file, which anybody made.
RANGES: Mapping[str, Range] = {
  "crop.size": Range(8, 1024),  # a power of two, says the network
  "crop.margin": Range(-0.5, 10, above=True),
  "crop.scale_factor": Range(1.01, 10),
  "crop.min_neighbors": Range(0, 100),
  "crop.min_face": Range(0.001, 1),
  "crop.detect_side": Range(16, 10_000),
  "data.max_megapixels": Range(0.01, 1000),
  **{f"data.{name}.count": Range(0) for name in readers.NAMES},
  **{f"data.{name}.seed": Range(0) for name in readers.NAMES},
  "data.labelled.au_present": Range(0, 5, above=True),
  "data.ck_plus.last": Range(1),
  "data.ck_plus.neutral": Range(0),
  "data.own_clips.rate": Range(0, math.inf, above=True, below=True),
  **{
    f"data.{name}.stride": Range(1)
    for name in readers.NAMES
    if readers.get(name).clips
  },
  "data.dfew.fold": Range(1, 5),
  "data.standin.width": Range(0),
  "data.standin.seed": Range(0),
  "gan.width": Range(1),
  "gan.latent": Range(1),
  "gan.batch": Range(1),
  # Adam moves a weight by about the rate, and weights begin at 0.02.
  "gan.learning_rate": Range(0, math.inf, above=True, below=True),
  "gan.beta1": Range(0, 1, below=True),
  "gan.epochs": Range(1),
  "gan.steps_at_least": Range(0),
  "gan.contrast.temperature": Range(0, math.inf, above=True, below=True),
  "gan.contrast.hidden": Range(1),
  "gan.contrast.out": Range(1),
  "gan.contrastive.learning_rate": Range(0, math.inf, above=True, below=True),
  "gan.contrastive.beta1": Range(0, 1, below=True),
  "gan.contrastive.weight_decay": Range(0),
  "gan.contrastive.warmup": _SHARE,
  "gan.views.zoom": Range(0.5, 1),
  "gan.views.turn": Range(0, 0.5),
  "gan.views.stretch": _SHARE,
  "gan.views.grey": _SHARE,
  "gan.views.gain": _SHARE,
  "gan.views.brightness": Range(0, 2),
  "gan.views.contrast": _SHARE,
  "gan.views.blur": Range(0, math.inf, below=True),
  "gan.views.cut": _SHARE,
  "gan.clip.frames": Range(1),
  "gan.checkpoint_every": Range(1),
  "gan.grids": Range(1),
  "gan.grid_side": Range(1),
  "gan.resident_gib": Range(0),
  "gan.steps_per_call": Range(1),
  "gan.collapse.every": Range(1),
  "gan.collapse.faces": Range(2),
  "gan.collapse.start": Range(0),
  "gan.collapse.diversity": Range(0),
  "gan.collapse.distance": Range(0),
  "gan.collapse.duplicates": _SHARE,
  "gan.collapse.motion": Range(0),
  "gan.collapse.loss_d": Range(0),
  "gan.collapse.loss_g": Range(0),
  "gan.collapse.loss_most": Range(0, above=True),
  "features.batch": Range(1),
  "svm.folds": Range(2),
  "svm.sealed_folds": Range(2),
  "svm.inner_folds": Range(2),
  "svm.evaluations": Range(1),
  "svm.starts": Range(1),
  "svm.log10_low": _FINITE,
  "svm.log10_high": _FINITE,
  "svm.au_values": Range(1),
  "svm.exact_rows": Range(0),
  "svm.landmarks": Range(1),
  "svm.tuned_rows": Range(1),
  "svm.label_draws": Range(1),
  "svm.bootstrap": Range(1),
  "generate.count": Range(1, 10**6),  # in memory at once
  "generate.compare": Range(2),
  "generate.ssim": Range(1),
  "generate.bootstrap": Range(1),
  "run.seed": Range(0, _SEEDS, below=True),
  "run.seeds": Range(1),
  "run.devices": Range(0),
  "run.patience": Range(0, above=True),
}


def check(fields: Mapping[str, Any]) -> None:
  """Refuses a number with which some stage could not work.

  Raises:
    UserError: naming the field, its value and what it may be.
  """
  for name, value in fields.items():
    allowed = RANGES.get(name)
    if name.startswith("data.standin.sizes."):
      allowed = Range(0)
    if allowed and not allowed.holds(value):
      raise UserError(f"{name}={value} must be {allowed}")
