"""Krippendorff's alpha against examples that were worked out in print."""

import numpy as np
import pytest

from jaxfer.study import agreement


def counted(*raters: str) -> np.ndarray:
  """How many raters gave each item each answer; a dot is no answer."""
  columns = [rater.split() for rater in raters]
  names = sorted({answer for rater in columns for answer in rater} - {"."})
  counts = np.zeros((len(columns[0]), len(names)))
  for rater in columns:
    for item, answer in enumerate(rater):
      if answer != ".":
        counts[item, names.index(answer)] += 1
  return counts


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): section A,
# two observers and two answers; B, more answers; C, four observers, some of
# whose answers are missing, and an item with one answer only. The last is the
# computational example of the encyclopaedia's article on alpha.
@pytest.mark.parametrize(
  ("raters", "alpha"),
  [
    (("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095),
    (("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.692),
    (
      (
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
      ),
      0.743,
    ),
    (
      (
        ". . . . . 3 4 1 2 1 1 3 3 . 3",
        "1 . 2 1 3 3 4 3 . . . . . . .",
        ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
      ),
      0.691,
    ),
  ],
)
def test_examples_worked_out_in_print(raters, alpha):
  found = agreement.nominal_alpha(counted(*raters))
  assert found == pytest.approx(alpha, abs=5e-4)


def test_full_agreement_is_one_and_full_disagreement_below_zero():
  assert agreement.nominal_alpha(counted("0 1 0 1", "0 1 0 1")) == 1
  # By hand: D_o = 1; two of each answer give D_e = (64 - 32) / (8 * 7).
  assert agreement.nominal_alpha(
    counted("0 1 0 1", "1 0 1 0")
  ) == pytest.approx(1 - 56 / 32)


def test_answers_at_random_agree_as_chance_has_it():
  real = np.random.default_rng(0).binomial(10, 0.3, 5000)
  alpha = agreement.nominal_alpha(np.stack([real, 10 - real], axis=1))
  assert abs(alpha) < 0.01


def test_items_with_one_answer_do_not_matter():
  counts = counted("0 1 0 1 1", "0 1 1 1 0")
  more = np.concatenate([counts, [[1, 0], [0, 1], [0, 0]]])
  assert agreement.nominal_alpha(more) == agreement.nominal_alpha(counts)


@pytest.mark.parametrize(
  "counts", [[[2, 0], [3, 0]], [[1, 0], [0, 1]], np.zeros((0, 2))]
)
def test_without_variation_or_pairs_it_is_undefined(counts):
  assert np.isnan(agreement.nominal_alpha(np.array(counts)))
