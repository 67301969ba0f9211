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

from jaxfer import untrusted
from jaxfer.errors import UserError
from jaxfer.recogniser import bounds, heldout, network
from jaxfer.recogniser import card as cards
from jaxfer.recogniser.heads import Centres, Head, Linear, Machine, Units
from jaxfer.recogniser.model import Model

VERSION = 1
_MODEL, _CARD, _ARRAYS = "model.json", "card.json", "arrays.safetensors"
_MOST_JSON = 1 << 24
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
  settings: Mapping[str, Any], card: dict[str, Any], arrays: dict[str, Any]
) -> Model:
  shape, names = settings["network"], tuple(settings["names"])
  bounds.refuse_settings(shape, names)
  head, count = settings["head"], len(names)
  params, stats = network.shapes(shape)
  expected = _flat("params", params) | _flat("stats", stats)
  bounds.refuse_arrays(arrays, expected, shape, head and head["kind"], count)
  limit = float(settings["limit"])
  if not (math.isfinite(limit) and limit >= 0):
    raise ValueError(f"limit={limit}")
  calibrated = settings["calibration"]
  model = Model(
    names=names,
    describer=network.Describer(
      shape, _nested("params", arrays), _nested("stats", arrays)
    ),
    crop=bounds.crop(settings["crop"], shape["size"]),
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
