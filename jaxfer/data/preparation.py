"""How the faces of each role of an experiment are prepared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxfer import artifacts
from jaxfer.config import Config
from jaxfer.data import detect, images, readers
from jaxfer.data.mtcnn import weights
from jaxfer.data.table import FaceTable
from jaxfer.errors import UserError, refuse_other

_LOOKED_AT = 16  # pictures of a set that tell whether it has colour


def roles(config: Config) -> tuple[str, ...]:
  """What sets are used for, in an experiment; it names a set for each.

  `pretrain` is learnt from without labels, `probe` fitted on and tested by
  folds; where there is a `test` set, that is tested instead.
  """
  across = config.data.test not in ("", config.data.probe)
  return ("pretrain", "probe", "test") if across else ("pretrain", "probe")


def settle(config: Config) -> None:
  """Names the set that is learnt from where it is left to the folders given.

  An empty `data.pretrain` becomes the user's own unlabelled faces where there
  is such a folder, and another than that of the labelled ones, which else are
  learnt from.
  """
  data = config.data
  if data.pretrain:
    return
  unlabelled, labelled = (
    readers.place(name, data).resolve() for name in ("unlabelled", "labelled")
  )
  apart = unlabelled != labelled and unlabelled.is_dir()
  wanted = data.probe == "unlabelled" or data.standin.draw
  data.pretrain = "unlabelled" if apart or wanted else "labelled"


def take_detectors(config: Config, ways: Mapping[str, str]) -> str:
  """Sets the `detector` of an experiment's sets where it is told by role.

  Returns:
    A line that names the fields that say it now.

  Raises:
    UserError: if two roles of one set are told different ways.
  """
  settle(config)
  told: dict[str, str] = {}
  for role, way in ways.items():
    name = config.data[role] or config.data.probe
    if told.setdefault(name, way) != way:
      raise UserError(
        f"crop.{role}={way}, but {name} is one set, whose faces another role"
        f" has by {told[name]}: set data.{name}.detector"
      )
    config.data[name].detector = way
  fields = " ".join(f"--config.data.{k}.detector={v}" for k, v in told.items())
  roles_told = ", ".join(f"crop.{role}" for role in ways)
  return f"{roles_told} belongs to the set now, and is read as {fields}"


def twice(config: Config) -> str:
  """What is to be said where two sets of an experiment are one folder."""
  names = dict.fromkeys(config.data[role] for role in roles(config))
  by_place: dict[Path, str] = {}
  for name in () if config.data.standin.draw else names:
    place = readers.place(name, config.data).resolve()
    if place in by_place:
      return (
        f"{by_place[place]} and {name} are one folder, {place}, read and"
        " cropped as two sets: nothing keeps the people who are tested from"
        f" the DCGAN; --config.data.pretrain={config.data.probe} does, and"
        " crops once"
      )
    by_place[place] = name
  return ""


def describe(
  config: Config, role: str, colour: str
) -> tuple[dict[str, Any], dict[str, str]]:
  """Everything that the crops of a role depend on, besides the images.

  Returns:
    The settings, as `crop.write_faces` takes them, and the checksums of other
    inputs by name.

  Raises:
    FileNotFoundError: if MTCNN's weights are not installed.
    UserError: for settings that cannot work, or do not work together.
  """
  name, crop = config.data[role], config.crop
  dataset = readers.get(name)
  options, field = config.data[name].to_dict(), f"data.{name}.detector"
  detector = options.pop("detector")
  options.pop("image_root", None)  # where images lie changes none of them
  refuse_other(field, detector, ("auto", *detect.DETECTORS))
  if detector == "auto":
    detector = dataset.detector
  if not options["count"] and not dataset.samples:
    del options["count"], options["seed"]
  if crop.align_eyes and detector != "mtcnn":
    raise UserError(
      f"crop.align_eyes needs the eyes, which {detector} does not find: set"
      f" {field}=mtcnn"
    )
  settings = {
    "dataset": name,
    **options,
    "detector": detector,
    "colour": colour,
    **{k: crop[k] for k in ("size", "margin", "filter", "align_eyes")},
    "max_megapixels": config.data.max_megapixels,
  }
  inputs = {}
  if detector in detect.SEARCHES:
    refuse_other("crop.rule", crop.rule, detect.RULES)
    settings |= {k: crop[k] for k in ("detect_side", "min_face", "rule")}
  if detector == "mtcnn":
    weights.find_file("pnet")  # before any work, that they are there
  if detector == "viola_jones":
    settings |= {k: crop[k] for k in ("scale_factor", "min_neighbors")}
  if detector == "fixed":
    if dataset.box is None:
      raise UserError(
        f"{field}=fixed: {dataset.title} has no stated box; use boxes_csv"
      )
    settings["box"] = list(dataset.box)
  if detector == "boxes_csv":
    if not Path(crop.boxes).is_file():
      raise UserError(
        f"{field}=boxes_csv reads crop.boxes={crop.boxes!r}, which is no file"
      )
    inputs["boxes"] = artifacts.sha256(Path(crop.boxes))
  return settings, inputs


def find_colour(config: Config, tables: Mapping[str, FaceTable]) -> str:
  """One colour for all sets of an experiment: grey where one of them is.

  Of a set whose owner does not say, some pictures of its table are looked at; a
  set without a table is drawn.
  """
  colour = config.crop.colour
  refuse_other("crop.colour", colour, ("auto", "rgb", "grey"))
  if colour != "auto":
    return colour
  names = {config.data[role] for role in roles(config)}
  for name in sorted(names):
    grey = readers.get(name).grey
    if grey is None and name in tables:
      grey = _all_grey(tables[name], config.data.max_megapixels)
    if grey:
      return "grey"
  return "rgb"


def _all_grey(table: FaceTable, max_megapixels: float) -> bool:
  seen = 0
  for face in table.faces[:: -(-len(table.faces) // _LOOKED_AT) or 1]:
    try:
      with table.open(face) as file:
        image = images.load(file, max_megapixels=max_megapixels)
    except (OSError, images.ImageError):
      continue
    if images.has_colour(image):
      return False
    seen += 1
  return seen > 0
