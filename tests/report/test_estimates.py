"""Estimates give a number, where it comes from, or why there is none."""

import pytest

from jaxfer.report import estimates, wording
from jaxfer.report.estimates import NOTHING, Estimate


def _plain(estimate):
  return tuple(
    text.replace("\N{NO-BREAK SPACE}", " ")
    for text in (estimate.text, estimate.detail)
  )


def test_a_rate_is_in_percent_with_its_interval():
  block = {"accuracy": 0.7642, "accuracy_ci95": [0.71, 0.805]}
  found = estimates.score(block, "accuracy")
  assert _plain(found) == ("76.4 %", "[71.0, 80.5]")


def test_an_area_keeps_three_places():
  block = {"auc_mean": 0.93249, "auc_mean_ci95": [0.9, 0.95]}
  found = estimates.score(block, "auc_mean")
  assert _plain(found) == ("0.932", "[0.900, 0.950]")


@pytest.mark.parametrize(
  ("subject", "text"),
  [(0.5, "= 50.0 %"), (0.51, "50.0 %"), (0.5001, "50.0 %"), (None, "50.0 %")],
)
def test_equal_stands_before_equal_numbers_only(subject, text):
  """`unsealed` is not shown: what stands there is `subject`."""
  block = {"accuracy": 0.5, "accuracy_ci95": None, "same_as": "unsealed"}
  blocks = {
    "sealed": block,
    "unsealed": {"accuracy": 0.5},
    "subject": {"accuracy": subject},
  }
  twin = estimates.twin(blocks, "sealed")
  assert _plain(estimates.score(block, "accuracy", twin)) == (text, "")
  # Alike by chance, and not by construction.
  del block["same_as"]
  assert estimates.twin(blocks, "sealed") is None


def test_a_missing_metric_gives_its_reason_and_never_a_number():
  block = {"auc_mean": None, "auc_mean_reason": "one class alone"}
  found = estimates.score(block, "auc_mean")
  assert _plain(found) == (wording.MISSING, "one class alone")
  assert estimates.score(None, "auc_mean") == NOTHING
  assert estimates.score({}, "auc_mean") == NOTHING


def test_an_area_is_found_for_emotions_and_units_alike(make):
  emotions = make("emotion-5").results["protocols"]["subject"]
  entry = emotions["auc"]["happy"]
  assert estimates.area(emotions, "happy").text == f"{entry['value']:.3f}"
  units = make("au-1").results["protocols"]["subject"]
  entry = units["aus"]["AU12"]
  assert estimates.area(units, "AU12").text == f"{entry['auc']:.3f}"
  assert estimates.area(units, "AU99").text == wording.MISSING


def test_a_unit_that_no_face_shows_has_no_area(make):
  block = make("au-1").results["protocols"]["subject"]
  found = estimates.area(block, "AU27")
  assert found.text == wording.MISSING
  assert found.detail == block["aus"]["AU27"]["reason"] != ""
  assert estimates.score(block["aus"]["AU27"], "f1").text == wording.MISSING


@pytest.mark.parametrize(
  ("metric", "value", "interval", "said", "sure"),
  [
    ("accuracy", -0.049, [-0.08, -0.01], ("−4.9 points", "[−8.0, −1.0]"), True),
    ("auc_mean", 0.0262, [0.02, 0.031], ("0.026", "[0.020, 0.031]"), True),
    ("auc_mean", 0.01, [-0.02, 0.031], ("0.010", "[−0.020, 0.031]"), False),
  ],
)
def test_a_difference_is_in_the_units_of_its_metric(
  metric, value, interval, said, sure
):
  found = estimates.difference(
    {metric: {"value": value, "ci95": interval}}, metric
  )
  assert _plain(found) == said
  assert (found.side != estimates.EVEN) == sure


def test_a_difference_that_was_not_taken_is_a_dash():
  assert estimates.difference(None, "accuracy") == NOTHING
  assert estimates.difference({}, "accuracy") == NOTHING


def test_a_rate_of_zero_is_a_rate():
  assert _plain(Estimate(0.0, "rate")) == ("0.0 %", "")
  assert Estimate(0.0, "area").text == "0.000"
  assert Estimate(None, "rate").text == wording.MISSING


def test_an_end_that_is_not_known_is_left_open():
  assert Estimate(1, "magnitude", (0.5, None)).detail == "[0.5, …]"
  assert Estimate(1, "magnitude", (None, 2), "why").detail == "why"


@pytest.mark.parametrize(
  ("interval", "side"),
  [
    ([0.01, 0.2], estimates.AHEAD),
    ([-0.2, -0.01], estimates.BEHIND),
    ([-0.1, 0.1], estimates.EVEN),
    ([0.0, 0.1], estimates.EVEN),
    ([-0.1, 0.0], estimates.EVEN),
  ],
)
def test_side_needs_zero_outside_the_interval(interval, side):
  assert Estimate(0.1, "area", interval).side == side


def test_a_difference_without_interval_is_not_told():
  found = {"accuracy": {"value": 0.3, "ci95": None}}
  results = {"task": "emotion", "differences": {"paper - subject": found}}
  assert estimates.between(results, "paper - subject") is None
  assert estimates.between(results, "subject - sealed") is None
