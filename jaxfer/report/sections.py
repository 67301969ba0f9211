"""Rows of the page's tables: results in, words and numbers out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from jaxfer import logs
from jaxfer.report import finding, wording
from jaxfer.report.evidence import score_blocks
from jaxfer.report.published import Published


@dataclasses.dataclass(frozen=True)
class Cell:
  """One cell: what it says, and in small print its interval or its reason."""

  text: str
  detail: str = ""


Row = tuple[Cell, list[Cell]]
"""A row's name and its cells."""

NOTHING = Cell(wording.MISSING)


def tiles(
  results: Mapping[str, Any], reference: Published | None
) -> list[tuple[str, Cell]]:
  """The figures at the head of the page: what each is, and the number."""
  found = []
  for protocol, name in wording.PROTOCOLS.items():
    if block := results["protocols"].get(protocol):
      found.append((name, _metric(block, "accuracy")))
  if reference and reference.accuracy is not None:
    cell = Cell(wording.percent(reference.accuracy, 2), reference.name)
    found.append(("printed in the paper", cell))
  if protocol := finding.best_protocol(results):
    rate = finding.guess_rate(results["protocols"][protocol])
    cell = Cell(wording.percent(rate), "the commonest emotion, always")
    found.append(("guessing", cell))
  return found


def scores(
  results: Mapping[str, Any], reference: Published | None
) -> list[Row]:
  """Each score: the paper's, then ours under both protocols."""
  printed = {}
  if reference:
    printed["auc_mean"] = Cell(
      wording.area(reference.auc_mean), reference.auc_source
    )
    printed["accuracy"] = Cell("not stated")
    if reference.accuracy is not None:
      printed["accuracy"] = Cell(
        wording.percent(reference.accuracy, 2), reference.accuracy_source
      )
  return [
    (
      Cell(name),
      [printed.get(metric, NOTHING), *_by_protocol(results, metric)],
    )
    for metric, name in wording.METRICS.items()
  ]


def areas(results: Mapping[str, Any], reference: Published | None) -> list[Row]:
  """Each emotion with its faces: the paper's AUC, ours twice, recall."""
  blocks = [results["protocols"].get(name) for name in wording.PROTOCOLS]
  emotions = {name for block in blocks if block for name in block["auc"]}
  published = reference.auc if reference else {}
  best = finding.best_protocol(results)
  recall = results["protocols"][best].get("recall", {}) if best else {}
  rows = []
  for emotion in wording.in_order({*emotions, *published}):
    printed = published.get(emotion)
    entries = [block and block["auc"].get(emotion) for block in blocks]
    faces = max([entry["n_pos"] for entry in entries if entry], default=0)
    cells = [
      Cell(wording.area(printed)) if printed is not None else NOTHING,
      *map(_area, entries),
      Cell(wording.percent(recall[emotion])) if emotion in recall else NOTHING,
    ]
    rows.append((Cell(emotion, f"{faces:,} faces"), cells))
  return rows


def representations(results: Mapping[str, Any]) -> list[Row]:
  """Each representation: accuracy twice, its difference, mean AUC twice."""
  blocks = score_blocks(results)
  rows = []
  for name in ["trained", *results.get("controls", {})]:
    cells = [
      _metric(blocks.get((name, protocol)), metric)
      for metric in ("accuracy", "auc_mean")
      for protocol in wording.PROTOCOLS
    ]
    pair = results.get("differences", {}).get(f"trained - {name}", {})
    scores = pair.get(finding.best_protocol(results)) or {}
    difference = scores.get("accuracy")
    cells.insert(2, _difference(difference) if difference else NOTHING)
    rows.append((Cell(wording.REPRESENTATIONS.get(name, name)), cells))
  return rows


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
    if timing.get(key) is not None
  ]


def notes(results: Mapping[str, Any]) -> list[str]:
  """What each protocol remarks on itself, and why one is missing."""
  found = []
  for protocol, name in wording.PROTOCOLS.items():
    block = results["protocols"].get(protocol)
    if block:
      found += [f"{name}: {note}" for note in block.get("notes", [])]
    elif reason := results["protocols"].get(f"{protocol}_reason"):
      found.append(f"{name}: no scores, because {reason}")
  return found


def _by_protocol(results: Mapping[str, Any], metric: str) -> list[Cell]:
  return [
    _metric(results["protocols"].get(protocol), metric)
    for protocol in wording.PROTOCOLS
  ]


def _metric(block: Mapping[str, Any] | None, metric: str) -> Cell:
  if not block:
    return NOTHING
  if block.get(metric) is None:
    return Cell(wording.MISSING, block.get(f"{metric}_reason", ""))
  interval = block.get(f"{metric}_ci95")
  if metric == "auc_mean":
    return Cell(wording.area(block[metric]), wording.area_interval(interval))
  return Cell(
    wording.percent(block[metric]), wording.percent_interval(interval)
  )


def _area(entry: Mapping[str, Any] | None) -> Cell:
  if not entry:
    return NOTHING
  if entry["value"] is None:
    return Cell(wording.MISSING, entry.get("reason", ""))
  interval = wording.area_interval(entry.get("ci95"))
  return Cell(wording.area(entry["value"]), interval)


def _difference(difference: Mapping[str, Any]) -> Cell:
  return Cell(
    wording.points(difference["value"]),
    wording.percent_interval(difference["ci95"]),
  )


def _images_per_second(rate: float) -> str:
  return f"{rate:,.0f} images/s"
