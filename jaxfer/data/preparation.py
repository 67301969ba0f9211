"""How the faces of each role of an experiment are prepared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jaxfer import artifacts
from jaxfer.config import Config
from jaxfer.data import detect, detectors, readers
from jaxfer.data.mtcnn import weights


def roles(config: Config) -> tuple[str, ...]:
  """What sets are used for, in an experiment; it names a set for each.

  `pretrain` is learnt from without labels, `probe` fitted on and tested by
  folds; where there is a `test` set, that is tested instead.
  """
  across = config.data.test not in ("", config.data.probe)
  return ("pretrain", "probe", "test") if across else ("pretrain", "probe")


def describe(
  config: Config, role: str
) -> tuple[dict[str, Any], dict[str, str]]:
  """Everything that the crops of a role depend on, besides the images.

  Args:
    config: the experiment.
    role: one of `roles(config)`.

  Returns:
    The settings, as `crop.write_faces` takes them, and the checksums of other
    inputs by name.

  Raises:
    FileNotFoundError: if MTCNN's weights are not installed.
    ValueError: for settings that cannot work, or do not work together.
  """
  name, crop = config.data[role], config.crop
  dataset = readers.get(name)
  detector = dataset.detector if crop[role] == "auto" else crop[role]
  if detector not in detectors.DETECTORS:
    raise ValueError(
      f"crop.{role}={detector!r} is not one of auto,"
      f" {', '.join(detectors.DETECTORS)}"
    )
  if crop.align_eyes and detector != "mtcnn":
    raise ValueError(
      f"crop.align_eyes needs the eyes, which {detector} does not find: set"
      f" crop.{role}=mtcnn"
    )
  settings = {
    "dataset": name,
    **config.data[name],
    "detector": detector,
    "colour": _colour(config),
    **{k: crop[k] for k in ("size", "margin", "filter", "align_eyes")},
    "max_megapixels": config.data.max_megapixels,
  }
  inputs = {}
  if detector in detectors.SEARCHES:
    if crop.rule not in detect.RULES:
      raise ValueError(
        f"crop.rule={crop.rule!r} is not one of {', '.join(detect.RULES)}"
      )
    settings |= {k: crop[k] for k in ("detect_side", "min_face", "rule")}
  if detector == "mtcnn":
    weights.find_file("pnet")  # before any work, that they are there
  if detector == "viola_jones":
    settings |= {k: crop[k] for k in ("scale_factor", "min_neighbors")}
  if detector == "fixed":
    if dataset.box is None:
      raise ValueError(
        f"crop.{role}=fixed: {dataset.title} has no stated box; use boxes_csv"
      )
    settings["box"] = list(dataset.box)
  if detector == "boxes_csv":
    if not Path(crop.boxes).is_file():
      raise ValueError(
        f"crop.{role}=boxes_csv reads crop.boxes={crop.boxes!r}, which is no"
        " file"
      )
    inputs["boxes"] = artifacts.sha256(Path(crop.boxes))
  return settings, inputs


def _colour(config: Config) -> str:
  """One colour for all sets of an experiment: grey where one of them is."""
  colour = config.crop.colour
  if colour not in ("auto", "rgb", "grey"):
    raise ValueError(f"crop.colour={colour!r} is not one of auto, rgb, grey")
  if colour != "auto":
    return colour
  sets = [readers.get(config.data[role]) for role in roles(config)]
  return "grey" if any(dataset.grey for dataset in sets) else "rgb"
