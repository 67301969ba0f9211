"""What the page says of every run: its tiles, scores, notes and times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jaxfer import logs, terms
from jaxfer.report import cells, finding, protocols, sides, wording
from jaxfer.report.cells import NOTHING, Cell, Row, Table
from jaxfer.report.reference import Reference


def columns(results: Mapping[str, Any]) -> dict[str, str]:
  """The protocols that stand side by side, and their names.

  Args:
    results: the numbers of a run.

  Returns:
    Those of `terms.SHOWN` that have scores.
  """
  names = protocols.titles(results)
  return {p: names[p] for p in terms.SHOWN if results["protocols"].get(p)}


def tiles(
  results: Mapping[str, Any], reference: Reference | None
) -> list[tuple[str, Cell]]:
  """The figures at the head of the page: what each is, and the number."""
  metric = terms.headline(results["task"])
  found = [
    (name, _with_copies(_metric(results["protocols"], p, metric), results, p))
    for p, name in columns(results).items()
  ]
  if reference and (printed := _printed(reference, metric)) is not None:
    found.append(("printed in the paper", Cell(printed, reference.name)))
  if protocol := finding.best_protocol(results):
    if results["task"] == "emotion":
      rate = finding.guess_rate(results["protocols"][protocol])
      cell = Cell(wording.percent(rate), "the commonest emotion, always")
    else:
      cell = Cell(wording.write("area", 0.5), "by construction")
    found.append(("guessing", cell))
  return found


def scores(results: Mapping[str, Any], reference: Reference | None) -> Table:
  """Each metric: the paper's number, then ours under each protocol."""
  shown = columns(results)
  rows: list[Row] = []
  for metric, row in terms.metrics(results["task"]).items():
    found = [_metric(results["protocols"], p, metric) for p in shown]
    if reference:
      found.insert(0, _reference_cell(reference, metric))
    rows.append((Cell(row.title), found))
  for title, row in sides.rows(results, [*shown]):
    rows.append((title, [Cell("")] * bool(reference) + row))
  return Table(headings(results, reference), tuple(rows))


def areas(results: Mapping[str, Any], reference: Reference | None) -> Table:
  """Each emotion with its faces: the paper's AUC, ours, and recall."""
  blocks = {p: results["protocols"][p] for p in columns(results)}
  printed = reference.areas if reference else {}
  best = finding.best_protocol(results)
  recall = results["protocols"][best].get("recall", {}) if best else {}
  rows: list[Row] = []
  for emotion in wording.in_order([*results["names"], *printed]):
    entries = [cells.area_entry(block, emotion) for block in blocks.values()]
    faces = max([entry.get("n_pos", 0) for entry in entries], default=0)
    found = [
      cells.area(block, emotion, cells.twin(blocks, p))
      for p, block in blocks.items()
    ]
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
  every = {"trained": results["protocols"], **results["controls"]}
  shown = columns(results)
  rows = [
    (
      Cell(terms.representation(name).title),
      [_metric(blocks, p, metric) for p in shown],
    )
    for name, blocks in every.items()
  ]
  return Table(tuple(shown.values()), tuple(rows))


def advantages(results: Mapping[str, Any]) -> Table:
  """How far the trained discriminator is ahead of each control."""
  metric, shown = terms.headline(results["task"]), columns(results)
  rows: list[Row] = []
  for name in results["controls"]:
    pair = results["differences"].get(f"trained - {name}", {})
    found = [cells.difference(pair.get(p), metric) for p in shown]
    rows.append((Cell(terms.representation(name).title), found))
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
  """Why protocols have no scores, those of another, or not the name they claim.

  Args:
    results: the numbers of a run.
  """
  found: dict[str, list[str]] = {}
  names = protocols.titles(results)
  for protocol in terms.SHOWN:
    block = results["protocols"].get(protocol)
    reason = results["reasons"].get(protocol)
    unseen = results["audit"].get("unseen", {}).get(protocol, {})
    texts = []
    if not block and reason:
      texts.append(f"no scores, because {reason}")
    if block and (same := block.get("same_as")):
      texts.append(
        f"the numbers of {names[same]}, because {block['same_as_reason']}"
      )
    if block and unseen.get("reason"):
      texts.append(f"not called unseen, because {unseen['reason']}")
    for text in texts:
      found.setdefault(text, []).append(names[protocol])
  return [f"{wording.sentence(names)}: {text}" for text, names in found.items()]


def notes(results: Mapping[str, Any]) -> list[str]:
  """What each protocol remarks on its test folds."""
  return [
    f"{name}: {note}"
    for protocol, name in columns(results).items()
    for note in results["protocols"][protocol].get("notes", [])
  ]


def _metric(blocks: cells.Blocks, protocol: str, metric: str) -> Cell:
  return cells.metric(
    blocks.get(protocol), metric, cells.twin(blocks, protocol)
  )


def _with_copies(cell: Cell, results: Mapping[str, Any], protocol: str) -> Cell:
  """A score with the count that its name must not be read without."""
  if protocols.claims(results, protocol):
    return cell
  said = sides.on_other_side(results, protocol)
  return Cell(cell.text, "; ".join(filter(None, (cell.detail, said))))


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
