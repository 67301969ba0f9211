"""What a recogniser's file may say, before anything is made of that size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jaxfer.data import cut, detect
from jaxfer.recogniser import network

_MOST = {"size": 1024, "width": 1024, "names": 1000, "rows": 10_000_000}


def refuse_settings(shape: Mapping[str, Any], names: Sequence[Any]) -> None:
  """Raises ValueError for a network or classes that cannot be."""
  for name in ("size", "width"):
    if not (type(shape[name]) is int and 1 <= shape[name] <= _MOST[name]):
      raise ValueError(f"{name}={shape[name]!r}")
  if not (0 < len(names) <= _MOST["names"] and all(map(_is_name, names))):
    raise ValueError("names that are none")
  network.dimension(shape)


def refuse_arrays(
  arrays: Mapping[str, np.ndarray],
  expected: Mapping[str, Any],
  shape: Mapping[str, Any],
  kind: str | None,
  count: int,
) -> None:
  """Raises ValueError for arrays of other names, shapes, types or values.

  Args:
    arrays: by name, those of the file.
    expected: those of the network, with their shapes and types.
    shape: the network's settings.
    kind: of head: svm, linear, or None of action units.
    count: classes, or action units.
  """
  dimension = network.dimension(shape)
  # Of the first axis only the file knows how long it is.
  own = {"svm": _svm, "linear": _linear, None: _units}[kind]
  rows = "head.coefficients" if kind == "svm" else "centres"
  wanted = {name: tuple(one.shape) for name, one in expected.items()}
  wanted |= own(arrays, dimension, count)
  wanted["centres"] = (_length(arrays, rows), dimension)
  found = {name: array.shape for name, array in arrays.items()}
  for name in sorted(wanted.keys() | found.keys()):
    if wanted.get(name) != found.get(name):
      raise ValueError(
        f"{name} is {found.get(name)}, and should be {wanted.get(name)}"
      )
  for name, array in arrays.items():
    _refuse_unsound(name, array, expected)


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


def crop(given: Mapping[str, Any], size: int) -> dict[str, Any]:
  """The settings of finding and cutting, each in its bounds."""
  choices = {
    "detector": detect.DETECTORS,
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
    if given[name] not in allowed:
      raise ValueError(f"crop.{name}={given[name]!r}")
  for name, (low, high) in bounds.items():
    if not low <= given[name] <= high:
      raise ValueError(f"crop.{name}={given[name]!r}")
  kept = {name: given[name] for name in (*choices, *bounds)}
  if given["detector"] == "fixed":
    left, top, width, height = map(float, given["box"])
    kept["box"] = [left, top, width, height]
  return kept


def _refuse_unsound(
  name: str, array: np.ndarray, expected: Mapping[str, Any]
) -> None:
  """Raises where numbers are of another kind than their name says."""
  whole = name in ("head.pairs", "head.present")
  kind = array.dtype.kind == ("i" if whole else "f")
  if not kind or (name in expected and array.dtype != expected[name].dtype):
    raise ValueError(f"{name} of {array.dtype}")
  # A unit without a classifier has nan.
  known = whole or name.startswith("units.")
  if not known and not np.isfinite(array).all():
    raise ValueError(f"{name} holds numbers that are not finite")


def _length(arrays: Mapping[str, Any], name: str) -> int:
  length = arrays[name].shape[0]
  if not 0 < length <= _MOST["rows"]:
    raise ValueError(f"{name} has {length} rows")
  return length


def _is_name(name: Any) -> bool:
  return isinstance(name, str) and 0 < len(name) <= 200
