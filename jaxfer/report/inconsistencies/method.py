"""Sections 1 and 3 against each other, the code and DCGAN's own paper."""

from __future__ import annotations

from collections.abc import Iterator

from jaxfer import features
from jaxfer.gan import networks
from jaxfer.report import wording
from jaxfer.report.inconsistencies.inconsistency import Inconsistency, quoted
from jaxfer.report.published import Paper

_WIDTH = 64  # maps of DCGAN's first convolution, at the paper's 512 in its last
_DCGAN_BETA1 = 0.5  # Radford, Metz & Chintala, arXiv:1511.06434, section 4


def dimension(paper: Paper) -> int:
  """Features of a DCGAN discriminator at the paper's image size."""
  size = int(paper.statements["image_size"].values[0])
  return features.dimension(f"conv{networks.depth(size)}", size, _WIDTH)


def feature_count(paper: Paper) -> Iterator[Inconsistency]:
  """The lengths of one feature vector that differ from the network's."""
  statement = paper.statements["ck_features"]
  wrong = [int(v) for v in statement.values if v != dimension(paper)]
  if wrong:
    yield Inconsistency(
      "One passage gives two numbers of features",
      quoted(statement.quote),
      f"{dimension(paper):,} from the network"
      f" ({dimension(paper) // networks.SMALLEST_MAP**2} maps of"
      f" {networks.SMALLEST_MAP}×{networks.SMALLEST_MAP}), not"
      f" {wording.sentence([f'{v:,}' for v in wrong])}",
      statement.where,
      "A slip of the pen; the other matrices have the network's number.",
    )


def maps(paper: Paper) -> Iterator[Inconsistency]:
  """The size of the feature maps against the number of features."""
  statement = paper.statements["maps"]
  count, side = (int(v) for v in statement.values)
  if count * side**2 == dimension(paper):
    return
  yield Inconsistency(
    "The feature maps do not give the number of features",
    quoted(statement.quote),
    f"{count} × {side} × {side} = {count * side**2:,}; {count} ×"
    f" {networks.SMALLEST_MAP} × {networks.SMALLEST_MAP} ="
    f" {count * networks.SMALLEST_MAP**2:,}",
    f"{statement.where}; section 4-A",
    f"{side}×{side} is the size of the image; the layer's maps are"
    f" {networks.SMALLEST_MAP}×{networks.SMALLEST_MAP}.",
  )


def optimisers(paper: Paper) -> Iterator[Inconsistency]:
  """Two optimisers for one training."""
  statement = paper.statements["optimisers"]
  if len(statement.words) > 1:
    yield Inconsistency(
      "Two optimisers are named for one training",
      quoted(statement.quote),
      wording.sentence(statement.words),
      statement.where,
      "Adam is meant, if SGD stands for learning from mini-batches; β1 belongs"
      " to Adam.",
      "reading",
    )


def beta1(paper: Paper) -> Iterator[Inconsistency]:
  """The momentum against the design that it is said to follow."""
  statement = paper.statements["beta1"]
  (value,) = statement.values
  if value != _DCGAN_BETA1:
    yield Inconsistency(
      "β1 is not the one of the design it follows",
      quoted(statement.quote),
      f"DCGAN's β1 is {_DCGAN_BETA1}, and its authors found"
      " that 0.9 made training unstable",
      f"{statement.where}; Radford, Metz & Chintala, arXiv:1511.06434,"
      " section 4",
      "The runs with either value show what it does.",
      "source",
    )


def frameworks(paper: Paper) -> Iterator[Inconsistency]:
  """Several frameworks for one network."""
  statement = paper.statements["frameworks"]
  if len(statement.words) > 1:
    yield Inconsistency(
      f"{len(statement.words)} frameworks are named for one network",
      quoted(statement.quote),
      wording.sentence(statement.words),
      statement.where,
      "Which of them trained the DCGAN, with which defaults, is not said.",
      "reading",
    )


def l1_loss(paper: Paper) -> Iterator[Inconsistency]:
  """A loss term that the equation lacks and DCGAN cannot have."""
  statement = paper.statements["l1_loss"]
  yield Inconsistency(
    "The text has a loss term that the equation lacks",
    quoted(statement.quote),
    "the equation has the two log terms alone; a generator that draws from"
    " noise has no target image",
    f"{statement.where}, text and equation",
    "The sentence describes image-to-image translation, such as [66].",
  )


def resolution(paper: Paper) -> Iterator[Inconsistency]:
  """“High-resolution” against the size of the images."""
  statement = paper.statements["high_resolution"]
  size = int(paper.statements["image_size"].values[0])
  yield Inconsistency(
    f"High-resolution images of {size}×{size} pixels",
    quoted(statement.quote),
    f"{size}×{size} pixels is what the networks see and draw",
    f"{statement.where}; section 3",
    "What resolution is high is not said.",
    "reading",
  )


def collapse(paper: Paper) -> Iterator[Inconsistency]:
  """Mode collapse overcome, and shown."""
  statement = paper.statements["collapse"]
  figure = int(statement.values[0])
  if "mode collapse" in paper.figures[figure]:
    yield Inconsistency(
      "Mode collapse is said to be overcome, and a figure shows it",
      quoted(statement.quote),
      f"Fig. {figure}: {quoted(paper.figures[figure])}",
      f"{statement.where}; Fig. {figure}",
      "Which model and dataset the figure is of is not said, and no table"
      " measures diversity.",
      "reading",
    )


def labels_by_hand(paper: Paper) -> Iterator[Inconsistency]:
  """A manual re-annotation that is a table of rules."""
  manual = paper.statements["manual_labels"]
  rule = paper.statements["rule_labels"]
  yield Inconsistency(
    "The manual annotation of Radboud is made by rule",
    quoted(manual.quote),
    quoted(rule.quote),
    f"{manual.where}; {rule.where}; Table VI",
    "A rule labels every face of an emotion alike, whether it shows the unit or"
    " not. If faces were looked at one by one, Table VI is not what labels"
    " them.",
    "reading",
  )
