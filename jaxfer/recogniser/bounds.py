"""What a recogniser's file may say, before anything is made of that size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jaxfer.data import cut, detect
from jaxfer.errors import UserError
from jaxfer.experiment.ranges import RANGES
from jaxfer.recogniser import network

_MOST = {
  "size": 1024,
  "width": 1024,
  "frames": 256,
  "stride": 1000,
  "names": 1000,
  "rows": 10_000_000,
}
_WHOLE = ("head.pairs", "head.present")  # numbers of classes
_CHOICES = {
  "detector": detect.DETECTORS,
  "filter": cut.FILTERS,
  "colour": ("rgb", "grey"),
  "rule": detect.RULES,
  "align_eyes": (True, False),
}
# As a run's own config has them.
_NUMBERS = {"max_megapixels": RANGES["data.max_megapixels"]} | {
  name: RANGES[f"crop.{name}"]
  for name in (
    "margin",
    "detect_side",
    "min_face",
    "scale_factor",
    "min_neighbors",
  )
}


def refuse_settings(shape: Mapping[str, Any], names: Sequence[Any]) -> None:
  """Raises ValueError for a network or classes that cannot be."""
  of_clips = ("frames", "stride") if "frames" in shape else ()
  for name in ("size", "width", *of_clips):
    if not (type(shape[name]) is int and 1 <= shape[name] <= _MOST[name]):
      raise ValueError(f"{name}={shape[name]!r}")
  if not (0 < len(names) <= _MOST["names"] and all(map(_is_name, names))):
    raise ValueError("names that are none")
  try:
    network.dimension(shape)
  except UserError as error:
    # It names a field of a config, and here is none.
    raise ValueError(str(error)) from error


def refuse_arrays(
  arrays: Mapping[str, np.ndarray],
  net: Mapping[str, Any],
  dimension: int,
  kind: str | None,
  count: int,
) -> None:
  """Raises ValueError for arrays of other names, shapes, types or values.

  Args:
    arrays: by name, those of the file.
    net: those of the network, as shapes with types.
    dimension: of a face's vector.
    kind: of the classifier of emotions: svm, or linear; None of action units.
    count: classes, or action units.
  """

  def rows(name: str, most: int = _MOST["rows"]) -> int:
    """Of the first axis only the file knows how long it is."""
    length = arrays[name].shape[0]
    if not 0 < length <= most:
      raise ValueError(f"{name} has {length} rows, of at most {most}")
    return length

  wanted = {name: tuple(one.shape) for name, one in net.items()}
  wanted["centres"] = (rows("centres"), dimension)
  if kind is None:
    one = ("units.biases", "units.thresholds", "units.C")
    wanted |= {
      "units.weights": (count, dimension),
      **dict.fromkeys(one, (count,)),
    }
  else:
    wanted["head.present"] = (rows("head.present", count),)
  if kind == "linear":
    wanted |= {"head.weights": (dimension, count), "head.biases": (count,)}
  elif kind == "svm":
    pairs = rows("head.pairs", count * (count - 1) // 2)
    wanted |= {
      "head.pairs": (pairs, 2),
      "head.coefficients": (len(arrays["centres"]), pairs),
      "head.biases": (pairs,),
    }
  elif kind is not None:
    raise ValueError(f"a classifier of the kind {kind!r}")
  found = {name: array.shape for name, array in arrays.items()}
  for name in sorted(wanted.keys() | found.keys()):
    if wanted.get(name) != found.get(name):
      raise ValueError(
        f"{name} is {found.get(name)}, and should be {wanted.get(name)}"
      )
  for name, array in arrays.items():
    same = net[name].dtype if name in net else array.dtype
    if (
      array.dtype.kind != ("i" if name in _WHOLE else "f")
      or array.dtype != same
    ):
      raise ValueError(f"{name} of {array.dtype}")
    # A unit without a classifier has nan.
    if not (name.startswith("units.") or np.isfinite(array).all()):
      raise ValueError(f"{name} holds numbers that are not finite")
    if name in _WHOLE and not ((array >= 0) & (array < count)).all():
      raise ValueError(f"{name} of classes that are none")


def number(value: Any, name: str, *, positive: bool = False) -> float:
  """A number that is finite, and not below 0.

  Raises:
    ValueError: if it is none.
  """
  found = float(value)
  if not math.isfinite(found) or found < 0 or (positive and not found):
    raise ValueError(f"{name}={found}")
  return found


def crop(given: Mapping[str, Any], size: int) -> dict[str, Any]:
  """The settings of finding and cutting, each in its bounds."""
  for name, allowed in (*_CHOICES.items(), ("size", (size,))):
    if given[name] not in allowed:
      raise ValueError(f"crop.{name}={given[name]!r}")
  for name, allowed in _NUMBERS.items():
    if not allowed.holds(given[name]):
      raise ValueError(f"crop.{name}={given[name]!r}")
  kept = {name: given[name] for name in (*_CHOICES, *_NUMBERS, "size")}
  if given["detector"] == "fixed":
    left, top, width, height = map(float, given["box"])
    kept["box"] = [left, top, width, height]
  return kept


def _is_name(name: Any) -> bool:
  return isinstance(name, str) and 0 < len(name) <= 200
