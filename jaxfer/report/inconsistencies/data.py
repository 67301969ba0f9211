"""Table I against the text and against the datasets' own counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jaxfer.data.readers import celeba, ck_plus, raf_db, rafd
from jaxfer.report import wording
from jaxfer.report.inconsistencies.inconsistency import Inconsistency, quoted
from jaxfer.report.published import Paper

# People among the CK+ sequences that have an emotion label.
_CK_PLUS_LABELLED = 118


def missing_datasets(paper: Paper) -> Iterator[Inconsistency]:
  """Datasets that the experiments use and Table I lacks."""
  statement = paper.statements["datasets_used"]
  missing = [name for name in statement.words if name not in paper.datasets]
  if missing:
    yield Inconsistency(
      "Table I lacks datasets that the experiments use",
      "“Description of all the public datasets of emotions utilized in this"
      " article”",
      f"absent: {wording.sentence([_TITLES[name] for name in missing])};"
      f" {len(paper.datasets)} rows for the {len(statement.words)} datasets of"
      " section 3",
      f"Table I; {statement.where}; section 5",
      "Its CK+ row is no dataset of any experiment: the enhanced labels are"
      " on films of the original Cohn-Kanade set, of which the paper uses"
      " 8,422 images.",
    )


def losses_shown(paper: Paper) -> Iterator[Inconsistency]:
  """Datasets whose training is not shown though all are said to be."""
  shown = paper.statements["losses_shown"]
  used = paper.statements["datasets_used"].words
  missing = [name for name in used if name not in shown.words]
  learnt = [
    e.name for e in paper.emotions.values() if "learnt from CelebA" in e.what
  ] + [e.name for e in paper.units.values() if e.pretrained == "CelebA"]
  if "celeba" in missing and learnt:
    yield Inconsistency(
      "Figs 3 and 4 leave out a dataset that a DCGAN learnt from",
      quoted(shown.quote),
      f"absent: {wording.sentence([_TITLES[name] for name in missing])},"
      f" which {wording.sentence(learnt)} are pretrained on",
      f"{shown.where}; Fig. 4; Tables II and V",
      "Of the pretraining that the conclusion rests on there is neither a curve"
      " nor a sample.",
    )


def wild(paper: Paper) -> Iterator[Inconsistency]:
  """Datasets called in the wild that Table I calls acted."""
  statement = paper.statements["wild"]
  acted = [
    paper.datasets[name]
    for name in statement.words
    if name in paper.datasets and paper.datasets[name].condition == "acted"
  ]
  for dataset in acted:
    yield Inconsistency(
      f"{dataset.name} is called in the wild and acted",
      quoted(statement.quote),
      f"Table I: {quoted(dataset.condition)}",
      f"{statement.where}; Table I",
      "KDEF was taken in a studio, from five angles; distortion, clutter and"
      " low resolution hardly explain its low scores.",
    )


def celeba_people(paper: Paper) -> Iterator[Inconsistency]:
  """The people of all CelebA beside a part of its images."""
  row = paper.datasets["celeba"]
  images = celeba.DATASET.published["images"][""]
  people = celeba.DATASET.published["people"][""]
  if row.images < images and row.participants == people:
    yield Inconsistency(
      "CelebA has a part of its images and all of its people",
      f"{row.images:,} images, {row.participants:,} participants",
      f"{people:,} people is the count for all {images:,} images",
      "Table I; the counts of CelebA's owners",
      "Which images were used is not said. A part that has every person can be"
      " chosen; one drawn at random would hardly have them.",
      "source",
    )


def ck_plus_people(paper: Paper) -> Iterator[Inconsistency]:
  """The people of CK+ against its release."""
  row = paper.datasets["ck_plus"]
  people = ck_plus.DATASET.published["people"][""]
  if row.participants != people:
    yield Inconsistency(
      "CK+ has more people than were released",
      f"{row.images} sequences, {row.participants} participants",
      f"{people} people in {ck_plus.DATASET.published['images']['']}"
      f" sequences; {_CK_PLUS_LABELLED} in the"
      f" {sum(ck_plus.DATASET.published['emotion'].values())} with an emotion",
      "Table I; Lucey et al., CVPR Workshops 2010",
      "210 adults were filmed; not all films were given out.",
      "source",
    )


def ck_plus_emotions(paper: Paper) -> Iterator[Inconsistency]:
  """The emotions of the labelled CK+ sequences."""
  row = paper.datasets["ck_plus"]
  labelled = ck_plus.DATASET.published["emotion"]
  if row.images == sum(labelled.values()) and not row.annotations.startswith(
    str(len(labelled))
  ):
    yield Inconsistency(
      f"The {row.images} labelled sequences of CK+ have one emotion fewer",
      f"{row.images} sequences, {row.annotations}",
      f"{len(labelled)}: {wording.sentence(list(labelled))}",
      "Table I; CK+'s emotion labels",
      "No sequence is labelled neutral; each begins so, and first frames make"
      " the eighth class where one is made.",
      "source",
    )


def raf_images(paper: Paper) -> Iterator[Inconsistency]:
  """The images of RAF-DB against those with one of seven emotions."""
  row = paper.datasets["raf_db"]
  basic = raf_db.BASIC.published["images"][""]
  compound = raf_db.COMPOUND.published["images"][""]
  if row.images != basic:
    split = raf_db.BASIC.published["split"]
    yield Inconsistency(
      "RAF-DB's seven emotions cover half of the images that Table I counts",
      f"{row.images:,} images, {row.annotations}",
      f"{split['train']:,} + {split['test']:,} = {basic:,} images have one of"
      f" the seven; {compound:,} have compound emotions",
      "Table I; the owners' readme",
      "Table I may count the whole database. Which part Exp6 used, and whether"
      " it kept to the owners' split, is not said.",
      "source",
    )


def multi_view(paper: Paper) -> Iterator[Inconsistency]:
  """The multi-view subset of Radboud: which of its gazes."""
  faces = int(paper.statements["multi_rows"].values[0])
  counts = rafd.DATASET.published
  whole = counts["images"][""]
  if faces == whole or faces not in counts["gaze"].values():
    return
  yield Inconsistency(
    "The multi-view Radboud set is a third of the multi-view images",
    f"{faces:,} multi-view images, of {paper.datasets['rafd'].images:,}",
    f"{faces:,} = {_product(counts, 'pose_raw')} cameras, so one gaze of"
    f" {len(counts['gaze'])}; all are {whole:,}",
    "section 4-A; Table I; the counts of Radboud's owners",
    "Which gaze is not said. The frontal set has all gazes of one camera, so"
    " the two sets differ in gaze as well as in view.",
    "reading",
  )


def _product(counts: Mapping[str, Mapping[str, int]], fact: str) -> str:
  """67 people × 8 emotions × the values of a fact."""
  return (
    f"{counts['people']['']} people × {len(counts['emotion'])} emotions ×"
    f" {len(counts[fact])}"
  )


_TITLES = {
  "ck": "the enhanced Cohn-Kanade set",
  "celeba": "CelebA",
  "rafd": "Radboud",
  "raf_db": "RAF-DB",
  "kdef": "KDEF",
  "sfew": "SFEW",
}
