"""What the page says of generated faces: a verdict, Table VII, all numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from jaxfer.report import estimates, paper, wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.table import Column, Row, Table, columns_of
from jaxfer.results.evidence import Results
from jaxfer.terms import Metric

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
  "change": Metric("change from frame to frame", _SIZE),
  "nearest_distance": Metric("distance to the nearest real face", _SIZE),
  "copied": Metric("nearer to a real face than faces are to each other"),
}
"""Measures: their names in words, and their units."""

COLUMNS = ("is", "fid", "ssim_nearest_real")
"""The columns of Table VII that can be measured without asking people."""

_OF_CLASSES = (
  "fid",
  "frechet_distance",
  "precision",
  "recall",
  "coverage",
  "ssim_nearest_real",
  "ms_ssim_fake_pairs",
)


def verdict(found: Mapping[str, Any]) -> str:
  """Whether it has collapsed, in a line."""
  said = found["collapse"]["verdict"]
  if said in ("collapsed", "no sign of collapse"):
    return wording.capital(said)
  return "Not known whether it has collapsed"


def signs(found: Mapping[str, Any]) -> list[tuple[str, str]]:
  """Each sign: whether it is raised, and what it says."""
  marks = {True: "sign of collapse", False: "no sign", None: "says nothing"}
  return [
    (marks[sign["raised"]], wording.capital(sign["words"]))
    for sign in found["collapse"]["signs"]
  ]


def samples(results: Results) -> Table:
  """Table VII: the paper's rows, then ours."""
  rows = printed_samples()
  asked = taken_for_real(results)
  amt = Estimate(note="people were not asked")
  if asked is not None:
    why = asked.get("reason") or "taken for real, in the human study"
    amt = Estimate(asked["value"], "rate", note=why)
  words, why = "ours", "draws from noise; SSIM is to the nearest real face"
  if results["standin"]:
    words, why = "not comparable", "learnt from drawings"
  for preprocessing, numbers in by_preprocessing(results["generated"]):
    rows.append(
      {
        "model": Estimate("here", note=preprocessing),
        **{name: estimate(name, numbers[name]) for name in COLUMNS},
        "amt": amt,
        "relation": Estimate(words, note=why),
      }
    )
  heads = {
    "model": "",
    "is": "inception\nscore",
    "fid": "FID",
    "ssim_nearest_real": "SSIM",
    "amt": "AMT",
    "relation": "with ours",
  }
  return Table([Column(*head) for head in heads.items()], rows)


def printed_samples() -> list[dict[str, Any]]:
  """The rows of Table VII as printed, and whether ours compare with them."""
  rows = []
  for entry in paper.SAMPLES:
    cited = f"{entry.model} [{entry.reference}]"
    words = "the same task"
    why = "how many faces, which network and SSIM to what are not printed"
    if entry.edits:
      words, why = "not comparable", "it changes a face that it is given"
    rows.append(
      {
        "model": Estimate(
          cited if entry.reference else "the paper", note="printed"
        ),
        "is": Estimate(entry.inception_score, _SIZE),
        "fid": Estimate(entry.fid, _SIZE),
        "ssim_nearest_real": Estimate(entry.ssim, _SIZE),
        "amt": Estimate(entry.amt, "rate"),
        "relation": Estimate(words, note=why),
      }
    )
  return rows


def taken_for_real(results: Results) -> Mapping[str, Any] | None:
  """The share that people took for real in the first study, if there is one."""
  studies = results.get("human_study")
  return studies[0]["fooled"] if studies else None


def by_preprocessing(
  found: Mapping[str, Any],
) -> Iterator[tuple[str, dict[str, Mapping[str, Any]]]]:
  """For each preprocessing of Inception, or once without, numbers by `COLUMNS`.

  Its name is empty without Inception's weights.
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
  """What each space is, and all numbers that were measured in it."""
  spaces: dict[str, list[Row]] = {}
  for name, number in found["numbers"].items():
    space, _, measure = name.rpartition("/")
    counts, detail = (number["n_fake"], number["n_real"]), ""
    if not number["reason"]:
      own = [] if {*counts} == {found["count"]} else [_counted(*counts)]
      detail = "; ".join([*own, *number["warnings"]])
    spaces.setdefault(space, []).append(
      {
        "name": Estimate(MEASURES[measure].title, note=detail),
        "generated": estimate(measure, number),
        "real": _real(measure, number),
      }
    )
  heads = {"generated": "generated", "real": "real faces\nin their place"}
  return [
    (_describe(space), Table(columns_of(heads), own))
    for space, own in spaces.items()
  ]


def _counted(fakes: int, reals: int) -> str:
  return f"of {fakes:,} generated and {reals:,} real faces"


def _describe(space: str) -> str:
  """A space in words: what stands before a number's name, or nothing."""
  kind, _, name = space.partition(":")
  return {
    "": "Structural similarity of the pictures",
    "pixels": "In grey pixels, 16 × 16",
    "motion": "Along clips, in grey levels",
    "disc": "In the features of this run's own discriminator,"
    f" disc:{name}, averaged over positions: no FID",
    "inception": f"In the features of FID's InceptionV3, {name or 'absent'}",
  }[kind]


def estimate(measure: str, number: Mapping[str, Any]) -> Estimate:
  """A number with its interval, or why there is none."""
  return estimates.of(number, MEASURES[measure].unit)


def labels(found: Mapping[str, Any]) -> tuple[str, str] | None:
  """How far generated faces' labels are from real ones', in words.

  The total variation, and what real faces give; None without a machine.
  """
  number = found["labels"]["total_variation"]
  if number["value"] is None:
    return None
  own = estimates.of(number, "rate")
  return str(own), Estimate(number["floor"], "rate").text


def classes(found: Mapping[str, Any]) -> Table | None:
  """Measures of each class's generated faces against its real ones.

  Beside each number, what real faces of the class give; None where the
  generator is told nothing.
  """
  every = found.get("classes") or {}
  if not every:
    return None
  measured = dict.fromkeys(n for own in every.values() for n in own["numbers"])
  heads = {
    name: _heading(name)
    for measure in _OF_CLASSES
    for name in measured
    if name.rpartition("/")[2] == measure and _of_classes(name)
  }
  rows: list[Row] = [
    {
      "name": Estimate(
        wording.unit_name(title), note=f"{own['count']:,} faces of each"
      ),
      **{name: _beside(name, own["numbers"][name]) for name in own["numbers"]},
      "collapse": Estimate(
        verdict(own), note="; ".join(own["collapse"]["reasons"])
      ),
    }
    for title, own in every.items()
  ]
  return Table(columns_of(heads | {"collapse": "collapse"}), rows)


def rows(results: Results) -> Iterator[Row]:
  """Each number that was measured."""
  found = results.get("generated")
  return _rows(found) if found else iter(())


def class_rows(results: Results) -> Iterator[Row]:
  """Each number of each class."""
  found = results.get("generated") or {}
  for name, own in (found.get("classes") or {}).items():
    for row in _rows(own):
      yield {"class": name, **row}


def _rows(found: Mapping[str, Any]) -> Iterator[Row]:
  apart = {"labels/total_variation": found["labels"]["total_variation"]}
  for name, number in {**found["numbers"], **apart}.items():
    yield {
      "measure": name,
      "value": estimates.of(number, "number"),
      "floor": Estimate(number["floor"], interval=number["floor_ci95"]),
      **{key: number[key] for key in ("ceiling", "n_real", "n_fake", "reason")},
      "warnings": "; ".join(number["warnings"]),
    }


def _real(measure: str, number: Mapping[str, Any]) -> Estimate:
  """What real faces give in the place of generated ones."""
  unit = MEASURES[measure].unit
  found = Estimate(number["floor"], unit, number["floor_ci95"])
  if number["ceiling"] is None:
    return found
  note = f"{found.detail} expected {wording.write(unit, number['ceiling'])}"
  return dataclasses.replace(found, interval=None, note=note)


def _of_classes(name: str) -> bool:
  space, _, measure = name.rpartition("/")
  # One space is enough for shares: that which no network has a say in.
  return measure in ("fid", "frechet_distance") or space in ("", "pixels")


def _heading(name: str) -> str:
  space, _, measure = name.rpartition("/")
  words = MEASURES[measure].title
  preprocessing = space.partition(":")[2] if measure == "fid" else ""
  return f"{words}\n{preprocessing}" if preprocessing else words


def _beside(name: str, number: Mapping[str, Any]) -> Estimate:
  found, real = estimate(name.rpartition("/")[2], number), number["floor"]
  if number["value"] is None or real is None:
    return found
  note = f"real {wording.write(found.unit, real)}"
  return dataclasses.replace(found, interval=None, note=note)
