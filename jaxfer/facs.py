"""The vocabulary: emotions, action units, and the paper's map between them.

Sources: Alharbawee & Pugeault, Table VI and section 4-B; FACS numbers and
names after Ekman & Friesen's Facial Action Coding System.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping

EMOTIONS: tuple[str, ...] = (
  "angry",
  "contemptuous",
  "disgusted",
  "fearful",
  "happy",
  "neutral",
  "sad",
  "surprised",
)
"""The eight emotions, in the Radboud database's own words, sorted."""

EMOTION_WORDS: Mapping[str, str] = {
  **{word: word for word in EMOTIONS},
  "anger": "angry",
  "contempt": "contemptuous",
  "disgust": "disgusted",
  "fear": "fearful",
  "afraid": "fearful",
  "scared": "fearful",
  "happiness": "happy",
  "joy": "happy",
  "neutrality": "neutral",
  "sadness": "sad",
  "surprise": "surprised",
}
"""What label files call the emotions, in lower case."""


def sort_classes(words: Iterable[str]) -> list[str]:
  """The eight emotions in their order, then all other classes by name."""
  return sorted({*words}, key=lambda word: (word not in EMOTIONS, word))


AU_NAMES: Mapping[int, str] = {
  1: "inner brow raiser",
  2: "outer brow raiser",
  4: "brow lowerer",
  5: "upper lid raiser",
  6: "cheek raiser",
  7: "lid tightener",
  9: "nose wrinkler",
  12: "lip corner puller",
  15: "lip corner depressor",
  17: "chin raiser",
  23: "lip tightener",
  24: "lip pressor",
  25: "lips part",
  27: "mouth stretch",
}

AUS: tuple[int, ...] = tuple(AU_NAMES)
"""The fourteen action units of the paper, by FACS number."""

EMOTION_AUS: Mapping[str, frozenset[int]] = {
  "angry": frozenset({4, 5, 7, 17, 23, 24}),
  # Table VI lists AU12 alone, though the display is one-sided.
  "contemptuous": frozenset({12}),
  "disgusted": frozenset({9, 15, 17, 25}),
  "fearful": frozenset({1, 2, 5, 15, 25}),
  "happy": frozenset({6, 12, 25}),
  # Table VI has no neutral row; all fourteen absent is our reading.
  "neutral": frozenset(),
  "sad": frozenset({1, 4, 15, 17}),
  "surprised": frozenset({1, 2, 5, 25, 27}),
}
"""Table VI: the action units present in each emotion."""

OUR_READINGS: Mapping[str, str] = {
  "contemptuous": "Table VI lists AU12 alone; the display is one-sided, and"
  " FACS would add AU14, which the paper leaves out",
  "neutral": "Table VI has no neutral row; all fourteen are taken as absent",
}
"""Where `EMOTION_AUS` is our reading of the paper, and how."""

OMITTED_AUS: Mapping[int, str] = {
  10: "upper lip raiser",
  11: "nasolabial deepener",
  14: "dimpler",
  20: "lip stretcher",
  22: "lip funneler",
  26: "jaw drop",
}
"""Units of these emotions that Table VI lacks, as section 4-B2 lists them."""


def relabel(emotion: str) -> dict[int, int]:
  """Action units by rule from one of `EMOTIONS`, as the paper labels Radboud.

  Returns:
    By each number of `AUS`, 1 present or 0 absent: Table VI, of which two rows
    are `OUR_READINGS`.
  """
  return {number: int(number in EMOTION_AUS[emotion]) for number in AUS}


def base_rates(labels: Iterable[Mapping[int, int]]) -> dict[int, float]:
  """The share of faces that show each unit, among those coded for it.

  Labels are, for each face, 1 present or 0 absent by number.

  Returns:
    Fractions by number; a unit that is never coded is absent.
  """
  present: collections.Counter[int] = collections.Counter()
  coded: collections.Counter[int] = collections.Counter()
  for face in labels:
    coded.update(face.keys())
    present.update(number for number, value in face.items() if value)
  return {n: present[n] / coded[n] for n in sorted(coded)}


def columns() -> dict[frozenset[str], tuple[int, ...]]:
  """The distinct label columns that `relabel` gives.

  Units that the same emotions show are one column under several names: on
  rule-made labels, whatever recognises one recognises the other.

  Returns:
    By the emotions that show them, the units, in the order of `AUS`.
  """
  found: dict[frozenset[str], tuple[int, ...]] = {}
  for number in AUS:
    emotions = frozenset(e for e in EMOTIONS if number in EMOTION_AUS[e])
    found[emotions] = (*found.get(emotions, ()), number)
  return found
