"""A made-up run: seeded numbers in the shape that the probe gives."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.report.evidence import Evidence

_SKILL = {
  ("trained", "paper"): 0.97,
  ("trained", "subject"): 0.83,
  ("pixels", "paper"): 0.95,
  ("pixels", "subject"): 0.58,
  ("hog", "paper"): 0.93,
  ("hog", "subject"): 0.79,
  ("untrained", "paper"): 0.94,
  ("untrained", "subject"): 0.82,
}


@pytest.fixture
def results() -> dict:
  """Results of a stand-in Radboud run; a fresh copy for each test."""
  return copy.deepcopy(_RESULTS)


@pytest.fixture
def evidence(results) -> Evidence:
  """The whole evidence of that run, its results being the fixture's."""
  return make_evidence(results)


def make_evidence(results: dict, **changes) -> Evidence:
  rng = np.random.default_rng(1)
  steps = np.arange(1, 601)
  noise = rng.normal(0, 0.15, (4, len(steps)))
  real = _faces(rng, 24)
  parts = {
    "results": results,
    "losses": {
      "step": steps,
      "loss_d": np.abs(0.9 + 0.4 * np.exp(-steps / 60) + noise[0]),
      "loss_g": np.abs(1.6 + 1.2 * np.exp(-steps / 90) + 2 * noise[1]),
      "d_real": np.clip(0.68 + noise[2] / 2, 0, 1),
      "d_fake": np.clip(0.31 + noise[3] / 2, 0, 1),
    },
    "grids": tuple((s, _sheet(_faces(rng, 64))) for s in range(0, 601, 200)),
    "real": real,
    "fakes": _faces(rng, 16),
    "crops": None,
    "roc": {p: _curves(rng, p) for p in ("paper", "subject")},
    "faces": "show",
  }
  return Evidence(**{**parts, **changes})


def _faces(rng: np.random.Generator, count: int) -> np.ndarray:
  """Discs with eyes and mouths: enough to see whether faces are shown."""
  y, x = np.mgrid[-1:1:64j, -1:1:64j]
  skin = rng.uniform(90, 230, (count, 1, 1, 3)) * [1.0, 0.85, 0.7]
  wall = rng.uniform(120, 250, (count, 1, 1, 1))
  head = (x / 0.62) ** 2 + (y / 0.85) ** 2 < 1
  marks = ((np.abs(x) - 0.25) ** 2 + (y + 0.2) ** 2 < 0.008) | (
    (np.abs(x) < 0.28) & (np.abs(y - 0.45 + 0.3 * x**2) < 0.05)
  )
  image = np.where(head[None, ..., None], skin, wall)
  image = np.where(marks[None, ..., None], 40, image)
  noise = rng.normal(0, 6, image.shape)
  return np.clip(image + noise, 0, 255).astype(np.uint8)


def _sheet(faces: np.ndarray) -> np.ndarray:
  grid = faces.reshape(8, 8, 64, 64, 3).transpose(0, 2, 1, 3, 4)
  return grid.reshape(512, 512, 3)


def _curves(rng: np.random.Generator, protocol: str) -> dict:
  curves = {}
  for emotion in facs.EMOTIONS:
    power = rng.uniform(0.005, 0.05) * (1 if protocol == "paper" else 4)
    fpr = np.concatenate([[0], np.sort(rng.uniform(0, 1, 60)), [1]])
    curves[emotion] = (fpr, fpr**power)
  return curves


def _block(rng: np.random.Generator, skill: float) -> dict:
  counts = np.zeros((8, 8), int)
  for true in range(8):
    odds = rng.dirichlet(np.full(8, 0.4)) * (1 - skill)
    odds[true] += skill
    counts[true] = rng.multinomial(201, odds / odds.sum())
  right = float(np.trace(counts) / counts.sum())
  recall = np.diag(counts) / 201
  half = 0.2 * (1 - right) + 0.005
  auc = {
    emotion: {
      "value": round(1 - (1 - skill) * 0.3 * rng.uniform(0.3, 1.2), 6),
      "n_pos": 201,
      "n_neg": 1407,
      "folds_used": 10,
    }
    for emotion in facs.EMOTIONS
  }
  for entry in auc.values():
    entry["ci95"] = [entry["value"] - 0.01, min(entry["value"] + 0.008, 1.0)]
  mean = float(np.mean([entry["value"] for entry in auc.values()]))
  interval = [right - half, min(right + half, 1.0)]
  by_emotion = dict(zip(facs.EMOTIONS, map(float, recall), strict=True))
  return {
    "accuracy": right,
    "balanced_accuracy": right,
    "macro_f1": right - 0.002,
    "auc_mean": mean,
    "accuracy_ci95": interval,
    "balanced_accuracy_ci95": interval,
    "macro_f1_ci95": interval,
    "auc_mean_ci95": [mean - 0.006, min(mean + 0.005, 1.0)],
    "auc": auc,
    "recall": by_emotion,
    "f1": by_emotion,
    "confusion": {"classes": list(facs.EMOTIONS), "counts": counts.tolist()},
    "folds": 10,
    "notes": [],
    "search": {
      "evaluations": 30,
      "folds": [
        {"C": float(c), "gamma": float(c) / 90, "score": skill}
        for c in 10 ** rng.uniform(-1, 2, 10)
      ],
    },
  }


def _difference(a: dict, b: dict) -> dict:
  value = a["accuracy"] - b["accuracy"]
  return {"value": value, "ci95": [value - 0.03, value + 0.03]}


def _make_results() -> dict:
  rng = np.random.default_rng(0)
  blocks = {key: _block(rng, skill) for key, skill in _SKILL.items()}
  by_name = {
    name: {p: blocks[name, p] for p in ("paper", "subject")}
    for name in ("trained", "pixels", "hog", "untrained")
  }
  trained = by_name.pop("trained")
  return {
    "schema": 1,
    "experiment": "radboud",
    "standin": True,
    "paper_reference": "exp5",
    "data": {
      "pretrain": {
        "dataset": "rafd",
        "faces": 1608,
        "people": 67,
        "rejected": 0,
        "duplicates": {
          "identical": 0,
          "near": 2,
          "across_people": 0,
          "across_splits": 0,
        },
      },
      "probe": {
        "dataset": "rafd",
        "faces": 1608,
        "people": 67,
        "rejected": 3,
        "duplicates": {
          "identical": 1,
          "near": 9,
          "across_people": 4,
          "across_splits": 0,
        },
        "by_emotion": dict.fromkeys(facs.EMOTIONS, 201),
        "unlabelled": 0,
        "set_aside": [],
      },
    },
    "features": {"count": 1608, "dim": 2048},
    "protocols": trained,
    "controls": by_name,
    "differences": {
      "paper - subject": {"accuracy": _difference(*trained.values())},
      **{
        f"trained - {name}": {
          p: {"accuracy": _difference(trained[p], control[p])} for p in trained
        }
        for name, control in by_name.items()
      },
    },
    "interval_unit": "people",
    "pretrain": {
      "steps": 600,
      "epochs": 24,
      "batch": 64,
      "width": 16,
      "latent": 100,
      "beta1": 0.5,
      "learning_rate": 2e-4,
      "parameters": {"generator": 410_000, "discriminator": 172_000},
      "final": {"loss_d": 0.9, "loss_g": 1.6, "d_real": 0.68, "d_fake": 0.31},
    },
    "departures": [
      "Adam's beta1 is 0.5; the paper prints 0.9, which does not learn",
      "24 epochs at width 16 and batch 64; the paper trains 300 at width 64"
      " and batch 128",
    ],
    "timing": {
      "total_s": 412.3,
      "stages": {
        "prepare": 61.0,
        "pretrain": 221.0,
        "extract": 4.2,
        "probe": 118.0,
        "generate": 1.6,
        "report": 6.5,
      },
      "train_images_per_s": 181.4,
      "extract_images_per_s": 2210.0,
      "compile_s": 14.2,
    },
    "machine": {
      "devices": ["cpu x1"],
      "svm_backend": "scikit-learn",
      "svm_backend_reason": "no GPU was found",
      "host_cores": 2,
    },
    "seed": 0,
    "versions": {"jaxfer": "0.1.0", "jax": "0.10.2", "scikit-learn": "1.7.2"},
    "config_hash": "3f" * 32,
    "config": {"svm.bootstrap": 2000, "gan.width": 16, "report.faces": "show"},
    "artifacts": {
      "prepare": "prepare-91c0aa52",
      "pretrain": "pretrain-ab12cd34",
      "probe": "probe-77fe0192",
    },
    "command": "python -m jaxfer.main --config=configs/radboud.py:standin",
  }


_RESULTS = _make_results()
