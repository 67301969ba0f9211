"""The vocabulary against the paper's print and the datasets' label words."""

import re

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
