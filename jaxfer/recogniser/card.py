"""How far a recogniser is to be trusted, from its run's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from jaxfer import templates
from jaxfer.scores.heldout import QUANTILE, HeldOut

_HERE = Path(__file__).parent
# The strictest first: neither classifier nor network has seen who is tested.
_PROTOCOLS = ("sealed", "official_sealed", "subject", "official", "across")
SEEN_BY = {
  "sealed": "people seen neither by the classifier nor by the network",
  "official_sealed": "the owner's test part, seen by neither",
  "subject": "people whom the classifier had not seen",
  "official": "the owner's test part",
  "across": "another set",
  "paper": "random folds: the same people may be on both sides",
}
"""Whom a protocol tests, in words."""

_LISTED = ("dataset", "faces", "people")  # of a set, what a card says
INTENDED_USE = (
  "A research instrument. Labels name what an actor was asked to show or an"
  " annotator saw, not what anyone felt. Do not use it to decide anything about"
  " a person: not for hiring, schooling, policing, border control, insurance,"
  " health, lie detection, attention monitoring or advertising; see"
  " INTENDED_USE.md."
)


def of_run(results: Mapping[str, Any], held_out: HeldOut) -> dict[str, Any]:
  """The card of a run's recogniser."""
  unseen = results["audit"].get("unseen", {})
  protocols, data = results["protocols"], results["data"]
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
      "tested_on": SEEN_BY[protocol],
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
      role: {name: one.get(name) for name in _LISTED}
      for role, one in (
        ("learnt_from", data["pretrain"]),
        ("fitted_on", data["probe"]),
        ("tested_on", data.get("test", data["probe"])),
      )
    },
    "probabilities": held_out.calibration
    and {
      "calibrated_by": held_out.calibration.kind,
      "calibrated_on": SEEN_BY[held_out.protocol],
      **(held_out.reliability or {}),
    },
    "familiar": {
      "quantile": QUANTILE,
      "meaning": "as near to what the classifier holds (support vectors; of"
      " action units and a linear head the means of classes) as"
      f" {QUANTILE:.0%} of the faces tested were",
    },
    "experiment_hash": results["experiment_hash"],
    "versions": results["versions"],
    "intended_use": INTENDED_USE,
  }


def headline(card: Mapping[str, Any]) -> str:
  """The accuracy, of whom, and its interval, in a sentence."""
  found = card["measured"]
  what, form = "mean area under the ROC curve", "{:.3f}"
  if found["metric"] == "accuracy":
    what, form = "share of faces named right", "{:.1%}"
  shown = "unknown" if found["value"] is None else form.format(found["value"])
  if found["interval95"]:
    shown += " [{}, {}]".format(*map(form.format, found["interval95"]))
  said = f"{what} on {found['tested_on']}: {shown}"
  if card["drawn"]:
    said += "; measured on drawn faces, which says nothing of people"
  if found["doubt"]:
    said += f"; {found['doubt']}"
  return said


def markdown(card: Mapping[str, Any]) -> str:
  """A model card to lay beside a model's file."""
  return render("card.txt", card)


def render(template: str, card: Mapping[str, Any], **more: Any) -> str:
  """A template of this folder, which says how far to trust what it shows."""
  environment = templates.environment(_HERE).overlay(
    autoescape=jinja2.select_autoescape(["html"]), keep_trailing_newline=True
  )
  return environment.get_template(template).render(
    card=card,
    found=card["measured"],
    headline=headline(card),
    described=_described,
    number=_number,
    **more,
  )


def _described(one: Mapping[str, Any]) -> str:
  """A set of faces in words."""
  people = one["people"]
  who = f"{people:,} people" if people else "people unknown"
  return f"{one['dataset']}, {one['faces']:,} faces, {who}"


def _number(value: float | None) -> str:
  return "–" if value is None else f"{value:.3f}"
