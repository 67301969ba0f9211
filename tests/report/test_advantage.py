"""What trained is said to be ahead of is what its intervals allow."""

from jaxfer.report import extensions


def _set(results, control, value, low, high):
  results["differences"][f"trained - {control}"]["subject"]["accuracy"] = {
    "value": value,
    "ci95": [low, high],
  }


def _plain(text):
  return text.replace("\N{NO-BREAK SPACE}", " ")


def test_controls_are_grouped_by_side(results):
  _set(results, "untrained", 0.05, 0.02, 0.08)
  _set(results, "pixels", 0.3, 0.25, 0.35)
  _set(results, "hog", -0.1, -0.15, -0.05)
  assert _plain(extensions.over_controls(results, "subject")) == (
    "On unseen people the trained discriminator is ahead of the untrained"
    " discriminator (5.0 points [2.0, 8.0]) and grey pixels (30.0 points"
    " [25.0, 35.0]) and is behind HOG (−10.0 points [−15.0, −5.0])."
  )


def test_what_varies_the_trained_features_is_no_control(results):
  for name in ("untrained", "pixels", "hog"):
    del results["differences"][f"trained - {name}"]
  assert "trained - layers" in results["differences"]
  assert extensions.over_controls(results, "subject") is None


def test_one_seed_claims_nothing(results):
  said = extensions.over_seeds(results, "subject")
  assert said == (
    "This run has one pretraining seed: to claim that the trained"
    " discriminator beats the untrained one takes three."
  )
  del results["controls"]["untrained"]
  assert extensions.over_seeds(results, "subject") is None


def test_three_seeds_are_told_one_by_one(results, seeds):
  results["seeds"] = seeds("subject", "accuracy", [0.03, 0.05, 0.04])
  said = _plain(extensions.over_seeds(results, "subject"))
  assert "ahead of the untrained one on unseen people, 4.0 points" in said
  assert "seed by seed 3.0 points, 5.0 points and 4.0 points" in said
  assert "though" not in said
  # And the sentence of controls leaves the untrained one to this.
  assert "untrained" not in extensions.over_controls(results, "subject")


def test_seeds_that_disagree_are_said_to(results, seeds):
  found = seeds("subject", "accuracy", [0.03, -0.01, 0.04])
  pair = found["trained - untrained"]["subject"]["accuracy"]
  pair["ci95"] = [0.01, 0.04]
  results["seeds"] = found
  assert "though not with every seed" in extensions.over_seeds(
    results, "subject"
  )


def test_few_labels_are_told_by_side(results):
  results["label_efficiency"]["differences"] = {
    "trained - pixels": [
      {"labels": 1, "value": -0.1, "ci95": [-0.2, -0.05]},
      {"labels": 5, "value": 0.0, "ci95": [-0.1, 0.1]},
      {"labels": 20, "value": 0.1, "ci95": [0.05, 0.2]},
      {"labels": None, "value": 0.2, "ci95": [0.1, 0.3]},
      {"labels": 2, "value": 0.2, "ci95": None},
    ]
  }
  (said,) = extensions.with_few_labels(results)
  assert said == (
    "With 20 and all labels of each emotion the trained discriminator is ahead"
    " of grey pixels; with 1 it is behind it; with 5 it is not shown to differ"
    " from it."
  )
  results["label_efficiency"] = None
  assert extensions.with_few_labels(results) == []
