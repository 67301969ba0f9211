"""What differs between two results: nothing missed, nothing made up."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaxfer import artifacts
from jaxfer.diff import comparison, runs


@pytest.fixture
def compare(tmp_path):
  """Compares two results that are written as reports of two workdirs."""

  def run(a, b):
    both = []
    for name, results in (("a", a), ("b", b)):
      report = tmp_path / name / "report"
      report.mkdir(parents=True, exist_ok=True)
      (report / "results.json").write_text(json.dumps(results))
      both.append(runs.load(tmp_path / name))
    return comparison.compare(*both)

  return run


_LISTS = ("numbers", "only_a", "only_b", "words", "config", "data", "code")


def _named(changes, name):
  (found,) = [change for change in changes if change["name"] == name]
  return found


def test_a_run_equals_itself(compare, results):
  found = compare(results, copy.deepcopy(results))
  assert found["same"] and found["first"] is None
  assert not any(found[name] for name in _LISTS)
  assert all(artifact["same"] for artifact in found["artifacts"])


def test_time_and_machine_are_no_results(compare, results):
  other = copy.deepcopy(results)
  other["timing"]["total_s"] = 1.0
  other["machine"]["host_cores"] = 64
  other["protocols"]["paper"]["search"]["timing"] = {"fold": 3.0}
  other["command"] = "python -m jaxfer.main --config=elsewhere.py"
  found = compare(results, other)
  assert found["same"] and found["first"] is None
  assert {change["name"] for change in found["aside"]} == {
    "timing.total_s",
    "machine.host_cores",
    "protocols.paper.search.timing.fold",
    "command",
  }


@pytest.mark.parametrize(("b", "inside"), [(0.80, True), (0.70, False)])
def test_a_score_is_held_against_the_interval_of_a(compare, results, b, inside):
  other = copy.deepcopy(results)
  block = results["protocols"]["subject"]
  block |= {"accuracy": 0.83, "accuracy_ci95": [0.79, 0.87]}
  other["protocols"]["subject"] |= {
    "accuracy": b,
    "accuracy_ci95": [0.79, 0.87],
  }
  (number,) = compare(results, other)["numbers"]
  assert number["name"] == "protocols.subject.accuracy"
  assert number["difference"] == pytest.approx(b - 0.83)
  assert (number["ci95"], number["inside"]) == ((0.79, 0.87), inside)


def test_the_interval_beside_a_value_is_its_own(compare, results):
  other = copy.deepcopy(results)
  entry = other["controls"]["hog"]["paper"]["auc"]["sad"]
  bounds, entry["value"] = entry["ci95"], 0.5
  (number,) = compare(results, other)["numbers"]
  assert number["ci95"] == tuple(bounds)
  assert number["inside"] is False


def test_scores_come_first_and_the_biggest_first(compare, results):
  other = copy.deepcopy(results)
  other["protocols"]["paper"]["accuracy"] -= 0.01
  other["protocols"]["subject"]["accuracy"] += 0.2
  other["pretrain"]["steps"] = 601  # +1 of 600
  other["pretrain"]["final"]["loss_d"] = 0.45  # half
  names = [change["name"] for change in compare(results, other)["numbers"]]
  assert names == [
    "protocols.subject.accuracy",
    "protocols.paper.accuracy",
    "pretrain.final.loss_d",
    "pretrain.steps",
  ]


def test_what_stands_for_a_protocol_comes_before_larger_changes(
  compare, results
):
  other = copy.deepcopy(results)
  other["protocols"]["paper"]["accuracy"] -= 0.01
  other["protocols"]["paper"]["macro_f1"] -= 0.3
  other["controls"]["hog"]["paper"]["accuracy"] -= 0.3
  names = [change["name"] for change in compare(results, other)["numbers"]]
  assert names[0] == "protocols.paper.accuracy"
  assert len(names) == 3


def test_null_is_as_good_as_absent(compare, results):
  other = copy.deepcopy(results)
  entry = other["protocols"]["paper"]["auc"]["sad"]
  entry |= {"value": None, "reason": "one person"}
  del other["pretrain"]["steps"]
  found = compare(results, other)
  assert {c["name"] for c in found["only_a"]} == {
    "protocols.paper.auc.sad.value",
    "pretrain.steps",
  }
  assert not found["only_b"] and not found["same"]
  (word,) = found["words"]
  assert (word["a"], word["b"]) == (None, "one person")


def test_true_is_no_number(compare, results):
  other = copy.deepcopy(results)
  other["standin"] = False
  found = compare(results, other)
  assert not found["numbers"] and found["same"]
  assert _named(found["words"], "standin")["b"] is False


def test_config_fields_name_their_stage_and_are_whole(compare, results):
  other = copy.deepcopy(results)
  results["config"]["svm.controls"] = ["pixels", "hog"]
  other["config"] |= {"svm.controls": ["pixels"], "gan.width": 32}
  found = compare(results, other)
  controls = _named(found["config"], "svm.controls")
  assert (controls["a"], controls["b"]) == (["pixels", "hog"], ["pixels"])
  assert _named(found["config"], "gan.width")["stage"] == "pretrain"
  assert found["same"]


def _change(results, **places):
  """A copy with an artifact's or a config field's new value, and a number's."""
  other = copy.deepcopy(results)
  other["protocols"]["subject"]["accuracy"] -= 0.25
  for section, values in places.items():
    other[section] |= values
  return other


@pytest.mark.parametrize(
  ("places", "stage", "because"),
  [
    # Without artifacts to ask, the fields of the first stage that differs.
    (
      {
        "artifacts": {
          "pretrain": {"trained": "pretrain-0"},
          "probe": {"trained": "probe-0"},
        },
        "config": {"gan.width": 32, "svm.starts": 9, "gan.grids": 2},
      },
      "pretrain",
      ["gan.width"],
    ),
    # Fields of stages whose artifacts are the same are innocent.
    (
      {"config": {"svm.bootstrap": 9, "data.root": "elsewhere"}},
      "report",
      ["svm.bootstrap"],
    ),
    ({"config": {"run.deterministic": True}}, "run", ["run.deterministic"]),
    ({"versions": {"jax": "0.11"}}, "code", ["jax"]),
    ({"artifacts": {"pretrain": {"trained": "pretrain-0"}}}, "pretrain", []),
  ],
)
def test_the_first_difference_without_workdirs(
  compare, results, places, stage, because
):
  first = compare(results, _change(results, **places))["first"]
  assert first["stage"] == stage
  assert [change["name"] for change in first["because"]] == because


def test_a_representation_left_out_is_put_down_to_its_field(compare, results):
  other = copy.deepcopy(results)
  del other["controls"]["hog"]
  results["artifacts"]["extract"] = {"hog": "extract-hog-0"}
  results["config"]["svm.controls"] = ["hog"]
  other["config"]["svm.controls"] = []
  found = compare(results, other)
  assert found["only_a"] and not found["numbers"]
  assert found["first"]["stage"] == "extract"
  assert found["first"]["because"][0]["name"] == "svm.controls"


def test_without_artifacts_the_earliest_field_is_named(compare, results):
  del results["artifacts"]
  places = {"config": {"generate.count": 3, "gan.width": 32}}
  first = compare(results, _change(results, **places))["first"]
  assert first["stage"] == "pretrain"
  other = _change(results)
  other["data"]["probe"]["faces"] = 1600
  first = compare(results, other)["first"]
  assert first["stage"] == "data"
  assert first["because"][0]["name"] == "probe.faces"


def test_what_nothing_explains_has_no_first_difference(compare, results):
  found = compare(results, _change(results))
  assert found["first"] is None and not found["same"]


def test_the_workdirs_artifacts_say_why(compare, results, tmp_path):
  other = _change(results, config={"gan.epochs": 30})
  results["config"]["gan.epochs"] = 24
  for name, run, epochs in (("a", results, 24), ("b", other, 30)):
    store = artifacts.Store(tmp_path / name)
    gan = artifacts.Spec("pretrain", "rafd", 1, {"epochs": epochs}, {})
    probe = artifacts.Spec("probe", "trained", 1, {}, {"gan": gan.key})
    for spec in (gan, probe):
      store.make(spec, lambda folder: None)
    run["artifacts"] = {
      "prepare": {"rafd": "p-1"},
      "probe": {"trained": probe.name},
    }
  found = compare(results, other)
  assert found["first"]["stage"] == "pretrain"
  assert found["first"]["because"] == [{"name": "gan.epochs", "a": 24, "b": 30}]
  assert _named(found["artifacts"], "prepare.rafd")["same"]
  parting = _named(found["artifacts"], "probe.trained")["parting"]
  assert parting["artifact"].startswith("pretrain-rafd-")


def test_an_artifacts_name_leads_nowhere_outside_the_workdir(tmp_path, results):
  (tmp_path / "results.json").write_text(json.dumps(results))
  folder = runs.load(tmp_path).folder("../../etc/passwd")
  assert folder.parent == tmp_path.parent
  assert folder.name == "passwd"


def test_a_suite_is_compared_experiment_by_experiment(compare, results):
  suite = {"schema": 2, "experiments": {"emotion-1": results, "au-1": {}}}
  other = copy.deepcopy(suite)
  inner = other["experiments"]["emotion-1"]
  inner["protocols"]["paper"]["accuracy"] -= 0.5
  inner["config"]["gan.width"] = 32
  inner["artifacts"]["pretrain"] = "pretrain-0"
  inner["timing"]["total_s"] = 0.0
  found = compare(suite, other)
  (number,) = found["numbers"]
  assert number["name"] == "experiments.emotion-1.protocols.paper.accuracy"
  assert number["ci95"] and not number["inside"]
  first = found["first"]
  assert (first["experiment"], first["stage"]) == ("emotion-1", "pretrain")
  assert [c["name"] for c in first["because"]] == ["gan.width"]


_JSON = st.recursive(
  st.none()
  | st.booleans()
  | st.integers(-(10**6), 10**6)
  | st.floats(-1e6, 1e6)
  | st.text(max_size=4),
  lambda inner: (
    st.lists(inner, max_size=3)
    | st.dictionaries(
      st.sampled_from(
        ["protocols", "config", "artifacts", "experiments", "data", "timing"]
      )
      | st.text(max_size=3),
      inner,
      max_size=4,
    )
  ),
  max_leaves=12,
)
_RESULTS = st.dictionaries(
  st.sampled_from(["experiments", "config", "data", "artifacts", "new"]), _JSON
).map(lambda inner: {"schema": 1, **inner})


@settings(
  deadline=None,
  derandomize=True,
  max_examples=150,
  suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(_RESULTS, _RESULTS)
def test_comparing_mirrors_whatever_the_keys(compare, a, b):
  there, back = compare(a, b), compare(b, a)
  assert compare(a, a)["same"]
  for name, mirrored in (("only_a", "only_b"), ("numbers", "numbers")):
    swapped = [(c["name"], c["b"], c["a"]) for c in back[mirrored]]
    straight = [(c["name"], c["a"], c["b"]) for c in there[name]]
    assert sorted(straight, key=repr) == sorted(swapped, key=repr)
  assert there["same"] == back["same"]


@pytest.mark.parametrize(
  ("text", "message"),
  [
    ("{", "is not JSON"),
    ('{"schema": 1, "x": NaN}', "NaN is no finite number"),
    ('{"schema": 1, "x": 1e999}', "1e999 is no finite number"),
    ('{"schema": 1, "x": ' + "9" * 400 + "}", "is no finite number"),
    ("[" * 100_000, "is not JSON"),
    ("[1]", "is not of a jaxfer report"),
    ('{"accuracy": 1}', "is not of a jaxfer report"),
    ("\udcff", "is not JSON"),
  ],
  ids=["cut", "nan", "huge", "whole", "deep", "list", "foreign", "bytes"],
)
def test_what_is_no_report_is_refused_by_name(tmp_path, text, message):
  path = tmp_path / "results.json"
  path.write_text(text, errors="surrogateescape")
  with pytest.raises(runs.RunError, match=message) as refusal:
    runs.load(path)
  assert str(path) in str(refusal.value)


def test_missing_results_name_the_place_and_the_choices(tmp_path):
  with pytest.raises(runs.RunError, match=r"gone does not exist; give a"):
    runs.load(tmp_path / "gone")
  with pytest.raises(runs.RunError, match=r"has no results\.json; give"):
    runs.load(tmp_path)


def test_a_workdir_its_report_and_the_file_are_one_run(tmp_path, results):
  report = tmp_path / "report"
  report.mkdir()
  (report / "results.json").write_text(json.dumps(results))
  both = map(runs.load, (tmp_path, report, report / "results.json"))
  assert len({run.file for run in both}) == 1


def test_reports_of_one_workdir_go_by_the_beginning_of_name_or_hash(
  tmp_path, results
):
  for name in ("own-abc111", "own-abd222", "other-9f0000"):
    folder = tmp_path / "reports" / name
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(json.dumps(results))
  for asked, name in (
    ("abc", "own-abc111"),
    ("other", "other-9f0000"),
    ("reports/abd", "own-abd222"),
    ("reports/own-abc111", "own-abc111"),
  ):
    run = runs.load(tmp_path / asked)
    assert run.file == tmp_path / "reports" / name / "results.json"
  with pytest.raises(runs.RunError, match=r"2 reports .* 'ab'.*own-abd"):
    runs.load(tmp_path / "ab")
  with pytest.raises(runs.RunError, match=r"no reports .*other-9f0000"):
    runs.load(tmp_path / "zz")
