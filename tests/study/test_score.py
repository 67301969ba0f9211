"""The score of a study, by hand, and what its interval holds fixed."""

import dataclasses
import json

import numpy as np
import pytest

from jaxfer.study import score
from jaxfer.study.answers import Answer, Rater
from jaxfer.study.exclusion import Rules


def scored(raters, key, draws=500, seed=0, **rules):
  return score.score(raters, key, Rules(**rules), draws=draws, seed=seed)


def test_two_raters_by_hand(rate, key):
  # anna is always right. bob takes one generated face of two for real, and
  # both real ones for generated.
  bob = rate("bob", i2="real", i1="generated", i4="generated")
  found = scored([rate("anna"), bob], key)
  assert found["raters"] == 2
  assert found["faces"] == {"real": 2, "generated": 2}
  for name, value, answers in (
    ("fooled", 1 / 4, 4),
    ("doubted", 2 / 4, 4),
    ("error", 3 / 8, 8),
  ):
    assert found[name]["value"] == pytest.approx(value)
    assert found[name]["answers"] == answers
    # Two raters drawn twice: both anna, both bob, or one of each.
    assert found[name]["ci95"] == pytest.approx([0, 2 * value])
  # Disagreement on i1, i2 and i4 of four faces; real is said by anna of two,
  # by bob of one: D_o = 3/4, D_e = (64 - 9 - 25) / (8 * 7).
  alpha = 1 - (3 / 4) * (8 * 7) / (64 - 9 - 25)
  assert found["agreement"]["value"] == pytest.approx(alpha)
  anna, other = found["per_rater"]
  assert (anna["rater"], anna["error"], anna["checks_failed"]) == ("anna", 0, 0)
  assert other["fooled"] == 0.5 and other["doubted"] == 1
  assert other["error"] == 0.75 and other["answers"] == 4
  assert other["median_milliseconds"] == 902.5
  assert found["excluded"] == []


def test_the_order_of_the_files_changes_nothing(rate, key):
  raters = [rate(f"r{i}", spent=900 + i, i2="real" if i % 3 else "generated")
            for i in range(7)]  # fmt: skip
  assert scored(raters, key) == scored(raters[::-1], key)
  assert scored(raters, key) != scored(raters, key, seed=1)


def test_attention_checks_do_not_enter_the_rates(rate, key):
  careless = rate("bob", i3="generated")
  found = scored([rate(), careless], key, failed_checks=0.5)
  assert found["raters"] == 2
  assert found["error"]["value"] == 0
  assert found["error"]["answers"] == 8
  assert [one["checks_failed"] for one in found["per_rater"]] == [0, 1]


def test_excluded_raters_are_named_and_do_not_count(rate, key):
  careless = rate("bob", file="b.csv", i3="generated", i2="real", i5="real")
  found = scored([rate(), careless], key)
  assert found["raters"] == 1
  assert found["fooled"]["value"] == 0
  assert found["excluded"] == [
    {
      "rater": "bob",
      "file": "b.csv",
      "reasons": ["1 of 2 attention checks failed, more than 25%"],
    }
  ]


def test_unanswered_faces_are_left_out_not_taken_for_anything(rate, key):
  found = scored([rate(i5="", i2="real")], key, answered=0.5)
  assert found["fooled"] | {"ci95_reason": ""} == {
    "value": 1, "ci95": None, "answers": 1, "ci95_reason": ""
  }  # fmt: skip
  assert found["error"]["value"] == pytest.approx(1 / 3)


def test_where_nothing_can_be_said_the_reason_is_given(rate, key):
  alone = scored([rate()], key)
  assert alone["fooled"]["ci95"] is None
  assert alone["fooled"]["ci95_reason"] == "one rater has no spread"
  assert alone["agreement"]["value"] is None
  assert "two raters" in alone["agreement"]["reason"]
  nobody = scored([rate(spent=1)], key)
  assert nobody["raters"] == 0
  for name in ("fooled", "doubted", "error"):
    assert nobody[name]["value"] is None and nobody[name]["reason"]
  # One rater of each kind of face: a draw of the same one twice defines none.
  halves = [rate("a", i1="", i4=""), rate("b", i2="", i5="")]
  found = scored(halves, key, draws=1, answered=0.5)
  for name in ("fooled", "doubted"):
    assert (found[name]["ci95"] is None) == ("ci95_reason" in found[name])
  for entry in (alone, nobody, found):
    json.dumps(entry, allow_nan=False)


def test_the_interval_is_of_raters_and_not_of_answers(key):
  # Thirty raters of 50 faces each, taken for real at rates drawn from
  # Beta(4, 6): the mean of their rates has the standard error below, as by
  # the two variances of its parts. A bootstrap over answers would be narrower.
  faces = {f"i{i}": "generated" for i in range(50)} | {"i99": "real"}
  key = dataclasses.replace(key, faces=faces, checks={})
  rng = np.random.default_rng(0)
  raters = []
  for r, rate in enumerate(rng.beta(4, 6, 30)):
    said = {
      item: Answer("real" if truth == "real" or rng.random() < rate
                   else "generated", 1000 + r)
      for item, truth in faces.items()
    }  # fmt: skip
    raters.append(Rater(f"r{r:02}", f"{r}.csv", said))
  found = scored(raters, key, draws=4000)
  own = np.array([one["fooled"] for one in found["per_rater"]])
  assert found["fooled"]["value"] == pytest.approx(own.mean())
  low, high = found["fooled"]["ci95"]
  expected = 2 * 1.96 * own.std() / np.sqrt(30)
  assert high - low == pytest.approx(expected, rel=0.06)
  over_answers = 2 * 1.96 * np.sqrt(own.mean() * (1 - own.mean()) / 1500)
  assert high - low > 1.5 * over_answers


def test_few_raters_and_intervals_without_width_are_warned_of(rate, key):
  same = [rate(f"r{i}", spent=900 + i) for i in range(3)]
  warnings = " ".join(scored(same, key)["warnings"])
  assert "3 raters" in warnings and "HYPE asks 30" in warnings
  assert "fooled: no rater differs" in warnings
  many = [rate(f"r{i}", spent=900 + i, i2=("real", "generated")[i % 2])
          for i in range(20)]  # fmt: skip
  left = scored(many, key)["warnings"]
  assert not any("raters: an interval" in text for text in left)
  assert not any(text.startswith("fooled") for text in left)


def test_the_entry_says_what_it_is_of_and_by_which_rules(rate, key):
  found = scored([rate()], key, answered=0.7, seed=3)
  assert found["study"] == key.study
  assert found["standin"] is True
  assert found["artifacts"]["generate"] == "generate-1"
  assert "rows" not in found
  assert found["rules"]["answered"] == 0.7
  assert (found["draws"], found["seed"]) == (500, 3)
  assert set(found["definitions"]) <= {*found, "ci95"}


def test_no_draw_is_no_interval(rate, key):
  with pytest.raises(ValueError, match="--draws=0"):
    scored([rate()], key, draws=0)


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
  found = score.nominal_alpha(counted(*raters))
  assert found == pytest.approx(alpha, abs=5e-4)


def test_full_agreement_is_one_and_full_disagreement_below_zero():
  assert score.nominal_alpha(counted("0 1 0 1", "0 1 0 1")) == 1
  # By hand: D_o = 1; two of each answer give D_e = (64 - 32) / (8 * 7).
  assert score.nominal_alpha(counted("0 1 0 1", "1 0 1 0")) == pytest.approx(
    1 - 56 / 32
  )


def test_answers_at_random_agree_as_chance_has_it():
  real = np.random.default_rng(0).binomial(10, 0.3, 5000)
  alpha = score.nominal_alpha(np.stack([real, 10 - real], axis=1))
  assert abs(alpha) < 0.01


def test_items_with_one_answer_do_not_matter():
  counts = counted("0 1 0 1 1", "0 1 1 1 0")
  more = np.concatenate([counts, [[1, 0], [0, 1], [0, 0]]])
  assert score.nominal_alpha(more) == score.nominal_alpha(counts)


@pytest.mark.parametrize(
  "counts", [[[2, 0], [3, 0]], [[1, 0], [0, 1]], np.zeros((0, 2))]
)
def test_without_variation_or_pairs_it_is_undefined(counts):
  assert np.isnan(score.nominal_alpha(np.array(counts)))
