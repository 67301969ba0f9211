"""The report stage: from artifacts to numbers, curves and pictures."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import jax
import numpy as np
from PIL import Image

from jaxfer import artifacts, logs, plan, scores
from jaxfer import config as configlib
from jaxfer.data import folds as foldlib
from jaxfer.data import preparation
from jaxfer.data.table import iterate_csv
from jaxfer.gan import state as statelib
from jaxfer.pipeline import Pipeline, load_faces
from jaxfer.report import page
from jaxfer.report.evidence import LOSSES, Evidence
from jaxfer.svm.stage import PROTOCOLS

SCHEMA = 1
_PRINTED_BETA1 = 0.9
_FACES_SHOWN = 144


def write_report(
  pipeline: Pipeline,
  experiment: plan.Plan,
  config: configlib.Config,
  store: artifacts.Store,
  seconds: dict[str, float],
) -> Path:
  """Writes the report folder of a workdir, in the place of an older one.

  Args:
    pipeline: makes what is not there yet.
    experiment: the artifacts.
    config: the experiment's config.
    store: the workdir.
    seconds: time spent in each stage of this run.

  Returns:
    The path of index.html.
  """
  evidence = gather(pipeline, experiment, config, seconds)
  new, final = store.workdir / ".report.partial", store.workdir / "report"
  with store.lock("report"):
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    page.write(new, evidence)
    artifacts.swap_directory(new, final)
  return final / "index.html"


def gather(
  pipeline: Pipeline,
  experiment: plan.Plan,
  config: configlib.Config,
  seconds: dict[str, float],
) -> Evidence:
  """Everything a report shows."""
  sets = {role: pipeline.prepare(role) for role in preparation.ROLES}
  gan, generated = pipeline.pretrain(), pipeline.generate()
  folds = foldlib.read_folds(pipeline.folds())
  scored = {
    name: _score(pipeline.probe(name), folds, config)
    for name in experiment.probe
  }
  features = pipeline.extract("trained")
  losses = logs.read_metrics(gan / "metrics.jsonl")
  trained = scored["trained"]
  blocks = {
    name: {p: s and s.block for p, s in protocols.items()}
    for name, protocols in scored.items()
  }
  reason = folds.notes["subject_reason"]
  results = {
    "schema": SCHEMA,
    "experiment": config.run.experiment,
    "standin": bool(experiment.standin),
    "paper_reference": _reference(config),
    "data": _data(sets, folds, config),
    "features": _features(features),
    "protocols": blocks.pop("trained")
    | ({"subject_reason": reason} if reason else {}),
    "controls": blocks,
    "differences": _differences(scored),
    "interval_unit": "images" if folds.people is None else "people",
    "pretrain": _pretrain(config, losses),
    "departures": _departures(config, experiment),
    "timing": _timing(seconds, gan, features),
    "machine": {
      "devices": _devices(),
      "host_cores": os.cpu_count(),
      "svm_backend": experiment.backend[0],
      "svm_backend_reason": experiment.backend[1],
    },
    "seed": config.run.seed,
    "versions": artifacts.versions(),
    "config_hash": configlib.digest(_plain(config)),
    "config": _plain(config),
    "artifacts": {
      stage: spec.name
      for stage in plan.STAGES
      for spec in experiment.specs(stage)
    },
    "command": " ".join(["python -m jaxfer.main", *sys.argv[1:]]),
  }
  return Evidence(
    results=results,
    losses={name: np.array(losses[name]) for name in LOSSES},
    grids=tuple(
      (int(path.stem), np.asarray(Image.open(path)))
      for path in sorted((gan / "grids").glob("[0-9]*.png"))
    ),
    real=_spread(load_faces(sets["pretrain"])),
    fakes=np.asarray(load_faces(generated)[:_FACES_SHOWN]),
    crops=sets["probe"] / "sheet.png",
    roc={p: s.roc for p, s in trained.items() if s},
    faces=config.report.faces,
  )


def _score(
  folder: Path, folds: foldlib.Folds, config: configlib.Config
) -> dict[str, scores.Scored | None]:
  search = logs.read_json(folder / "search.json")
  units = folds.people
  if units is None:
    units = np.arange(len(folds.labels))
  out: dict[str, scores.Scored | None] = {}
  for protocol in PROTOCOLS:
    path = folder / f"{protocol}.npz"
    if not path.exists():
      out[protocol] = None
      continue
    with np.load(path, allow_pickle=False) as saved:
      out[protocol] = scored = scores.score(
        saved["scores"],
        folds.labels,
        saved["fold"],
        units,
        folds.emotions,
        draws=config.svm.bootstrap,
        seed=config.run.seed,
      )
    scored.block["search"] = {
      "evaluations": config.svm.evaluations,
      "folds": search[protocol],
    }
  return out


def _differences(
  scored: dict[str, dict[str, scores.Scored | None]],
) -> dict[str, Any]:
  trained = scored["trained"]
  out: dict[str, Any] = {}
  if trained["paper"] and trained["subject"]:
    out["paper - subject"] = scores.difference(
      trained["paper"], trained["subject"]
    )
  for name, protocols in scored.items():
    if name != "trained":
      out[f"trained - {name}"] = {
        p: ours and theirs and scores.difference(ours, theirs)
        for p, ours in trained.items()
        for theirs in [protocols[p]]
      }
  return out


def _reference(config: configlib.Config) -> str | None:
  """The paper's experiment that this one reproduces, if any."""
  if config.data.pretrain == config.data.probe == "rafd":
    return {"frontal": "exp5", "multi": "exp4"}.get(config.data.rafd.view)
  return None


def _data(
  sets: dict[str, Path], folds: foldlib.Folds, config: configlib.Config
) -> dict[str, Any]:
  out = {}
  for role, folder in sets.items():
    people = {row["subject"] for row in iterate_csv(folder / "manifest.csv")}
    out[role] = {
      "dataset": config.data[role],
      "faces": len(load_faces(folder)),
      "people": len(people) if "" not in people else None,
      "rejected": sum(1 for _ in iterate_csv(folder / "rejected.csv")),
      "duplicates": logs.read_json(folder / "duplicates.json"),
    }
  out["probe"] |= {
    "by_emotion": {
      emotion: int((folds.labels == k).sum())
      for k, emotion in enumerate(folds.emotions)
    },
    "unlabelled": folds.notes["unlabelled"],
    "set_aside": folds.notes["set_aside"],
  }
  return out


def _features(folder: Path) -> dict[str, int]:
  path = folder / "features.npy"
  count, dim = np.load(path, mmap_mode="r", allow_pickle=False).shape
  return {"count": count, "dim": dim}


def _pretrain(
  config: configlib.Config, losses: dict[str, list[float]]
) -> dict[str, Any]:
  shapes = jax.eval_shape(
    lambda: statelib.create(config.gan, image_size=config.crop.size, seed=0)[1]
  )
  gan = config.gan
  return {
    "steps": len(losses["step"]),
    "epochs": gan.epochs,
    "batch": gan.batch,
    "width": gan.width,
    "latent": gan.latent,
    "beta1": gan.beta1,
    "learning_rate": gan.learning_rate,
    "parameters": {
      "generator": statelib.parameter_count(shapes.gen.params),
      "discriminator": statelib.parameter_count(shapes.disc.params),
    },
    "final": {name: losses[name][-1] for name in LOSSES[1:]},
  }


def _departures(config: configlib.Config, experiment: plan.Plan) -> list[str]:
  """Where a run differs from what the paper prints."""
  printed = {
    "gan.width": (64, "the paper's features are 8,192 numbers, width 64"),
    "gan.batch": (128, "the paper's batch is 128"),
    "gan.epochs": (300, "the paper trains for 300 epochs"),
    "gan.learning_rate": (2e-4, "the paper's learning rate is 0.0002"),
    "crop.size": (64, "the paper's faces are 64×64"),
    "svm.evaluations": (30, "bayesopt's default is 30 evaluations"),
    "svm.folds": (10, "the paper's cross validation has ten folds"),
  }
  fields = configlib.flatten(config)
  out = []
  if experiment.standin:
    out.append("Faces are drawn stand-ins; the paper's are photographs.")
  if fields["gan.beta1"] != _PRINTED_BETA1:
    out.append(
      f"Adam's beta1 is {fields['gan.beta1']}; the paper prints"
      f" {_PRINTED_BETA1}, with which the DCGAN does not learn."
    )
  for name, (value, words) in printed.items():
    if fields[name] != value:
      out.append(f"{name} is {fields[name]}; {words}.")
  out.append(
    "At extraction, batch norm uses statistics recomputed over the real"
    " pretraining faces; the paper does not say what it used."
  )
  return out


def _timing(
  seconds: dict[str, float], gan: Path, features: Path
) -> dict[str, Any]:
  training = logs.read_json(gan / "timing.json")
  extraction = logs.read_json(features / "timing.json")
  return {
    "total_s": round(sum(seconds.values()), 3),
    "stages": seconds,
    "train_images_per_s": training["images_per_s"],
    "extract_images_per_s": extraction["images_per_s"],
    "compile_s": training.get("first_call"),
  }


def _devices() -> list[str]:
  kinds = [device.device_kind for device in jax.devices()]
  return [f"{kind} x{kinds.count(kind)}" for kind in dict.fromkeys(kinds)]


def _plain(config: configlib.Config) -> dict[str, Any]:
  return {
    name: list(value) if isinstance(value, tuple) else value
    for name, value in configlib.flatten(config).items()
  }


def _spread(faces: np.ndarray) -> np.ndarray:
  """Faces spread evenly over a set, so that not all are of one person."""
  count = min(len(faces), _FACES_SHOWN)
  return np.asarray(faces[np.linspace(0, len(faces) - 1, count).astype(int)])
