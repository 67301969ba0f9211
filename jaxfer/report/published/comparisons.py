"""Tables III and VII: the paper beside other work, as printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal


@dataclasses.dataclass(frozen=True)
class PublishedAccuracy:
  """A row of one dataset in Table III.

  Attributes:
    authors: as the table names them; `ours` for the paper itself.
    year: as the table gives it, or None.
    reference: number in the paper's list, or None.
    accuracy: share of faces named right.
  """

  authors: str
  year: int | None
  reference: int | None
  accuracy: Decimal


@dataclasses.dataclass(frozen=True)
class PublishedSamples:
  """A row of Table VII, on the Radboud faces; None where it has a dash.

  Attributes:
    model: as the table names it; `Ours` for the paper itself.
    reference: number in the paper's list, or None.
    inception_score: larger is better.
    fid: Fréchet inception distance, smaller is better.
    ssim: structural similarity, larger is better; to what is not said.
    amt: share on Amazon Mechanical Turk, larger is better; of what is not said.
    edits: whether the model is given a face and changes it, rather than
      drawing one from nothing; ours, after the titles of the references.
  """

  model: str
  reference: int | None
  inception_score: Decimal | None
  fid: Decimal
  ssim: Decimal | None
  amt: Decimal | None
  edits: bool = True


def _accuracies(
  *rows: tuple[str, int, int, str], ours: str
) -> tuple[PublishedAccuracy, ...]:
  """A dataset's rows in the order printed; accuracies given in percent."""
  entries = (*rows, ("ours", None, None, ours))
  return tuple(
    PublishedAccuracy(authors, year, reference, Decimal(percent).scaleb(-2))
    for authors, year, reference, percent in entries
  )


ACCURACIES: Mapping[str, tuple[PublishedAccuracy, ...]] = {
  "Radboud": _accuracies(
    ("Ali", 2017, 39, "85.00"),
    ("Yaddaden", 2018, 40, "97.66"),
    ("Jiang & Jia", 2016, 42, "94.52"),
    ("Wu & Lin", 2018, 44, "96.27"),
    ("Mavani", 2017, 46, "95.71"),
    ("Sun", 2017, 48, "96.93"),
    ("C.Szegedy", 2015, 50, "95.45"),
    ("Zavarez", 2017, 7, "85.97"),
    ("Li", 2019, 53, "96.11"),
    ("WANG", 2019, 55, "80.69"),
    ours="98.57",
  ),
  "SFEW": _accuracies(
    ("Zhang", 2018, 21, "26.58"),
    ("Dhall", 2015, 41, "35.93"),
    ("Levi & Hassner", 2015, 43, "41.92"),
    ("Yao", 2015, 45, "44.04"),
    ("Ng", 2015, 47, "48.50"),
    ("Yu & Zhang", 2015, 49, "52.29"),
    ("Mollahosseini", 2016, 51, "39.80"),
    ("Zhang", 2018, 52, "55.27"),
    ("Mao", 2016, 54, "44.72"),
    ("Eleftheriadis", 2016, 56, "24.70"),
    ours="44.52",
  ),
  "KDEF": _accuracies(
    ("Shin", 2016, 57, "59.15"),
    ("Zavarez", 2017, 7, "72.55"),
    ("Samara", 2019, 59, "81.84"),
    ("Yaddaden", 2018, 40, "79.69"),
    ("Ali", 2017, 39, "78.00"),
    ours="60.44",
  ),
  "RAF": _accuracies(
    ("Li", 2017, 33, "82.7"),
    ("Li", 2018, 58, "74.2"),
    ("Fan", 2018, 5, "76.73"),
    ("Lin", 2018, 60, "75.73"),
    ("Ghosh", 2018, 61, "77.48"),
    ours="61.87",
  ),
}
"""Table III by dataset, rows in the order printed."""

SAMPLES: tuple[PublishedSamples, ...] = (
  PublishedSamples(
    "Pix2Pix", 66, None, Decimal("12.84"), Decimal("0.629"), Decimal("0.413")
  ),
  PublishedSamples(
    "pix2pixHD", 67, Decimal("0.875"), Decimal("75.376"), None, None
  ),
  PublishedSamples(
    "StarGAN",
    68,
    Decimal("1.036"),
    Decimal("56.937"),
    Decimal("0.8563"),
    Decimal("0.247"),
  ),
  PublishedSamples(
    "GANimation",
    8,
    Decimal("1.112"),
    Decimal("34.360"),
    Decimal("0.8686"),
    None,
  ),
  PublishedSamples(
    "AF-VAE", 69, Decimal("1.237"), Decimal("25.069"), None, None
  ),
  PublishedSamples("LEED", 70, None, Decimal("38.20"), Decimal("0.8833"), None),
  PublishedSamples(
    "LGG + LS + TP",
    71,
    None,
    Decimal("12.30"),
    Decimal("0.705"),
    Decimal("0.749"),
  ),
  PublishedSamples(
    "CycleGAN",
    72,
    Decimal("1.6942"),
    Decimal("52.8230"),
    None,
    Decimal("0.195"),
  ),
  PublishedSamples(
    "Ours",
    None,
    Decimal("1.874"),
    Decimal("22.318"),
    Decimal("0.8942"),
    Decimal("0.7672"),
    edits=False,
  ),
)
"""Table VII, rows in the order printed."""
