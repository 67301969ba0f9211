"""What the page says of every run: each number in its row and column."""

import pytest

from jaxfer import terms
from jaxfer.report import by_label, protocols, scores, wording
from jaxfer.report.paper import EMOTIONS, UNITS, experiment

_THREE = ("random folds", "unseen people", "unseen by the DCGAN too")


def _rows(table):
  """The name of each row, and its cells."""
  return [(name, cells) for name, *cells in map(table.cells, table.rows)]


def _heads(table):
  return tuple(column.title for column in table.columns[1:])


def _row(table, name):
  """The cells of a row by the heading above each."""
  (cells,) = [cells for first, cells in _rows(table) if first.text == name]
  return dict(zip(_heads(table), cells, strict=True))


def test_protocols_stand_in_order_and_the_subtracted_one_does_not(results):
  assert results["protocols"]["unsealed"]
  assert protocols.shown(results) == dict(
    zip(("paper", "subject", "sealed"), _THREE, strict=True)
  )
  results["protocols"]["subject"] = None
  assert [*protocols.shown(results)] == ["paper", "sealed"]
  assert _heads(scores.scores(results, None)) == (
    "ours\nrandom folds",
    "ours\nunseen by the DCGAN too",
  )


def test_an_owners_split_has_columns_of_its_own(make):
  found = protocols.shown(make("emotion-6").results)
  assert [*found] == ["paper", "official", "official_sealed"]
  assert found["official"] == "owner's split"
  assert found["official_sealed"] == "owner's split, unseen by the DCGAN"


def test_testing_another_set_is_named_by_what_it_does(make):
  results = make("au-8").results
  # C = 1 is what the paper's text says, not random folds.
  assert protocols.shown(results) == {
    "paper": "another set, C = 1",
    "subject": "another set, tuned",
    "sealed": "unseen by the DCGAN too",
  }
  assert _heads(scores.scores(results, experiment(results))) == (
    "paper\nExp-8",
    "ours\nanother set, C = 1",
    "ours\nanother set, tuned",
    "ours\nunseen by the DCGAN too",
  )
  results["protocols"]["paper"] = None
  assert protocols.shown(results)["subject"] == "another set"


@pytest.mark.parametrize(
  ("metric", "name", "printed", "source"),
  [
    ("accuracy", "accuracy", "97.64\N{NO-BREAK SPACE}%", "section 4-A"),
    ("balanced_accuracy", "balanced accuracy", "—", ""),
    ("macro_f1", "macro F1", "—", ""),
    ("auc_mean", "mean AUC", "0.999", "Table II"),
  ],
)
def test_each_metric_has_a_row(results, metric, name, printed, source):
  first, *ours = _row(
    scores.scores(results, experiment(results)), name
  ).values()
  assert (first.text, first.detail) == (printed, source)
  for protocol, cell in zip(("paper", "subject", "sealed"), ours, strict=True):
    block = results["protocols"][protocol]
    assert cell.text == wording.score(metric, block[metric])
    unit, interval = terms.METRICS[metric].unit, block[f"{metric}_ci95"]
    assert cell.detail == wording.bounds(unit, interval)
  assert len({cell.text for cell in ours}) > 1


def test_scores_without_a_printed_number(make):
  results = make("emotion-2").results
  row = _row(scores.scores(results, experiment(results)), "accuracy")
  assert row["paper\nExp2"].text == "not stated"
  table = scores.scores(results, None)
  assert _heads(table) == tuple(f"ours\n{name}" for name in _THREE)
  assert [name.text for name, _ in _rows(table)] == [
    row.title for row in terms.metrics("emotion").values()
  ]


def test_a_number_equal_by_construction_is_marked(make):
  # The DCGAN learnt from another set: sealed is the same as unsealed.
  results = make("emotion-1").results
  blocks = results["protocols"]
  same = wording.percent(blocks["unsealed"]["accuracy"])
  for subject, text in (("subject", same), ("unsealed", f"= {same}")):
    # Beside it stands `subject`, which may have other folds.
    blocks["subject"] = blocks[subject]
    row = _row(scores.scores(results, None), "accuracy")
    assert row["ours\nunseen by the DCGAN too"].text == text
    assert not row["ours\nunseen people"].text.startswith("=")


def test_units_are_scored_in_their_own_metrics(make):
  results = make("au-8").results
  table = scores.scores(results, experiment(results))
  assert [name.text for name, _ in _rows(table)] == [
    *(row.title for row in terms.metrics("au").values())
  ]
  row = _row(table, "mean AUC")
  assert row["paper\nExp-8"].text == f"{UNITS['au8'].auc_mean:.3f}"
  for protocol, name in (("paper", "C = 1"), ("subject", "tuned")):
    value = results["protocols"][protocol]["auc_mean"]
    assert row[f"ours\nanother set, {name}"].text == f"{value:.3f}"
  row = _row(table, "mean F1 at 0")
  value = results["protocols"]["subject"]["f1_mean"]
  assert row["ours\nanother set, tuned"].text == wording.percent(value)


@pytest.mark.parametrize("emotion", EMOTIONS["exp5"].auc)
def test_areas_of_an_emotion_stand_in_its_row(results, emotion):
  blocks = results["protocols"]
  blocks["paper"]["recall"][emotion] = 0.987
  blocks["subject"]["recall"][emotion] = 0.123
  blocks["sealed"]["auc"][emotion]["n_pos"] = 1021
  table = by_label.areas(results, experiment(results))
  ((name, _),) = (row for row in _rows(table) if row[0].text == emotion)
  assert name.detail == "1,021 faces"  # the most of any protocol
  row = _row(table, emotion)
  assert [*row] == [
    "paper\nExp5",
    *(f"ours\n{name}" for name in _THREE),
    "recall",
  ]
  printed = EMOTIONS["exp5"].auc[emotion]
  assert row["paper\nExp5"].text == str(printed)
  for protocol, heading in zip(("paper", "subject"), _THREE, strict=False):
    entry = blocks[protocol]["auc"][emotion]
    cell = row[f"ours\n{heading}"]
    assert cell.text == f"{entry['value']:.3f}"
    assert cell.detail == wording.bounds("area", entry["ci95"])
  # Of unseen people, not of random folds.
  assert row["recall"].text == wording.percent(0.123)


def test_an_emotion_that_was_not_tested_is_a_row_of_dashes(make):
  results = make("emotion-6").results
  table = by_label.areas(results, experiment(results))
  ((name, cells),) = [r for r in _rows(table) if r[0].text == "contemptuous"]
  assert name.detail == "0 faces"
  assert {cell.text for cell in cells} == {wording.MISSING}
  assert len(_rows(table)) == 8
  assert len(by_label.areas(results, None).rows) == 7


def test_every_representation_stands_under_every_protocol(results):
  table = scores.representations(results, "auc_mean")
  assert _heads(table) == _THREE
  assert _rows(table)[0][0].text == "trained discriminator"
  every = {"trained": results["protocols"], **results["controls"]}
  assert len(_rows(table)) == len(every)
  for name, blocks in every.items():
    row = _row(table, terms.representation(name).title)
    for protocol, heading in zip(
      ("paper", "subject", "sealed"), _THREE, strict=True
    ):
      block = blocks.get(protocol)
      text = f"{block['auc_mean']:.3f}" if block else wording.MISSING
      assert row[heading].text == text, (name, protocol)


def test_the_lead_on_each_control_is_under_its_protocol(results):
  table = scores.advantages(results)
  assert _heads(table) == _THREE
  assert [name.text for name, _ in _rows(table)] == [
    terms.representation(name).title for name in results["controls"]
  ]
  for name in ("untrained", "pixels", "hog", "layers"):
    row = _row(table, terms.representation(name).title)
    pairs = results["differences"][f"trained - {name}"]
    for protocol, heading in zip(
      ("paper", "subject", "sealed"), _THREE, strict=True
    ):
      if protocol in pairs:
        found = pairs[protocol]["accuracy"]
        assert row[heading].text == wording.write(
          "rate_difference", found["value"]
        )
        assert row[heading].detail == wording.bounds("rate", found["ci95"])
      else:
        assert row[heading].text == wording.MISSING
  del results["differences"]["trained - pixels"]
  row = _row(scores.advantages(results), "grey pixels")
  assert {cell.text for cell in row.values()} == {wording.MISSING}


def test_leads_of_action_units_are_in_area(units):
  row = _row(scores.advantages(units.results), "HOG")
  found = units.results["differences"]["trained - hog"]["subject"]["auc_mean"]
  assert row["unseen people"].text == (
    wording.difference("auc_mean", found["value"])
  )


def test_tiles_are_ours_then_the_printed_then_guessing(results):
  results["protocols"]["paper"]["confusion"]["counts"] = [[9, 0], [1, 0]]
  results["protocols"]["subject"]["confusion"]["counts"] = [[2, 1], [1, 0]]
  tiles = scores.tiles(results, experiment(results))
  assert [name for name, _ in tiles] == [
    *_THREE,
    "printed in the paper",
    "guessing",
  ]
  cells = [cell for _, cell in tiles]
  for protocol, cell in zip(
    ("paper", "subject", "sealed"), cells, strict=False
  ):
    value = results["protocols"][protocol]["accuracy"]
    assert cell.text == wording.percent(value)
  assert cells[3].text == "97.64\N{NO-BREAK SPACE}%"
  assert cells[3].detail == "Exp5"
  # Three of four faces show the commonest emotion among unseen people.
  assert cells[4].text == wording.percent(0.75)
  named = dict(scores.tiles(results, None))
  assert "printed in the paper" not in named


def test_tiles_of_action_units_are_areas(make):
  results = make("au-8").results
  tiles = dict(scores.tiles(results, experiment(results)))
  value = results["protocols"]["paper"]["auc_mean"]
  assert tiles["another set, C = 1"].text == f"{value:.3f}"
  assert tiles["printed in the paper"].text == "0.691"  # Table IV, Exp-8
  assert tiles["printed in the paper"].detail == "Exp-8"
  assert tiles["guessing"].text == "0.500"


def test_no_tile_where_the_paper_prints_no_accuracy(make):
  results = make("emotion-2").results
  assert "printed in the paper" not in dict(
    scores.tiles(results, experiment(results))
  )


def test_absent_protocols_are_told_together_by_their_reason(make):
  assert scores.absences(make("emotion-5").results) == [
    "owner's split and owner's split, unseen by the DCGAN: no scores, because"
    " its owner gives no split"
  ]
  results = make("emotion-6").results
  assert scores.absences(results) == [
    "unseen people and unseen by the DCGAN too: no scores, because faces carry"
    " no person ids"
  ]
  results["reasons"] = {}
  assert scores.absences(results) == []


def test_borrowed_scores_say_from_where_and_why(make):
  first, *_ = scores.absences(make("emotion-1").results)
  assert first == (
    "unseen by the DCGAN too: the numbers of unseen people, fewer folds,"
    " because the DCGAN learnt from another set"
  )


def test_printed_areas_stand_before_ours(make):
  results = make("au-1").results
  printed = experiment(results)
  table = by_label.areas(results, printed)
  row = _row(table, "AU12")
  first, *ours = row.values()
  assert first.text == str(printed.auc["AU12"]) == "1"
  shown = [
    results["protocols"][p]["aus"]["AU12"]["auc"]
    for p in ("paper", "subject", "sealed")
  ]
  assert [cell.text for cell in ours] == [f"{value:.3f}" for value in shown]
  # All fourteen, by number, below their mean.
  names = [first.text for first, _ in _rows(table)]
  assert names[0] == "mean of the units"
  numbers = [int(name.removeprefix("AU")) for name in names[1:]]
  assert numbers == sorted(numbers)
  assert len(numbers) == 14


def test_details_give_every_metric_its_own_column(make):
  results = make("au-1").results
  tables = by_label.details(results)
  block = results["protocols"]["subject"]
  # First the protocol that findings are told of.
  assert next(iter(tables)) == terms.PROTOCOLS["subject"].title
  row = _row(tables[terms.PROTOCOLS["subject"].title], "AU12")
  entry = block["aus"]["AU12"]
  for column, name in {
    "F1\nat 0": "f1",
    "F1\ntuned": "f1_tuned",
    "F1 tuned,\nskew-norm.": "f1_skew_normalised",
  }.items():
    assert row[column].text == wording.percent(entry[name])
  assert row["average\nprecision"].text == f"{entry['average_precision']:.3f}"
  assert row["base\nrate"].text == wording.percent(entry["base_rate"])
  assert row["faces\nwith it"].text == str(entry["n_pos"])
  assert row["faces\nwith it"].detail == f"of {entry['n_pos'] + entry['n_neg']}"
  assert row["AUC on\ntraining faces"].text == "0.970"


def test_a_unit_without_faces_says_why(make):
  results = make("au-1").results
  table = next(iter(by_label.details(results).values()))
  row = _row(table, "AU27")
  assert row["F1\nat 0"].text == wording.MISSING
  assert row["F1\nat 0"].detail
  assert row["faces\nwith it"].text == "0"


def test_coders_are_named(make):
  assert ("probe", "ck", "coded by people") in by_label.provenance(
    make("au-1").results
  )
  assert ("probe", "rafd", "rule: Table VI") in by_label.provenance(
    make("au-2").results
  )


def test_machines_stand_beside_the_emotion_rule(make):
  results = make("au-2").results
  table = by_label.emotion_rule(results)
  row = _row(table, "AU12")
  own = results["protocols"]["paper"]["aus"]["AU12"]["auc"]
  rule = results["audit"]["emotion_rule"]["paper"]["aus"]["AU12"]["auc"]
  machines = row[f"classifiers\n{terms.PROTOCOLS['paper'].title}"]
  emotion = row[f"by the emotion\n{terms.PROTOCOLS['paper'].title}"]
  assert (machines.text, emotion.text) == (f"{own:.3f}", f"{rule:.3f}")
  gap = results["audit"]["emotion_rule"]["paper"]["difference"]["auc_mean"]
  said = _row(table, "classifiers − emotion")
  assert said[f"classifiers\n{terms.PROTOCOLS['paper'].title}"].text == (
    wording.difference("auc_mean", gap["value"])
  )
  assert by_label.emotion_rule(make("au-1").results) is None


@pytest.mark.parametrize("missing", [None, {}])
def test_a_difference_of_other_faces_is_not_taken(make, missing):
  results = make("au-2").results
  results["audit"]["emotion_rule"]["paper"]["difference"] = missing
  table = by_label.emotion_rule(results)
  said = _row(table, "classifiers − emotion")
  cell = said[f"classifiers\n{terms.PROTOCOLS['paper'].title}"]
  assert (cell.text, cell.detail) == (wording.MISSING, "not the same faces")
