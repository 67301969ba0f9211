"""Controls, labels and seeds, in words, as tables and as rows."""

import pytest

from jaxfer.report import extensions, wording


def _rows(table):
  """The name of each row, and its cells."""
  return [(name, cells) for name, *cells in map(table.cells, table.rows)]


def _heads(table):
  return tuple(column.title for column in table.columns[1:])


def test_label_efficiency_has_a_row_for_each_number_of_labels(results):
  found = results["label_efficiency"]
  table = extensions.label_efficiency(results)
  assert [name.text for name, _ in _rows(table)] == ["1", "5", "all"]
  columns = dict(zip(_heads(table), _rows(table)[1][1], strict=True))
  point = found["curves"]["pixels"][1]
  assert columns["grey pixels"].text == wording.percent(point["accuracy"])
  gap = found["differences"]["trained - pixels"][1]
  ahead = columns["trained ahead\nof grey pixels"]
  assert ahead.text == wording.difference("accuracy", gap["value"])
  assert ahead.detail == wording.bounds("rate", gap["ci95"])
  # The spread over draws, where labels were drawn.
  assert "2 draws" in _rows(table)[0][0].detail
  assert _rows(table)[2][0].detail == ""


def test_what_was_not_measured_has_no_table(results):
  results["label_efficiency"] = results["seeds"] = None
  assert extensions.label_efficiency(results) is None
  assert extensions.seeds(results) is None
  assert list(extensions.label_rows(results)) == []
  assert list(extensions.seed_rows(results)) == []


def test_seeds_stand_beside_their_mean(results, seeds):
  results["seeds"] = seeds("subject", "accuracy", [0.03, 0.05, 0.07])
  table = extensions.seeds(results)
  assert _heads(table) == ("seed 0", "seed 1", "seed 2", "mean")
  said = {
    name.text: [cell.text for cell in cells] for name, cells in _rows(table)
  }
  assert said["untrained discriminator"] == [
    wording.percent(rate) for rate in (0.60, 0.61, 0.62, 0.61)
  ]
  assert said["trained discriminator"] == [
    wording.percent(rate) for rate in (0.63, 0.66, 0.69, 0.66)
  ]
  assert said["difference"] == [
    wording.write("rate_difference", gap) for gap in (0.03, 0.05, 0.07, 0.05)
  ]


def test_a_seed_without_the_metric_is_no_row_of_numbers(results, seeds):
  results["seeds"] = seeds("subject", "accuracy", [0.03, 0.05, 0.07])
  results["seeds"]["trained"]["subject"]["accuracy"] = [0.6, None, 0.7]
  table = extensions.seeds(results)
  assert [name.text for name, _ in _rows(table)] == [
    "untrained discriminator",
    "difference",
  ]


def test_rows_of_labels_carry_every_bound(results):
  rows = list(extensions.label_rows(results))
  assert len(rows) == 3 * 3
  (row,) = [
    r for r in rows if (r["representation"], r["labels"]) == ("pixels", "all")
  ]
  point = results["label_efficiency"]["curves"]["pixels"][2]
  gap = results["label_efficiency"]["differences"]["trained - pixels"][2]
  assert row["accuracy"].value == point["accuracy"]
  assert (row["smallest_draw"], row["largest_draw"]) == tuple(point["spread"])
  assert row["trained_ahead"].value == gap["value"]
  # Trained is not compared with itself.
  own = [r for r in rows if r["representation"] == "trained"]
  assert {r["trained_ahead"].value for r in own} == {None}


def test_rows_of_seeds_end_with_the_mean_difference(results, seeds):
  results["seeds"] = seeds("subject", "accuracy", [0.03, 0.05, 0.07])
  rows = list(extensions.seed_rows(results))
  assert [(r["representation"], r["seed"]) for r in rows] == [
    *(("trained", seed) for seed in (0, 1, 2)),
    *(("untrained", seed) for seed in (0, 1, 2)),
    *(("trained - untrained", seed) for seed in (0, 1, 2, "mean")),
  ]
  assert rows[-1]["value"].value == pytest.approx(0.05)


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
