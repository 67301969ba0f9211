"""The paper's inconsistencies: what is found, and what correcting it leaves."""

import dataclasses
import re
from decimal import Decimal

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.report.inconsistencies import (
  KINDS,
  Agreement,
  Inconsistency,
  confirm,
  find,
  sums,
)
from jaxfer.report.published import PAPER


def by_title(pattern, entries):
  found = [entry for entry in entries if re.search(pattern, entry.title)]
  assert len(found) == 1, [entry.title for entry in entries]
  return found[0]


def titles(paper):
  return [entry.title for entry in find(paper)]


def corrected(**tables):
  """The paper with some tables changed: by table, by entry, its new fields."""
  changes = {}
  for name, entries in tables.items():
    table = dict(getattr(PAPER, name))
    for key, fields in entries.items():
      table[key] = dataclasses.replace(table[key], **fields)
    changes[name] = table
  return dataclasses.replace(PAPER, **changes)


def areas(name, key, **changed):
  """A column of Table II or IV with some areas changed."""
  old = getattr(PAPER, name)[key].auc
  return {
    name: {key: {"auc": {**old, **{_label(k): v for k, v in changed.items()}}}}
  }


_USED = PAPER.statements["datasets_used"].words


def _level(name, key, label):
  """A column whose entry for a label is its lowest."""
  old = getattr(PAPER, name)[key].auc
  return {**old, label: min(old.values())}


def _label(name):
  return int(name[2:]) if name.startswith("AU") else name


def test_exp4_averages_940_and_is_printed_932():
  entry = by_title("average of", find())
  assert "Exp4" in entry.title
  assert (entry.printed, entry.computed) == ("0.932", "0.940")
  assert entry.kind == "contradiction"


def test_all_other_averages_are_recomputed_and_agree():
  columns = sums.columns(PAPER)
  assert len(columns) == 16
  for column in columns:
    # Summed here in whole thousandths, as printed, apart from the code's mean.
    whole = sum(round(1000 * area) for area in column.areas)
    mean = whole / len(column.areas) / 1000
    assert column.mean == pytest.approx(mean, abs=1e-12)
    assert column.agrees == (column.name != "Exp4")
  assert by_title("Average rows", confirm()).computed.startswith("15 ")
  assert "15 of the 16" in by_title("average of", find()).comment


def test_a_corrected_average_row_is_no_inconsistency():
  paper = corrected(emotions={"exp4": {"auc_mean": 0.940}})
  assert len(find(paper)) == len(find()) - 1
  assert not any("average of" in title for title in titles(paper))
  assert by_title("Average rows", confirm(paper)).computed.startswith("16 ")


@pytest.mark.parametrize(("shift", "found"), [(0.0009, 0), (0.0031, 1)])
def test_rounding_is_allowed_for_and_no_more(shift, found):
  mean = sums.mean_area(PAPER.units["au6"])
  paper = corrected(units={"au6": {"auc_mean": mean + shift}})
  assert sum("Exp-6" in t and "average of" in t for t in titles(paper)) == found


def test_au7_au23_and_au24_are_one_column():
  # Table VI: angry alone shows each of the three.
  assert (7, 23, 24) in facs.columns().values()
  entry = by_title("^AU7, AU23 and AU24 are tested against one", find())
  assert entry.printed == (
    "Exp-4: 0.757, 0.865, 0.849; Exp-7: 0.642, 0.775, 0.822"
  )
  # Learnt from one column, too: one SVM. Exp-6 has the same area three times.
  entry = by_title("^AU7, AU23 and AU24 are one task", find())
  assert entry.printed == "Exp-2: 0.984, 0.980, 0.984"
  assert "Exp-6" in entry.comment


def test_equal_areas_of_one_column_are_no_inconsistency():
  paper = corrected(**areas("units", "au2", AU23=Decimal("0.984")))
  assert not any("are one task" in title for title in titles(paper))
  column = areas(
    "units", "au4", **dict.fromkeys(("AU7", "AU23", "AU24"), Decimal("0.8"))
  )
  entry = by_title("against one label column", find(corrected(**column)))
  assert "Exp-4" not in entry.printed and "Exp-7" in entry.printed


@pytest.mark.parametrize(
  ("title", "correction"),
  [
    (
      "two accuracies",
      {"emotions": {"exp1": {"accuracy": 0.946}, "exp5": {"accuracy": 0.946}}},
    ),
    ("higher accuracy goes", {"emotions": {"exp1": {"accuracy": 0.96}}}),
    ("named right every time", {"statements": {"perfect": {"words": ()}}}),
    (
      "^The emotions said to be hardest",
      {"statements": {"hard_emotions": {"words": ("neutral",)}}},
    ),
    (
      "seven emotions named",
      {
        "statements": {
          "seven_emotions": {
            "words": tuple({*facs.EMOTIONS} - {"contemptuous"})
          }
        }
      },
    ),
    (
      "Eight emotions in all",
      {"statements": {"eight_everywhere": {"values": (7,)}}},
    ),
    ("“Unparalleled”", {"emotions": {"exp5": {"accuracy": 0.9857}}}),
    ("KDEF accuracy", {"datasets": {"kdef": {"images": 2940}}}),
    ("occur frequently", {"unit_statements": {"frequent": {"units": (25,)}}}),
    (
      "^Contempt",
      {
        "unit_statements": {
          "contempt": {"words": ("contemptuous", "happy")},
        }
      },
    ),
    (
      "units improve",
      areas("units", "au1", AU1=0.99, AU7=0.98, AU12=0.99),
    ),
    (
      "^Transfer is shown",
      {"unit_statements": {"cross_dataset": {"experiments": ("au4",)}}},
    ),
    (
      "does not in one",
      {"unit_statements": {"transferred": {"units": (1, 23, 25)}}},
    ),
    (
      "called similar",
      {"unit_statements": {"similar": {"experiments": ("au4", "au7")}}},
    ),
    ("worst transfer", {"unit_statements": {"worst": {"units": (4, 15)}}}),
    (
      "different values",
      {"unit_statements": {"different_values": {"values": (12,)}}},
    ),
    (
      "two numbers of features",
      {"statements": {"ck_features": {"values": (8192, 8192)}}},
    ),
    ("feature maps", {"statements": {"maps": {"values": (512, 4)}}}),
    ("^β1", {"statements": {"beta1": {"values": (0.5,)}}}),
    ("Two optimisers", {"statements": {"optimisers": {"words": ("Adam",)}}}),
    ("frameworks", {"statements": {"frameworks": {"words": ("MATLAB",)}}}),
    ("in the wild and acted", {"datasets": {"kdef": {"condition": "wild"}}}),
    ("^CelebA has", {"datasets": {"celeba": {"images": 202_599}}}),
    ("^CK\\+ has more", {"datasets": {"ck_plus": {"participants": 123}}}),
    (
      "one emotion fewer",
      {"datasets": {"ck_plus": {"annotations": "7 emotions"}}},
    ),
    ("RAF-DB's seven", {"datasets": {"raf_db": {"images": 15_339}}}),
    (
      "third of the multi-view",
      {"statements": {"multi_rows": {"values": (8040, 8192)}}},
    ),
    ("two sources", {"statements": {"rule_labels": {"references": (65,)}}}),
    ("MTCNN", {"references": {37: {"title": "Multi-task cascaded CNNs"}}}),
    ("not in the reference list", {"references": {3: {"year": 2016}}}),
    ("differ on an entry", {"references": {56: {"year": 2016}}}),
    (
      "in another figure",
      {"statements": {"figure_of_emotions": {"values": (5,)}}},
    ),
    ("^Figure 11", {"statements": {"figure_of_units": {"values": (7,)}}}),
    (
      "^Table I lacks",
      {"statements": {"datasets_used": {"words": ("celeba", "kdef")}}},
    ),
    (
      "^Figs 3 and 4",
      {"statements": {"losses_shown": {"words": tuple(_USED)}}},
    ),
    (
      "called hard to detect",
      {"units": {k: {"auc": _level("units", k, 7)} for k in ("au1", "au3")}},
    ),
    (
      "smallest pretraining set",
      {
        "emotions": {
          "exp5": {"auc": dict.fromkeys(facs.EMOTIONS, Decimal("0.9"))}
        }
      },
    ),
    (
      "every transfer falls",
      {"units": {"au4": {"auc": dict.fromkeys(facs.AUS, Decimal("0.95"))}}},
    ),
    (
      "^Names in section 2",
      {
        "references": {
          23: {"author": "Luan"},
          24: {"author": "Springenberg"},
          26: {"author": "Zheng"},
        }
      },
    ),
  ],
)
def test_an_inconsistency_goes_when_it_is_corrected(title, correction):
  by_title(title, find())
  paper = corrected(**correction)
  assert not any(re.search(title, found) for found in titles(paper))


def test_a_lower_distance_makes_the_benchmark():
  *others, ours = PAPER.samples
  entry = by_title("new benchmark", find())
  # Table VII: 12.30 and 12.84 are lower than 22.318.
  assert "place 3 of 9" in entry.computed
  assert "FID 22.318" in entry.computed
  assert "12.30" in entry.computed and "12.84" in entry.computed
  samples = (*others, dataclasses.replace(ours, fid=12.0))
  paper = dataclasses.replace(PAPER, samples=samples)
  assert not any("new benchmark" in title for title in titles(paper))


def test_places_in_table_3():
  # RAF: lowest of six. KDEF: 59.15 % alone is lower. SFEW: four are higher.
  computed = by_title("In the wild” is the title", find()).computed
  assert computed == (
    "SFEW: place 5 of 11; KDEF: place 5 of 6; RAF: place 6 of 6"
  )


def test_a_misquoted_area_is_found_and_is_not_confirmed():
  (unit, key, _), *rest = PAPER.quoted_areas
  paper = dataclasses.replace(
    PAPER, quoted_areas=((unit, key, Decimal("0.500")), *rest)
  )
  entry = by_title("has two areas", find(paper))
  assert (entry.printed, entry.computed) == ("0.500", "1")
  assert not any("text repeats" in entry.title for entry in confirm(paper))
  by_title("text repeats", confirm())


def test_512_maps_of_64_would_be_two_million_features():
  entry = by_title("feature maps", find())
  # 2^9 · 2^6 · 2^6 = 2^21 and 2^9 · 2^2 · 2^2 = 2^13.
  assert "2,097,152" in entry.computed and "8,192" in entry.computed


@pytest.mark.parametrize("faces", [67, 431, 1608, 4900])
def test_every_whole_number_of_faces_is_recognised(faces):
  for count in range(faces + 1):
    assert sums.is_count(float(f"{count / faces:.4f}"), faces)


def test_shares_between_two_whole_numbers_are_not_counts():
  # 2,961 and 2,962 of 4,900 are 60.43 % and 60.45 %.
  assert not sums.is_count(0.6044, 4900)
  assert sums.is_count(0.9857, 1608) and sums.is_count(0.9764, 1608)
  assert not sums.is_count(0.5001, 2)


def test_changes_in_one_direction_are_significant():
  # Eight of eight emotions down: p = 2 · 2^-8 < 0.05.
  old = PAPER.emotions["exp3"].auc
  lower = {emotion: area - Decimal("0.1") for emotion, area in old.items()}
  paper = corrected(emotions={"exp4": {"auc": lower}})
  assert not any("Exp4 against Exp3" in title for title in titles(paper))
  by_title("Exp4 against Exp3", find())
  by_title("Exp2 against Exp1", find())


def test_corrections_of_set_sizes_end_their_confirmation():
  paper = corrected(datasets={"kdef": {"images": 4899}})
  by_title("Size of KDEF", confirm())
  assert not any("Size of KDEF" in entry.title for entry in confirm(paper))


def test_entries_are_complete_text():
  for entry in find():
    assert isinstance(entry, Inconsistency) and entry.kind in KINDS
  for entry in [*find(), *confirm()]:
    assert isinstance(entry, Inconsistency | Agreement)
    fields = dataclasses.asdict(entry)
    comment = fields.pop("comment", "")
    assert all(isinstance(v, str) and v for v in fields.values()), entry
    text = " ".join([*fields.values(), comment])
    assert not re.search(r"\b(nan|inf|None)\b|[{}]", text), entry
  assert len({entry.title for entry in find()}) == len(find())


def test_random_tables_never_fail():
  """Any areas give finite text: no table is assumed to be the paper's."""
  rng = np.random.default_rng(0)
  for _ in range(20):
    emotions, units = (
      {
        key: dataclasses.replace(
          entry,
          auc={
            name: None if area is None else round(rng.random(), 3)
            for name, area in entry.auc.items()
          },
        )
        for key, entry in table.items()
      }
      for table in (PAPER.emotions, PAPER.units)
    )
    paper = dataclasses.replace(PAPER, emotions=emotions, units=units)
    text = " ".join(str(entry) for entry in [*find(paper), *confirm(paper)])
    assert "nan" not in re.findall(r"\w+", text)


# Each entry by a part of its title, and what it computes: as counted by hand
# from the tables.
@pytest.mark.parametrize(
  ("title", "computed"),
  [
    ("two accuracies", ("98.57 % in Exp1", "97.64")),
    # 0.0143 and 0.0236 of 1,608.
    ("higher accuracy goes", ("23 of 1,608", "38 of 1,608")),
    ("named right every time", ("sad in Exp1: AUC 0.967", "Exp2: AUC 0.998")),
    (
      "^The emotions said to be hardest",
      ("Exp1 contemptuous 0.936", "Exp4 neutral 0.812 and contemptuous 0.858"),
    ),
    ("^Exp2 against Exp1", ("+0.0175: 4 emotions up, 2 down", "p = 0.69")),
    ("^Exp4 against Exp3", ("−0.0141: 2 emotions up, 6 down",)),
    ("seven emotions named", ("7: with neutral, without contemptuous",)),
    ("^Eight emotions in all", ("Exp6, Exp7 and Exp8 have 7",)),
    ("“Unparalleled”", ("97.64", "Yaddaden, 2018 [40]: 97.66")),
    ("KDEF accuracy", ("2,961 right are 60.43", "2,962 are 60.45")),
    ("against one label column", ("0.108 in Exp-4 and 0.180 in Exp-7",)),
    ("occur frequently", ("12.5", "50.0")),
    ("^Contempt", ("contemptuous AU12", "happy has")),
    ("units improve", ("3 fall: AU1 0.998 to 0.994", "AU12 1 to 0.990")),
    ("^Transfer is shown", ("Exp-2: ", "Exp-3: ", "Exp-6: ")),
    ("^Generalisation is shown", ("Exp-2: ", "Exp-6: ")),
    (
      "every transfer falls",
      ("0.913 to 0.993 within", "0.668 to 0.699 across"),
    ),
    ("does not in one", ("AU24 in Exp-5: 0.688, the average is 0.699",)),
    ("called similar", ("range of 0.365", "range of 0.276")),
    ("worst transfer", ("AU15 in Exp-4: 0.510",)),
    ("called hard to detect", ("Exp-1: 1, ", "Exp-3: 1, ")),
    ("different values", ("12 different areas in Exp-1",)),
    ("smallest pretraining set", ("30,000", "0.998", "1,608", "0.999")),
    ("two numbers of features", ("8,192", "not 8,129")),
    ("^β1", ("DCGAN's β1 is 0.5",)),
    ("Two optimisers", ("SGD and Adam",)),
    ("frameworks", ("Deep Learning Toolbox, MatConvNet and TensorFlow",)),
    ("^The text has a loss term", ("the two log terms alone",)),
    ("^The manual annotation", ("according to the rules in [63]",)),
    ("^High-resolution", ("64×64 pixels is what",)),
    ("^Mode collapse", ("Fig. 9: “An example of mode collapse",)),
    ("^Table I lacks", ("Cohn-Kanade set and SFEW", "5 rows for the 6")),
    ("^Figs 3 and 4", ("CelebA, which Exp2, Exp-3, Exp-4, Exp-5 and Exp-6",)),
    ("in the wild and acted", ("“acted”",)),
    ("^CelebA has", ("10,177 people", "202,599 images")),
    ("^CK\\+ has more", ("123 people in 593", "118 in the 327")),
    ("one emotion fewer", ("7: angry, contemptuous",)),
    # 12,271 + 3,068 = 15,339.
    ("RAF-DB's seven", ("12,271 + 3,068 = 15,339", "3,954")),
    ("third of the multi-view", ("67 people × 8 emotions × 5", "8,040")),
    ("do different things", ("8 models change", "Ours draws faces from noise")),
    ("on all datasets is printed", ("no other table has IS, FID",)),
    ("have two sources", ("[63] is “Wasserstein", "[65] is “Compound")),
    ("MTCNN", ("[37] is Zhang, 2017",)),
    ("^Names in section 2", ("[23] is by Springenberg", "[26] is by Wang")),
    ("not in the reference list", ("[3] is Han, 2019",)),
    ("differ on an entry", ("[56] is Eleftheriadis, 2014",)),
    ("in another figure", ("Fig. 8 is", "the curves are Fig. 5")),
    ("^Figure 11", ("figures 1 to 9",)),
  ],
)
def test_an_inconsistency_states_what_it_computes(title, computed):
  text = by_title(title, find()).computed
  for part in computed:
    assert part in text, text


def test_six_units_on_radboud_are_an_emotion():
  # Table VI: AU6 is happy's alone, AU9 disgusted's, AU27 surprised's; and
  # angry has three of its own.
  entry = by_title("^6 of 14 units on Radboud are an emotion", find())
  assert entry.computed == (
    "one truth on Radboud: AU6 as happy, AU7, AU23 and AU24 as angry, AU9 as"
    " disgusted and AU27 as surprised"
  )
  # Tables II and IV, learnt from the same faces.
  assert "Exp1 angry 0.982, Exp-2 AU7 0.984" in entry.printed
  assert "Exp2 angry 0.999, Exp-6 AU23 0.979" in entry.printed
  assert "happy 1, Exp-2 AU6 1" not in entry.printed


@pytest.mark.parametrize(
  ("title", "computed"),
  [
    ("^Average rows", "15 are the mean of their column, to 0.0004"),
    (
      "Radboud sets",
      "67×8×3 gazes, 67×8×5 views, 67×8×5×3",  # 1,608, 2,680 and 8,040
    ),
    ("^Size of KDEF", "70×7×5 views ×2 sessions"),  # 4,900
    ("^Features of a face", "8,192, the last"),
    ("of Exp1 as a number", "1,585 faces"),  # 0.9857 · 1,608
    ("of Exp5 as a number", "1,570 faces"),
    ("^Frontal faces are easier", "Exp1 0.980, Exp3 0.954; Exp5 0.999, Exp4"),
    ("^The lowest emotions of Exp8", "sad 0.683 and happy 0.719"),
    ("^Highest accuracy", "the next of 10 has 97.66"),
    ("^The action units", "14 units"),
    ("text repeats", "all as in Table IV"),
    ("highest averages", "Exp-2 0.993, Exp-6 0.989"),
    ("transfer best", "AU24 0.688; next is AU2 0.633"),
  ],
)
def test_what_holds_is_confirmed_with_its_figures(title, computed):
  assert computed in by_title(title, confirm()).computed


def test_every_entry_is_one_that_is_looked_up_above():
  # A further one needs a line there.
  assert len(find()) == 54
  assert len(confirm()) == 13
