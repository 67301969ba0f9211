"""How a run ends: scores with intervals, the verdict, where more lies."""

from pathlib import Path

from jaxfer import terms
from jaxfer.report import publish, wording


def test_a_run_ends_with_its_answer_in_three_lines(results):
  page = Path("runs/x/report/index.html")
  found = {"verdict": "collapsed", "reasons": ["all faces are alike"]}
  results = results | {"generated": {"collapse": found}}
  lines = publish.describe(results, page).splitlines()
  assert len(lines) == 3
  scores, verdict, where = lines
  for protocol in ("paper", "subject"):
    block = results["protocols"][protocol]
    said = wording.score("accuracy", block["accuracy"])
    interval = wording.bounds("rate", block["accuracy_ci95"])
    assert f"{terms.PROTOCOLS[protocol].place} {said} {interval}" in scores
  assert scores.startswith(f"{results['experiment']}: accuracy ")
  assert "ollapse" in verdict and "all faces are alike" in verdict
  assert where == (
    "report: runs/x/report/index.html; tables in runs/x/report/tables, figures"
    " in runs/x/report/figures"
  )


def test_what_was_not_scored_has_its_reason(results):
  results["protocols"]["subject"] = None
  results["reasons"]["subject"] = "faces carry no person ids"
  said = publish.scores(results)
  assert "on unseen people not known (faces carry no person ids)" in said


def test_nothing_is_called_unseen_that_may_have_been_seen(results):
  results["audit"]["unseen"]["subject"] = {"holds": False, "reason": "copies"}
  said = publish.scores(results)
  assert "on people kept apart by name" in said
  assert "on unseen people" not in said
