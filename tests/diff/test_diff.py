"""The command: what it prints, its last sentence, its exit status."""

import copy
import json
import subprocess
import sys

import pytest

from jaxfer.diff import __main__ as diff


@pytest.fixture
def run(tmp_path, capsys):
  """The exit status and output of the command for two results."""

  def call(a, b, *options):
    paths = []
    for name, results in (("a", a), ("b", b)):
      paths.append(tmp_path / f"{name}.json")
      paths[-1].write_text(json.dumps(results))
    status = diff.main([*map(str, paths), *options])
    return status, capsys.readouterr().out

  return call


def test_two_equal_runs_agree_to_the_last_digit(run, results):
  other = copy.deepcopy(results)
  other["timing"]["total_s"] += 9
  status, text = run(results, other)
  assert status == 0
  assert text.endswith("\n\nThe results agree to the last digit.\n")
  assert "The same in both: config, data, code" in text
  assert "timing.total_s  412.3 → 421.3" in text


def test_the_last_digit_counts(run, results):
  other = copy.deepcopy(results)
  block = other["protocols"]["paper"]
  results["protocols"]["paper"]["accuracy"] = 0.7
  block["accuracy"] = 0.7000000000000001
  status, text = run(results, other)
  assert status == 1
  assert "0.7 → 0.7000000000000001  +1.11e-16" in text
  assert "nothing recorded says why" in text.splitlines()[-1]


def test_the_last_sentence_names_the_stage_and_the_reason(run, results):
  other = copy.deepcopy(results)
  results["config"]["gan.epochs"], other["config"]["gan.epochs"] = 24, 30
  other["artifacts"]["pretrain"]["trained"] = "pretrain-0"
  other["artifacts"]["probe"]["trained"] = "probe-0"
  other["protocols"]["subject"]["accuracy"] = 0.1
  status, text = run(results, other)
  assert status == 1
  assert text.splitlines()[-1] == (
    "First difference: pretrain, because gan.epochs is 24 in A and 30 in B."
  )
  lines = [line.split() for line in text.splitlines()]
  same = ["prepare.rafd", "identical:", "prepare-rafd-91c0aa52"]
  assert same in lines
  why = "pretrain.trained  differs because gan.epochs is 24 in A and 30"
  assert why in text
  assert "probe.trained     differs: probe-trained-77fe0192 → probe-0" in text
  assert "gan.epochs  24 → 30  from pretrain on" in text
  assert "→ 0.1" in text and "outside [" in text


def test_numbers_that_only_one_has_are_counted(run, results):
  other = copy.deepcopy(results)
  other["schema"], other["new"] = 3, {"x": 1, "y": [2, 3]}
  status, text = run(results, other)
  assert status == 1
  assert "A has schema 2 and B has schema 3" in text
  assert text.splitlines()[-1] == (
    "The numbers that both have agree; 0 are only in A and 3 only in B."
  )


def test_an_experiment_of_a_suite_is_named(run, results):
  suite = {"schema": 2, "experiments": {"emotion-5": results}}
  other = copy.deepcopy(suite)
  inner = other["experiments"]["emotion-5"]
  inner["protocols"]["paper"]["accuracy"] = 0.5
  inner["config"]["svm.bootstrap"] = 100
  _, text = run(suite, other)
  assert text.splitlines()[-1] == (
    "First difference: report of emotion-5, because svm.bootstrap is 40 in A"
    " and 100 in B."
  )


def test_long_lists_are_cut_and_say_so(run, results):
  other = copy.deepcopy(results)
  other["many"] = list(range(500))
  _, text = run(results, other)
  assert "… and 480 more, which --json lists" in text
  _, text = run(results, other, "--json")
  assert len(json.loads(text)["only_b"]) == 500


def test_json_holds_the_comparison_and_its_conclusion(run, results):
  other = copy.deepcopy(results)
  other["protocols"]["paper"]["accuracy"] = 0.5
  status, text = run(results, other, "--json")
  found = json.loads(text)
  assert (status, found["same"]) == (1, False)
  assert found["numbers"][0]["b"] == 0.5
  assert found["conclusion"].startswith("The results differ")


@pytest.mark.parametrize(
  "hostile", ["\x1b[2J", "\nForged: 1", "\u202egpj", "\x9b31m", "\ud800", "\r"]
)
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_nothing_in_the_data_drives_the_terminal(
  run, results, hostile, options
):
  other = copy.deepcopy(results)
  other["experiment"] = hostile
  other["config"][hostile] = [hostile]
  other["data"][hostile] = {hostile: 1}
  other["artifacts"][hostile] = hostile
  other["artifacts"]["probe"] = other["versions"][hostile] = hostile
  other["machine"][hostile] = other["new" + hostile] = 0.5
  _, text = run(results, other, *options)
  assert hostile not in text
  assert all(line.isprintable() for line in text.split("\n"))


def test_a_run_that_cannot_be_read_is_status_two(tmp_path, capsys):
  assert diff.main([str(tmp_path / "x\x1b"), str(tmp_path)]) == 2
  said = capsys.readouterr()
  assert "does not exist" in said.err and "\x1b" not in said.err
  assert not said.out


def test_the_command_starts_without_jax(tmp_path, results):
  (tmp_path / "results.json").write_text(json.dumps(results))
  code = (
    "import sys; from jaxfer.diff import __main__ as diff;"
    "status = diff.main([sys.argv[1]] * 2);"
    "sys.exit(status or 'jax' in sys.modules or 'numpy' in sys.modules)"
  )
  subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_two_reports_of_one_workdir_are_named_by_their_hashes(
  tmp_path, capsys, results
):
  for name in ("own-1a", "own-2b"):
    folder = tmp_path / "reports" / name
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(json.dumps(results))
  assert diff.main([f"--workdir={tmp_path}", "1a", "2b"]) == 0
  said = capsys.readouterr().out
  assert "reports/own-1a" in said and "reports/own-2b" in said


def test_the_former_name_says_so_and_goes_on():
  done = subprocess.run(
    [sys.executable, "-m", "jaxfer.report.diff", "--help"],
    capture_output=True,
    text=True,
    check=True,
  )
  assert "usage: jaxfer diff" in done.stdout
  assert "is now jaxfer diff" in done.stderr
