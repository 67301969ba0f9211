"""How faces are described: one row for each representation.

A representation is added with its row: everything that computes, tests, draws
or names them reads these.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Representation:
  """How a face becomes a vector, and what recognises in it."""

  title: str  # its name
  what: str = ""  # what it is, in words
  # Which is read out: `trained`, `untrained`, or `finetuned`: one continued
  # on the tested set; empty for a function of pixels.
  network: str = ""
  # The read-out, or the function of `controls`; empty for the read-out that
  # the config names.
  features: str = ""
  head: str = ""  # what recognises, of emotions only; empty for `svm.head`
  # What else is asked of it: with how few `labels` it does, and how well it
  # names `people`.
  asked: tuple[str, ...] = ()
  colour: str = "#444444"  # the same in every figure: green, olive or grey

  @property
  def learnt(self) -> bool:
    """Whether anything in it was learnt from faces."""
    return self.network in ("trained", "finetuned")


_LOCAL = (
  "all layers of the trained discriminator, each max-pooled to 4×4, of a face"
  " and its mirror image added, and at each place scaled to length 1"
)

_PATCHES = (
  "how much of each of 128 words there is in each of 8×8 cells, of a face and"
  " its mirror image added, and in each cell scaled to length 1; words are"
  " directions of whitened patches of 6×6 grey pixels"
)

REPRESENTATIONS: Mapping[str, Representation] = {
  "trained": Representation(
    "trained discriminator",
    network="trained",
    asked=("labels", "people"),
    colour="#117733",
  ),
  "untrained": Representation(
    "untrained discriminator",
    "the same discriminator at its random initial weights",
    network="untrained",
    asked=("labels", "people"),
    colour="#73B57F",
  ),
  "pixels": Representation(
    "grey pixels",
    "the grey levels of the cropped face, as they are",
    features="pixels",
    asked=("labels", "people"),
    colour="#6B6B6B",
  ),
  "hog": Representation(
    "HOG",
    "histograms of the directions of edges in cells of 8×8 pixels",
    features="hog",
    asked=("labels", "people"),
    colour="#7F8412",
  ),
  "hog_middle": Representation(
    "HOG of the middle frame",
    "the same of one frame of a clip, its middle; HOG itself is of a clip the"
    " mean over its frames",
    features="hog_middle",
    colour="#A9AD3C",
  ),
  "hog_motion": Representation(
    "HOG of changes",
    "the same of the difference between each frame of a clip and the next, the"
    " mean over a clip",
    features="hog_motion",
    colour="#5E6210",
  ),
  "conv4": Representation(
    "trained, conv4 as in the paper",
    "the activations of the trained discriminator's fourth convolution, as they"
    " are",
    network="trained",
    features="conv4",
  ),
  "local": Representation(
    "trained, local read-out",
    _LOCAL,
    network="trained",
    features="local",
  ),
  "local_hog": Representation(
    "trained, local read-out, and HOG",
    f"{_LOCAL}; and beside it HOG, each scaled to length 1",
    network="trained",
    features="local+hog",
  ),
  "patches": Representation(
    "dictionary of patches",
    f"{_PATCHES}, learnt without a network from the faces that the network"
    " learns from",
    network="trained",
    features="patches",
    asked=("labels",),
    colour="#86B82D",
  ),
  "untrained_patches": Representation(
    "dictionary of random patches",
    f"{_PATCHES}, with random words",
    network="untrained",
    features="patches",
  ),
  "local_patches": Representation(
    "trained, local read-out, and patches",
    f"{_LOCAL}; and beside it the dictionary of patches, each scaled to length"
    " 1",
    network="trained",
    features="local+patches",
  ),
  "local_patches_hog": Representation(
    "trained, local read-out, patches and HOG",
    f"{_LOCAL}; and beside it the dictionary of patches and HOG, each scaled to"
    " length 1",
    network="trained",
    features="local+patches+hog",
  ),
  "untrained_local": Representation(
    "untrained, local read-out",
    "the same of the discriminator at its random initial weights",
    network="untrained",
    features="local",
  ),
  "untrained_local_hog": Representation(
    "untrained, local read-out, and HOG",
    "the same of the discriminator at its random initial weights, beside HOG",
    network="untrained",
    features="local+hog",
  ),
  "latent": Representation(
    "latents of the generator",
    "the latent from which the generator draws the face: an encoder learnt on"
    " generated faces points at it, and steps on the latent come nearer",
    network="trained",
    features="latent",
  ),
  "generator": Representation(
    "layers of the generator",
    "all layers of the generator while it draws that face, each max-pooled to"
    " 4×4, and at each place scaled to length 1",
    network="trained",
    features="generator",
  ),
  "layers": Representation(
    "trained, all layers",
    "all layers of the trained discriminator, each max-pooled to 4×4",
    network="trained",
    features="pooled",
  ),
  "knn": Representation(
    "trained, nearest neighbours",
    "the trained features, scaled to length 1, and the votes of the nearest"
    " faces",
    network="trained",
    head="nearest",
  ),
  "logistic": Representation(
    "trained, logistic regression",
    "the trained features, scaled to length 1, and multinomial logistic"
    " regression",
    network="trained",
    head="logistic",
  ),
  "finetuned": Representation(
    "fine-tuned discriminator",
    "a DCGAN continued on the tested set without its labels, and without the"
    " people tested",
    network="finetuned",
  ),
}
"""The trained discriminator, then its controls."""
