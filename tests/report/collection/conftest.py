"""Eighteen made-up experiments, scored by the code that scores real ones."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest

from configs import paper
from jaxfer import facs
from jaxfer.report.evidence import Evidence, Pairs
from jaxfer.report.figures import Layer
from jaxfer.scores import action_units, emotions, label_efficiency

_PEOPLE, _EACH, _DRAWS, _SIZE = 9, 16, 40, 24
_SKILL = {
  "trained": 1.6,
  "untrained": 1.5,
  "pixels": 0.9,
  "hog": 1.5,
  "layers": 1.6,
  "finetuned": 1.7,
}
# How much of the person leaks into the scores of random folds.
_LEAK = {"paper": 2.0, "subject": 0.0, "unsealed": 0.1, "sealed": -0.1}
_NO_PEOPLE = {
  "subject": "faces carry no person ids",
  "sealed": "faces carry no person ids",
  "unsealed": "faces carry no person ids",
}


@pytest.fixture(scope="session")
def _made() -> dict[str, Evidence]:
  return {
    name: _evidence(name, place) for place, name in enumerate(paper.EXPERIMENTS)
  }


@pytest.fixture
def members(_made) -> dict[str, Evidence]:
  """All eighteen; results that a test may change."""
  return {
    name: dataclasses.replace(e, results=copy.deepcopy(e.results))
    for name, e in _made.items()
  }


def _evidence(name: str, seed: int) -> Evidence:
  rng = np.random.default_rng(seed)
  fields = paper.EXPERIMENTS[name]
  task, data = fields["run"]["task"], fields["data"]
  protocols = _protocols(task, data)
  if task == "emotion":
    scored, roc, names = _emotions(rng, data["probe"], protocols)
  else:
    scored, roc, names = _units(rng, data, protocols)
  results = _results(name, task, data, names, scored)
  results["label_efficiency"] = _labels(rng, name)
  steps = np.arange(1, 81)
  losses = {
    "step": steps,
    "loss_d": 0.9 + np.exp(-steps / 20) + rng.normal(0, 0.1, 80) ** 2,
    "loss_g": 1.6 + np.exp(-steps / 30) + rng.normal(0, 0.2, 80) ** 2,
    "d_real": np.clip(0.7 + rng.normal(0, 0.1, 80), 0, 1),
    "d_fake": np.clip(0.3 + rng.normal(0, 0.1, 80), 0, 1),
  }
  results["pretrain"] = {
    "beta1": 0.9 if name == "as-printed" else 0.5,
    "final": {k: float(v[-1]) for k, v in losses.items() if k != "step"},
  }
  real = _faces(rng, 20)
  return Evidence(
    results=results,
    losses=losses,
    grids=(),
    real=real,
    fakes=_faces(rng, 20),
    crops=None,
    roc=roc,
    layers=_layers(),
    pairs=Pairs(real[:2], real[2:4], ("fold 1 | fold 2", "fold 3 | fold 1")),
    located=None,
    faces="show",
  )


def _protocols(task: str, data: dict) -> list[str]:
  transductive = data["pretrain"] == (data.get("test") or data["probe"])
  if data["probe"] == "raf_db":
    return ["paper", "official", "official_sealed"]
  found = ["paper", "subject", "unsealed"]
  return found + (["sealed"] if transductive else [])


def _emotions(rng, probe, protocols):
  names = [
    e for e in facs.EMOTIONS if e != "contemptuous" or probe in ("rafd", "ck")
  ]
  labels = np.tile(np.arange(len(names)), _PEOPLE * _EACH // len(names))
  people = np.sort(np.arange(len(labels)) % _PEOPLE)
  units = np.arange(len(labels)) if probe == "raf_db" else people
  scored = {}
  for representation in _SKILL:
    for protocol in protocols:
      skill = _SKILL[representation] + _LEAK.get(protocol, 0.0)
      signal = np.eye(len(names))[labels] * skill
      scores = signal + rng.normal(0, 1, (len(labels), len(names)))
      scored[representation, protocol] = emotions.score(
        scores, labels, people % 3, units, names, draws=_DRAWS, seed=0
      )
  roc = {p: scored["trained", p].roc for p in protocols}
  return scored, roc, names


def _units(rng, data, protocols):
  numbers = paper.EXPERIMENTS["au7-only"]["svm"]["aus"]
  numbers = numbers if data["only_au"] else facs.AUS
  names = [f"AU{n}" for n in numbers]
  count = _PEOPLE * _EACH
  people = np.sort(np.arange(count) % _PEOPLE)
  labels = (rng.uniform(size=(count, len(names))) < 0.3).astype(np.int8)
  if len(names) > 1:
    labels[:, -1] = 0  # AU27 is absent from all rows
  scored = {}
  for representation in _SKILL:
    for protocol in protocols:
      skill = _SKILL[representation] + _LEAK.get(protocol, 0.0)
      scores = labels * skill + rng.normal(0, 1, labels.shape)
      one = action_units.score(
        scores,
        np.full(labels.shape, 0.5),
        labels,
        people % 3,
        people,
        names,
        draws=_DRAWS,
        seed=0,
      )
      for entry in one.block["aus"].values():
        entry["train_auc"] = 0.97
      scored[representation, protocol] = one
  roc = {p: scored["trained", p].roc for p in protocols}
  return scored, roc, names


def _results(name, task, data, names, scored) -> dict:
  """Everything but curves and labels, as the report stage gathers it."""
  kind, _, number = name.partition("-")
  reference = name
  if number.isdigit():
    reference = {"emotion": "exp", "au": "au"}[kind] + number
  blocks: dict = {}
  for (representation, protocol), one in scored.items():
    blocks.setdefault(representation, {})[protocol] = one.block
  trained = blocks.pop("trained")
  if "unsealed" in trained and "sealed" not in trained:
    trained["sealed"] = trained["unsealed"] | {
      "same_as": "unsealed",
      "same_as_reason": "the DCGAN learnt from another set",
    }
  audit: dict = {
    "near_duplicates": {"identical": 0, "near": 7, "faces": 12, "of": 144},
    "identity": {},
  }
  if data["probe"] != "raf_db":
    audit["identity"] = {
      r: {
        "rows": 144,
        "people": _PEOPLE,
        "with_same_person": 1.0,
        "accuracy": 0.93,
        "chance": 0.11,
        "same_sitting": 0.41,
      }
      for r in ("trained", "untrained", "pixels", "hog")
    }
  if task == "au":
    rule = data["probe"] == "rafd"
    audit["same_columns"] = [["AU7", "AU23", "AU24"]] if rule else []
    if rule and not data["test"]:
      audit["emotion_rule"] = {
        p: scored["hog", p].block
        | {
          "difference": emotions.difference(
            scored["trained", p], scored["hog", p]
          )
        }
        for p in ("paper", "subject")
      }
  config = {
    "data.rafd.view": data.get("rafd", {}).get("view", "frontal"),
    "data.only_au": data.get("only_au", 0),
    "svm.bootstrap": _DRAWS,
  }
  return {
    "schema": 2,
    "experiment": name,
    "task": task,
    "standin": True,
    "paper_reference": reference,
    "names": names,
    "data": _data(task, data, names),
    "features": {"count": 144, "dim": 2048},
    "protocols": trained,
    "reasons": _NO_PEOPLE if data["probe"] == "raf_db" else {},
    "controls": blocks,
    "differences": _differences(scored),
    "seeds": None,
    "audit": audit,
    "seed": 0,
    "versions": {"jaxfer": "0.1.0", "jax": "0.10.2"},
    "config": config,
    "command": "python -m jaxfer.main --config=configs/paper.py:all,standin",
  }


def _data(task, data, names) -> dict:
  out = {}
  for role in ("pretrain", "probe", "test"):
    if not data.get(role):
      continue
    out[role] = {
      "dataset": data[role],
      "faces": 144,
      "people": None if data[role] == "raf_db" else _PEOPLE,
      "rejected": 2,
    }
    if role == "pretrain":
      continue
    out[role]["labelled"] = 140
    if task == "emotion":
      out[role]["by_emotion"] = dict.fromkeys(names, 18)
    else:
      out[role]["by_au"] = {n: {"present": 40, "coded": 140} for n in names}
      rule = data[role] == "rafd"
      out[role]["coded_by"] = "rule: Table VI" if rule else "people"
  return out


def _differences(scored) -> dict:
  out = {}
  for name, (a, b) in {
    "paper - subject": ("paper", "subject"),
    "subject - sealed": ("unsealed", "sealed"),
    "official - sealed": ("official", "official_sealed"),
  }.items():
    if ("trained", a) in scored and ("trained", b) in scored:
      out[name] = emotions.difference(
        scored["trained", a], scored["trained", b]
      )
  for control in _SKILL:
    if control != "trained":
      out[f"trained - {control}"] = {
        p: emotions.difference(scored["trained", p], one)
        for (representation, p), one in scored.items()
        if representation == control
      }
  return out


def _labels(rng, name) -> dict | None:
  if name not in ("emotion-1", "emotion-5"):
    return None
  sizes = (1, 5, None)
  units = np.arange(60) % _PEOPLE
  right = {
    r: rng.uniform(size=(3, 2, 60)) < np.array(odds)[:, None, None]
    for r, odds in (
      ("trained", (0.3, 0.5, 0.8)),
      ("untrained", (0.3, 0.5, 0.75)),
      ("pixels", (0.2, 0.3, 0.5)),
    )
  }
  common = {"draws": _DRAWS, "seed": 0}
  return {
    "curves": {
      r: label_efficiency.curve(c, sizes, units, **common)
      for r, c in right.items()
    },
    "differences": {
      f"trained - {r}": label_efficiency.difference(
        right["trained"], right[r], sizes, units, **common
      )
      for r in ("untrained", "pixels")
    },
  }


def _faces(rng, count: int) -> np.ndarray:
  """Discs on walls: enough to see whether faces are shown."""
  y, x = np.mgrid[-1 : 1 : _SIZE * 1j, -1 : 1 : _SIZE * 1j]
  head = ((x / 0.6) ** 2 + (y / 0.85) ** 2 < 1)[None, ..., None]
  skin = rng.uniform(90, 230, (count, 1, 1, 3)) * [1.0, 0.85, 0.7]
  wall = rng.uniform(120, 250, (count, 1, 1, 1))
  return np.where(head, skin, wall).astype(np.uint8)


def _layers():
  generator = [
    Layer("latent", (100,)),
    Layer("projection", (4, 4, 128)),
    Layer("up1", (8, 8, 64)),
    Layer("up2", (16, 16, 3)),
  ]
  discriminator = [
    Layer("face", (16, 16, 3)),
    Layer("conv1", (8, 8, 64), 4),
    Layer("conv2", (4, 4, 128), 10),
  ]
  return generator, discriminator
