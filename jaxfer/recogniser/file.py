"""A recogniser in one file: a zip of arrays as safetensors, and JSON.

Nothing in it is run: no pickle, no code. What it says of sizes is compared with
what it is before anything is made of that size.
"""

from __future__ import annotations

import errno
import json
import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from jaxfer import features, untrusted
from jaxfer.data import cut, detect, detectors
from jaxfer.errors import UserError
from jaxfer.recogniser import card as cards
from jaxfer.recogniser import heldout, network
from jaxfer.recogniser.heads import Centres, Head, Linear, Machine, Units
from jaxfer.recogniser.model import Model

VERSION = 1
_MODEL, _CARD, _ARRAYS = "model.json", "card.json", "arrays.safetensors"
_MOST_JSON = 1 << 24
_MOST = {"size": 1024, "width": 1024, "names": 1000, "rows": 10_000_000}
# Whatever is wrong with what somebody wrote by hand.
_WRONG = (
  KeyError,
  TypeError,
  ValueError,
  AttributeError,
  IndexError,
  OverflowError,
)


def write(path: Path, model: Model) -> None:
  """Writes a recogniser.

  Args:
    path: the file; one that is there is replaced once the new one is whole.
    model: what to write.
  """
  arrays = {"centres": model.centres.rows}
  arrays |= _flat("params", model.describer.params)
  arrays |= _flat("stats", model.describer.stats)
  head: dict[str, Any] | None = None
  if isinstance(model.head, Machine):
    head = {"kind": "svm", "gamma": model.head.gamma, "C": model.head.C}
    names = ("pairs", "present", "coefficients", "biases")
    arrays |= {f"head.{name}": getattr(model.head, name) for name in names}
  elif isinstance(model.head, Linear):
    head = {"kind": "linear", "C": model.head.C}
    names = ("weights", "biases", "present")
    arrays |= {f"head.{name}": getattr(model.head, name) for name in names}
  else:
    arrays |= {f"units.{k}": v for k, v in vars(model.units).items()}
  settings = {
    "format": "jaxfer recogniser",
    "version": VERSION,
    "names": list(model.names),
    "network": model.describer.settings,
    "crop": dict(model.crop),
    "seen": dict(model.seen),
    "head": head,
    "limit": model.centres.limit,
    "calibration": model.calibration and heldout.to_json(model.calibration),
  }
  whole = {k: np.ascontiguousarray(v) for k, v in arrays.items()}
  draft = path.with_name(f".{path.name}.draft")
  try:
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
      archive.writestr(_MODEL, json.dumps(settings, indent=2))
      archive.writestr(_CARD, json.dumps(dict(model.card), indent=2))
      archive.writestr(_ARRAYS, safetensors.numpy.save(whole))
    draft.replace(path)
  finally:
    draft.unlink(missing_ok=True)


def read(path: Path) -> Model:
  """The recogniser that `write` wrote.

  Raises:
    OSError: if the file cannot be read.
    UserError: if it is damaged, of a later version, or something else.
  """
  try:
    with zipfile.ZipFile(path) as archive:
      settings = untrusted.parse_json(_member(archive, _MODEL, _MOST_JSON))
      _refuse_version(path, settings)
      card = untrusted.parse_json(_member(archive, _CARD, _MOST_JSON))
      content = _member(archive, _ARRAYS, path.stat().st_size)
    return _model(settings, card, safetensors.numpy.load(content))
  except UserError:
    raise
  except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
    if isinstance(error, OSError) and error.errno != errno.EINVAL:
      raise  # but for places in the file that are none
    raise UserError(
      f"{path} is no whole .jaxfer file: {error}; it was cut off or changed on"
      " its way, or is something else"
    ) from error
  except (safetensors.SafetensorError, RuntimeError, *_WRONG) as error:
    raise UserError(f"{path} is no sound .jaxfer file: {error!r}") from error


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
  """A member's content, which lies in the file as it is."""
  found = archive.getinfo(name)
  if found.compress_type != zipfile.ZIP_STORED or found.file_size > most:
    raise ValueError(f"{name} is packed, or of {found.file_size:,} bytes")
  return archive.read(found)


def _refuse_version(path: Path, settings: Any) -> None:
  if settings["format"] != "jaxfer recogniser":
    raise ValueError(f"a {settings['format']!r}")
  if settings["version"] != VERSION:
    raise UserError(
      f"{path} is of version {settings['version']!r}, and this jaxfer reads"
      f" {VERSION}: update jaxfer, or export the run again"
    )


def _model(
  settings: Mapping[str, Any], card: Mapping[str, Any], arrays: dict[str, Any]
) -> Model:
  shape, names = settings["network"], tuple(settings["names"])
  for name in ("size", "width"):
    if not (type(shape[name]) is int and 1 <= shape[name] <= _MOST[name]):
      raise ValueError(f"{name}={shape[name]!r}")
  if not (0 < len(names) <= _MOST["names"] and all(map(_is_name, names))):
    raise ValueError("names that are none")
  dimension = features.dimension(shape["layer"], shape["size"], shape["width"])
  params, stats = network.shapes(shape)
  expected = _flat("params", params) | _flat("stats", stats)
  # Of the first axis only the file knows how long it is.
  head = settings["head"]
  kind, count = head and head["kind"], len(names)
  free = {"svm": _svm, "linear": _linear, None: _units}[kind]
  wanted = {name: tuple(one.shape) for name, one in expected.items()}
  wanted |= free(arrays, dimension, count)
  wanted["centres"] = (_length(arrays, "centres"), dimension)
  if kind == "svm":
    wanted["centres"] = (_length(arrays, "head.coefficients"), dimension)
  found = {name: array.shape for name, array in arrays.items()}
  for name in sorted(wanted.keys() | found.keys()):
    if wanted.get(name) != found.get(name):
      raise ValueError(
        f"{name} is {found.get(name)}, and should be {wanted.get(name)}"
      )
  arrays = {k: _sound(k, v, expected) for k, v in arrays.items()}
  limit = float(settings["limit"])
  if not (math.isfinite(limit) and limit >= 0):
    raise ValueError(f"limit={limit}")
  calibrated = settings["calibration"]
  model = Model(
    names=names,
    describer=network.Describer(
      shape, _nested("params", arrays), _nested("stats", arrays)
    ),
    crop=_crop(settings["crop"], shape["size"]),
    seen={
      "smallest": float(settings["seen"]["smallest"]),
      "colour": bool(settings["seen"]["colour"]),
    },
    head=_head(head, arrays, count),
    units=None if head else Units(**_part("units", arrays)),
    centres=Centres(arrays["centres"], limit),
    calibration=None if calibrated is None else heldout.from_json(calibrated),
    card=card,
  )
  cards.markdown(card)  # that it says what cards say
  if head:
    assert model.calibration is not None
    trial = model.calibration(np.zeros((1, count)))
    if not np.isfinite(trial).all():
      raise ValueError("a calibration that gives no probabilities")
  return model


def _svm(arrays: Any, dimension: int, count: int) -> dict[str, Any]:
  del dimension
  pairs = _length(arrays, "head.pairs")
  if pairs > count * (count - 1) // 2:
    raise ValueError(f"{pairs} pairs of {count} classes")
  return {
    "head.pairs": (pairs, 2),
    "head.present": (min(_length(arrays, "head.present"), count),),
    "head.coefficients": (_length(arrays, "head.coefficients"), pairs),
    "head.biases": (pairs,),
  }


def _linear(arrays: Any, dimension: int, count: int) -> dict[str, Any]:
  return {
    "head.weights": (dimension, count),
    "head.biases": (count,),
    "head.present": (min(_length(arrays, "head.present"), count),),
  }


def _units(arrays: Any, dimension: int, count: int) -> dict[str, Any]:
  del arrays
  one = dict.fromkeys(("units.biases", "units.thresholds", "units.C"), (count,))
  return {"units.weights": (count, dimension), **one}


def _head(
  head: Mapping[str, Any] | None, arrays: Mapping[str, Any], count: int
) -> Head | None:
  if head is None:
    return None
  own = _part("head", arrays)
  for name in ("pairs", "present"):
    if name in own and not ((own[name] >= 0) & (own[name] < count)).all():
      raise ValueError(f"{name} of classes that are none")
  C = float(head["C"])
  if head["kind"] == "linear":
    return Linear(C=C, **own)
  gamma = float(head["gamma"])
  if not (math.isfinite(gamma) and gamma > 0):
    raise ValueError(f"gamma={gamma}")
  return Machine(gamma=gamma, C=C, **own)


def _crop(crop: Mapping[str, Any], size: int) -> dict[str, Any]:
  """The settings of finding and cutting, each in its bounds."""
  choices = {
    "detector": detectors.DETECTORS,
    "filter": cut.FILTERS,
    "colour": ("rgb", "grey"),
    "rule": detect.RULES,
    "align_eyes": (True, False),
    "size": (size,),
  }
  bounds = {
    "margin": (0, 10),
    "max_megapixels": (0.01, 1000),
    "detect_side": (16, 10_000),
    "min_face": (0.001, 1),
    "scale_factor": (1.01, 10),
    "min_neighbors": (0, 100),
  }
  for name, allowed in choices.items():
    if crop[name] not in allowed:
      raise ValueError(f"crop.{name}={crop[name]!r}")
  for name, (low, high) in bounds.items():
    if not low <= crop[name] <= high:
      raise ValueError(f"crop.{name}={crop[name]!r}")
  kept = {name: crop[name] for name in (*choices, *bounds)}
  if crop["detector"] == "fixed":
    left, top, width, height = map(float, crop["box"])
    kept["box"] = [left, top, width, height]
  return kept


def _sound(name: str, array: np.ndarray, like: Mapping[str, Any]) -> np.ndarray:
  """An array of the type that its name says, of numbers that are some."""
  whole = name in ("head.pairs", "head.present")
  allowed = "i" if whole else "f"
  if array.dtype.kind != allowed or (
    name in like and array.dtype != like[name].dtype
  ):
    raise ValueError(f"{name} of {array.dtype}")
  if (
    not whole and not name.startswith("units.") and not np.isfinite(array).all()
  ):
    raise ValueError(f"{name} holds numbers that are not finite")
  return array


def _length(arrays: Mapping[str, Any], name: str) -> int:
  length = arrays[name].shape[0]
  if not 0 < length <= _MOST["rows"]:
    raise ValueError(f"{name} has {length} rows")
  return length


def _is_name(name: Any) -> bool:
  return isinstance(name, str) and 0 < len(name) <= 200


def _flat(prefix: str, tree: Mapping[str, Any]) -> dict[str, Any]:
  """The leaves of nested dictionaries by their dotted place."""
  found: dict[str, Any] = {}
  for name, value in tree.items():
    place = f"{prefix}.{name}"
    if isinstance(value, Mapping):
      found |= _flat(place, value)
    else:
      found[place] = np.asarray(value) if hasattr(value, "__array__") else value
  return found


def _nested(prefix: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
  """The nested dictionaries that `_flat` made flat."""
  tree: dict[str, Any] = {}
  for place, value in arrays.items():
    first, *path = place.split(".")
    if first == prefix:
      branch = tree
      for name in path[:-1]:
        branch = branch.setdefault(name, {})
      branch[path[-1]] = value
  return tree


def _part(prefix: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
  return {
    name.partition(".")[2]: value
    for name, value in arrays.items()
    if name.startswith(f"{prefix}.")
  }
