"""How far a recogniser is to be trusted, from its run's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxfer.recogniser.heldout import QUANTILE, HeldOut

# The strictest first: neither classifier nor network has seen who is tested.
_PROTOCOLS = ("sealed", "official_sealed", "subject", "official", "across")
_SEEN_BY = {
  "sealed": "people seen neither by the classifier nor by the network",
  "official_sealed": "the owner's test part, seen by neither",
  "subject": "people whom the classifier had not seen",
  "official": "the owner's test part",
  "across": "another set",
  "paper": "random folds: the same people may be on both sides",
}
INTENDED_USE = (
  "A research instrument. Labels name what an actor was asked to show or an"
  " annotator saw, not what anyone felt. Do not use it to decide anything about"
  " a person: not for hiring, schooling, policing, border control, insurance,"
  " health, lie detection, attention monitoring or advertising; see"
  " INTENDED_USE.md."
)


def of_run(results: Mapping[str, Any], held_out: HeldOut) -> dict[str, Any]:
  """The card of a run's recogniser.

  Args:
    results: the run's results.json.
    held_out: what is known from faces left out.
  """
  unseen = results["audit"].get("unseen", {})
  protocols = results["protocols"]
  scored = [name for name in _PROTOCOLS if protocols.get(name)]
  sure = [n for n in scored if unseen.get(n, {}).get("holds")]
  protocol = next(iter(sure or scored), "paper")
  block = protocols[protocol]
  metric = "auc_mean" if results["task"] == "au" else "accuracy"
  judged = unseen.get(protocol)
  return {
    "experiment": results["experiment"],
    "task": results["task"],
    "names": results["names"],
    "drawn": results["standin"],
    "measured": {
      "protocol": protocol,
      "tested_on": _SEEN_BY[protocol],
      "unseen": bool(judged and judged["holds"]),
      "doubt": (judged or {}).get("reason"),
      "metric": metric,
      "value": block[metric],
      "interval95": block.get(f"{metric}_ci95"),
      "interval_over": results["interval_unit"],
      "recall": block.get("recall"),
      "auc": {k: v and v["value"] for k, v in block["auc"].items()},
    },
    "data": {
      "learnt_from": _set(results["data"]["pretrain"]),
      "fitted_on": _set(results["data"]["probe"]),
      "tested_on": _set(results["data"].get("test", results["data"]["probe"])),
    },
    "probabilities": held_out.calibration
    and {
      "calibrated_by": held_out.calibration.kind,
      "calibrated_on": _SEEN_BY[held_out.protocol],
      **(held_out.reliability or {}),
    },
    "familiar": {
      "quantile": QUANTILE,
      "meaning": "as near to a face that the classifier holds as"
      f" {QUANTILE:.0%} of the faces tested were to theirs",
    },
    "experiment_hash": results["experiment_hash"],
    "versions": results["versions"],
    "intended_use": INTENDED_USE,
  }


def seen_by(protocol: str) -> str:
  """Whom a protocol tests, in words."""
  return _SEEN_BY[protocol]


def headline(card: Mapping[str, Any]) -> str:
  """The accuracy, of whom, and its interval, in a sentence."""
  found = card["measured"]
  what = "mean area under the ROC curve"
  value, interval = found["value"], found["interval95"]
  if found["metric"] == "accuracy":
    what = "share of faces named right"
    shown = f"{value:.1%}" if value is not None else "unknown"
    if interval:
      shown += f" [{interval[0]:.1%}, {interval[1]:.1%}]"
  else:
    shown = f"{value:.3f}" if value is not None else "unknown"
    if interval:
      shown += f" [{interval[0]:.3f}, {interval[1]:.3f}]"
  said = f"{what} on {found['tested_on']}: {shown}"
  if card["drawn"]:
    said += "; measured on drawn faces, which says nothing of people"
  if found["doubt"]:
    said += f"; {found['doubt']}"
  return said


def markdown(card: Mapping[str, Any]) -> str:
  """A model card to lay beside a model's file."""
  found, data = card["measured"], card["data"]
  lines = [
    f"# {card['experiment']}: {_TASKS[card['task']]}",
    "",
    f"**{headline(card)}.**",
    "",
    card["intended_use"],
    "",
    "## Data",
    "",
    *(f"- {_word(role)}: {described(one)}" for role, one in data.items()),
    "",
    "## By class" if found["recall"] else "## By action unit",
    "",
    *_table(found),
    "",
    "## Scores",
    "",
  ]
  if calibrated := card["probabilities"]:
    lines.append(
      f"Probabilities by {calibrated['calibrated_by']} scaling on"
      f" {calibrated['calibrated_on']}: expected calibration error"
      f" {calibrated['ece']:.3f}, log loss {calibrated['log_loss']:.3f}, over"
      f" {calibrated['faces']:,} faces, out of fold."
    )
    lines.append("")
  lines.append(f"`familiar`: {card['familiar']['meaning']}.")
  if head := card.get("head"):
    lines += ["", "## Classifier", "", head["note"]]
  lines += ["", f"Experiment {card['experiment_hash'][:12]}.", ""]
  return "\n".join(lines)


_TASKS = {"emotion": "facial expressions", "au": "action units"}


def described(one: Mapping[str, Any]) -> str:
  """A set of faces in words."""
  people = one["people"]
  who = f"{people:,} people" if people else "people unknown"
  return f"{one['dataset']}, {one['faces']:,} faces, {who}"


def _set(block: Mapping[str, Any]) -> dict[str, Any]:
  return {name: block.get(name) for name in ("dataset", "faces", "people")}


def _word(role: str) -> str:
  return role.replace("_", " ")


def _table(found: Mapping[str, Any]) -> list[str]:
  recall = found["recall"] or {}
  head = "| class | recall | AUC |" if recall else "| unit | AUC |"
  rule = "|---|---|---|" if recall else "|---|---|"
  lines = [head, rule]
  for name, auc in found["auc"].items():
    cells = [name, *([_number(recall.get(name))] if recall else [])]
    lines.append("| " + " | ".join([*cells, _number(auc)]) + " |")
  return lines


def _number(value: float | None) -> str:
  return "–" if value is None else f"{value:.3f}"
