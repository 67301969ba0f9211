"""What a report is made from: results, curves and faces."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from jaxfer import terms
from jaxfer.scores.paired import Scored

Results = Mapping[str, Any]
"""The numbers of a run, as `results.json` holds them."""

LOSSES = (
  "step",
  "loss",
  "loss_d",
  "loss_g",
  "d_real",
  "d_fake",
  "loss_contrast",
  "matched",
)
"""The columns of the training curves, of which a learner has its own."""


@dataclasses.dataclass(frozen=True)
class Layer:
  """The output of a layer."""

  name: str  # what it is called, such as `conv1`
  shape: tuple[int, ...]  # (H, W, maps), or (n,) for a vector
  # Side of its receptive field in pixels, or None to leave it out.
  field: int | None = None


@dataclasses.dataclass(frozen=True)
class Located:
  """Faces, and where a linear machine found what it looks for."""

  faces: np.ndarray  # uint8 (n, S, S, 3)
  # (n, h, w) evidence; with the bias, a map sums to the decision value.
  maps: np.ndarray
  titles: tuple[str, ...]  # (n,) what was looked for

  def outside(self) -> np.ndarray:
    """The share of each map's evidence, of either sign, beside the face.

    Returns:
      (n,) shares outside the oval that touches the picture's four sides, a
      cell on its edge counting by its area; 0 where a map is 0.
    """
    _, height, width = self.maps.shape
    y, x = ((np.arange(n * 32) + 0.5) / (n * 16) - 1 for n in (height, width))
    outside = y[:, None] ** 2 + x**2 > 1
    cells = outside.reshape(height, 32, width, 32).mean(axis=(1, 3))
    weights = np.abs(np.asarray(self.maps, np.float64))
    total = weights.sum(axis=(1, 2))
    return (weights * cells).sum(axis=(1, 2)) / np.where(total > 0, total, 1)


@dataclasses.dataclass(frozen=True)
class Pairs:
  """Near-copies that random folds put on both sides."""

  first: np.ndarray  # uint8 (n, S, S, 3), one face of each pair
  second: np.ndarray  # the other
  labels: tuple[str, ...]  # (n,) their test folds, in words


@dataclasses.dataclass(frozen=True)
class Panels:
  """Generated faces that tell of their generator, uint8."""

  sampled: np.ndarray  # (n, S, S, 3) generated faces
  nearest: np.ndarray  # (n, S, S, 3) of those learnt from, the nearest of each
  first: np.ndarray  # (m, S, S, 3) generated faces
  second: np.ndarray  # (m, S, S, 3) generated ones, most like the first
  # (q, t, S, S, 3) faces on paths between latents, a path a row.
  paths: np.ndarray


@dataclasses.dataclass(frozen=True)
class Evidence:
  """Everything a report shows."""

  results: dict[str, Any]  # the numbers, as `results.json` holds them
  # Training curves by name, 1-D and of one length: those of `LOSSES` that the
  # learner has. `d_real` and `d_fake` are the mean probabilities that D gives
  # to real and fake faces, `matched` the share of views that are nearest to
  # the other view of their face.
  losses: Mapping[str, np.ndarray]
  # Sample grids along training: step, and a uint8 image (H, W, 3) of square
  # faces in rows, the same latents in each.
  grids: tuple[tuple[int, np.ndarray], ...]
  # Uint8 (N, S, S, 3) faces that the DCGAN learnt from, or None.
  real: np.ndarray | None
  # Uint8 (M, S, S, 3) generated faces; none of a learner that draws none.
  fakes: np.ndarray
  # Contact sheet of the faces as cropped, uint8 (H, W, 3), or None.
  crops: np.ndarray | None
  # Protocol -> emotion or action unit -> false and true positive rates, each
  # 1-D.
  roc: Mapping[str, Mapping[str, tuple[np.ndarray, np.ndarray]]]
  # By seed of pretraining and by protocol, what the trained discriminator
  # scored, with the draws that differences from another experiment are paired
  # over.
  trained: Mapping[int, Mapping[str, Scored]]
  # The generator's, if there is one, and the discriminator's, as they are
  # drawn.
  layers: tuple[list[Layer], list[Layer]]
  pairs: Pairs | None  # some of the near-copies across random folds
  located: Located | None  # action units laid over faces, or None
  faces: str  # `show`, `blur` or `hide`
  panels: Panels | None = None  # generated faces in their relations, or None
  made: tuple[str, ...] = ()  # names of the artifacts that it was gathered from
  # Uint8 (K, T, S, S, 3) generated clips, of a learner that draws them;
  # `real` and `fakes` are then three frames of each beside each other.
  clips: np.ndarray | None = None
  # Uint8 (n, 3, S, S, 3) faces, and each as the generator draws it, from where
  # an encoder points and after steps on the latent; or None.
  inverted: np.ndarray | None = None

  def last_epoch(self) -> dict[str, float]:
    """The mean of each training curve over its last epoch, by column.

    Of single steps none is told, since it may be an outlier. Empty without any.
    """
    epochs = max(self.results["pretrain"]["epochs"], 1)
    steps = -(-len(self.losses["step"]) // epochs)
    if not steps:
      return {}
    return {
      name: float(np.mean(np.asarray(values, np.float64)[-steps:]))
      for name, values in self.losses.items()
      if name != "step"
    }

  def __post_init__(self) -> None:
    if self.faces not in terms.FACES:
      raise ValueError(
        f"faces is {self.faces!r}; it must be one of {', '.join(terms.FACES)}"
      )
    shapes = {name: np.shape(curve) for name, curve in self.losses.items()}
    found = shapes.keys() - {"step"}
    known = len(found) < len(shapes) and found and found <= {*LOSSES}
    if not known or len({*shapes.values()}) > 1:
      raise ValueError(
        f"losses has the columns {shapes}; it needs step, and some of"
        f" {', '.join(LOSSES[1:])}, all 1-D and of one length"
      )
    for name, faces in (
      ("real", self.real),
      ("fakes", self.fakes),
      ("pairs.first", self.pairs and self.pairs.first),
      ("pairs.second", self.pairs and self.pairs.second),
      ("located.faces", self.located and self.located.faces),
    ):
      if faces is not None and (faces.dtype != np.uint8 or faces.ndim != 4):
        raise ValueError(
          f"{name} is {faces.dtype} {faces.shape}; faces must be uint8"
          " (N, S, S, 3)"
        )


def spread(rows: np.ndarray, count: int) -> np.ndarray:
  """Some rows, evenly from a whole set, which may be in order of people."""
  places = np.linspace(0, len(rows) - 1, min(count, len(rows)))
  return np.asarray(rows[places.astype(int)])


def score_blocks(
  results: Mapping[str, Any],
) -> dict[tuple[str, str], dict[str, Any]]:
  """The scores that exist, by representation and protocol.

  A protocol without scores is absent or null in the results. The trained
  discriminator, `trained`, is first; protocols are as in `terms.PROTOCOLS`.
  """
  every = {"trained": results["protocols"], **results.get("controls", {})}
  return {
    (representation, protocol): protocols[protocol]
    for representation, protocols in every.items()
    for protocol in terms.PROTOCOLS
    if protocols.get(protocol)
  }
