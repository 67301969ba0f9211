"""The vocabulary: emotions, action units, and the paper's map between them.

Sources: Alharbawee & Pugeault, Table VI and section 4-B; FACS numbers and
names after Ekman & Friesen's Facial Action Coding System.
"""

from __future__ import annotations

from collections.abc import Mapping

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
  "happiness": "happy",
  "sadness": "sad",
  "surprise": "surprised",
}
"""What label files call the emotions, in lower case."""

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
