"""What was run: data, networks, departures from the print, time, machine."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jaxfer import config as configlib
from jaxfer import logs, standin
from jaxfer.data import assignment, readers
from jaxfer.data.dataset import Dataset
from jaxfer.data.pools import load_faces
from jaxfer.data.table import iterate_csv
from jaxfer.experiment import STAGES, Experiment
from jaxfer.learn import encoding, learners, sample, schedule
from jaxfer.learn.networks import parameter_counts
from jaxfer.results.evidence import LOSSES

_PRINTED_BETA1 = 0.9


def data(
  sets: dict[str, Path],
  folds: dict[str, assignment.Folds],
  config: configlib.Config,
) -> dict[str, Any]:
  """By role, the set: how many faces and people, what was refused.

  `sets` are prepared faces by role, `folds` the assignments of labelled ones.
  """
  out = {}
  for role, folder in sets.items():
    rows = list(iterate_csv(folder / "manifest.csv"))
    people = {row["subject"] for row in rows}
    several = sum(int(row.get("found", 1)) > 1 for row in rows)
    out[role] = {
      "dataset": config.data[role],
      "faces": len(load_faces(folder)),
      "people": len(people) if "" not in people else None,
      "rejected": sum(1 for _ in iterate_csv(folder / "rejected.csv")),
      "several_faces": several,
      "duplicates": logs.read_json(folder / "duplicates.json"),
    }
    if role in folds:
      out[role] |= _labels(folds[role], readers.get(config.data[role]))
  return out


def _labels(folds: assignment.Folds, dataset: Dataset) -> dict[str, Any]:
  common = {
    "labelled": len(folds.rows),
    "unlabelled": folds.notes["unlabelled"],
    "set_aside": folds.notes["set_aside"],
  }
  if folds.task == "emotion":
    return common | {
      "by_emotion": {
        emotion: int((folds.labels == k).sum())
        for k, emotion in enumerate(folds.names)
      }
    }
  return common | {
    "by_au": {
      name: {
        "present": int((folds.labels[:, k] == 1).sum()),
        "coded": int((folds.labels[:, k] >= 0).sum()),
      }
      for k, name in enumerate(folds.names)
    },
    "coded_by": "people" if dataset.human_coded else "rule: Table VI",
  }


def features(folder: Path, config: configlib.Config) -> dict[str, Any]:
  """Number and length of an artifact's feature vectors, and what they are."""
  path = folder / "features.npy"
  count, dim = np.load(path, mmap_mode="r", allow_pickle=False).shape
  readout = config.features.readout
  maps = encoding.shape(readout, config.crop.size, config.gan)
  return {"count": count, "dim": dim, "layer": readout, "shape": list(maps)}


def pretrain(
  config: configlib.Config,
  losses: dict[str, list[float]],
  folder: Path,
  faces: int,
) -> dict[str, Any]:
  """Size and settings of the networks, and how training ended.

  `losses` are training curves by name, `folder` is the trained DCGAN's
  artifact, `faces` how many it learnt from.
  """
  told = sample.read_labels(folder)
  looks = [value == 1 for value in losses.get("collapsed", ())]
  gan = config.gan
  learner = learners.asked(config)
  return {
    "steps": len(losses["step"]),
    "epochs": schedule.epochs(gan, faces),
    "batch": schedule.batch_size(gan, faces),
    "width": gan.width,
    "latent": getattr(learner, "latent", None),
    "beta1": learner.optimizer.beta1,
    "learning_rate": learner.optimizer.learning_rate,
    "parameters": dict(parameter_counts(learners.shapes(learner))),
    "final": {n: losses[n][-1] for n in LOSSES[1:] if n in losses},
    "condition": None
    if told is None
    else {
      "told": gan.condition,
      "faces": len(told),
      "labelled": int(told.any(axis=1).sum()),  # of which something was told
    },
    "collapse_alarms": [
      int(step) + 1
      for step, raised in zip(losses["step"], looks, strict=False)
      if raised
    ],
  }


def departures(config: configlib.Config) -> list[str]:
  """Where a run differs from what the paper prints."""
  text = (Path(__file__).parent / "printed.toml").read_text(encoding="utf-8")
  fields = configlib.flatten(config)
  out = []
  if standin.drawn(config):
    out.append("Faces are drawn stand-ins; the paper's are photographs.")
  if (learner := config.gan.learner) != "dcgan":
    out.append(
      f"What learns from faces is a {learners.LEARNERS[learner].title}; the"
      " paper's is a DCGAN."
    )
  elif fields["gan.beta1"] != _PRINTED_BETA1:
    out.append(
      f"Adam's beta1 is {fields['gan.beta1']}; the paper prints"
      f" {_PRINTED_BETA1}, with which the DCGAN does not learn."
    )
  if fields["gan.condition"]:
    out.append(
      f"The DCGAN is told the labels ({fields['gan.condition']}) of the faces"
      " that it learns from; the paper's is told none. Where it learns from the"
      " people tested it knows their labels: only sealed protocols, for which"
      " it saw neither, are fair."
    )
  for name, (value, ours, theirs) in tomllib.loads(text).items():
    if fields[name] != value:
      out.append(f"{ours} is {fields[name]}; {theirs}.")
  out.append(
    "At extraction, batch norm uses statistics recomputed over the real"
    " pretraining faces; the paper does not say what it used."
  )
  return out


def reference(config: configlib.Config) -> str | None:
  """The paper's experiment that this one reproduces, if any.

  A key of `report.paper`; of the paper's collection, a name that may have no
  numbers there; else None.
  """
  name = config.run.experiment
  if config.run.collection == "paper":
    kind, _, number = name.partition("-")
    if number.isdigit():
      return {"emotion": "exp", "au": "au"}[kind] + number
    return name
  data = config.data
  emotions = config.run.task == "emotion" and not data.test
  if emotions and data.pretrain == data.probe == "rafd":
    return {"frontal": "exp5", "multi": "exp4"}.get(data.rafd.view)
  return None


def timing(
  seconds: dict[str, float], gan: Path, features: Path
) -> dict[str, Any]:
  """Seconds spent in each stage of this run, and throughput.

  The latter is that of the artifacts of a trained DCGAN and of its features.
  """
  training = logs.read_json(gan / "timing.json")
  extraction = logs.read_json(features / "timing.json")
  return {
    "total_s": round(sum(seconds.values()), 3),
    "stages": seconds,
    "train_images_per_s": training["images_per_s"],
    "extract_images_per_s": extraction["images_per_s"],
    "compile_s": training.get("first_call"),
  }


def devices() -> list[str]:
  """Kinds of device and how many of each."""
  kinds = [device.device_kind for device in jax.devices()]
  return [f"{kind} x{kinds.count(kind)}" for kind in dict.fromkeys(kinds)]


def plain(config: configlib.Config) -> dict[str, Any]:
  """Every field of a config by dotted name, as JSON holds it."""
  return {
    name: list(value) if isinstance(value, tuple) else value
    for name, value in configlib.flatten(config).items()
  }


def made(experiment: Experiment) -> tuple[str, ...]:
  """The names of all artifacts of an experiment."""
  return tuple(a.name for stage in STAGES for a in experiment.of(stage))


def identity(fields: dict[str, Any], made: Iterable[str]) -> dict[str, Any]:
  """What tells one experiment's results from another's.

  That is its config by dotted name, and the names of its artifacts.
  """
  of_both = {"config": fields, "artifacts": sorted(made)}
  return {
    "experiment_hash": configlib.digest(of_both),
    "config_hash": configlib.digest(fields),
    "config": fields,
  }


def command() -> str:
  """The command that was given, as a page prints it."""
  return " ".join(["python -m jaxfer.main", *sys.argv[1:]])
