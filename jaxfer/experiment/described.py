"""Faces described by the networks of an experiment, and what that needs."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import numpy as np

from jaxfer import controls, features, logs
from jaxfer.data import crop
from jaxfer.data.pools import load_faces
from jaxfer.data.table import iterate_csv, write_csv
from jaxfer.experiment.artifact import Artifact, Declared, Run
from jaxfer.experiment.networks import Network, Trained
from jaxfer.experiment.sets import Prepared
from jaxfer.learn import encoding, patches, sample
from jaxfer.learn.gan import inversion
from jaxfer.learn.learners import State
from jaxfer.learn.networks import NetState

LATENTS = "latents.npy"
INVERTED = "inverted.npz"
"""File of what a report shows of an inverted generator.

`told`, the share of the variance of latents that the encoder tells; (2,)
`errors`, of pixels, the mean over faces; and uint8 (n, 3, S, S, 3) `faces`:
some, and what is drawn of each where the encoder points, and after the steps.
"""

_SHOWN = 12  # faces


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
class Inverted(Artifact):
  """The latents that draw a set's faces: latents.npy, inverted.npz."""

  stage, version, doing = "invert", 1, "finding the latents of faces, {}"

  run: Run
  faces: Prepared  # the prepared set
  encoder: Encoder  # of the network whose generator is inverted

  def _declare(self) -> Declared:
    network = self.encoder.network
    label = f"{self.faces.dataset}-{network.title}"
    inputs = {"target": self.faces, "encoder": self.encoder}
    return label, {"seed": network.seed}, inputs

  def _build(self, out: Path) -> None:
    learner, state, net = self.encoder.load()
    faces = load_faces(self.faces.path())
    encoder = inversion.learn(learner, state, net, self.encoder.network.seed)
    progress = logs.Progress(f"invert {self.spec.label}", len(faces), "faces")
    found = inversion.find(learner, state, net, encoder, faces, progress)
    np.save(out / LATENTS, found.latents)
    shown = np.unique(np.linspace(0, len(faces) - 1, _SHOWN).astype(int))
    both = found.pointed, found.latents
    drawn = [sample.draw(learner, state, z[shown]) for z in both]
    np.savez(
      out / INVERTED,
      allow_pickle=False,
      told=encoder.told,
      errors=found.errors.mean(0),
      faces=np.stack([faces[shown], *drawn], axis=1),
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

  @functools.cached_property
  def inverted(self) -> Inverted | None:
    """The generator's latents of the faces, if it is what is read."""
    if self.kind not in inversion.READOUTS:
      return None
    return Inverted(self.run, self.faces, self.encoder)

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
    if self.inverted:
      inputs["inverted"] = self.inverted
    else:
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
    elif self.inverted:
      found = np.load(self.inverted.path() / LATENTS, allow_pickle=False)
      if self.kind == inversion.LAYERS:
        learner, state, _ = self.encoder.load()
        found = np.concatenate([*inversion.maps(learner, state, found)])
      np.save(out / "features.npy", found)
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
