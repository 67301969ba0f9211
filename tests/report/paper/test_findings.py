"""Every number that a finding states, computed again from the tables."""

import functools
import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from scipy import stats

from jaxfer import facs
from jaxfer.configs import base
from jaxfer.data.readers import (
  celeba,
  ck_plus,
  kdef,
  raf_db,
  raf_db_compound,
  rafd,
)
from jaxfer.learn import encoding
from jaxfer.learn.gan import sizes
from jaxfer.report import paper
from jaxfer.report.paper import (
  ACCURACIES,
  AGREEMENTS,
  DATASETS,
  EMOTIONS,
  FIGURES,
  INCONSISTENCIES,
  REFERENCES,
  SAMPLES,
  UNITS,
)

E1, E2, E3, E4, E5, E6, E7, E8 = EMOTIONS.values()
U1, U2, U3, U4, U5, U6, U7, U8, AU7 = UNITS.values()
COLUMNS = [*EMOTIONS.values(), U1, U2, U3, U4, U5, U6, U7, U8]
CROSSING = [unit for unit in UNITS.values() if unit.crosses]
WITHIN = [unit for unit in (U1, U2, U3, U6) if not unit.crosses]
RADBOUD = rafd.DATASET.published
PEOPLE, KINDS = RADBOUD["people"][""], len(RADBOUD["emotion"])
GAZES, VIEWS = len(RADBOUD["gaze"]), len(RADBOUD["pose_raw"])
FRONTAL, MULTI = PEOPLE * KINDS * GAZES, PEOPLE * KINDS * VIEWS
FEATURES = encoding.dimension(
  f"conv{sizes.depth(64)}", 64, base.get_config().gan
)
MAP = sizes.SMALLEST_MAP

# Numbers of which none follows from the tables: those of sections and sources.
_STATED = {
  "^β1 is not": "1 1 0.9 1 0.5 0.9 3 1511.06434 4",
  "^Two optimisers": "3 1",
  "frameworks are named": "3 2022 3",
  "^The manual annotation": "63 1 4-B2",
  "^High-resolution images": "64 64 64 64 4-B3 3",
  "^Sample quality on all": "1 4-B3",
}
CHECKS: dict[str, Callable[[], str]] = {
  title: functools.partial(str, numbers) for title, numbers in _STATED.items()
}


def finding(title):
  """Enters what computes the numbers of the finding with such a title."""

  def enter(check):
    CHECKS[title] = check
    return check

  return enter


def stated(text):
  """The numbers and emotions that a text names, in order."""
  names = "|".join(facs.EMOTIONS)
  return re.findall(rf"\d+(?:[.,]\d+)*|\b(?:{names})\b", text)


def areas(column):
  return [area for area in column.auc.values() if area is not None]


def mean(column):
  return float(np.mean([*map(float, areas(column))]))


def spread(numbers):
  return max(numbers) - min(numbers)


def lowest(column, count=2):
  """The labels of the lowest areas with these, lowest first."""
  known = {k: v for k, v in column.auc.items() if v is not None}
  names = sorted(known, key=lambda k: (known[k], k))[:count]
  return " ".join(f"{name} {known[name]}" for name in names)


def agrees(column):
  # Areas and average are each rounded to 0.001.
  return abs(mean(column) - float(column.auc_mean)) <= 0.001 + 1e-9


def whole(share, faces):
  """Numbers of faces that a share in percent to two places can be."""
  near = range(int(float(share) * faces), int(float(share) * faces) + 2)
  return [n for n in near if f"{n / faces:.4f}" == str(share)]


def ranks(dataset):
  *_, ours = ACCURACIES[dataset]
  rows = ACCURACIES[dataset]
  place = 1 + sum(row.percent > ours.percent for row in rows)
  return f"{place} {len(rows)}"


@pytest.mark.parametrize(
  "found", [*INCONSISTENCIES, *AGREEMENTS], ids=lambda found: found.title[:40]
)
def test_a_finding_states_what_follows_from_the_tables(found):
  (check,) = [c for title, c in CHECKS.items() if re.search(title, found.title)]
  said = (found.title, found.printed, found.computed, found.where)
  assert stated(" ".join((*said, found.comment))) == stated(check())


def test_each_check_is_of_one_finding():
  titles = [found.title for found in (*INCONSISTENCIES, *AGREEMENTS)]
  assert len({*titles}) == len(titles) == 67
  for pattern in CHECKS:
    assert sum(bool(re.search(pattern, t)) for t in titles) == 1, pattern
  assert {found.kind for found in INCONSISTENCIES} == {*paper.KINDS}


@finding("^The average of")
def _():
  (wrong,) = [column for column in COLUMNS if not agrees(column)]
  right, printed = sum(map(agrees, COLUMNS)), wrong.auc_mean
  assert printed in areas(wrong)
  return (
    f"{wrong.name} {printed} {mean(wrong):.3f} {right} {len(COLUMNS)} {printed}"
  )


@finding("two accuracies")
def _():
  assert Decimal("94.6") not in (E1.percent, E5.percent)
  return f"94.6 Exp1 Exp5 {E1.percent} Exp1 {E5.percent} Exp5, 4-A"


@finding("higher accuracy goes")
def _():
  assert E1.percent > E5.percent and mean(E1) < mean(E5)
  both = [(e.name, e.percent, e.auc_mean) for e in (E1, E5)]
  for e in (E1, E5):
    wrong = round(float(1 - e.accuracy) * FRONTAL)
    both.append((e.name, wrong, f"{FRONTAL:,}", f"{100 * (1 - mean(e)):.2f}"))
  return f"{both} 4-A"


@finding("named right every time")
def _():
  below = [
    (name, e.name, e.auc[name])
    for e in (E1, E2)
    for name in ("sad", "disgusted")
    if e.auc[name] < 1
  ]
  return f"Exp1 Exp2 100% {below} 4-A"


@finding("said to be hardest")
def _():
  two = [f"{e.name} {lowest(e)}" for e in (E1, E2, E3, E4)]
  assert not any(name in lowest(E1) for name in ("angry", "fearful"))
  return f"1 2 3 4 {two} 4-A 6"


def signs(before, after, quoted):
  steps = [
    after.auc[k] - before.auc[k]
    for k in before.auc
    if after.auc[k] != before.auc[k]
  ]
  up = sum(step > 0 for step in steps)
  p = stats.binomtest(up, len(steps)).pvalue
  assert p > 0.05
  change = abs(mean(after) - mean(before))
  down = len(steps) - up
  return (
    f"{after.name} {before.name} {quoted} {change:.4f} {up} {down} {p:.2f} 4-A"
  )


@finding("^Exp2 against Exp1")
def _():
  assert mean(E2) > mean(E1)
  return signs(E1, E2, "Exp1")


@finding("^Exp4 against Exp3")
def _():
  assert mean(E4) < mean(E3)
  return signs(E3, E4, "")


@finding("^The seven emotions named")
def _():
  said = {*facs.EMOTIONS} - {"neutral"}
  (wild,) = {
    frozenset(k for k, v in e.auc.items() if v is not None)
    for e in (E6, E7, E8)
  }
  (more,), (less,) = wild - said, said - wild
  return f"Exp6 Exp8 {len(wild)} {more} {less} {len(facs.EMOTIONS)} 1"


@finding("^Eight emotions in all")
def _():
  fewer = [e for e in EMOTIONS.values() if len(areas(e)) < 8]
  (count,) = {len(areas(e)) for e in fewer}
  assert DATASETS["kdef"].annotations == "7 emotions"
  assert DATASETS["raf_db"].annotations == "7 emotions"
  return f"{[e.name for e in fewer]} {count} 4-A 5 6"


@finding("^“Unparalleled”")
def _():
  *others, ours = ACCURACIES["Radboud"]
  best = max(others, key=lambda row: row.percent)
  assert E5.percent < best.percent
  named = f"{best.year} {best.reference} {best.percent}"
  return f"{ours.percent} {E5.name} {E5.percent} {named} 4-A"


@finding("^“In the wild” is the title")
def _():
  return " ".join(f"{ranks(name)}" for name in ("SFEW", "KDEF", "RAF")) + " 4-A"


@finding("^The KDEF accuracy")
def _():
  share, faces = E7.accuracy, DATASETS["kdef"].images
  assert not whole(share, faces)
  below = int(float(share) * faces)
  near = [
    (f"{count:,}", f"{100 * count / faces:.2f}") for count in (below, below + 1)
  ]
  return f"{E7.percent} {faces:,} {near}"


ANGRY = ("AU7", "AU23", "AU24")


@finding("are tested against one label column")
def _():
  assert (7, 23, 24) in facs.columns().values()
  shown = [[u.auc[au] for au in ANGRY] for u in (U4, U7)]
  learnt = [u.name for u in CROSSING if u.train == "Radboud"]
  printed = f"Exp-4 {shown[0]} Exp-7 {shown[1]} angry"
  ranges = f"{spread(shown[0])} Exp-4 {spread(shown[1])} Exp-7"
  return f"{ANGRY} {printed} {ranges} {learnt} {len(ANGRY)}"


@finding("are one task on Radboud")
def _():
  own = [u for u in WITHIN if u.test == "Radboud"]
  apart = [u for u in own if spread([u.auc[au] for au in ANGRY])]
  equal = [u.name for u in own if u not in apart]
  shown = [(u.name, [u.auc[au] for au in ANGRY]) for u in apart]
  return f"{ANGRY} {shown} {equal}"


@finding("are an emotion under another name")
def _():
  single = {
    next(iter(shown)): [f"AU{unit}" for unit in units]
    for shown, units in facs.columns().items()
    if len(shown) == 1
  }
  differing = [
    (e.name, name, e.auc[name], u.name, unit, u.auc[unit])
    for e, u in ((E1, U2), (E2, U6))
    for name, units in single.items()
    for unit in units
    if e.auc[name] != u.auc[unit]
  ]
  renamed = [(units, name) for name, units in single.items()]
  count = sum(map(len, single.values()))
  return f"{count} {len(facs.AUS)} {differing} {renamed}"


@finding("^AU9 is said to occur frequently")
def _():
  rates = facs.base_rates(facs.relabel(e) for e in facs.EMOTIONS)
  assert rates[9] == min(rates.values())
  high = f"{100 * max(rates.values()):.1f}"
  return f"AU9 AU9 {100 * rates[9]:.1f} {len(rates)} {high} 4-B3"


@finding("^Contempt is called a fusion")
def _():
  own = facs.EMOTION_AUS["contemptuous"]
  parts = ("disgusted", "angry")
  assert not any(own & facs.EMOTION_AUS[part] for part in parts)
  sharing = [
    e
    for e, shown in facs.EMOTION_AUS.items()
    if e != "contemptuous" and own & shown
  ]
  assert 14 not in facs.AUS
  return f"contemptuous {sorted(own)} {parts} {sharing} 4-B2 14"


@finding("^Not all action units improve")
def _():
  worse = [k for k in U1.auc if U2.auc[k] < U1.auc[k]]
  fall = [(k, U1.auc[k], U2.auc[k]) for k in worse]
  return f"Exp-1 Exp-2 2 4-B2 {len(fall)} {fall} 4-B2 Exp-1"


def within(*named):
  assert not any(unit.crosses for unit in named)
  return [unit.name for unit in named]


def across():
  return [(unit.name, f"{mean(unit):.3f}") for unit in CROSSING]


@finding("^Transfer is shown")
def _():
  return f"2 3 6 {within(U2, U3, U6)} 4-B3 {across()}"


@finding("^Generalisation is shown")
def _():
  printed = f"2 6 {U2.auc_mean} {U6.auc_mean}"
  return f"{printed} {within(U2, U6)} 4-B3 {across()}"


@finding("^The conclusion claims generalisation")
def _():
  inside, outside = [*map(mean, WITHIN)], [*map(mean, CROSSING)]
  assert 0.5 < max(outside) < min(inside)
  ends = [min(inside), max(inside), min(outside), max(outside)]
  return f"{[f'{end:.3f}' for end in ends]} 5 0.5 4-B3"


def lowest_across(unit):
  return min(experiment.auc[unit] for experiment in CROSSING)


TRANSFERRED = ("AU1", "AU23", "AU24", "AU25")


@finding("^A unit said to transfer well")
def _():
  below = [
    (unit, u.name, u.auc[unit], f"{mean(u):.3f}")
    for u in CROSSING
    for unit in TRANSFERRED
    if u.auc[unit] < mean(u)
  ]
  lows = [(unit, lowest_across(unit)) for unit in TRANSFERRED]
  return f"{TRANSFERRED} {below} 4-B3 {lows}"


@finding("^Areas called similar")
def _():
  four, cross = (U4, U5, U6, U8), (U4, U5, U8)
  shown = []
  for unit in ("AU2", "AU17"):
    own = [u.auc[unit] for u in four]
    assert spread(own) > Decimal("0.1")
    shown.append((unit, own, spread(own)))
  rest = [
    (spread([u.auc[unit] for u in cross]), unit) for unit in ("AU2", "AU17")
  ]
  return f"2 17 4 5 6 8 {shown} 4-B3 {rest}"


@finding("^The worst transfer is")
def _():
  area, unit, name = min((u.auc[k], k, u.name) for u in CROSSING for k in u.auc)
  printed = f"AU4 {U4.auc['AU4']} 4 {U7.auc['AU4']} 7"
  return f"{printed} {unit} {name} {area} 4-B3"


@finding("is called hard to detect")
def _():
  best = [
    (u.name, u.auc["AU7"], len(u.auc))
    for u in (U1, U3)
    if u.auc["AU7"] == max(u.auc.values())
  ]
  alone = f"{AU7.auc['AU7']} {AU7.auc_train['AU7']}"
  return f"AU7 AU7 {best} 4-B3 {alone} AU7"


@finding("^Fourteen different values")
def _():
  return f"14 14 {len({*U1.auc.values()})} Exp-1 4-B1"


@finding("^The smallest pretraining set")
def _():
  assert mean(E2) <= mean(E5)
  pairs = [(U3, U1), (U4, U7), (U5, U8), (U6, U2)]  # CelebA, enhanced CK
  for celeba_, ck in pairs:
    assert (celeba_.train, celeba_.test) == (ck.train, ck.test)
    assert (celeba_.pretrained, ck.pretrained) == ("CelebA", "enhanced CK")
  ahead = sum(mean(one) > mean(other) for one, other in pairs)
  two = f"{E2.name} {DATASETS['celeba'].images:,} {mean(E2):.3f}"
  five = f"{E5.name} {FRONTAL:,} {mean(E5):.3f}"
  return f"{two} {five} 5 {E5.name} {ahead} {len(pairs)}"


@finding("^One passage gives two numbers")
def _():
  network = f"{FEATURES:,} {FEATURES // MAP**2} {MAP} {MAP}"
  return f"8,422 8,192 8,422 8,129 {network} 8,129 4-B1"


@finding("^The feature maps do not")
def _():
  one = f"512 64 64 {512 * 64 * 64:,}"
  two = f"512 {MAP} {MAP} {512 * MAP * MAP:,}"
  return f"512 64 64 {one} {two} 3 4-A 64 64 {MAP} {MAP}"


@finding("^The text has a loss term")
def _():
  assert REFERENCES[66].author == "Isola"  # pix2pix
  return "1 1 66"


@finding("^Mode collapse is said")
def _():
  (figure,) = [n for n, words in FIGURES.items() if "mode collapse" in words]
  return f"{figure} {figure} 4-B3 {figure}"


@finding("^Table I lacks")
def _():
  used = ("ck", "celeba", "rafd", "raf_db", "kdef", "sfew")
  assert [name for name in used if name not in DATASETS] == ["ck", "sfew"]
  return f"{len(DATASETS)} {len(used)} 3 3 5 8,422"


@finding("^Figs 3 and 4 leave out")
def _():
  learnt = [e.name for e in EMOTIONS.values() if "from CelebA" in e.what]
  learnt += [u.name for u in UNITS.values() if u.pretrained == "CelebA"]
  return f"3 4 {learnt} 3 3 4"


@finding("is called in the wild and acted")
def _():
  assert DATASETS["kdef"].condition == "acted"
  return "4-A"


@finding("^CelebA has a part")
def _():
  row, counts = DATASETS["celeba"], celeba.DATASET.published
  people, images = counts["people"][""], counts["images"][""]
  assert row.images < images
  return f"{row.images:,} {row.participants:,} {people:,} {images:,}"


@finding(r"^CK\+ has more people")
def _():
  row, counts = DATASETS["ck_plus"], ck_plus.DATASET.published
  released = f"{counts['people']['']} {counts['images']['']}"
  # People among the labelled, by Lucey et al.
  labelled = f"118 {sum(counts['emotion'].values())}"
  filmed = row.participants
  return f"{row.images} {filmed} {released} {labelled} 2010 {filmed}"


@finding("have one emotion fewer")
def _():
  row, labels = DATASETS["ck_plus"], ck_plus.DATASET.published["emotion"]
  assert row.images == sum(labels.values()) and "neutral" not in labels
  printed = f"{row.images} {row.images} {row.annotations}"
  return f"{printed} {len(labels)} {[*labels]} neutral"


@finding("^RAF-DB's seven emotions")
def _():
  row, split = DATASETS["raf_db"], raf_db.DATASET.published["split"]
  basic = raf_db.DATASET.published["images"][""]
  assert sum(split.values()) == basic != row.images
  sums = f"{split['train']:,} {split['test']:,} {basic:,}"
  compound = raf_db_compound.DATASET.published["images"][""]
  return f"{row.images:,} {row.annotations} {sums} {compound:,} Exp6"


@finding("^The multi-view Radboud set")
def _():
  every = DATASETS["rafd"].images
  assert every == GAZES * MULTI
  product = f"{MULTI:,} {PEOPLE} {KINDS} {VIEWS} {GAZES}"
  return f"{MULTI:,} {every:,} {product} {every:,} 4-A"


@finding("^The new benchmark")
def _():
  *others, ours = SAMPLES
  better = sorted(
    (row for row in others if row.fid < ours.fid), key=lambda row: row.fid
  )
  for name in ("inception_score", "ssim", "amt"):
    own = getattr(ours, name)
    assert all(own > (getattr(row, name) or 0) for row in others)
  behind = [(row.fid, row.model, row.reference) for row in better]
  return f"{ours.fid} {len(better) + 1} {len(SAMPLES)} {behind} 4-B3"


@finding("^Table VII compares")
def _():
  edits = sum(row.edits for row in SAMPLES)
  assert [row.model for row in SAMPLES if not row.edits] == ["Ours"]
  return f"{len(SAMPLES)} {edits} 4-B3"


@finding("^The rules of Table VI")
def _():
  assert "Wasserstein" in REFERENCES[63].title
  assert "facial expressions of emotion" in REFERENCES[65].title
  return "63 65 63 65 4-B2 65 63"


@finding("^The reference for MTCNN")
def _():
  cited = REFERENCES[37]
  assert "multi-task" not in cited.title.lower()
  return f"37 37 {cited.year} 3 2016"


@finding("^Names in section 2")
def _():
  assert [REFERENCES[n].author for n in (23, 24, 26)] == [
    *("Springenberg", "Zheng", "Wang")
  ]
  assert REFERENCES[25].author == "Tran"
  return "2 23 24 26 23 24 26 2 23 24 25"


@finding("is not in the reference list")
def _():
  (number,) = [n for n, r in REFERENCES.items() if r.author == "Han"]
  assert REFERENCES[number].year != 2016
  return f"2016 2016 {number} {REFERENCES[number].year} 1"


@finding("differ on an entry")
def _():
  rows = [row for rows in ACCURACIES.values() for row in rows if row.reference]
  (wrong,) = [
    row
    for row in rows
    if REFERENCES[row.reference].year != row.year
    or REFERENCES[row.reference].author.lower() not in row.authors.lower()
  ]
  listed = REFERENCES[wrong.reference]
  cited = f"{wrong.year} {wrong.reference}"
  return f"{cited} {wrong.reference} {listed.year}"


def curves_of(what):
  return next(n for n, w in FIGURES.items() if "ROC" in w and what in w)


@finding("^The ROC curves of the emotions")
def _():
  right = curves_of("emotions")
  assert "AU7" in FIGURES[8]
  return f"8 8 7 {right} 4-A {right} 8"


@finding("^Figure 11 does not exist")
def _():
  assert 11 not in FIGURES
  return f"11 11 {min(FIGURES)} {max(FIGURES)} 4-B3 {curves_of('Action Units')}"


@finding("^Average rows")
def _():
  right = [column for column in COLUMNS if agrees(column)]
  gap = max(abs(mean(c) - float(c.auc_mean)) for c in right)
  return f"{len(COLUMNS)} {len(right)} {gap:.4f}"


@finding("^Sizes of the Radboud sets")
def _():
  every = DATASETS["rafd"].images
  assert every == PEOPLE * KINDS * VIEWS * GAZES
  sizes = f"{FRONTAL:,} {MULTI:,} {every:,}"
  frontal, multi = (PEOPLE, KINDS, GAZES), (PEOPLE, KINDS, VIEWS)
  return f"{sizes} {frontal} {multi} {(*multi, GAZES)} 4-A"


@finding("^Size of KDEF")
def _():
  counts = kdef.DATASET.published
  parts = [
    counts["people"][""],
    *(len(counts[fact]) for fact in ("emotion", "pose_raw", "session")),
  ]
  assert np.prod(parts) == DATASETS["kdef"].images
  return f"{DATASETS['kdef'].images:,} {parts}"


@finding("^Features of a face")
def _():
  return f"8,192 {FEATURES:,} 64 64 4-A"


def faces(experiment):
  (count,) = whole(experiment.accuracy, FRONTAL)
  return f"{experiment.name} {experiment.percent} {FRONTAL:,} {count:,} 4-A"


finding("^Accuracy of Exp1")(lambda: faces(E1))
finding("^Accuracy of Exp5")(lambda: faces(E5))


@finding("^Frontal faces are easier")
def _():
  assert mean(E1) > mean(E3) and mean(E5) > mean(E4)
  four = [(e.name, f"{mean(e):.3f}") for e in (E1, E3, E5, E4)]
  return f"{four} 5"


@finding("^The lowest emotions of Exp8")
def _():
  return f"Exp8 38.5 38.8 Exp8 {lowest(E8)} 4-A"


@finding("^Highest accuracy on Radboud")
def _():
  *others, ours = ACCURACIES["Radboud"]
  second = max(row.percent for row in others)
  assert ours.percent > second
  return f"{ours.percent} {len(others)} {second}"


@finding("^The action units$")
def _():
  shown = sorted(frozenset().union(*facs.EMOTION_AUS.values()))
  listed = ",".join(map(str, shown))
  return f"{len(shown)} AU{listed} {len(shown)} 4-B1"


@finding("^Areas that the text repeats")
def _():
  # Section 4-B3: unit, experiment, area.
  quoted = """
    AU9 au2 1, AU9 au3 0.997, AU9 au6 1, AU25 au2 0.999, AU25 au3 0.992,
    AU25 au6 0.999, AU4 au4 0.515, AU4 au7 0.519, AU6 au5 0.518,
    AU12 au4 0.515, AU15 au4 0.510, AU15 au7 0.518, AU27 au8 0.519"""
  every = [entry.split() for entry in quoted.split(",")]
  for unit, experiment, area in every:
    assert str(UNITS[experiment].auc[unit]) == area
  return f"{len(every)} 4-B3"


@finding("^The two highest averages")
def _():
  columns = [u for u in UNITS.values() if u.auc_mean is not None]
  first, second = sorted(columns, key=mean, reverse=True)[:2]
  assert (first, second) == (U2, U6)
  shown = [(u.name, f"{mean(u):.3f}") for u in (first, second)]
  return f"2 6 {first.auc_mean} {second.auc_mean} {shown} 4-B3"


@finding("^The units that transfer best")
def _():
  ranked = sorted(U1.auc, key=lowest_across, reverse=True)
  *best, following = ranked[:5]
  assert {*best} == {*TRANSFERRED}
  shown = [(unit, lowest_across(unit)) for unit in (*best, following)]
  return f"{TRANSFERRED} {shown} 4-B3"
