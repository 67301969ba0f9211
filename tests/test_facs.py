"""The vocabulary against the paper's print and the datasets' label words."""

import re

import pytest

from jaxfer import facs

# Table VI of Alharbawee & Pugeault, as printed.
TABLE_VI = """
Happy {AU6,AU12,AU25}
Sad {AU1,AU4,AU17,AU15}
Fearful {AU1,AU2,AU5,AU15,AU25}
Surprised {AU1,AU2,AU5,AU25,AU27}
Angry {AU4,AU5,AU7,AU17,AU23,AU24}
Disgusted {AU9,AU15,AU17,AU25}
Contemptuous {AU12}
"""


def test_emotion_aus_are_the_printed_table_with_neutral_as_none():
  printed = {
    line.split()[0].lower(): {int(n) for n in re.findall(r"AU(\d+)", line)}
    for line in TABLE_VI.strip().splitlines()
  }

  assert {**printed, "neutral": set()} == facs.EMOTION_AUS


def test_the_fourteen_aus_are_those_that_some_emotion_shows():
  # Section 4-B names AU1,2,4,5,6,7,9,12,15,17,23,24,25,27; Table VI uses all.
  printed = (1, 2, 4, 5, 6, 7, 9, 12, 15, 17, 23, 24, 25, 27)
  assert printed == facs.AUS
  assert set(facs.AUS) == set().union(*facs.EMOTION_AUS.values())


def test_emotions_are_sorted_as_label_indices_need():
  assert list(facs.EMOTIONS) == sorted(facs.EMOTIONS)
  assert len(set(facs.EMOTIONS)) == 8


def test_each_datasets_own_words_name_distinct_emotions():
  # KDEF's and RAF-DB's readmes, SFEW's folders, CK+'s readme.
  words = {
    "kdef": "afraid angry disgusted happy neutral sad surprised",
    "raf": "surprise fear disgust happiness sadness anger neutral",
    "sfew": "angry disgust fear happy neutral sad surprise",
    "ck+": "neutral anger contempt disgust fear happy sadness surprise",
  }
  for dataset, text in words.items():
    names = text.split()
    meant = {facs.EMOTION_WORDS[name] for name in names}
    assert len(meant) == len(names), dataset
    assert meant <= set(facs.EMOTIONS)


def test_the_columns_that_are_one_under_several_names():
  columns = facs.columns()
  assert columns[frozenset({"angry"})] == (7, 23, 24)
  assert columns[frozenset({"happy"})] == (6,)
  assert columns[frozenset({"disgusted"})] == (9,)
  assert columns[frozenset({"surprised"})] == (27,)
  assert sorted(sum(columns.values(), ())) == list(facs.AUS)


def test_base_rates_of_radboud_by_rule():
  # Every emotion is an eighth of Radboud: AU25 is shown by four of eight.
  rates = facs.base_rates(facs.relabel(e) for e in facs.EMOTIONS * 201)
  assert rates == {
    1: 3 / 8, 2: 2 / 8, 4: 2 / 8, 5: 3 / 8, 6: 1 / 8, 7: 1 / 8, 9: 1 / 8,
    12: 2 / 8, 15: 3 / 8, 17: 3 / 8, 23: 1 / 8, 24: 1 / 8, 25: 4 / 8,
    27: 1 / 8,
  }  # fmt: skip


def test_base_rates_count_only_what_is_coded():
  rates = facs.base_rates([{1: 1, 2: 0}, {1: 0}, {1: 1}, {}])
  assert rates == {1: pytest.approx(2 / 3), 2: 0.0}


def test_rules_cover_the_fourteen_and_only_known_emotions():
  assert facs.relabel("neutral") == dict.fromkeys(facs.AUS, 0)
  assert [n for n, v in facs.relabel("contemptuous").items() if v] == [12]
  assert set(facs.OUR_READINGS) == {"neutral", "contemptuous"}
