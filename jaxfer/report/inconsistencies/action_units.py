"""Tables IV and V against the text on them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jaxfer.report import wording
from jaxfer.report.inconsistencies.inconsistency import Inconsistency, quoted
from jaxfer.report.inconsistencies.sums import mean_area
from jaxfer.report.published import Paper, PublishedAUs

# How far apart areas may lie and still be called similar; generous.
_SIMILAR = 0.1


def crossing(paper: Paper) -> list[PublishedAUs]:
  """The experiments tested on another dataset than their SVMs learnt from."""
  return [e for e in paper.units.values() if e.crosses]


def within(paper: Paper) -> list[PublishedAUs]:
  """The experiments of Table IV within one dataset, pretraining aside."""
  return [
    e for e in paper.units.values() if not e.crosses and e.auc_mean is not None
  ]


def quoted_areas(paper: Paper) -> Iterator[Inconsistency]:
  """Areas that the text repeats from Table IV otherwise than it has them."""
  for unit, key, area in paper.quoted_areas:
    experiment = paper.units[key]
    if experiment.auc[unit] != area:
      yield Inconsistency(
        f"AU{unit} in {experiment.name} has two areas",
        wording.area(area),
        wording.area(experiment.auc[unit]),
        f"section 4-B3; {experiment.auc_source}",
        "",
      )


def different_values(paper: Paper) -> Iterator[Inconsistency]:
  """How many different areas an experiment has."""
  statement = paper.unit_statements["different_values"]
  (key,) = statement.experiments
  count = len({*paper.units[key].auc.values()})
  if count != statement.values[0]:
    yield Inconsistency(
      "Fourteen different values are not all different",
      quoted(statement.quote),
      f"{count} different areas in {paper.units[key].name}",
      f"{statement.where}; Table IV",
      "One value for each of fourteen different units may be all that is"
      " meant.",
      "reading",
    )


def all_improve(paper: Paper) -> Iterator[Inconsistency]:
  """Units that do not improve where all are said to."""
  statement = paper.unit_statements["all_improve"]
  before, after = (paper.units[key] for key in statement.experiments)
  worse = [
    f"AU{unit} {wording.area(before.auc[unit])} to {wording.area(area)}"
    for unit, area in after.auc.items()
    if area < before.auc[unit]
  ]
  if worse:
    yield Inconsistency(
      f"Not all action units improve from {before.name} to {after.name}",
      quoted(statement.quote),
      f"{len(worse)} fall: {', '.join(worse)}",
      f"{statement.where}; Table IV",
      f"What they improve on is not said; {before.name} is the only experiment"
      " told before it, and shares its pretraining. The faces and the labels"
      " differ, so the areas are of different tasks.",
      "reading",
    )


def cross_dataset(paper: Paper) -> Iterator[Inconsistency]:
  """Experiments called cross-dataset that learn and test on one dataset."""
  for topic in ("cross_dataset", "generalised"):
    statement = paper.unit_statements[topic]
    named = [paper.units[key] for key in statement.experiments]
    same = [e for e in named if not e.crosses]
    if same:
      yield Inconsistency(
        "Transfer is shown by experiments within one dataset"
        if topic == "cross_dataset"
        else "Generalisation is shown by experiments within one dataset",
        quoted(statement.quote),
        "; ".join(
          f"{e.name}: learnt from {e.train}, tested on {e.test}" for e in same
        ),
        f"{statement.where}; Table V",
        "Only the DCGAN learnt from another dataset. The experiments whose"
        " SVMs cross are "
        + wording.sentence(
          [f"{e.name} ({wording.area(mean_area(e))})" for e in crossing(paper)]
        )
        + ".",
        "reading",
      )


def generalises(paper: Paper) -> Iterator[Inconsistency]:
  """The conclusion on generalisation against the average areas."""
  statement = paper.unit_statements["generalises"]
  across = [mean_area(e) for e in crossing(paper)]
  inside = [mean_area(e) for e in within(paper)]
  if max(across) >= min(inside):
    return
  yield Inconsistency(
    "The conclusion claims generalisation where every transfer falls",
    quoted(statement.quote),
    f"average areas {wording.area(min(inside))} to {wording.area(max(inside))}"
    f" within a dataset, {wording.area(min(across))} to"
    f" {wording.area(max(across))} across",
    f"{statement.where}; Tables IV and V",
    "All are above 0.5, the area of guessing. Section 4-B3 itself says that"
    " performance across datasets “dropped … drastically”.",
    "reading",
  )


def transferred(paper: Paper) -> Iterator[Inconsistency]:
  """Units said to transfer well everywhere that fall below the average."""
  statement = paper.unit_statements["transferred"]
  below = [
    f"AU{unit} in {e.name}: {wording.area(e.auc[unit])}, the average is"
    f" {wording.area(mean_area(e))}"
    for e in crossing(paper)
    for unit in statement.units
    if e.auc[unit] < mean_area(e)
  ]
  if below:
    lowest = {
      unit: min(e.auc[unit] for e in crossing(paper))
      for unit in statement.units
    }
    yield Inconsistency(
      "A unit said to transfer well in all experiments does not in one",
      quoted(statement.quote),
      "; ".join(below),
      f"{statement.where}; Table IV",
      "Lowest areas across datasets: "
      + ", ".join(f"AU{u} {wording.area(a)}" for u, a in lowest.items())
      + ". How high “well” is, is not said.",
      "reading",
    )


def similar(paper: Paper) -> Iterator[Inconsistency]:
  """Areas called similar that lie far apart."""
  statement = paper.unit_statements["similar"]
  named = [paper.units[key] for key in statement.experiments]
  apart = {
    unit: [e.auc[unit] for e in named]
    for unit in statement.units
    if _range([e.auc[unit] for e in named]) > _SIMILAR
  }
  if apart:
    across = [e for e in named if e.crosses]
    yield Inconsistency(
      "Areas called similar lie far apart",
      quoted(statement.quote),
      "; ".join(
        f"AU{unit}: {', '.join(map(wording.area, found))}, a range of"
        f" {wording.area(_range(found))}"
        for unit, found in apart.items()
      ),
      f"{statement.where}; Table IV",
      "Without those within one dataset the ranges are "
      + wording.sentence(
        [
          f"{wording.area(_range([e.auc[unit] for e in across]))} (AU{unit})"
          for unit in apart
        ]
      )
      + ".",
    )


def worst(paper: Paper) -> Iterator[Inconsistency]:
  """The unit said to transfer worst against the lowest area."""
  statement = paper.unit_statements["worst"]
  area, unit, name = min(
    (area, unit, e.name)
    for e in crossing(paper)
    for unit, area in e.auc.items()
  )
  if unit not in statement.units:
    yield Inconsistency(
      "The worst transfer is another unit's",
      quoted(statement.quote),
      f"AU{unit} in {name}: {wording.area(area)}",
      f"{statement.where}; Table IV",
      "The sentence goes on to list further units, among them this one; the"
      " list may be what is called worst.",
      "reading",
    )


def challenging(paper: Paper) -> Iterator[Inconsistency]:
  """A unit said to be hard to detect that has the highest areas."""
  statement = paper.unit_statements["challenging"]
  (unit,) = statement.units
  alone = paper.units["au7-only"]
  best = [
    e
    for e in within(paper)
    if e.test == alone.test and e.auc[unit] == max(e.auc.values())
  ]
  if best:
    yield Inconsistency(
      f"AU{unit} is called hard to detect, and has the highest area",
      quoted(statement.quote),
      "; ".join(
        f"{e.name}: {wording.area(e.auc[unit])}, the highest of"
        f" {len(e.auc)} units"
        for e in best
      ),
      f"{statement.where}; Table IV",
      f"The sentence explains {wording.area(alone.auc[unit])} on test and"
      f" {wording.area(alone.auc_train[unit])} on training faces with a DCGAN"
      f" that learnt from AU{unit} faces alone. The same faces, with a DCGAN"
      " that learnt from other faces as well, were ranked without error, so the"
      " unit's difficulty alone does not explain the fall.",
      "reading",
    )


def large_scale(paper: Paper) -> Iterator[Inconsistency]:
  """Whether the larger pretraining set gives the higher areas."""
  statement = paper.statements["large_scale"]
  celeba, own = paper.emotions["exp2"], paper.emotions["exp5"]
  if mean_area(celeba) > mean_area(own):
    return
  pairs = [
    (other, one)
    for one in paper.units.values()
    for other in paper.units.values()
    if one.pretrained == "CelebA"
    and other.pretrained == "enhanced CK"
    and (one.train, one.test) == (other.train, other.test)
  ]
  ahead = sum(mean_area(one) > mean_area(other) for other, one in pairs)
  faces = int(paper.statements["frontal_rows"].values[0])
  yield Inconsistency(
    "The smallest pretraining set does as well as the largest",
    quoted(statement.quote),
    f"tested on Radboud frontal: {celeba.name}, pretrained on"
    f" {paper.datasets['celeba'].images:,} CelebA faces,"
    f" {wording.area(mean_area(celeba))}; {own.name}, pretrained on the"
    f" {faces:,} Radboud faces themselves, {wording.area(mean_area(own))}",
    f"{statement.where}; Tables I, II, IV and V",
    f"{own.name}'s DCGAN has seen the faces it is tested on. For action units"
    f" CelebA is ahead of enhanced CK in {ahead} of {len(pairs)} pairs of"
    " experiments that differ in nothing else.",
    "reading",
  )


def _range(areas: list[Decimal]) -> Decimal:
  return max(areas) - min(areas)
