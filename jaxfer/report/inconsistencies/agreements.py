"""What was checked the same way and holds."""

from __future__ import annotations

from collections.abc import Iterator

from jaxfer import facs
from jaxfer.data.readers import kdef, rafd
from jaxfer.report import wording
from jaxfer.report.inconsistencies import method, sums
from jaxfer.report.inconsistencies.action_units import crossing
from jaxfer.report.inconsistencies.emotions import lowest_emotions
from jaxfer.report.inconsistencies.inconsistency import Agreement, quoted
from jaxfer.report.published import Paper


def averages(paper: Paper) -> Iterator[Agreement]:
  """Columns whose average row is their mean."""
  every = sums.columns(paper)
  agreeing = [column for column in every if column.agrees]
  if agreeing:
    gap = max(abs(column.mean - float(column.printed)) for column in agreeing)
    yield Agreement(
      "Average rows",
      f"{len(every)} averages",
      f"{len(agreeing)} are the mean of their column, to {gap:.4f}",
      "Tables II and IV",
    )


def set_sizes(paper: Paper) -> Iterator[Agreement]:
  """Set sizes that are the products of a design."""
  counts = rafd.DATASET.published
  people, emotions = counts["people"][""], len(counts["emotion"])
  views, gazes = len(counts["pose_raw"]), len(counts["gaze"])
  frontal = int(paper.statements["frontal_rows"].values[0])
  multi = int(paper.statements["multi_rows"].values[0])
  if (frontal, multi, paper.datasets["rafd"].images) == (
    people * emotions * gazes,
    people * emotions * views,
    people * emotions * gazes * views,
  ):
    yield Agreement(
      "Sizes of the Radboud sets",
      f"{frontal:,} frontal, {multi:,} multi-view,"
      f" {paper.datasets['rafd'].images:,} in all",
      f"{people}×{emotions}×{gazes} gazes, {people}×{emotions}×{views} views,"
      f" {people}×{emotions}×{views}×{gazes}",
      "section 4-A; Table I",
    )
  counts = kdef.DATASET.published
  people, emotions = counts["people"][""], len(counts["emotion"])
  views, sessions = len(counts["pose_raw"]), len(counts["session"])
  if paper.datasets["kdef"].images == people * emotions * views * sessions:
    yield Agreement(
      "Size of KDEF",
      f"{paper.datasets['kdef'].images:,}",
      f"{people}×{emotions}×{views} views ×{sessions} sessions",
      "Table I",
    )


def feature_count(paper: Paper) -> Iterator[Agreement]:
  """Matrices as wide as the discriminator's last layer is long."""
  topics = ("frontal_rows", "multi_rows")
  widths = {int(paper.statements[topic].values[1]) for topic in topics}
  if widths == {method.dimension(paper)}:
    yield Agreement(
      "Features of a face",
      f"{widths.pop():,}",
      f"{method.dimension(paper):,}, the last convolution of a DCGAN at"
      " 64×64 pixels",
      "section 4-A",
    )


def whole_faces(paper: Paper) -> Iterator[Agreement]:
  """Accuracies on Radboud frontal that are whole numbers of faces."""
  faces = int(paper.statements["frontal_rows"].values[0])
  for key in ("exp1", "exp5"):
    entry = paper.emotions[key]
    if entry.accuracy is not None and sums.is_count(entry.accuracy, faces):
      yield Agreement(
        f"Accuracy of {entry.name} as a number of faces",
        f"{wording.percent(entry.accuracy)} of {faces:,}",
        f"{round(entry.accuracy * faces):,} faces",
        entry.accuracy_source,
      )


def frontal_is_easier(paper: Paper) -> Iterator[Agreement]:
  """Frontal faces against several views, with the same pretraining."""
  pairs = [
    (paper.emotions[frontal], paper.emotions[multi])
    for frontal, multi in (("exp1", "exp3"), ("exp5", "exp4"))
  ]
  if all(sums.mean_area(one) > sums.mean_area(two) for one, two in pairs):
    yield Agreement(
      "Frontal faces are easier than several views",
      quoted(
        "from frontal face images which is better than representing the"
        " multi-view of facial images"
      ),
      "; ".join(
        f"{one.name} {wording.area(sums.mean_area(one))},"
        f" {two.name} {wording.area(sums.mean_area(two))}"
        for one, two in pairs
      ),
      "section 5; Table II",
    )


def lowest(paper: Paper) -> Iterator[Agreement]:
  """The emotions said to be lowest in Exp8."""
  statement = paper.statements["lowest_emotions"]
  (key,) = statement.experiments
  found = lowest_emotions(paper.emotions[key])
  if {*found} == {*statement.words}:
    areas = paper.emotions[key].auc
    yield Agreement(
      f"The lowest emotions of {paper.emotions[key].name}",
      quoted(statement.quote),
      "lowest areas: "
      + wording.sentence([f"{e} {wording.area(areas[e] or 0)}" for e in found]),
      f"{statement.where}; Table II",
    )


def best_of_radboud(paper: Paper) -> Iterator[Agreement]:
  """The paper's row of Table III is the highest on Radboud."""
  *others, ours = paper.accuracies["Radboud"]
  second = max(row.accuracy for row in others)
  if ours.accuracy > second:
    yield Agreement(
      "Highest accuracy on Radboud",
      wording.percent(ours.accuracy),
      f"the next of {len(others)} has {wording.percent(second)}",
      "abstract; Table III",
    )


def unit_list(paper: Paper) -> Iterator[Agreement]:
  """The fourteen units of the text are those of Table VI."""
  statement = paper.unit_statements["fourteen"]
  shown = {*frozenset().union(*facs.EMOTION_AUS.values())}
  if shown == {*statement.units} and len(shown) == statement.values[0]:
    yield Agreement(
      "The action units",
      quoted(statement.quote),
      f"{len(shown)} units in Table VI, the same",
      f"{statement.where}; Table VI",
    )


def quoted_areas(paper: Paper) -> Iterator[Agreement]:
  """Areas that the text repeats from Table IV as it has them."""
  right = sum(
    paper.units[key].auc[unit] == area for unit, key, area in paper.quoted_areas
  )
  if right == len(paper.quoted_areas):
    yield Agreement(
      "Areas that the text repeats",
      f"{right} areas",
      "all as in Table IV",
      "section 4-B3; Table IV",
    )


def best_units(paper: Paper) -> Iterator[Agreement]:
  """The two highest averages of Table IV as the text gives them."""
  statement = paper.unit_statements["generalised"]
  columns = [c for c in sums.columns(paper) if c.table == "Table IV"]
  first, second = sorted(columns, key=lambda c: c.mean, reverse=True)[:2]
  names = [paper.units[key].name for key in statement.experiments]
  if [first.name, second.name] == names and statement.values == (
    float(first.printed),
    float(second.printed),
  ):
    yield Agreement(
      "The two highest averages over the units",
      quoted(statement.quote),
      f"{first.name} {wording.area(first.mean)},"
      f" {second.name} {wording.area(second.mean)}",
      f"{statement.where}; Table IV",
    )


def transferred(paper: Paper) -> Iterator[Agreement]:
  """The units said to transfer well have the highest lowest areas."""
  statement = paper.unit_statements["transferred"]
  lowest_areas = {
    unit: min(e.auc[unit] for e in crossing(paper)) for unit in facs.AUS
  }
  ranked = sorted(facs.AUS, key=lambda u: lowest_areas[u], reverse=True)
  if {*ranked[: len(statement.units)]} == {*statement.units}:
    following = ranked[len(statement.units)]
    yield Agreement(
      "The units that transfer best",
      quoted(statement.quote),
      "of all units those whose lowest area across datasets is highest: "
      + ", ".join(
        f"AU{u} {wording.area(lowest_areas[u])}"
        for u in ranked[: len(statement.units)]
      )
      + f"; next is AU{following} {wording.area(lowest_areas[following])}",
      f"{statement.where}; Table IV",
    )
