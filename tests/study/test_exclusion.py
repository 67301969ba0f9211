"""Whose answers do not count: rules at their edges, copies, doubles."""

import dataclasses

import pytest

from jaxfer.study import exclusion
from jaxfer.study.answers import Answer, Rater
from jaxfer.study.exclusion import Rules


def reasons(raters, key, **rules):
  return exclusion.reasons(raters, key, Rules(**rules))


def test_who_keeps_to_the_rules_counts_however_wrong(rate, key):
  wrong = rate(i1="generated", i2="real", i4="generated", i5="real")
  assert reasons([rate("bob"), wrong], key) == [[], []]


def test_failed_checks_exclude_from_beyond_their_share(rate, key):
  half = rate(i3="generated")
  assert exclusion.failed_checks(half, key) == (1, 2)
  assert reasons([half], key, failed_checks=0.5) == [[]]
  assert reasons([half], key, failed_checks=0.4) == [
    ["1 of 2 attention checks failed, more than 40%"]
  ]


def test_always_the_same_answer_fails_half_of_the_checks(rate, key):
  always = rate(i1="real", i2="real", i3="real", i4="real", i5="real",
                i6="real")  # fmt: skip
  assert len(reasons([always], key)[0]) == 1


def test_too_few_answers_exclude(rate, key):
  some = rate(i5="")
  assert reasons([some], key, answered=0.75) == [[]]
  (why,) = reasons([some], key, answered=0.76)
  assert why == ["3 of 4 faces answered, fewer than 76%"]


def test_answers_that_nobody_can_give_so_fast_exclude(rate, key):
  def fast(*spent):
    answered = zip(sorted({**key.faces, **key.checks}), spent, strict=True)
    given = {item: Answer("real", ms) for item, ms in answered}
    return Rater("anna", "anna.csv", given)

  edge = fast(100, 100, 100, 100, 100, 100)
  assert reasons([edge], key, failed_checks=1) == [[]]
  one = fast(99, 100, 100, 100, 100, 100)
  assert reasons([one], key, failed_checks=1, too_fast=0.2) == [[]]
  assert reasons([one], key, failed_checks=1, too_fast=0.1) == [
    ["1 of 6 answers faster than 100 ms, more than 10%"]
  ]


def test_of_copies_the_first_by_name_counts_whatever_their_order(rate, key):
  first = rate(file="a.csv")
  copy = rate(file="b.csv")
  under_another_name = rate("bob", file="c.csv")
  for order in ((first, copy, under_another_name),
                (under_another_name, copy, first)):  # fmt: skip
    found = dict(zip([x.file for x in order], reasons(order, key), strict=True))
    assert found["a.csv"] == []
    assert found["b.csv"] == ["all of its answers are in a.csv"]
    assert found["c.csv"] == ["all of its answers are in a.csv"]


def test_a_file_handed_in_too_early_gives_way_to_the_whole_one(rate, key):
  early = rate(file="1.csv", i5="")
  whole = rate(file="2.csv")
  found = reasons([early, whole], key, answered=0)
  assert found == [["all of its answers are in 2.csv"], []]


def test_files_of_one_code_that_differ_do_not_count_at_all(rate, key):
  one, other = rate(file="1.csv"), rate(file="2.csv", i1="generated")
  copy = dataclasses.replace(one, file="3.csv")
  found = reasons([one, other, copy, rate("bob", spent=800)], key)
  assert found[0] == found[1] == ["2 files of anna that differ"]
  assert found[2][0] == "all of its answers are in 1.csv"
  assert found[3] == []


def test_all_reasons_are_given(rate, key):
  hasty = rate(spent=10, i3="generated", i6="real", i4="", i5="")
  (why,) = reasons([hasty], key)
  assert len(why) == 3


@pytest.mark.parametrize(
  "rules",
  [{"failed_checks": 1.1}, {"answered": -0.1}, {"too_fast": 25.0},
   {"fastest": -1}],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(rules):
  ((name, value),) = rules.items()
  with pytest.raises(ValueError, match=f"--{name}={value}"):
    Rules(**rules)
