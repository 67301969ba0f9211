"""Tables II and III against each other and against the text."""

from __future__ import annotations

from collections.abc import Iterator

from scipy import stats

from jaxfer import facs
from jaxfer.report import wording
from jaxfer.report.inconsistencies.inconsistency import (
  Inconsistency,
  quoted,
  signed,
)
from jaxfer.report.inconsistencies.sums import mean_area
from jaxfer.report.published import Paper, Published


def accuracy_against_area(paper: Paper) -> Iterator[Inconsistency]:
  """More faces named right, yet worse ranked, on the same faces."""
  statement = paper.statements["true_rate"]
  one, other = (paper.emotions[key] for key in statement.experiments)
  if one.accuracy is None or other.accuracy is None:
    return
  better, worse = sorted(
    (one, other), key=lambda e: e.accuracy or 0, reverse=True
  )
  if mean_area(better) >= mean_area(worse):
    return
  faces = int(paper.statements["frontal_rows"].values[0])
  yield Inconsistency(
    "The higher accuracy goes with the lower areas",
    "; ".join(
      f"{e.name}: accuracy {wording.percent(e.accuracy or 0)}, average AUC"
      f" {wording.area(e.auc_mean)}"
      for e in (better, worse)
    ),
    "; ".join(
      f"{e.name}: {round((1 - (e.accuracy or 0)) * faces)} of {faces:,} faces"
      f" named wrong, {wording.percent(1 - mean_area(e), 2)} of pairs ranked"
      " wrong"
      for e in (better, worse)
    ),
    "Table II; section 4-A",
    "Accuracy counts the first choice and AUC compares faces with each other,"
    " so both can hold. On the same faces and with the same kind of machine it"
    " is unusual, and the paper does not say which scores its ROC curves use.",
    "reading",
  )


def true_rate(paper: Paper) -> Iterator[Inconsistency]:
  """The one rate the text gives for two experiments with two accuracies."""
  statement = paper.statements["true_rate"]
  (rate,) = statement.values
  experiments = [paper.emotions[key] for key in statement.experiments]
  if all(e.accuracy in (None, rate) for e in experiments):
    return
  yield Inconsistency(
    "The text has two accuracies for the same experiment",
    quoted(statement.quote),
    wording.sentence(
      [
        f"{wording.percent(e.accuracy)} in {e.name}"
        for e in experiments
        if e.accuracy is not None
      ]
    ),
    f"{statement.where}; Table III",
    "What the rate is of is not said. A mean of recalls would equal the"
    " accuracy here, as each emotion has the same number of faces.",
  )


def perfect_emotions(paper: Paper) -> Iterator[Inconsistency]:
  """Emotions said to be named right every time, with areas below one."""
  statement = paper.statements["perfect"]
  below = [
    f"{emotion} in {entry.name}: AUC {wording.area(area)}"
    for entry in (paper.emotions[key] for key in statement.experiments)
    for emotion in statement.words
    if (area := entry.auc[emotion]) is not None and area < 1
  ]
  if below:
    yield Inconsistency(
      "Emotions named right every time, but not ranked first every time",
      quoted(statement.quote),
      "; ".join(below),
      f"{statement.where}; Table II",
      "Every face of an emotion may be named right while faces of others"
      " score higher for it, so both can hold.",
      "reading",
    )


def hard_emotions(paper: Paper) -> Iterator[Inconsistency]:
  """Emotions said to be hard that are not those with the lowest areas."""
  statement = paper.statements["hard_emotions"]
  entries = [paper.emotions[key] for key in statement.experiments]
  lowest = {entry.name: lowest_emotions(entry) for entry in entries}
  missed = [
    name for name, two in lowest.items() if not {*two} & {*statement.words}
  ]
  if not missed:
    return
  yield Inconsistency(
    "The emotions said to be hardest are not those with the lowest areas",
    quoted(statement.quote),
    "the two lowest areas: "
    + "; ".join(
      f"{entry.name} "
      + wording.sentence(
        [
          f"{emotion} {wording.area(entry.auc[emotion] or 0)}"
          for emotion in lowest[entry.name]
        ]
      )
      for entry in entries
    ),
    f"{statement.where}; Table II",
    "The text speaks of recognition rates, which Fig. 6 shows and no table"
    " prints; they need not follow the areas.",
    "reading",
  )


def lowest_emotions(experiment: Published) -> tuple[str, str]:
  """The two emotions of the lowest areas, lowest first, ties by name."""
  known = {e: area for e, area in experiment.auc.items() if area is not None}
  first, second, *_ = sorted(known, key=lambda e: (known[e], e))
  return first, second


def significance(paper: Paper) -> Iterator[Inconsistency]:
  """Changes called significant, by a sign test over the emotions."""
  for topic in ("exp2_improves", "exp4_decreases"):
    statement = paper.statements[topic]
    before, after = (paper.emotions[key] for key in statement.experiments)
    changes = [
      a - b
      for a, b in zip(after.auc.values(), before.auc.values(), strict=True)
      if a is not None and b is not None and a != b
    ]
    up = sum(change > 0 for change in changes)
    p = float(stats.binomtest(up, len(changes)).pvalue) if changes else 1.0
    if p < 0.05:
      continue
    change = mean_area(after) - mean_area(before)
    yield Inconsistency(
      f"{after.name} against {before.name} is called significant without a"
      " test",
      quoted(statement.quote),
      f"the mean area changes by {signed(change)}: {up} emotions up,"
      f" {len(changes) - up} down; sign test, p = {p:.2f}",
      f"{statement.where}; Table II",
      "The word may be meant in its everyday sense. The paper gives one run"
      " and no interval, so its tables allow no stronger test.",
      "reading",
    )


def seven_emotions(paper: Paper) -> Iterator[Inconsistency]:
  """The seven emotions of the introduction against those of the tables."""
  statement = paper.statements["seven_emotions"]
  wild = {
    emotion
    for key in ("exp6", "exp7", "exp8")
    for emotion, area in paper.emotions[key].auc.items()
    if area is not None
  }
  if {*statement.words} == wild:
    return
  yield Inconsistency(
    "The seven emotions named are not the seven recognised in the wild",
    quoted(statement.quote),
    f"Exp6 to Exp8 have {len(wild)}: with"
    f" {wording.sentence(sorted(wild - {*statement.words}))}, without"
    f" {wording.sentence(sorted({*statement.words} - wild))}; the other"
    f" experiments have all {len(facs.EMOTIONS)}",
    f"{statement.where}; Table II",
    "No experiment has the seven that the introduction lists.",
  )


def eight_everywhere(paper: Paper) -> Iterator[Inconsistency]:
  """Experiments with fewer emotions than the text gives to all of them."""
  statement = paper.statements["eight_everywhere"]
  counts = {
    entry.name: sum(area is not None for area in entry.auc.values())
    for entry in paper.emotions.values()
  }
  fewer = [n for n, count in counts.items() if count < statement.values[0]]
  if fewer:
    yield Inconsistency(
      "Eight emotions in all experiments, but a dash in some",
      quoted(statement.quote),
      f"{wording.sentence(fewer)} have"
      f" {wording.sentence(sorted({str(counts[name]) for name in fewer}))}",
      f"{statement.where}; Figs 5 and 6; Tables I and II",
      "Table I, too, gives KDEF and RAF-DB seven emotions.",
    )


def ranks(paper: Paper) -> Iterator[Inconsistency]:
  """Where the paper's rows stand among those that Table III lists."""
  places = {
    dataset: (
      1 + sum(row.accuracy > rows[-1].accuracy for row in rows),
      len(rows),
    )
    for dataset, rows in paper.accuracies.items()
  }
  behind = {k: v for k, v in places.items() if k != "Radboud" and v[0] > 1}
  if behind:
    yield Inconsistency(
      "“In the wild” is the title, and where the paper's rows are not the best",
      "Generative Adversarial Networks for Facial Expression Recognition in the"
      " Wild",
      "; ".join(
        f"{dataset}: place {place} of {of}"
        for dataset, (place, of) in behind.items()
      ),
      "title; Table III",
      "The abstract claims the best result for Radboud only, and section 4-A"
      " names the limits. The rows come from different experiments, as the"
      " paper says.",
      "reading",
    )


def best_of_radboud(paper: Paper) -> Iterator[Inconsistency]:
  """Whether the DCGAN that learnt from Radboud itself is the best, too."""
  *others, _ = paper.accuracies["Radboud"]
  best = max(others, key=lambda row: row.accuracy)
  entry = paper.emotions["exp5"]
  if entry.accuracy is not None and entry.accuracy < best.accuracy:
    yield Inconsistency(
      "“Unparalleled” holds for one of two experiments on the same faces",
      "an unparalleled overall accuracy rate of"
      f" {wording.percent(paper.accuracies['Radboud'][-1].accuracy)}",
      f"{entry.name}: {wording.percent(entry.accuracy)}, below"
      f" {best.authors}, {best.year} [{best.reference}]:"
      f" {wording.percent(best.accuracy)}",
      "abstract; section 4-A; Table III",
      "Table III gives the higher of the two, whose DCGAN learnt from other"
      " faces than those tested.",
      "reading",
    )
