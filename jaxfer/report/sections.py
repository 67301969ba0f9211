"""What the page says of every run: its tiles, scores, notes and times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jaxfer import logs
from jaxfer.report import cells, finding, wording
from jaxfer.report.cells import NOTHING, Cell, Row, Table
from jaxfer.report.evidence import score_blocks
from jaxfer.report.reference import Reference


def columns(results: Mapping[str, Any]) -> dict[str, str]:
  """The protocols that stand side by side, and their names.

  Args:
    results: the numbers of a run.

  Returns:
    Those of `wording.SHOWN` that have scores. Where another set is tested
    nothing is random, and they are named by what they do.
  """
  names = dict(wording.PROTOCOLS)
  if finding.crosses(results):
    names["subject"] = "another set"
    if results["protocols"].get("paper"):
      names |= {"paper": "another set, C = 1", "subject": "another set, tuned"}
  return {p: names[p] for p in wording.SHOWN if results["protocols"].get(p)}


def tiles(
  results: Mapping[str, Any], reference: Reference | None
) -> list[tuple[str, Cell]]:
  """The figures at the head of the page: what each is, and the number."""
  metric = wording.headline(results["task"])
  found = [
    (name, cells.metric(results["protocols"][protocol], metric))
    for protocol, name in columns(results).items()
  ]
  if reference and (printed := _printed(reference, metric)) is not None:
    found.append(("printed in the paper", Cell(printed, reference.name)))
  if protocol := finding.best_protocol(results):
    if results["task"] == "emotion":
      rate = finding.guess_rate(results["protocols"][protocol])
      cell = Cell(wording.percent(rate), "the commonest emotion, always")
    else:
      cell = Cell(wording.area(0.5), "by construction")
    found.append(("guessing", cell))
  return found


def scores(results: Mapping[str, Any], reference: Reference | None) -> Table:
  """Each metric: the paper's number, then ours under each protocol."""
  shown = columns(results)
  rows: list[Row] = []
  for metric, name in wording.metrics(results["task"]).items():
    found = [
      cells.metric(results["protocols"][protocol], metric) for protocol in shown
    ]
    if reference:
      found.insert(0, _reference_cell(reference, metric))
    rows.append((Cell(name), found))
  return Table(headings(results, reference), tuple(rows))


def areas(results: Mapping[str, Any], reference: Reference | None) -> Table:
  """Each emotion with its faces: the paper's AUC, ours, and recall."""
  shown = columns(results)
  blocks = [results["protocols"][protocol] for protocol in shown]
  printed = reference.areas if reference else {}
  best = finding.best_protocol(results)
  recall = results["protocols"][best].get("recall", {}) if best else {}
  rows: list[Row] = []
  for emotion in wording.in_order([*results["names"], *printed]):
    entries = [cells.area_entry(block, emotion) for block in blocks]
    faces = max([entry.get("n_pos", 0) for entry in entries], default=0)
    found = [cells.area(block, emotion) for block in blocks]
    if reference:
      found.insert(0, cells.number(printed.get(emotion)))
    found.append(cells.rate(recall.get(emotion)))
    rows.append((Cell(emotion, f"{faces:,} faces"), found))
  return Table((*headings(results, reference), "named\nright"), tuple(rows))


def headings(
  results: Mapping[str, Any], reference: Reference | None
) -> tuple[str, ...]:
  """What stands above printed numbers, if any, and above each protocol's."""
  ours = tuple(f"ours\n{name}" for name in columns(results).values())
  return (f"paper\n{reference.name}", *ours) if reference else ours


def representations(results: Mapping[str, Any], metric: str) -> Table:
  """Each representation in one metric under each protocol."""
  blocks, shown = score_blocks(results), columns(results)
  rows = [
    (
      Cell(wording.REPRESENTATIONS.get(name, name)),
      [cells.metric(blocks.get((name, p)), metric) for p in shown],
    )
    for name in ("trained", *results["controls"])
  ]
  return Table(tuple(shown.values()), tuple(rows))


def advantages(results: Mapping[str, Any]) -> Table:
  """How far the trained discriminator is ahead of each control."""
  metric, shown = wording.headline(results["task"]), columns(results)
  rows: list[Row] = []
  for name in results["controls"]:
    pair = results["differences"].get(f"trained - {name}", {})
    found = [cells.difference(pair.get(p), metric) for p in shown]
    rows.append((Cell(wording.REPRESENTATIONS.get(name, name)), found))
  return Table(tuple(shown.values()), tuple(rows))


def stages(timing: Mapping[str, Any]) -> list[tuple[str, str, float]]:
  """Each stage's name, its time in words, and its share of the longest."""
  seconds = timing.get("stages", {})
  longest = max([*seconds.values(), 1e-9])
  return [
    (name, logs.duration(spent), spent / longest)
    for name, spent in seconds.items()
  ]


def throughput(timing: Mapping[str, Any]) -> list[tuple[str, str]]:
  """The rates and times that were measured, each with its name."""
  known: dict[str, tuple[str, Callable[[float], str]]] = {
    "total_s": ("whole run", logs.duration),
    "compile_s": ("of which compiling", logs.duration),
    "train_images_per_s": ("training", _images_per_second),
    "extract_images_per_s": ("extracting features", _images_per_second),
  }
  return [
    (name, write(timing[key]))
    for key, (name, write) in known.items()
    if timing.get(key)
  ]


def absences(results: Mapping[str, Any]) -> list[str]:
  """Why protocols have no scores, or those of another protocol."""
  found: dict[str, list[str]] = {}
  for protocol in wording.SHOWN:
    name, block = (
      wording.PROTOCOLS[protocol],
      results["protocols"].get(protocol),
    )
    if not block:
      reason = results["reasons"].get(protocol)
      text = f"no scores, because {reason}" if reason else ""
    elif same := block.get("same_as"):
      text = f"= {wording.PROTOCOLS[same]}, because {block['same_as_reason']}"
    else:
      text = ""
    if text:
      found.setdefault(text, []).append(name)
  return [f"{wording.sentence(names)}: {text}" for text, names in found.items()]


def notes(results: Mapping[str, Any]) -> list[str]:
  """What each protocol remarks on its test folds."""
  return [
    f"{name}: {note}"
    for protocol, name in columns(results).items()
    for note in results["protocols"][protocol].get("notes", [])
  ]


def _printed(reference: Reference, metric: str) -> str | None:
  value, _ = reference.scores.get(metric, (None, ""))
  return None if value is None else wording.score(metric, value)


def _reference_cell(reference: Reference, metric: str) -> Cell:
  if metric not in reference.scores:
    return NOTHING
  printed = _printed(reference, metric)
  if printed is None:
    return Cell("not stated")
  return Cell(printed, reference.scores[metric][1])


def _images_per_second(rate: float) -> str:
  return f"{rate:,.0f} images/s"
