"""The report stage: from artifacts to numbers, curves and pictures."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jaxfer import artifacts, inventory, logs, plan
from jaxfer import config as configlib
from jaxfer.data import assignment, pools, preparation
from jaxfer.data.pools import load_faces
from jaxfer.measure import work
from jaxfer.pipeline import Pipeline
from jaxfer.plan.arms import RULE
from jaxfer.report import page
from jaxfer.report.evidence import LOSSES, Evidence
from jaxfer.results import audit, blocks, facts, judging, kept, pictures
from jaxfer.study import record
from jaxfer.svm.problem import PROTOCOLS

SCHEMA = 2
_FACES_SHOWN = 144


def write_report(
  pipeline: Pipeline,
  experiment: plan.Plan,
  config: configlib.Config,
  store: artifacts.Store,
  seconds: dict[str, float],
) -> tuple[Path, dict[str, Any]]:
  """Writes the report of an experiment, and makes it the workdir's latest.

  An experiment of a collection has a folder of its own in that one's.

  Args:
    pipeline: makes what is not there yet.
    experiment: the artifacts.
    config: the experiment's config.
    store: the workdir.
    seconds: time spent in each stage of this run.

  Returns:
    The path of index.html, and the results.
  """
  evidence = gather(pipeline, experiment, config, seconds)
  results, own = evidence.results, config.run.experiment
  name = kept.folder_name(own, results["experiment_hash"])
  new, collection = store.workdir / ".report.partial", config.run.collection
  with store.lock("report"):
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    page.write(new, evidence)
    if collection:
      place = kept.publish_member(store.workdir, new, name, collection, own)
    else:
      place = kept.publish(store.workdir, new, name)
    inventory.write_index(store.workdir)
  return place, results


def gather(
  pipeline: Pipeline,
  experiment: plan.Plan,
  config: configlib.Config,
  seconds: dict[str, float],
) -> Evidence:
  """Everything a report shows."""
  pipeline.require_labels()
  seed = config.run.seed
  sets = {role: pipeline.prepare(role) for role in preparation.roles(config)}
  folds = {
    role: assignment.read(pipeline.folds(role)) for role in experiment.folds
  }
  gan, generated = pipeline.pretrain(experiment.network), pipeline.generate()
  measured = pipeline.measure()
  probed = [
    blocks.Probed(arm, pipeline.probe(arm), pipeline.problem(arm))
    for arm in experiment.arms
  ]
  main = [one for one in probed if one.arm.representation != RULE]
  rules = [one for one in probed if one.arm.representation == RULE]
  shared = audit.shared_files(
    sets["pretrain"], sets.get("test", sets["probe"]), config.data.only_au
  )
  known = judging.judge(
    sets,
    pipeline.folds("test" if "test" in sets else "probe"),
    main[0].problem,
    config,
  )
  scores = blocks.score_arms(main, config, known)
  trained = scores.of("trained", seed)
  features = pipeline.extract(main[0].arm.features[0])
  losses = logs.read_metrics(gan / "metrics.jsonl")
  learnt = pools.Pool(sets["pretrain"], only_au=config.data.only_au).load()
  counts, pairs = audit.across_folds(sets["probe"], folds["probe"])
  found_by = {
    representation: {p: s.block for p, s in found.items()}
    for (representation, own), found in scores.by_key.items()
    if own == seed
  }
  leaks: dict[str, Any] = {
    "near_duplicates": counts,
    "identity": audit.identities(scores, seed),
    "tested_faces_learnt_from": shared,
    "areas": blocks.area_differences(scores, seed),
  } | known.summary(found_by["trained"])
  if config.run.task == "au":
    leaks["same_columns"] = audit.same_columns(folds["probe"])
    for rule in rules:
      leaks["emotion_rule"] = audit.emotion_rule(
        rule.folder, rule.problem, scores.problem, trained, config
      )
  data, layers = facts.data(sets, folds, config), pictures.layers(config)
  results = {
    "schema": SCHEMA,
    "experiment": config.run.experiment,
    "task": config.run.task,
    "standin": bool(experiment.standin),
    "paper_reference": facts.reference(config),
    "names": list(scores.problem.names),
    "data": data,
    "features": facts.features(features, config),
    "protocols": dict.fromkeys(PROTOCOLS) | found_by.pop("trained"),
    "reasons": dict(scores.reasons),
    "controls": found_by,
    "differences": blocks.differences(scores, seed),
    "seeds": blocks.seeds(scores, config),
    "label_efficiency": audit.label_curves(scores, config),
    "audit": leaks,
    "human_study": record.summaries(generated),
    "interval_unit": _unit(folds.get("test", folds["probe"]), data),
    "pretrain": facts.pretrain(config, losses, gan, len(learnt)),
    "generated": logs.read_json(measured / work.METRICS),
    "departures": facts.departures(config, experiment),
    "timing": facts.timing(seconds, gan, features),
    "machine": {
      "devices": facts.devices(),
      "host_cores": os.cpu_count(),
      "svm_backend": experiment.backend[0],
      "svm_backend_reason": experiment.backend[1],
    },
    "seed": seed,
    "versions": artifacts.versions(),
    "experiment_hash": kept.experiment_hash(
      facts.plain(config),
      (s.name for stage in plan.STAGES for s in experiment.specs(stage)),
    ),
    "config_hash": configlib.digest(facts.plain(config)),
    "config": facts.plain(config),
    "artifacts": {
      stage: {spec.label: spec.name for spec in experiment.specs(stage)}
      for stage in plan.STAGES
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
    real=_spread(learnt),
    fakes=np.asarray(load_faces(generated)[:_FACES_SHOWN]),
    crops=sets["probe"] / "sheet.png",
    roc={p: s.roc for p, s in trained.items()},
    trained={
      own: found
      for (representation, own), found in scores.by_key.items()
      if representation == "trained"
    },
    layers=layers,
    pairs=pairs,
    located=pictures.locate(
      main[0].folder,
      features,
      sets["probe"],
      scores.problem,
      layers[1][-1].shape[0],
    ),
    faces=config.report.faces,
    panels=pictures.panels(measured),
  )


def _unit(tested: assignment.Folds, data: dict[str, Any]) -> str:
  """What the bootstrap draws, in words."""
  if tested.people is None:
    return "images"
  known = data.get("test", data["probe"])["people"]
  return "films" if known is None else "people"


def _spread(faces: np.ndarray) -> np.ndarray:
  """Faces spread evenly over a set, so that not all are of one person."""
  count = min(len(faces), _FACES_SHOWN)
  return np.asarray(faces[np.linspace(0, len(faces) - 1, count).astype(int)])
