"""The page of all experiments: whole with any members, closed, and safe."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest

from jaxfer.report.suite import finding, pictures
from jaxfer.report.suite import page as suite
from jaxfer.report.suite.suite import Suite

_HOSTILE = "<script>alert(1)</script>\"'&"
_quick = pytest.mark.usefixtures("specks")


@pytest.fixture
def write(tmp_path, read_page):
  """Writes the page of some members, each with a page of its own to link."""
  count = 0

  def run(members, left_out=None):
    nonlocal count
    count += 1
    out = tmp_path / f"report{count}"
    out.mkdir()
    for name in members:
      (out / name).mkdir()
      (out / name / "index.html").touch()
    path = suite.write(out, members, left_out or {})
    assert path == out / "index.html"
    return read_page(path)

  return run


@_quick
def test_every_link_and_every_picture_is_there(write, members):
  page = write(members)
  out = page.path.parent
  for link in page.all("a"):
    target = link["href"]
    if target.startswith("#"):
      assert f'id="{target[1:]}"' in page.source
    else:
      assert (out / target).is_file()
  shown = {image["src"] for image in page.all("img")}
  assert shown == {f"figures/{f.name}" for f in (out / "figures").iterdir()}
  assert all(image["alt"] for image in page.all("img"))
  for figure in range(3, 9):
    assert any(f"/figure_{figure}" in name for name in shown)
  for table in ("I", "II", "III", "IV", "V", "VI"):
    assert f"Table {table}." in page.text


@_quick
def test_experiments_that_are_none_of_the_papers_have_none_of_its_numbers(
  write, members
):
  own = {
    name: dataclasses.replace(
      member, results={**member.results, "paper_reference": None}
    )
    for name, member in members.items()
    if name != "as-printed"
  }
  page = write(own)
  assert "Experiments side by side" in page.text
  for words in ("Exp1", "run again", "printed ones", "Table III"):
    assert words not in page.text
  assert 'id="print"' not in page.source


@_quick
def test_results_are_those_of_the_members(write, members):
  page = write(members, {"emotion-9": "no data"})
  text = (page.path.parent / "results.json").read_text(encoding="utf-8")
  stored = json.loads(text)
  assert stored["experiments"] == {n: e.results for n, e in members.items()}
  assert stored["left_out"] == {"emotion-9": "no data"}
  assert "no data" in page.text


@_quick
def test_the_page_needs_no_network_and_no_script(write, members):
  page = write(members)
  assert not re.search(
    r"(https?:)?//\w", re.sub(r'"data:[^"]*"', "", page.source)
  )
  assert not page.all("script") and "@import" not in page.source


@_quick
@pytest.mark.parametrize(
  "names",
  [(), ("emotion-6",), ("au-4",), ("au7-only",), ("as-printed",)],
  ids=lambda names: "-".join(names) or "none",
)
def test_missing_members_leave_gaps(write, members, names):
  page = write({name: members[name] for name in names})
  assert page.text.count("not run") >= 14
  assert "97.64" in page.text  # what is printed stays


@_quick
def test_other_experiments_than_the_papers_have_columns_too(write, members):
  own = members["emotion-7"]
  own.results.update(experiment="mine", paper_reference=None)
  page = write({"mine": own})
  assert 'href="mine/index.html"' in page.source
  accuracy = own.results["protocols"]["subject"]["accuracy"]
  assert f"{100 * accuracy:.1f} % unseen people" in page.text


@_quick
def test_names_from_data_cannot_become_markup(write, members):
  text = json.dumps(members["emotion-5"].results)
  text = text.replace('"happy"', json.dumps(_HOSTILE))
  results = json.loads(text) | {"command": _HOSTILE, "paper_reference": None}
  results["reasons"] = dict.fromkeys(results["reasons"], _HOSTILE)
  results["data"]["probe"]["dataset"] = _HOSTILE
  results["config"][_HOSTILE] = results["versions"][_HOSTILE] = _HOSTILE
  evidence = dataclasses.replace(members["emotion-5"], results=results)
  page = write({"emotion-5": evidence}, {_HOSTILE: _HOSTILE})
  assert not page.all("script")
  assert page.text.count(_HOSTILE) > 10


@pytest.mark.usefixtures("specks")
def test_hidden_faces_are_nowhere(write, members):
  hidden = {
    name: dataclasses.replace(e, faces="hide") for name, e in members.items()
  }
  page = write(hidden)
  drawn = [f.name for f in (page.path.parent / "figures").iterdir()]
  assert drawn
  facial = ("figure_4", "figure_8", "copies", "as_printed_")
  assert not [name for name in drawn if name.startswith(facial)]
  assert "Faces are hidden in " in page.text


def test_each_member_decides_on_its_own_faces(asked, members):
  members["au7-only"] = dataclasses.replace(members["au7-only"], faces="blur")
  drawn = asked(suite.figures(Suite(members)))
  modes = {name for name in drawn if drawn[name].mode == "blur"}
  assert modes == {"figure_8", "figure_4_8_real", "figure_4_8_generated"}


@_quick
def test_stand_ins_are_named_and_counted(write, members):
  page = write(members)
  assert "<title>[stand-in faces] All" in page.source
  assert "Nothing on this page was measured on people" in page.text
  for name, evidence in members.items():
    evidence.results["standin"] = name == "au-1"
  page = write(members)
  assert "in 1 of 18 experiments" in page.text
  for evidence in members.values():
    evidence.results["standin"] = False
  assert "stand-in" not in write(members).source.lower()


def test_charts_are_drawn_of_what_there_is(write, members):
  few = ("emotion-5", "emotion-6", "au-4", "au7-only", "as-printed")
  page = write({name: members[name] for name in few})
  drawn = {f.stem for f in (page.path.parent / "figures").iterdir()}
  assert {"figure_1_2", "figure_3", "as_printed", "labels_1"} <= drawn
  assert {"transfer_au_subject", "transfer_emotion_paper"} <= drawn
  assert all(image["height"] != "0" for image in page.all("img"))


def test_the_lead_is_of_random_folds_and_not_of_transfer(members):
  across = {n: members[n] for n in ("au-4", "au-5", "au-7", "au-8")}
  assert "nothing is known" in finding.lead(Suite(across))
  assert not [t for t in finding.remarks(Suite(across)) if "shown: its" in t]
  one = Suite({"emotion-5": members["emotion-5"]})
  protocols = members["emotion-5"].results["protocols"]
  gaps = [
    protocols["paper"]["auc"][e]["value"] - entry["value"]
    for e, entry in protocols["subject"]["auc"].items()
  ]
  said = finding.lead(one)
  assert f"over {len(gaps)} of them is +{np.median(gaps):.3f}" in said
  assert f"and {sum(g > 0 for g in gaps)} are higher" in said


def test_remarks_count_what_is_shown(members):
  pair = {n: members[n] for n in ("emotion-4", "emotion-5")}
  for name, low in (("emotion-4", -0.1), ("emotion-5", 0.1)):
    found = members[name].results["differences"]
    for gap in ("paper - subject", "subject - sealed"):
      found[gap]["accuracy"] = {"value": 0.2, "ci95": [low, 0.3]}
    for control in ("untrained", "pixels", "hog"):
      gap = found[f"trained - {control}"]["subject"]
      gap["accuracy"] = {"value": low, "ci95": [low, low]}
  said = finding.remarks(Suite(pair))
  assert said[0].startswith("In 1 of 2 experiments")
  assert said[0].endswith("in accuracy is 20.0 points, in emotion-5.")
  assert "in 1 of 2 experiments where it had" in said[1]
  assert "how near these numbers" in said[2]
  assert "grey pixels in 1 of 2 experiments and behind in 1" in said[3]
  assert said[3].endswith("one pretraining seed; a claim takes three.")


def test_the_caveat_goes_with_three_seeds(members, seeds):
  results = members["emotion-5"].results
  block = seeds("subject", "accuracy", [0.01, 0.03, 0.02])
  results["seeds"] = block
  one = Suite({"emotion-5": members["emotion-5"]})
  assert "takes three" not in finding.remarks(one)[-1]
  block["seeds"] = [0, 1]
  assert "too few pretraining seeds" in finding.remarks(one)[-1]


def test_printed_areas_are_held_against_real_faces_only(members):
  results = members["emotion-5"].results
  results["standin"] = False
  for emotion, entry in results["protocols"]["paper"]["auc"].items():
    entry["value"] = 0.999  # near to what is printed
    results["protocols"]["subject"]["auc"][emotion]["value"] = 0.6
  pair = {n: members[n] for n in ("emotion-4", "emotion-5")}
  (said,) = [t for t in finding.remarks(Suite(pair)) if "printed" in t]
  assert said.startswith("Of 8 printed areas") and "8 lie nearer" in said


def test_the_transfer_matrix_has_ours_and_the_papers(members):
  found = pictures.matrix(Suite(members), "au", "subject")
  rows, columns, values, printed, metric = found
  assert metric == "auc_mean"
  place = rows.index("CelebA · CK"), columns.index("Radboud frontal")
  own = members["au-4"].results["protocols"]["subject"]["auc_mean"]
  assert values[place] == own
  assert str(printed[place]) == "0.697"  # Table IV, Exp-4
  assert np.isnan(values).sum() == values.size - 8
  found = pictures.matrix(Suite(members), "emotion", "subject")
  _, columns, values, *_ = found
  assert np.isnan(values[:, columns.index("RAF-DB")]).all()
  assert pictures.matrix(Suite({}), "au", "paper") is None
