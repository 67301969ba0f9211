"""The finding says what the intervals allow, and no more."""

import pytest

from jaxfer.report import finding, protocols


def _remarks(results):
  return " ".join(finding.remarks(results)).replace("\N{NO-BREAK SPACE}", " ")


def _set_leak(results, value, low, high):
  entry = {"value": value, "ci95": [low, high]}
  results["differences"]["paper - subject"]["accuracy"] = entry


def test_headline_names_both_protocols(results):
  results["protocols"]["paper"]["accuracy"] = 0.971
  results["protocols"]["subject"]["accuracy"] = 0.834
  said = finding.headline(results).replace("\N{NO-BREAK SPACE}", " ")
  assert said == (
    "Within random folds 97.1 % of faces are named right; on people the"
    " classifier never saw, 83.4 %."
  )


def test_headline_gives_the_reason_for_a_missing_protocol(results):
  results["protocols"]["subject"] = None
  results["reasons"]["subject"] = "no person ids"
  assert "unknown: no person ids." in finding.headline(results)
  results["protocols"]["paper"] = None
  assert "nothing is found" in finding.headline(results)


def test_headline_without_random_folds(results):
  results["protocols"]["paper"] = None
  assert finding.headline(results).startswith("On people the classifier")


@pytest.mark.parametrize(
  ("difference", "said"),
  [
    ((0.137, 0.10, 0.17), "13.7 points [10.0, 17.0], is what leaks"),
    ((0.01, -0.01, 0.03), "1.0 points [−1.0, 3.0], has 0 within its interval"),
    ((0.0, 0.0, 0.02), "no leak is shown"),
    ((-0.05, -0.08, -0.02), "score lower, the difference being −5.0 points"),
  ],
)
def test_leak_follows_its_interval(results, difference, said):
  _set_leak(results, *difference)
  assert said in _remarks(results)


@pytest.mark.parametrize(("head", "told"), [("svm", True), ("nearest", False)])
def test_the_leak_of_units_is_not_told_from_their_untuned_c(units, head, told):
  results = units.results
  results["config"]["svm.head"] = head
  for value, said in ((0.2, "what leaks"), (-0.2, "Random folds score lower")):
    entry = {"value": value, "ci95": [value - 0.1, value + 0.1]}
    results["differences"]["paper - subject"] = {"auc_mean": entry}
    remarks = _remarks(results)
    assert said in remarks
    assert ("C = 1 in place of a tuned C" in remarks) == told


def test_controls_fall_back_to_random_folds(results):
  paper = results["protocols"]["paper"]
  results["protocols"] = {"paper": paper, "subject": None}
  del results["differences"]["subject - sealed"]
  assert "Within random folds the trained" in _remarks(results)


def test_one_seed_is_said_only_where_the_claim_could_be_made(results):
  assert "takes three" in _remarks(results)
  del results["controls"]["untrained"]
  assert "takes three" not in _remarks(results)


def test_a_score_that_guessing_reaches_is_called_so(results):
  block = results["protocols"]["subject"]
  assert protocols.guess_rate(block) == pytest.approx(1 / 8)
  assert "commonest" not in _remarks(results)
  block["accuracy_ci95"] = [0.12, 0.2]
  assert "commonest emotion (12.5 %)" in _remarks(results)


def test_guessing_takes_the_commonest_class():
  block = {"confusion": {"classes": ["a", "b"], "counts": [[5, 1], [2, 2]]}}
  assert protocols.guess_rate(block) == pytest.approx(0.6)


def test_nothing_is_said_of_what_was_not_run(results):
  results["controls"], results["differences"] = {}, {}
  assert finding.remarks(results) == []


def _collapse(results, verdict, *reasons, alarms=()):
  results["pretrain"]["collapse_alarms"] = list(alarms)
  found = {"verdict": verdict, "reasons": list(reasons), "signs": []}
  results["generated"] = {"collapse": found}


def test_a_generator_that_has_collapsed_is_said_in_the_headline(results):
  _collapse(results, "collapsed", "few differ")
  assert finding.headline(results).endswith(". The generator has collapsed.")
  assert "The generator has collapsed: few differ. Its" in _remarks(results)


def test_so_is_one_that_looked_so_when_training_ended(results):
  last = results["pretrain"]["steps"]
  _collapse(results, "not known", alarms=(100, last))
  assert finding.headline(results).endswith(". The generator has collapsed.")
  assert "collapsed: it looked so when training ended" in _remarks(results)


@pytest.mark.parametrize(
  ("verdict", "said"),
  [
    ("no sign of collapse", "The generator shows no sign of collapse."),
    ("not known", "Whether the generator has collapsed is not known."),
  ],
)
def test_no_collapse_is_only_what_is_known(results, verdict, said):
  # It looked collapsed once, and came back.
  _collapse(results, verdict, alarms=(100,))
  assert "collapsed" not in finding.headline(results)
  assert said in _remarks(results)


def _nearest(results, same, other):
  entry = results["audit"]["identity"]["trained"]
  entry |= {"same_sitting": same, "other_label": other}


def test_a_negative_leak_is_explained_by_the_nearest_face(results):
  """One photograph of each person and emotion: the nearest is the other."""
  _set_leak(results, -0.117, -0.16, -0.07)
  _nearest(results, 0.0, 0.97)
  why = (
    "the nearest training face is the same person with another emotion for"
    " 97.0 % of the faces, and with the same emotion for 0.0 %"
  )
  said = finding.headline(results).replace("\N{NO-BREAK SPACE}", " ")
  assert f"Random folds score lower: {why}." in said
  caption = finding.gap(results).replace("\N{NO-BREAK SPACE}", " ")
  assert "what it is worth" not in caption
  for text in (caption, _remarks(results)):
    assert (
      "difference being −11.7 points [−16.0, −7.0]: to know the person misleads"
      f" here, since {why}."
    ) in text
  # Where the nearest face is mostly a right answer, that is no explanation.
  _nearest(results, 0.6, 0.3)
  assert "a leak cannot explain that" in finding.headline(results)


def test_a_negative_difference_that_is_not_shown_is_said_so(results):
  _set_leak(results, -0.03, -0.07, 0.01)
  _nearest(results, 0.0, 0.97)
  assert "Random folds score lower" not in finding.headline(results)
  said = _remarks(results)
  assert "with 0 within its interval: to know the person misleads" in said
  assert "No leak is shown." in said


def test_a_positive_gap_is_what_the_people_are_worth(results):
  _set_leak(results, 0.137, 0.1, 0.17)
  assert "is what it is worth to know the people" in finding.gap(results)
  results["protocols"]["subject"] = None
  assert finding.gap(results) is None


def test_what_may_not_be_called_unseen_is_not(results):
  results["audit"]["unseen"]["subject"] = {"holds": False, "reason": "copies"}
  said = finding.headline(results)
  assert "never saw" not in said
  assert "on people kept apart by name" in said
  assert "unseen" not in _remarks(results).replace("unseen by", "")


@pytest.mark.parametrize(
  ("readout", "said"),
  [
    ("local+patches", "a dictionary of patches beside it (local+patches)"),
    ("local+patches+hog", "a dictionary of patches and HOG beside it"),
  ],
)
def test_what_stands_beside_the_network_is_not_called_its_worth(
  results, readout, said
):
  assert "beside it" not in _remarks(results)
  results["features"]["layer"] = readout
  assert said in _remarks(results)
  assert "not all of this is the network's own worth" in _remarks(results)
