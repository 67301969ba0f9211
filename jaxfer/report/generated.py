"""What the page says of generated faces: a verdict, Table VII, all numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jaxfer.report import cells, paper, records, wording
from jaxfer.report.cells import Cell, Row, Table
from jaxfer.terms import Metric

COLLAPSED = "collapsed"
"""The verdict of a generator that has."""

_SIZE = "magnitude"

MEASURES: Mapping[str, Metric] = {
  "fid": Metric("FID", _SIZE),
  "kid": Metric("KID", _SIZE),
  "is": Metric("inception score", _SIZE),
  "frechet_distance": Metric("Fréchet distance", _SIZE),
  "kernel_distance": Metric("kernel distance", _SIZE),
  "precision": Metric("precision"),
  "recall": Metric("recall"),
  "density": Metric("density", _SIZE),
  "coverage": Metric("coverage"),
  "ssim_nearest_real": Metric("SSIM with the nearest real face", _SIZE),
  "ms_ssim_nearest_real": Metric("MS-SSIM with the nearest real face", _SIZE),
  "ssim_fake_pairs": Metric("SSIM of pairs of generated faces", _SIZE),
  "ms_ssim_fake_pairs": Metric("MS-SSIM of pairs of generated faces", _SIZE),
  "different_bins": Metric("bins that hold too many or too few"),
  "bin_divergence": Metric("divergence over bins", _SIZE),
  "support": Metric("images that it chooses among", "count"),
  "nearest_distance": Metric("distance to the nearest real face", _SIZE),
  "copied": Metric("nearer to a real face than faces are to each other"),
}
"""Measures: their names in words, and their units."""

_INCEPTION = "inception"

COLUMNS = ("is", "fid", "ssim_nearest_real")
"""The columns of Table VII that can be measured without asking people."""


def of(results: Mapping[str, Any]) -> Mapping[str, Any] | None:
  """What was measured of a run's generator, or None.

  Args:
    results: the numbers of a run.
  """
  return results.get("generated")


def verdict(found: Mapping[str, Any]) -> str:
  """Whether it has collapsed, in a line.

  Args:
    found: the results' block `generated`.
  """
  return {
    COLLAPSED: "Collapsed",
    "no sign of collapse": "No sign of collapse",
  }.get(found["collapse"]["verdict"], "Not known whether it has collapsed")


def signs(found: Mapping[str, Any]) -> list[tuple[str, str]]:
  """Each sign: whether it is raised, and what it says.

  Args:
    found: the results' block `generated`.
  """
  marks = {True: "sign of collapse", False: "no sign", None: "says nothing"}
  return [
    (marks[sign["raised"]], wording.capital(sign["words"]))
    for sign in found["collapse"]["signs"]
  ]


def samples(results: Mapping[str, Any]) -> Table:
  """Table VII: the paper's rows, then ours.

  Args:
    results: the numbers of a run, with what was measured of its generator.
  """
  found = results["generated"]
  rows: list[Row] = []
  for entry in paper.SAMPLES:
    cited = f"{entry.model} [{entry.reference}]"
    name = Cell(cited if entry.reference else "the paper", "printed")
    values = (entry.inception_score, entry.fid, entry.ssim)
    own = [
      cells.quantity(value, MEASURES[measure].unit)
      for measure, value in zip(COLUMNS, values, strict=True)
    ]
    rows.append((name, [*own, cells.rate(entry.amt), Cell(*kinship(entry))]))
  for dialect, numbers in by_dialect(found):
    row = [cell(name, numbers[name]) for name in COLUMNS]
    row.append(_asked(results))
    own = Cell(*_of_ours(results["standin"]))
    rows.append((Cell("here", dialect), [*row, own]))
  names = ("inception\nscore", "FID", "SSIM", "AMT", "with ours")
  return Table(names, tuple(rows))


def kinship(entry: paper.Samples) -> tuple[str, str]:
  """Whether a printed row can be compared with ours, and why.

  Args:
    entry: a row of Table VII.
  """
  if entry.edits:
    return "not comparable", "it changes a face that it is given"
  return (
    "the same task",
    "how many faces, which network and SSIM to what are not printed",
  )


def taken_for_real(results: Mapping[str, Any]) -> Mapping[str, Any] | None:
  """The share of generated faces that people took for real, if any were asked.

  Args:
    results: the numbers of a run.

  Returns:
    Of the first study of the human study kit: value, ci95 and reason.
  """
  studies = results.get("human_study")
  return studies[0]["fooled"] if studies else None


def _asked(results: Mapping[str, Any]) -> Cell:
  found = taken_for_real(results)
  if found is None:
    return Cell(wording.MISSING, "people were not asked")
  if found["value"] is None:
    return Cell(wording.MISSING, found["reason"])
  return Cell(
    wording.percent(found["value"]), "taken for real, in the human study"
  )


def _of_ours(standin: bool) -> tuple[str, str]:
  if standin:
    return "not comparable", "learnt from drawings"
  return "ours", "draws from noise; SSIM is to the nearest real face"


def by_dialect(
  found: Mapping[str, Any],
) -> Iterator[tuple[str, dict[str, Mapping[str, Any]]]]:
  """For each dialect of Inception, or once without, the columns of Table VII.

  Args:
    found: the results' block `generated`.

  Yields:
    The dialect, empty without Inception's weights; and by `COLUMNS` a number.
  """
  numbers = found["numbers"]
  spaces = [n.partition("/")[0] for n in numbers if n.endswith("/fid")]
  for space in spaces:
    yield (
      space.partition(":")[2],
      {
        name: numbers[f"{space}/{name}" if name in ("is", "fid") else name]
        for name in COLUMNS
      },
    )


def numbers(found: Mapping[str, Any]) -> list[tuple[str, Table]]:
  """Every number by the space that it was measured in.

  Args:
    found: the results' block `generated`.

  Returns:
    What each space is, and its table: the number, and real faces in the place
    of the generated ones.
  """
  spaces: dict[str, list[Row]] = {}
  for name, number in found["numbers"].items():
    space, _, measure = name.rpartition("/")
    row = [cell(measure, number), floor(measure, number)]
    detail = "" if number["reason"] else "; ".join(number["warnings"])
    spaces.setdefault(space, []).append(
      (Cell(MEASURES[measure].title, detail), row)
    )
  heads = ("generated", "real faces\nin their place")
  return [
    (describe(space), Table(heads, tuple(rows)))
    for space, rows in spaces.items()
  ]


def describe(space: str) -> str:
  """A space in words.

  Args:
    space: what stands before a number's name, or nothing.
  """
  kind, _, name = space.partition(":")
  return {
    "": "Structural similarity of the pictures",
    "pixels": "In grey pixels, 16 × 16",
    "disc": "In the features of this run's own discriminator,"
    f" disc:{name}, averaged over positions: no FID",
    _INCEPTION: f"In the features of FID's InceptionV3, {name or 'absent'}",
  }[kind]


def cell(measure: str, number: Mapping[str, Any]) -> Cell:
  """A number with its interval, or why there is none.

  Args:
    measure: a key of `MEASURES`.
    number: an entry of the results' `generated.numbers`.
  """
  if number["value"] is None:
    return Cell(wording.MISSING, number["reason"])
  return Cell(
    written(measure, number["value"]),
    _bounds(MEASURES[measure].unit, number["ci95"]),
  )


def floor(measure: str, number: Mapping[str, Any]) -> Cell:
  """What real faces give in the place of generated ones.

  Args:
    measure: a key of `MEASURES`.
    number: an entry of the results' `generated.numbers`.
  """
  detail = _bounds(MEASURES[measure].unit, number["floor_ci95"])
  if number["ceiling"] is not None:
    detail += f" expected {written(measure, number['ceiling'])}"
  if number["floor"] is None:
    return Cell(wording.MISSING, detail)
  return Cell(written(measure, number["floor"]), detail)


def written(measure: str, value: float) -> str:
  """A number as its measure is written.

  Args:
    measure: a key of `MEASURES`.
    value: the number.
  """
  return wording.write(MEASURES[measure].unit, value)


def labels(found: Mapping[str, Any]) -> tuple[str, str] | None:
  """How far generated faces' labels are from real ones', in words.

  Args:
    found: the results' block `generated`.

  Returns:
    The total variation, and what real faces give; None without a machine.
  """
  number = found["labels"]["total_variation"]
  if number["value"] is None:
    return None
  ends = _bounds("rate", number["ci95"])
  own = f"{wording.percent(number['value'])} {ends}".strip()
  chance = number["floor"]
  return own, wording.MISSING if chance is None else wording.percent(chance)


def rows(results: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
  """Each number as a row of plain values.

  Args:
    results: the numbers of a run.
  """
  found = of(results)
  if found is None:
    return
  every = dict(found["numbers"])
  every["labels/total_variation"] = found["labels"]["total_variation"]
  for name, number in every.items():
    row: dict[str, Any] = {"measure": name, "value": number["value"]}
    row |= records.bounds("value", number["ci95"])
    row["floor"] = number["floor"]
    row |= records.bounds("floor", number["floor_ci95"])
    for key in ("ceiling", "n_real", "n_fake", "reason"):
      row[key] = number[key]
    yield row | {"warnings": "; ".join(number["warnings"])}


def _bounds(unit: str, ends: Sequence[float | None] | None) -> str:
  """An interval in brackets; nothing where its first end is not known."""
  return "" if ends is None or ends[0] is None else wording.bounds(unit, ends)
