"""The entries of the paper's reference list that its tables and audit use."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Reference:
  """An entry of the reference list.

  Attributes:
    author: family name of the first author.
    year: of publication; None where the entry has none.
    title: as printed, where the text cites the entry for a certain thing.
  """

  author: str
  year: int | None
  title: str = ""


REFERENCES: Mapping[int, Reference] = {
  3: Reference("Han", 2019),
  5: Reference("Fan", 2018),
  7: Reference("Zavarez", 2017),
  8: Reference("Pumarola", 2018),
  21: Reference("Zhang", 2018),
  23: Reference("Springenberg", None),
  24: Reference("Zheng", 2017),
  25: Reference("Tran", 2017),
  26: Reference("Wang", 2018),
  33: Reference("Li", 2017),
  37: Reference(
    "Zhang",
    2017,
    "Facial expression recognition based on deep evolutionary"
    " spatial-temporal networks",
  ),
  39: Reference("Ali", 2017),
  40: Reference("Yaddaden", 2018),
  41: Reference("Dhall", 2015),
  42: Reference("Jiang", 2016),
  43: Reference("Levi", 2015),
  44: Reference("Wu", 2018),
  45: Reference("Yao", 2015),
  46: Reference("Mavani", 2017),
  47: Reference("Ng", 2015),
  48: Reference("Sun", 2017),
  49: Reference("Yu", 2015),
  50: Reference("Szegedy", 2015),
  51: Reference("Mollahosseini", 2016),
  52: Reference("Zhang", 2018),
  53: Reference("Li", 2019),
  54: Reference("Mao", 2016),
  55: Reference("Wang", 2019),
  56: Reference("Eleftheriadis", 2014),
  57: Reference("Shin", 2016),
  58: Reference("Li", 2018),
  59: Reference("Samara", 2019),
  60: Reference("Lin", 2018),
  61: Reference("Ghosh", 2018),
  63: Reference("Wu", 2018, "Wasserstein divergence for gans"),
  65: Reference("Du", 2014, "Compound facial expressions of emotion"),
  66: Reference("Isola", 2017),
  67: Reference("Wang", 2018),
  68: Reference("Choi", 2018),
  69: Reference("Qian", 2019),
  70: Reference("Wu", 2020),
  71: Reference("Zhang", 2019),
  72: Reference("Zhu", 2017),
}
"""Entries by number."""

FIGURES: Mapping[int, str] = {
  1: "structure of a Deep Convolutional GAN",
  2: "A sketch of DCGAN architecture",
  3: "logistic loss and convergence of the G and D during training DCGAN",
  4: "selected samples of the generated facial expression images",
  5: "Receiver Operating Curves (ROC) for eight emotions",
  6: "average recognition rate of a Confusion matrix",
  7: "Receiver Operating Curves (ROC) for fourteen Action Units",
  8: "Images from the enhanced CK dataset represent AU7",
  9: "An example of mode collapse of the generated images",
}
"""The figures, by number, in words of their captions."""
