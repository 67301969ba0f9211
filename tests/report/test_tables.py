"""CSV files: what is read back is what the results say."""

import csv

import pytest

from jaxfer.report import page


def _read(folder, name):
  with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
    return list(csv.DictReader(file))


def _row(rows, **wanted):
  (found,) = [r for r in rows if wanted.items() <= r.items()]
  return found


def test_scores_round_trip_in_full_precision(tmp_path, results):
  page.write_tables(tmp_path, results)
  rows = _read(tmp_path, "scores")
  for protocol in ("paper", "subject"):
    block = results["controls"]["hog"][protocol]
    row = _row(rows, representation="hog", protocol=protocol)
    assert float(row["accuracy"]) == block["accuracy"]
    bounds = [float(row["auc_mean_low"]), float(row["auc_mean_high"])]
    assert bounds == block["auc_mean_ci95"]
  # Trained and four controls under four protocols, and the paper's row; none
  # is fine-tuned, for the DCGAN learnt from the set that is tested.
  assert len(rows) == 5 * 4 - 1 + 1
  assert {row["representation"] for row in rows} == {
    *("trained", "untrained", "pixels", "hog", "layers", "exp5")
  }


def test_the_papers_row_is_marked_as_published(tmp_path, results):
  page.write_tables(tmp_path, results)
  row = _row(_read(tmp_path, "scores"), data="published")
  assert (row["accuracy"], row["auc_mean"]) == ("0.9764", "0.999")
  areas = _read(tmp_path, "auc")
  row = _row(areas, representation="trained", protocol="paper", emotion="sad")
  assert row["published"] == "0.999"
  row = _row(areas, representation="hog", protocol="sealed", emotion="happy")
  assert row["published"] == "1"
  results["paper_reference"] = None
  page.write_tables(tmp_path, results)
  assert {r["data"] for r in _read(tmp_path, "scores")} == {"stand-in"}


@pytest.mark.parametrize(
  ("standin", "word"), [(True, "stand-in"), (False, "real")]
)
def test_every_row_says_what_it_was_measured_on(
  tmp_path, results, standin, word
):
  results["standin"] = standin
  paths = page.write_tables(tmp_path, results)
  assert len(paths) > 8
  for path in paths:
    if path.suffix == ".csv":
      words = {row["data"] for row in _read(tmp_path, path.stem)}
      assert words <= {word, "published"}
    else:
      assert ("stand-in" in path.read_text()) == standin


def test_confusion_holds_every_count(tmp_path, results):
  page.write_tables(tmp_path, results)
  rows = _read(tmp_path, "confusion")
  confusion = results["protocols"]["subject"]["confusion"]
  for i, true in enumerate(confusion["classes"]):
    for j, named in enumerate(confusion["classes"]):
      row = _row(
        rows,
        representation="trained",
        protocol="subject",
        true=true,
        named=named,
      )
      assert int(row["faces"]) == confusion["counts"][i][j]


def test_undefined_is_an_empty_cell_with_its_reason(tmp_path, results):
  entry = results["protocols"]["paper"]["auc"]["happy"]
  entry |= {"value": None, "ci95": None, "reason": "one person"}
  page.write_tables(tmp_path, results)
  rows = _read(tmp_path, "auc")
  row = _row(rows, representation="trained", protocol="paper", emotion="happy")
  assert (row["auc"], row["auc_low"], row["reason"]) == ("", "", "one person")


def test_what_was_not_run_has_no_table(tmp_path, results):
  paper = results["protocols"]["paper"]
  results["protocols"] = dict.fromkeys(results["protocols"]) | {"paper": paper}
  results["controls"], results["differences"] = {}, {}
  names = {path.name for path in page.write_tables(tmp_path, results)}
  assert "differences.csv" not in names
  assert {row["protocol"] for row in _read(tmp_path, "search")} == {"paper"}


def test_differences_name_metric_and_protocol(tmp_path, results):
  page.write_tables(tmp_path, results)
  rows = _read(tmp_path, "differences")
  leak = _row(rows, difference="paper - subject", metric="accuracy")
  assert leak["protocol"] == ""
  entry = results["differences"]["paper - subject"]["accuracy"]
  bounds = [float(leak["value_low"]), float(leak["value_high"])]
  assert (float(leak["value"]), bounds) == (entry["value"], entry["ci95"])
  _row(rows, difference="trained - hog", protocol="subject", metric="accuracy")


def test_rejected_and_set_aside_faces_are_listed(tmp_path, results):
  probe = results["data"]["probe"]
  probe["set_aside"] = [
    {"emotion": "sad", "faces": 2, "people": 1, "reason": "one person"}
  ]
  page.write_tables(tmp_path, results)
  rows = _read(tmp_path, "faces")
  assert _row(rows, use="probe", group="rejected")["faces"] == "3"
  copied = [row for row in rows if row["group"].startswith("copied")]
  assert [(r["use"], r["group"], r["faces"]) for r in copied] == [
    ("probe", "copied across people", "4")
  ]
  assert _row(rows, group="set aside: sad")["reason"] == "one person"


def _latex_rows(folder, name):
  text = (folder / f"{name}.tex").read_text(encoding="utf-8")
  body = text[text.index(r"\midrule") : text.index(r"\bottomrule")]
  return [
    [cell.strip() for cell in line.removesuffix(r"\\").split("&")]
    for line in body.splitlines()
    if line.endswith(r"\\")
  ]


def test_latex_is_of_the_scores_alone(tmp_path, results):
  names = {path.name for path in page.write_tables(tmp_path, results)}
  assert {name for name in names if name.endswith(".tex")} == {"scores.tex"}
  block = results["protocols"]["subject"]
  (row,) = [
    row
    for row in _latex_rows(tmp_path, "scores")
    if row[:2] == ["trained discriminator", "unseen people"]
  ]
  accuracy, low, high = (
    f"{100 * value:.1f}"
    for value in (block["accuracy"], *block["accuracy_ci95"])
  )
  assert row[2:4] == [rf"{accuracy}~\%", f"{{[}}{low}, {high}{{]}}"]
  assert row[4] == f"{block['auc_mean']:.3f}"


def test_each_row_of_mixed_numbers_has_its_unit(tmp_path, results, seeds):
  results["seeds"] = seeds("subject", "accuracy", [0.01, 0.03, -0.02])
  results["audit"]["identity"]["hog"]["accuracy"] = 1  # all of them
  page.write_tables(tmp_path, results)
  rows = _read(tmp_path, "audit")
  assert {r["unit"] for r in rows if r["measure"] in ("of", "people")} == {
    "count"
  }
  assert {r["unit"] for r in rows if r["measure"] == "accuracy"} == {"rate"}
  for row in _read(tmp_path, "differences"):
    rate = row["metric"] in ("accuracy", "balanced_accuracy", "macro_f1")
    assert row["unit"] == f"{'rate' if rate else 'area'}_difference"
  units = {r["representation"]: r["unit"] for r in _read(tmp_path, "seeds")}
  assert units["trained"] == "rate"
  assert units["trained - untrained"] == "rate_difference"
