"""A recogniser in one file: a zip of arrays as safetensors, and JSON.

Nothing in it is run: no pickle, no code. What it says of sizes is compared with
what it is before anything is made of that size.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from flax import traverse_util

from jaxfer import untrusted
from jaxfer.errors import UserError
from jaxfer.learn.networks import NetState
from jaxfer.metrics.calibration import Calibration
from jaxfer.recogniser import bounds, network
from jaxfer.recogniser import card as cards
from jaxfer.recogniser.heads import Centres, Emotions, Linear, Units
from jaxfer.recogniser.model import Model
from jaxfer.svm.final import Recogniser
from jaxfer.svm.multiclass import OneVsOne
from jaxfer.svm.weights import Weights

SUFFIX, VERSION = ".jaxfer", 2
_MODEL, _CARD, _ARRAYS = "model.json", "card.json", "arrays.safetensors"
_MOST_JSON = 1 << 24
# The arrays of a classifier of emotions, by its kind.
_HEADS = {
  "svm": ("pairs", "present", "coefficients", "biases"),
  "linear": ("weights", "biases", "present"),
}
# Whatever is wrong with what somebody wrote by hand.
_WRONG = (
  *(LookupError, TypeError, ValueError, AttributeError, OverflowError),
  *(RuntimeError, safetensors.SafetensorError),
)


def write(path: Path, model: Model) -> None:
  """Writes a recogniser; an older file stays until the new one is whole."""
  own, head, calibration = model.head, None, None
  arrays = {"centres": model.centres.rows, **_flat(model.describer.net)}
  if isinstance(own, Units):
    arrays |= {f"units.{k}": v for k, v in vars(own.machines).items()}
  else:
    fitted, calibration = own.classifier, dataclasses.asdict(own.calibration)
    head = {"kind": own.kind, "C": fitted.C}
    source: Any = fitted
    if not isinstance(fitted, Linear):
      head["gamma"], source = fitted.gamma, fitted.machine
    names = _HEADS[own.kind]
    arrays |= {f"head.{name}": getattr(source, name) for name in names}
  settings = {
    "format": "jaxfer recogniser",
    "version": VERSION,
    "names": list(model.names),
    "network": model.describer.settings,
    "crop": dict(model.crop),
    "seen": dict(model.seen),
    "head": head,
    "limit": model.centres.limit,
    "calibration": calibration,
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
  except _WRONG as error:
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
  kind = settings["head"] and settings["head"]["kind"]
  net, dimension = _flat(network.shapes(shape)), network.dimension(shape)
  bounds.refuse_arrays(arrays, net, dimension, kind, len(names))
  cards.markdown(card)  # that it says what cards say
  tree = traverse_util.unflatten_dict(arrays, sep=".")
  limit = bounds.number(settings["limit"], "limit")
  return Model(
    describer=network.Describer(
      shape,
      NetState(tree["params"], tree["stats"], None),
    ),
    crop=bounds.crop(settings["crop"], shape["size"]),
    seen={
      "smallest": float(settings["seen"]["smallest"]),
      "colour": bool(settings["seen"]["colour"]),
    },
    head=_emotions(names, settings, tree)
    if kind
    else Units(names, Weights(**tree["units"])),
    centres=Centres(arrays["centres"], limit),
    card=card,
  )


def _emotions(
  names: tuple[str, ...], settings: Mapping[str, Any], tree: dict[str, Any]
) -> Emotions:
  head, own = settings["head"], tree["head"]
  count, C = len(names), float(head["C"])
  if head["kind"] == "linear":
    fitted = Linear(C=C, **own)
  else:
    gamma = bounds.number(head["gamma"], "gamma", positive=True)
    support = tree["centres"]
    machine = OneVsOne(classes=count, rows=np.arange(len(support)), **own)
    fitted = Recogniser(names, support, machine, gamma, C)
  calibration = Calibration(**settings["calibration"])
  if not np.isfinite(calibration(np.zeros((1, count)))).all():
    raise ValueError("a calibration that gives no probabilities")
  return Emotions(names, fitted, calibration)


def _flat(net: NetState) -> dict[str, Any]:
  """A network's leaves by their dotted place."""
  trees = {"params": net.params, "stats": net.batch_stats}
  return traverse_util.flatten_dict(trees, sep=".")
