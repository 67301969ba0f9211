"""Tables IV and V: the action unit experiments, as printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal

from jaxfer import facs


@dataclasses.dataclass(frozen=True)
class PublishedAUs:
  """One action unit experiment as printed.

  Attributes:
    key: how results name it, `au1` to `au8` or `au7-only`.
    name: as the paper calls it.
    pretrained: the faces that the DCGAN learnt from.
    train: the faces that the linear SVMs learnt from.
    test: the faces that they were tested on.
    auc: area under the ROC curve on the test faces, by unit.
    auc_mean: the table's own average row; None where there is none.
    auc_source: the table or section that prints the areas.
    auc_train: the same on the training faces, where printed.
  """

  key: str
  name: str
  pretrained: str
  train: str
  test: str
  auc: Mapping[int, Decimal]
  auc_mean: Decimal | None
  auc_source: str = "Table IV"
  auc_train: Mapping[int, Decimal] = dataclasses.field(default_factory=dict)

  @property
  def crosses(self) -> bool:
    """Whether the SVMs were tested on another dataset than they learnt from."""
    return self.train != self.test


def _experiment(
  number: int,
  pretrained: str,
  train: str,
  test: str,
  areas: tuple[str, ...],
  mean: str,
) -> PublishedAUs:
  """A row of Table V and its column of Table IV, in the order of `facs.AUS`."""
  return PublishedAUs(
    f"au{number}",
    f"Exp-{number}",
    pretrained,
    train,
    test,
    dict(zip(facs.AUS, map(Decimal, areas), strict=True)),
    Decimal(mean),
  )


CK, RADBOUD, CELEBA = "enhanced CK", "Radboud", "CelebA"

# fmt: off
AU_EXPERIMENTS: Mapping[str, PublishedAUs] = {
  entry.key: entry
  for entry in (
    _experiment(
      1, CK, CK, CK,
      ("0.998", "0.918", "0.788", "0.982", "0.895", "1", "0.990",
       "1", "0.932", "0.785", "0.882", "0.948", "0.998", "0.672"), "0.913",
    ),
    _experiment(
      2, CK, RADBOUD, RADBOUD,
      ("0.994", "0.999", "0.993", "0.996", "1", "0.984", "1",
       "0.990", "0.992", "0.986", "0.980", "0.984", "0.999", "1"), "0.993",
    ),
    _experiment(
      3, CELEBA, CK, CK,
      ("0.961", "0.948", "0.887", "0.991", "0.908", "1", "0.997",
       "0.980", "0.963", "0.873", "0.927", "0.902", "0.992", "0.669"), "0.928",
    ),
    _experiment(
      4, CELEBA, CK, RADBOUD,
      ("0.909", "0.744", "0.515", "0.676", "0.574", "0.757", "0.668",
       "0.515", "0.510", "0.708", "0.865", "0.849", "0.799", "0.668"), "0.697",
    ),
    _experiment(
      5, CELEBA, RADBOUD, CK,
      ("0.896", "0.633", "0.656", "0.808", "0.518", "0.649", "0.546",
       "0.633", "0.659", "0.807", "0.828", "0.688", "0.929", "0.541"), "0.699",
    ),
    _experiment(
      6, CELEBA, RADBOUD, RADBOUD,
      ("0.996", "0.998", "0.990", "0.980", "1", "0.979", "1",
       "0.967", "0.990", "0.984", "0.979", "0.979", "0.999", "0.999"), "0.989",
    ),
    _experiment(
      7, CK, CK, RADBOUD,
      ("0.890", "0.705", "0.519", "0.624", "0.568", "0.642", "0.683",
       "0.549", "0.518", "0.623", "0.775", "0.822", "0.755", "0.678"), "0.668",
    ),
    _experiment(
      8, CK, RADBOUD, CK,
      ("0.896", "0.677", "0.663", "0.767", "0.542", "0.601", "0.565",
       "0.615", "0.647", "0.748", "0.814", "0.721", "0.894", "0.519"), "0.691",
    ),
    PublishedAUs(
      "au7-only",
      "the additional AU7 experiment",
      f"{CK}, its faces that show AU7",
      CK,
      CK,
      {7: Decimal("0.58")},
      None,
      "section 4-B3",
      {7: Decimal("0.842")},
    ),
  )
}
# fmt: on
"""The experiments of Tables IV and V and the one on AU7 alone, by key.

That the last is trained and tested on all of the enhanced CK faces is our
reading: section 4-B3 names only the faces that the DCGAN learnt from.
"""
