"""Every number stands in its cell, and what is missing says why."""

from __future__ import annotations

import csv

import pytest

from jaxfer import facs
from jaxfer.report import latex
from jaxfer.report.paper import ACCURACIES, EMOTIONS, UNITS
from jaxfer.report.suite import (
  audit,
  extensions,
  generators,
  overviews,
  scores,
)
from jaxfer.report.suite.suite import Suite
from jaxfer.report.table import at


@pytest.fixture
def everything(members):
  return Suite(members)


def _row(table, **wanted):
  """The one row whose cells hold these numbers or texts."""
  (found,) = [
    row
    for row in _rows(table)
    if all(k in row and row[k].value == v for k, v in wanted.items())
  ]
  return found


def _rows(table):
  return [{name: at(row, name) for name in row} for row in table.rows]


def _write(table, folder):
  table.write_csv(folder)
  latex.write(folder, table)


def _column(table, title):
  (found,) = [c.name for c in table.columns if c.title == title]
  return found


def _results(members, name):
  return members[name].results


def test_table_2_has_the_printed_areas_above_ours(members, everything):
  table = scores.emotions(everything)
  assert len(table.columns) == 2 + 8  # as-printed is none of its own
  for key, entry in EMOTIONS.items():
    name = f"emotion-{key.removeprefix('exp')}"
    column = _column(table, entry.name)
    for label in ("average", *facs.EMOTIONS):
      cell = _row(table, **{"class": label, "line": "printed"})[column]
      printed = entry.auc_mean if label == "average" else entry.auc[label]
      assert cell.value == printed
    for line, words in (
      ("paper", "random folds"),
      ("subject", "unseen people"),
    ):
      block = _results(members, name)["protocols"][line] or {"auc": {}}
      for label in facs.EMOTIONS:
        cell = _row(table, **{"class": label, "line": words})[column]
        assert cell.value == block["auc"].get(label, {"value": None})["value"]
      cell = _row(table, **{"class": "average", "line": words})[column]
      assert cell.value == block.get("auc_mean")
      assert cell.interval == block.get("auc_mean_ci95")


def test_table_4_has_each_unit_of_each_experiment(members, everything):
  table = scores.units(everything)
  for key, entry in UNITS.items():
    if key == "au7-only":
      continue
    column = _column(table, entry.name)
    aus = _results(members, f"au-{key[2:]}")["protocols"]["subject"]["aus"]
    for number, title in facs.AU_NAMES.items():
      label = f"AU{number} {title}"
      printed = _row(table, **{"class": label, "line": "printed"})[column]
      assert printed.value == entry.auc[f"AU{number}"]
      ours = _row(table, **{"class": label, "line": "unseen people"})[column]
      own = aus.get(f"AU{number}", {"auc": None})
      assert ours.value == own["auc"]


def test_the_strictest_protocol_stands_for_sealed(members, everything):
  table = scores.emotions(everything)
  sealed = _row(
    table, **{"class": "average", "line": "unseen by the DCGAN too"}
  )
  for name, protocol, equals in (
    ("emotion-5", "sealed", False),
    # CK: those of `unsealed`, but not of `subject`, which stands beside them.
    ("emotion-1", "unsealed", False),
    ("emotion-6", "official_sealed", False),
  ):
    column = _column(table, f"Exp{name[-1]}")
    block = _results(members, name)["protocols"][protocol]
    assert sealed[column].value == block["auc_mean"]
    assert sealed[column].equal == equals


def test_absences_carry_their_reasons(members, everything):
  results = _results(members, "emotion-5")
  entry = results["protocols"]["paper"]["auc"]["sad"]
  entry |= {"value": None, "ci95": None, "reason": "one fold holds them all"}
  said = scores.absences(everything.columns("emotion"), everything.titles)
  assert "no unseen people: faces carry no person ids: Exp6" in said
  assert "undefined: one fold holds them all: Exp5 sad (random folds)" in said
  (same,) = [text for text in said if "fewer folds, = where" in text]
  assert "the DCGAN learnt from another set: Exp1, Exp2, Exp3" in same
  (absent,) = [
    t
    for t in scores.absences(everything.columns("au"), everything.titles)
    if "absent from all" in t
  ]
  assert "Exp-1 AU27 (random folds)" in absent


def test_transfer_has_the_intersection_of_the_labels_only(everything):
  table = scores.units(everything)
  for line, known in (("printed", True), ("unseen people", False)):
    label = {"class": f"AU27 {facs.AU_NAMES[27]}", "line": line}
    cell = _row(table, **label)[_column(table, "Exp-4")]
    assert (cell.value is not None) == known
  said = scores.absences(everything.columns("au"), everything.titles)
  (absent,) = [text for text in said if "no label for it" in text]
  assert "Exp-4 AU27" in absent and "Exp-1 AU27" not in absent


def test_table_3_names_whose_number_each_is(members, everything):
  table = scores.against_others(everything)
  printed = [r for r in _rows(table) if "data" in r]
  assert len(printed) == sum(map(len, ACCURACIES.values()))
  ours = [r for r in _rows(table) if "data" not in r]
  found = {r["accuracy"].value for r in ours}
  # What the paper enters for Radboud is its Exp1.
  for name in ("emotion-1", "emotion-6", "emotion-7", "emotion-8"):
    assert _results(members, name)["protocols"]["paper"]["accuracy"] in found
  unknown = [r["accuracy"] for r in ours if r["accuracy"].value is None]
  assert unknown and all(value.note for value in unknown)


def test_au7_only_has_training_and_test_areas(members, everything):
  table = scores.au7(everything)
  printed = _row(table, line="printed")
  assert [str(printed[k].value) for k in ("train", "test")] == [
    "0.842",
    "0.58",
  ]
  protocols = _results(members, "au7-only")["protocols"]
  for line, words in (("paper", "random folds"), ("subject", "unseen people")):
    own = protocols[line]["aus"]["AU7"]
    row = _row(table, line=words)
    assert row["train"].value == own["train_auc"] == 0.97
    assert row["test"].value == own["auc"]
    assert row["test"].interval == own["auc_ci95"]
    assert row["rate"].value == own["base_rate"]
  others = everything.columns("au")
  assert everything.au7_only not in others, (
    "the experiment on AU7 alone is no column of Table IV"
  )


def test_as_printed_stands_beside_the_experiment_it_repeats(
  members, everything
):
  table = scores.as_printed(everything)
  assert [r["experiment"].value for r in _rows(table)] == [
    "emotion-5",
    "as-printed",
  ]
  assert [r["beta1"].value for r in _rows(table)] == ["0.5", "0.9"]
  for row in _rows(table):
    results = _results(members, row["experiment"].value)
    last = members[row["experiment"].value].last_epoch()
    assert row["loss_g"].value == last["loss_g"]
    own = results["protocols"]["subject"]
    assert row["subject"].value == own["accuracy"]
  del members["emotion-5"]
  assert not scores.as_printed(Suite(members)).rows


def test_traps_apply_where_the_numbers_say(everything):
  emotions, units = overviews.emotions(everything), overviews.units(everything)

  def traps(table, name):
    return (_row(table, experiment=name)["traps"].value or "").split()

  assert traps(emotions, "Exp5") == ["T1", "T2", "T3"]
  assert traps(emotions, "Exp1") == ["T1", "T3"]
  assert traps(emotions, "Exp6") == ["T1?", "T2", "T3"]
  assert traps(units, "Exp-1") == ["T1", "T2", "T3"]
  assert traps(units, "Exp-2") == ["T1", "T3", "T4", "T5"]
  # Another set is tested: nobody is on both sides, and nothing is random.
  assert traps(units, "Exp-4") == ["T4"]
  assert traps(units, "Exp-8") == ["T2", "T4", "T5"]


def test_a_gap_that_may_be_none_is_no_trap(members):
  gap = _results(members, "emotion-5")["differences"]["paper - subject"]
  gap["accuracy"] = {"value": 0.1, "ci95": [-0.01, 0.2]}
  row = _row(overviews.emotions(Suite(members)), experiment="Exp5")
  assert row["traps"].value == "T2 T3"


def test_accuracies_and_counts_stand_in_the_overview(members, everything):
  row = _row(overviews.emotions(everything), experiment="Exp5")
  protocols = _results(members, "emotion-5")["protocols"]
  assert str(row["printed"].value) == "0.9764"
  for line in ("paper", "subject", "sealed"):
    assert row[line].value == protocols[line]["accuracy"]
    assert row[line].interval == protocols[line]["accuracy_ci95"]
  assert (row["faces"].value, row["people"].value) == (140, 9)
  assert row["sets"].value == "Radboud frontal → itself"


def test_provenance_of_labels_and_units_is_told(everything):
  table = overviews.units(everything)
  assert _row(table, experiment="Exp-1")["coded"].value == "people"
  assert _row(table, experiment="Exp-2")["coded"].value == "rule: Table VI"
  mixed = _row(table, experiment="Exp-4")
  assert mixed["coded"].value == (
    "CK by people; Radboud frontal by rule: Table VI"
  )
  assert mixed["units"].value == len(facs.AUS) - 1
  assert mixed["sets"].value == "CelebA → CK → Radboud frontal"


def test_table_1_has_each_set_as_printed_and_as_read(everything):
  table = overviews.read(everything)
  row = _row(table, set="Radboud frontal")
  assert (row["images"].value, row["participants"].value) == (8040, 67)
  assert (row["faces"].value, row["people"].value) == (144, 9)
  assert row["rejected"].value == 3
  assert "8 emotions; 14 action units by rule" in row["labels"].value
  assert _row(table, set="CK+")["faces"].detail == "not read"
  assert _row(table, set="CK")["images"].detail == "not in Table I"


def test_table_6_is_the_rule_with_shares_of_faces(everything):
  table = overviews.rule(everything)
  for emotion, shown in facs.EMOTION_AUS.items():
    (row,) = [
      r for r in _rows(table) if r["emotion"].value.rstrip("*") == emotion
    ]
    marked = {n for n in facs.AUS if row[f"AU{n}"].value == "×"}
    assert marked == shown
  assert _row(table, emotion="share in CK")["AU12"].value == "29 %"


def test_leaks_have_both_metrics_and_leave_transfer_out(members, everything):
  table = audit.leaks(everything)
  gaps = _results(members, "emotion-5")["differences"]
  row = _row(table, experiment="emotion-5")
  for name in ("paper - subject", "subject - sealed"):
    for metric in ("accuracy", "auc_mean"):
      cell = row[f"{name} {metric}"]
      assert cell.value == gaps[name][metric]["value"]
      assert cell.interval == gaps[name][metric]["ci95"]
  owner = _row(table, experiment="emotion-6")["official - sealed accuracy"]
  gaps = _results(members, "emotion-6")["differences"]["official - sealed"]
  assert owner.value == gaps["accuracy"]["value"]
  across = _row(table, experiment="au-4")["paper - subject auc_mean"]
  assert across.value is None and "nothing is random" in across.note


def test_every_cell_has_its_own_difference(tmp_path, members, everything):
  table = audit.areas(everything, "emotion")
  title = "random folds − unseen people"
  row = _row(table, difference=title, label="sad")
  gaps = _results(members, "emotion-5")["audit"]["areas"]
  own = gaps["paper - subject"]["sad"]
  assert row["emotion-5"].value == own["value"]
  assert row["emotion-5"].interval == own["ci95"]
  # RAF-DB names nobody, so it has no folds of unseen people.
  assert "emotion-6" not in row
  _write(table, tmp_path)
  rows = _read(tmp_path / "leak_areas_emotion.csv")
  (line,) = [
    r
    for r in rows
    if (r["experiment"], r["difference"], r["label"])
    == ("emotion-5", "paper - subject", "sad")
  ]
  assert float(line["value"]) == own["value"]
  units = audit.areas(everything, "au")
  label = f"AU12 {facs.AU_NAMES[12]}"
  assert "au-1" in _row(units, difference=title, label=label)
  for member in members.values():
    member.results["audit"]["areas"] = {}
  assert not audit.areas(everything, "au").rows


def test_copies_are_counted_once_a_set(everything):
  table = audit.copies(everything)
  row = _row(table, set="Radboud frontal, emotions")
  assert (row["identical"].value, row["near"].value) == (0, 7)
  assert (row["faces"].value, row["of"].value) == (12, 144)
  assert row["experiments"].value == (
    "emotion-1, emotion-2, emotion-5 and as-printed"
  )


def test_identity_is_told_where_people_are_known(everything):
  table = audit.identity(everything)
  row = _row(table, experiment="emotion-5")
  assert [row[n].value for n in ("trained", "untrained", "pixels", "hog")] == [
    *(0.93, 0.92, 0.99, 0.98)
  ]
  assert row["chance"].value == 0.11 and row["same_sitting"].value == 0.41
  told = {r["experiment"].value for r in _rows(table)}
  assert not told & {"emotion-6", "emotion-8", "au-4"}


def test_the_rule_stands_beside_the_machines(members, everything):
  table = audit.emotion_rule(everything)
  row = _row(table, experiment="au-2", protocol="unseen people")
  results = _results(members, "au-2")
  rule = results["audit"]["emotion_rule"]["subject"]
  assert row["machines"].value == results["protocols"]["subject"]["auc_mean"]
  assert row["rule"].value == rule["auc_mean"]
  gap = rule.pop("difference")["auc_mean"]
  assert row["difference"].value == gap["value"]
  row = _row(
    audit.emotion_rule(everything), experiment="au-2", protocol="unseen people"
  )
  assert row["difference"].note == "not the same faces"
  # Rules are of Radboud alone, where Table VI made the labels.
  assert {r["experiment"].value for r in _rows(table)} == {"au-2", "au-6"}


def test_controls_are_subtracted_under_each_protocol(members, everything):
  table = extensions.controls(everything, "emotion")
  name = "emotion-5: Radboud frontal → itself"
  row = _row(table, experiment=name, protocol="unseen people")
  results = _results(members, "emotion-5")
  assert row["trained"].value == results["protocols"]["subject"]["accuracy"]
  for control in ("untrained", "pixels", "hog", "layers"):
    gap = results["differences"][f"trained - {control}"]["subject"]["accuracy"]
    assert (row[control].value, row[control].interval) == (
      gap["value"],
      gap["ci95"],
    )
  units = extensions.controls(everything, "au")
  assert all("au" in r["experiment"].value for r in _rows(units))


def test_labels_are_in_order_with_all_at_the_end(members, everything):
  table = extensions.labels(everything)
  assert [c.name for c in table.columns] == [
    *("experiment", "minus", "1", "5", "all")
  ]
  name = "emotion-5: Radboud frontal → itself"
  row = _row(table, experiment=name, minus="minus grey pixels")
  found = _results(members, "emotion-5")["label_efficiency"]["differences"]
  last = found["trained - pixels"][-1]
  assert (last["labels"], row["all"].value) == (None, last["value"])


def test_a_conditional_generator_is_a_generator_of_its_own(members):
  found = {name: members[name] for name in ("emotion-5", "emotion-8")}
  found["told"] = members["emotion-7"]
  for key in ("data", "config"):
    _results(found, "told")[key] = dict(_results(found, "emotion-5")[key])
  _results(found, "told")["config"]["gan.condition"] = "emotion"
  learnt = Suite(found).learnt_sets()
  assert list(learnt) == [
    *("Radboud frontal", "SFEW", "Radboud frontal, told the emotions")
  ]


def test_seeds_stand_side_by_side(members, seeds):
  _results(members, "emotion-5")["seeds"] = seeds(
    "subject", "accuracy", [0.01, 0.03, -0.02]
  )
  table = extensions.seeds(Suite(members), "emotion")
  (row,) = _rows(table)
  assert [row[n].value for n in "012"] == [0.01, 0.03, -0.02]
  assert row["mean"].interval == [-0.02, 0.03]
  assert not extensions.seeds(Suite(members), "au").rows


def _read(path):
  with path.open(encoding="utf-8", newline="") as file:
    return list(csv.DictReader(file))


def test_csv_has_what_is_printed_and_ours_in_full_precision(
  tmp_path, members, everything
):
  # With the same folds the numbers are the same.
  blocks = _results(members, "emotion-1")["protocols"]
  blocks["subject"] = blocks["unsealed"]
  _write(scores.emotions(everything), tmp_path)
  (row,) = [
    r
    for r in _read(tmp_path / "table_2.csv")
    if (r["member"], r["class"]) == ("emotion-5", "sad")
  ]
  own = _results(members, "emotion-5")["protocols"]["paper"]["auc"]["sad"]
  assert row["data"] == "stand-in"
  assert row["printed"] == "0.999"
  assert float(row["paper"]) == own["value"]
  assert [float(row["paper_low"]), float(row["paper_high"])] == own["ci95"]
  assert int(row["paper_positives"]) == own["n_pos"]
  assert row["sealed_equals"] == "False"
  (row,) = [
    r
    for r in _read(tmp_path / "table_2.csv")
    if (r["member"], r["class"]) == ("emotion-1", "sad")
  ]
  assert row["sealed_equals"] == "True"


def test_latex_rounds_signs_and_says_of_stand_ins_that_they_are(
  tmp_path, members
):
  gap = _results(members, "emotion-5")["differences"]["paper - subject"]
  gap["accuracy"] = {"value": -0.137, "ci95": [-0.2, -0.1]}
  _write(audit.leaks(Suite(members)), tmp_path)
  text = (tmp_path / "leaks.tex").read_text()
  (line,) = [x for x in text.splitlines() if "emotion-5" in x]
  assert r"& $-$13.7 & {[}$-$20.0, $-$10.0{]} &" in line
  assert "stand-in faces" in text
  for evidence in members.values():
    evidence.results["standin"] = False
  _write(audit.leaks(Suite(members)), tmp_path)
  assert "stand-in" not in (tmp_path / "leaks.tex").read_text()
  assert {r["data"] for r in _read(tmp_path / "leaks.csv")} == {"real"}


def test_numbers_that_are_others_are_marked_in_every_file(tmp_path, everything):
  for member in everything.members:  # with the same folds, the same numbers
    blocks = member.results["protocols"]
    if (blocks["sealed"] or {}).get("same_as"):
      blocks["subject"] = blocks["unsealed"]
  table = scores.against_others(everything)
  same = [r["accuracy"].equal for r in _rows(table)]
  assert True in same and False in same
  _write(table, tmp_path)
  rows = _read(tmp_path / "table_3.csv")
  assert [r["accuracy_equals"] for r in rows] == [str(found) for found in same]
  text = (tmp_path / "table_3.tex").read_text()
  assert text.count("& = ") == sum(same)
  table = scores.emotions(everything)
  _write(table, tmp_path)
  cells = [value for row in _rows(table) for value in row.values()]
  marked = sum(c.equal and c.value is not None for c in cells)
  assert (tmp_path / "table_2.tex").read_text().count("& = ") == marked > 0


def _printed(table, *columns):
  """Cells of the page in the rows that are the paper's, by column title."""
  places = {c.title: place for place, c in enumerate(table.shown)}
  return [
    [row[places[title]].text for title in columns]
    for _, rows in table.groups()
    for row in rows
    if row[0].detail == "printed" or "here" not in row[0].text
  ]


def test_the_page_of_all_has_the_digits_of_the_print(tmp_path, everything):
  percent = "\N{NO-BREAK SPACE}%"
  table = scores.against_others(everything)
  cells = dict(_printed(table, "approach", "accuracy"))
  assert cells["Yaddaden 2018 [40]"] == f"79.69{percent}"  # its second row
  assert cells["Ali 2017 [39]"] == f"78.00{percent}"
  assert cells["Li 2017 [33]"] == f"82.7{percent}"
  shown = [row[1] for row in _printed(table, "approach", "accuracy")]
  assert {f"98.57{percent}", f"97.66{percent}"} <= {*shown}
  _write(table, tmp_path)
  assert r"& 98.57~\% &" in (tmp_path / "table_3.tex").read_text()
  rows = _read(tmp_path / "table_3.csv")
  assert [r["accuracy"] for r in rows[:2]] == ["0.8500", "0.9766"]

  table = generators.samples(everything)
  assert _printed(table, "inception score", "FID", "SSIM", "AMT") == [
    ["—", "12.84", "0.629", f"41.3{percent}"],
    ["0.875", "75.376", "—", "—"],
    ["1.036", "56.937", "0.8563", f"24.7{percent}"],
    ["1.112", "34.360", "0.8686", "—"],
    ["1.237", "25.069", "—", "—"],
    ["—", "38.20", "0.8833", "—"],
    ["—", "12.30", "0.705", f"74.9{percent}"],
    ["1.6942", "52.8230", "—", f"19.5{percent}"],
    ["1.874", "22.318", "0.8942", f"76.72{percent}"],
  ]
  _write(table, tmp_path)
  assert "& 12.84 &" in (tmp_path / "table_7.tex").read_text()
  assert [r["fid"] for r in _read(tmp_path / "table_7.csv")][7] == "52.8230"

  for table, column, digits in (
    (scores.emotions(everything), "Exp1", "1"),  # of the disgusted
    (scores.units(everything), "Exp-7", "0.890"),  # of AU1
    (scores.au7(everything), "test faces", "0.58"),
    (overviews.emotions(everything), "printed", f"98.57{percent}"),
  ):
    assert [digits] in _printed(table, column)
