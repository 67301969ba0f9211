"""A small run through its stages by hand: bright mouths, or bright brows."""

import functools
import json
import os
import shutil
from pathlib import Path

import cv2
import jax
import numpy as np
import pytest
from PIL import Image

import jaxfer
from jaxfer import artifacts, features
from jaxfer.configs import base
from jaxfer.data import assignment, crop, table
from jaxfer.learn import checkpoints, encoding, learners, patches
from jaxfer.standin.face import expression, identities, render, scene
from jaxfer.svm import stage

SIZE = 16
GAN = {"width": 4, "latent": 5, "learning_rate": 2e-4, "beta1": 0.5}
CONFIG = base.get_config()
SVM = {**CONFIG.svm, "evaluations": 5, "au_values": 3}
PEOPLE = 8
EMOTIONS = ("angry", "happy", "sad")


def faces(people, seed=0, size=SIZE):
  """Noisy pictures, a band of each where its class has it; and the classes."""
  rng = np.random.default_rng(seed)
  pictures, labels = [], []
  for _ in range(people):
    base = rng.integers(60, 120, (size, size, 3))
    for label in range(3):
      picture = base + rng.integers(-15, 15, base.shape)
      third = size // 3
      picture[label * third : (label + 1) * third] += 90
      pictures.append(picture.clip(0, 255).astype(np.uint8))
      labels.append(label)
  return np.stack(pictures), np.array(labels)


def move(pictures, frames):
  """Clips (N, frames, …) that begin grey and end as the pictures."""
  share = np.linspace(0, 1, frames)[:, None, None, None]
  return (80 + share * (pictures[:, None] - 80.0)).astype(np.uint8)


def build(workdir, task="emotion", detector="precropped", keep=True, frames=0):
  """Writes a finished run, with frames one of clips; returns its workdir.

  The task `patches` is that of emotions, read with a dictionary of patches
  beside the network.
  """
  readout = "conv2+patches" if task == "patches" else "conv2"
  task = "au" if task == "au" else "emotion"
  store = artifacts.Store(workdir)
  pictures, labels = faces(PEOPLE)
  if frames:
    pictures = move(pictures, frames)
  gan = {**GAN, "learner": "clip_dcgan" if frames else "dcgan"}
  gan |= {"clip": {"frames": frames}} if frames else {}
  learner, state = learners.create(
    learners.section(gan), image_size=SIZE, seed=0, labels=0
  )
  units = [{1: int(n == 0), 12: int(n == 1)} for n in labels]
  rows = [
    table.Face(
      f"{i}.png",
      "labelled",
      subject=f"p{i // 3}",
      emotion=EMOTIONS[label],
      aus=units[i] if task == "au" else {},
    )
    for i, label in enumerate(labels)
  ]

  def make(stage, fill, settings=None, label="labelled", **made_from):
    inputs = {
      name: artifacts.provenance(one)["key"] for name, one in made_from.items()
    }
    if stage == "prepare":
      inputs["data"] = "owner's"
    spec = artifacts.Spec(stage, label, 1, settings or {}, inputs)
    return store.make(spec, fill)

  def prepare(out):
    np.save(out / "faces.npy", pictures)
    found = {"left": 0, "top": 0, "width": SIZE, "height": SIZE}
    table.write_csv(
      out / "manifest.csv",
      crop.MANIFEST_COLUMNS,
      ({**table.to_row(row), **found} for row in rows),
    )

  def fold(out):
    assignment.write(
      rows, out, task=task, aus=(1, 12), folds=4, sealed_folds=2, seed=0
    )

  def pretrain(out):
    saved = checkpoints.Checkpoints(out / "checkpoints")
    saved.save(state)
    saved.close()

  how = {"batch": 16, "devices": jax.devices()[:1], "label": "described"}

  def encode(out):
    features.write_statistics(learner, state.disc, pictures, out, **how)

  def learn_patches(out):
    np.savez(out / patches.FILE, **patches.learn(pictures, 0))

  def extract(out):
    net = features.with_statistics(state.disc, encoder)
    if beside:
      net = encoding.with_patches(net, patches.read(beside["patches"]))
    features.write(learner, net, pictures, out, readout=readout, **how)

  settings = {**CONFIG.crop, "size": SIZE, "colour": "rgb"}
  settings |= {"dataset": "labelled", "detector": detector}
  settings["max_megapixels"] = 64.0
  if frames:
    settings |= {"frames": frames, "stride": 2, "still": False}
  prepared = make("prepare", prepare, settings)
  folds = make("folds", fold, faces=prepared)
  trained = make("pretrain", pretrain, {**gan, "seed": 0}, faces=prepared)
  encoder = make("encoder", encode, gan=trained)
  beside = {}
  if encoding.patched(readout):
    beside["patches"] = make("patches", learn_patches, faces=prepared)
  described = make(
    *("extract", extract, {"readout": readout}),
    target=prepared,
    encoder=encoder,
    **beside,
  )

  def probe(out):
    job = stage.Job(
      label="trained",
      machine="svm",
      protocols=("paper", "subject"),
      features=(str(described / "features.npy"),),
      folds=str(folds),
      test_features=(),
      test_folds="",
      out=str(out),
      svm=SVM,
      seed=0,
      backend="sklearn",
      keep_machine=keep,
      audit=False,
      count_labels=False,
    )
    stage.probe_representation(job)

  probed = make(
    *("probe", probe, {"keeps_machine": keep}, "trained"),
    folds=folds,
    features0=described,
  )
  names = list(EMOTIONS) if task == "emotion" else ["AU1", "AU12"]
  metric = "accuracy" if task == "emotion" else "auc_mean"
  block = {
    metric: 0.9,
    f"{metric}_ci95": [0.8, 1.0],
    "auc": {name: {"value": 0.95} for name in names},
    "recall": dict.fromkeys(names, 0.9) if task == "emotion" else None,
  }
  one = {"dataset": "labelled", "faces": len(rows), "people": PEOPLE}
  results = {
    "experiment": "bands",
    "task": task,
    "names": names,
    "standin": True,
    "audit": {"unseen": {"subject": {"holds": True, "reason": None}}},
    "protocols": {"paper": block, "subject": block},
    "interval_unit": "people",
    "data": {"pretrain": one, "probe": one},
    "experiment_hash": "0123456789abcdef",
    "versions": {},
    "config": {f"crop.{k}": v for k, v in CONFIG.crop.items()},
    "artifacts": {"probe": {"trained": probed.name}},
  }
  report = workdir / "report"
  report.mkdir()
  (report / "results.json").write_text(json.dumps(results))
  return workdir


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
  """A finished run's workdir, by task; nobody writes to it."""
  once = functools.cache(
    lambda task: build(tmp_path_factory.mktemp(task) / "run", task)
  )
  return lambda task="emotion": once(task)


@pytest.fixture
def own_run(finished, tmp_path):
  """A copy of the run of emotions, to be changed."""
  return shutil.copytree(finished(), tmp_path / "run")


@pytest.fixture(scope="session")
def model(finished):
  """The recogniser of a run, by task."""
  once = functools.cache(lambda task: jaxfer.load(finished(task)))
  return lambda task="emotion": once(task)


@pytest.fixture(scope="session")
def of_clips(tmp_path_factory):
  """The recogniser of a run of clips of four frames, two frames apart."""
  return jaxfer.load(build(tmp_path_factory.mktemp("clips") / "run", frames=4))


@pytest.fixture(scope="session")
def clips(pictures):
  """Clips of new people, and their classes."""
  return move(pictures[0], 4), pictures[1]


@pytest.fixture(scope="session")
def builder():
  """The function that writes a finished run."""
  return build


@pytest.fixture(scope="session")
def pictures():
  """Pictures of new people, and their classes."""
  return faces(6, seed=1)


@pytest.fixture
def film(tmp_path):
  """Writes a film of pictures, (N, H, W, 3) uint8."""

  def write(name, frames, rate=10):
    path = tmp_path / name
    codec = "MJPG" if path.suffix in (".avi", ".mkv") else "mp4v"
    height, width = frames.shape[1:3]
    writer = cv2.VideoWriter(
      str(path), cv2.VideoWriter_fourcc(*codec), rate, (width, height)
    )
    assert writer.isOpened()
    for frame in frames:
      writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return path

  return write


@pytest.fixture(scope="session")
def searching(tmp_path_factory):
  """A recogniser that finds faces in photographs."""
  workdir = tmp_path_factory.mktemp("searching") / "run"
  return jaxfer.load(build(workdir, detector="viola_jones"))


@pytest.fixture(scope="session")
def photograph(tmp_path_factory):
  """A face: of a person where real ones are at hand, and else a drawn one."""
  if root := os.environ.get("JAXFER_REAL_FACES", ""):
    return min(Path(root, "lab", "images").iterdir())
  who = identities.draw(0, 1, female=True, child=False, dark=False)
  shown, face = scene.draw(0, 1, 0), expression.pose("happy")
  path = tmp_path_factory.mktemp("photograph") / "face.png"
  drawn = render.render(who, shown, face, [0.0], (320, 320))[0]
  Image.fromarray(drawn).save(path)
  return path
