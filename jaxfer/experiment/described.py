"""Faces described by the networks of an experiment, and what that needs."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import controls, features
from jaxfer.data import crop
from jaxfer.data.pools import load_faces
from jaxfer.data.table import iterate_csv, write_csv
from jaxfer.experiment.artifact import Artifact, Declared, Run
from jaxfer.experiment.networks import Network, Trained
from jaxfer.experiment.sets import Prepared
from jaxfer.learn import encoding, patches
from jaxfer.learn.learners import State
from jaxfer.learn.networks import NetState


@dataclasses.dataclass(frozen=True, eq=False)
class Encoder(Artifact):
  """What batch norm uses while a network describes faces: statistics.npz."""

  stage, version, doing = "encoder", 1, "taking batch statistics, {}"

  run: Run
  network: Network  # whose they are, over the faces that it learns from

  def _declare(self) -> Declared:
    network, gan = self.network, self.run.config.gan
    settings, inputs = network.seen()
    if isinstance(network, Trained):
      inputs["gan"] = network
    else:
      settings |= {"width": gan.width, "latent": gan.latent}
      settings["seed"] = network.seed
    return f"{network.faces.dataset}-{network.title}", settings, inputs

  def _build(self, out: Path) -> None:
    learner, state = self.network.load()
    features.write_statistics(
      learner,
      learner.encoder(state),
      self.network.pool().load(),
      out,
      batch=self.run.config.features.batch,
      devices=self.run.own_devices,
      label=f"statistics {self.spec.label}",
    )

  def load(self) -> tuple[Any, State, NetState]:
    """The learner, its state, and its encoder with these statistics."""
    learner, state = self.network.load()
    net = features.with_statistics(learner.encoder(state), self.path())
    return learner, state, net


@dataclasses.dataclass(frozen=True, eq=False)
class Dictionary(Artifact):
  """What the faces of a network are made of: patches.npz."""

  stage, version, doing = "patches", 1, "learning a dictionary of patches, {}"

  run: Run
  network: Network  # beside which it stands; an untrained one's is random

  def _declare(self) -> Declared:
    settings, inputs = self.network.seen()
    learnt = isinstance(self.network, Trained)
    settings |= {"learnt": learnt, "seed": self.network.seed}
    return (
      f"{self.network.faces.dataset}-{self.network.title}",
      settings,
      inputs,
    )

  def _build(self, out: Path) -> None:
    rounds = {} if self.spec.settings["learnt"] else {"rounds": 0}
    faces = self.network.pool().load()
    np.savez(
      out / patches.FILE,
      allow_pickle=False,
      **patches.learn(faces, self.network.seed, **rounds),
    )


@dataclasses.dataclass(frozen=True, eq=False)
class Features(Artifact):
  """A set's faces described: features.npy, rows.csv."""

  stage, version, doing = "extract", 5, "describing faces, {}"

  run: Run
  kind: str  # a read-out of `encoding.shape`, or one of `controls.CONTROLS`
  faces: Prepared  # the prepared set described
  network: Network | None  # the discriminator that is read out, or None

  @functools.cached_property
  def encoder(self) -> Encoder:
    """The network with its batch statistics."""
    assert self.network is not None
    return Encoder(self.run, self.network)

  @functools.cached_property
  def dictionary(self) -> Dictionary | None:
    """The dictionary of patches, if one is read."""
    if self.network is None or not encoding.patched(self.kind):
      return None
    return Dictionary(self.run, self.network)

  def load(self) -> tuple[Any, State, NetState]:
    """The learner, its state, and its encoder with all that is read."""
    learner, state, net = self.encoder.load()
    if self.dictionary:
      net = encoding.with_patches(net, patches.read(self.dictionary.path()))
    return learner, state, net

  def _declare(self) -> Declared:
    inputs: dict[str, Artifact | str] = {"target": self.faces}
    label = f"{self.faces.dataset}-"
    if self.network is None:
      return label + self.kind, {"kind": self.kind}, inputs
    inputs["encoder"] = self.encoder
    if self.dictionary:
      inputs["patches"] = self.dictionary
    label += f"{self.network.title}-{self.kind}"
    return label, {"readout": self.kind}, inputs

  def _build(self, out: Path) -> None:
    described = self.faces.path()
    faces = load_faces(described)
    if self.network is None:
      np.save(out / "features.npy", controls.CONTROLS[self.kind](faces))
    else:
      learner, _, net = self.load()
      features.write(
        learner,
        net,
        faces,
        out,
        readout=self.kind,
        batch=self.run.config.features.batch,
        devices=self.run.own_devices,
        label=f"extract {self.spec.label}",
      )
    rows = iterate_csv(described / "manifest.csv")
    write_csv(out / "rows.csv", crop.MANIFEST_COLUMNS, rows)
