"""From artifacts to numbers, curves and pictures."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import artifacts, logs, standin
from jaxfer.data import assignment, pools, sheet
from jaxfer.data.pools import load_faces
from jaxfer.experiment import STAGES, Experiment
from jaxfer.experiment.probes import RULE, Probe
from jaxfer.learn import learners
from jaxfer.measure import work
from jaxfer.results import audit, blocks, claims, facts, pictures
from jaxfer.results.evidence import LOSSES, Evidence, spread
from jaxfer.scores import heldout
from jaxfer.study import record
from jaxfer.svm.problem import PROTOCOLS

SCHEMA = 2
_FACES_SHOWN, _CLIPS_SHOWN = 144, 36


def gather(experiment: Experiment, seconds: dict[str, float]) -> Evidence:
  """Everything a report shows; the experiment makes what is not there yet.

  Raises:
    DataError: if labels do not suffice for anything to be tested.
  """
  experiment.require_labels()
  config = experiment.config
  seed = config.run.seed
  sets = {role: one.path() for role, one in experiment.sets.items()}
  folds = {
    role: assignment.read(one.path()) for role, one in experiment.folds.items()
  }
  gan = experiment.network.path()
  generated = measured = None
  if experiment.measured:
    generated = experiment.measured.generated.path()
    measured = experiment.measured.path()
  main = [one for one in experiment.probes if one.representation != RULE]
  rules = [one for one in experiment.probes if one.representation == RULE]
  shared = audit.shared_files(
    sets["pretrain"], sets.get("test", sets["probe"]), config.data.only_au
  )
  known = claims.judge(
    sets,
    experiment.folds["test" if "test" in sets else "probe"].path(),
    main[0].problem,
    config,
  )
  scores = blocks.score_probes(main, config, known)
  trained = scores.of("trained", seed)
  features = main[0].features[0].path()
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
        rule.path(), rule.problem, scores.problem, trained, config
      )
  data, layers = facts.data(sets, folds, config), pictures.layers(config)
  made = facts.made(experiment)
  inverted = pictures.inverted(experiment)
  no_faces = {} if measured else {"generated": learners.DRAWS_NONE}
  fakes = np.zeros((0, *learnt.shape[1:]), np.uint8)
  if generated:
    fakes = np.asarray(load_faces(generated)[:_FACES_SHOWN])
  results = {
    "schema": SCHEMA,
    "experiment": config.run.experiment,
    "task": config.run.task,
    "standin": standin.drawn(config),
    "paper_reference": facts.reference(config),
    "names": list(scores.problem.names),
    "data": data,
    "features": facts.features(features, config),
    "protocols": dict.fromkeys(PROTOCOLS) | found_by.pop("trained"),
    "reasons": dict(scores.reasons) | no_faces,
    "controls": found_by,
    "differences": blocks.differences(scores, seed),
    "seeds": blocks.seeds(scores, config),
    "label_efficiency": audit.label_curves(scores, config),
    "calibration": calibration(main[0]),
    "audit": leaks,
    "human_study": record.summaries(generated) if generated else [],
    "interval_unit": _unit(
      folds.get("test", folds["probe"]), sets.get("test", sets["probe"])
    ),
    "pretrain": facts.pretrain(config, losses, gan, len(learnt)),
    "generated": measured and logs.read_json(measured / work.METRICS),
    **({"inverted": inverted[0]} if inverted else {}),
    "departures": facts.departures(config),
    "timing": facts.timing(seconds, gan, features),
    "machine": {
      "devices": facts.devices(),
      "host_cores": os.cpu_count(),
      "svm_backend": experiment.run.backend[0],
      "svm_backend_reason": experiment.run.backend[1],
      "svm_solver": experiment.solver[0],
      "svm_solver_reason": experiment.solver[1],
    },
    "seed": seed,
    "versions": artifacts.versions(),
    **facts.identity(facts.plain(config), made),
    "artifacts": {
      stage: {one.spec.label: one.name for one in experiment.of(stage)}
      for stage in STAGES
    },
    "command": facts.command(),
  }
  return Evidence(
    results=results,
    losses={n: np.array(losses[n]) for n in LOSSES if n in losses},
    grids=pictures.grids(gan),
    real=sheet.moments(spread(learnt, _FACES_SHOWN)),
    fakes=sheet.moments(fakes),
    clips=fakes[:_CLIPS_SHOWN] if fakes.ndim == 5 else None,
    crops=pictures.load(sets["probe"] / "sheet.png"),
    roc={p: s.roc for p, s in trained.items()},
    trained={
      # What another experiment is subtracted from; no curve is.
      own: {p: replace(s, areas={}, roc={}) for p, s in found.items()}
      for (representation, own), found in scores.by_key.items()
      if representation == "trained"
    },
    layers=layers,
    pairs=pairs,
    located=pictures.locate(
      main[0].path(),
      features,
      sets["probe"],
      scores.problem,
      layers[1][-1].shape[0],
    ),
    faces=config.report.faces,
    panels=measured and pictures.panels(measured),
    inverted=inverted and inverted[1],
    made=made,
  )


def calibration(probe: Probe) -> dict[str, Any] | None:
  """How far the probabilities are to be believed of the classifier kept.

  What `metrics.calibration.reliability` says of faces left out, with the `kind`
  of calibration and the `protocol`; None without a classifier, or of action
  units, which have no probabilities.
  """
  if not probe.keeps_machine or probe.run.config.run.task == "au":
    return None
  found = heldout.find(
    probe.run.store,
    "emotion",
    probe=probe.path(),
    described=probe.features[0].path(),
    folds=probe.folds.path(),
  )
  assert found.calibration is not None and found.reliability is not None
  kind = {"kind": found.calibration.kind, "protocol": found.protocol}
  return kind | found.reliability


def _unit(tested: assignment.Folds, faces: Path) -> str:
  """What the bootstrap draws, in words, of faces of a prepared set."""
  if tested.people is None:
    return "images"
  named = [face.subject is not None for face in pools.iterate_rows(faces)]
  return "people" if all(named[row] for row in tested.rows) else "films"
