"""The discriminators of an experiment: what each has seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxfer import artifacts
from jaxfer.artifacts import Spec
from jaxfer.config import Config
from jaxfer.learn.encoding import POOLED
from jaxfer.learn.learners import LEARNERS
from jaxfer.plan.versions import spec

# Settings that decide how training runs but not what it ends with.
_CONDUCT = frozenset(
  [
    "checkpoint_every",
    "grids",
    "grid_side",
    "resident_gib",
    "steps_per_call",
    "on_collapse",
    "collapse",
  ]
)


@dataclasses.dataclass(frozen=True)
class Network:
  """A discriminator, and its generator.

  Attributes:
    name: tells it apart within the experiment.
    faces: the prepared set that it learns from.
    seed: of weights, latents and batch order.
    left_out: the sealed fold whose people it does not see, `pools.OFFICIAL`,
      or None.
    folds: the fold assignments that say who they are.
    only_au: learns only from faces that show this action unit; 0: from all.
    start: the network whose weights it starts from, or None.
    weights: the trained networks; None: it keeps its initial weights, and only
      its batch statistics come from the faces.
  """

  name: str
  faces: Spec
  seed: int
  left_out: int | None = None
  folds: Spec | None = None
  only_au: int = 0
  start: Network | None = None
  weights: Spec | None = None

  def seen(self) -> tuple[dict[str, Any], dict[str, str]]:
    """What decides which faces it sees: settings, and inputs by role."""
    settings: dict[str, Any] = {}
    inputs = {"faces": self.faces.key}
    if self.only_au:
      settings["only_au"] = self.only_au
    if self.left_out is not None:
      settings["left_out"] = self.left_out
    if self.folds is not None:
      inputs["folds"] = self.folds.key
    return settings, inputs


def trained(network: Network, config: Config) -> Network:
  """That network, trained as the config says."""
  settings, inputs = network.seen()
  others = LEARNERS.keys() - {config.gan.learner}
  gan = config.gan.to_dict()
  gan = {k: v for k, v in gan.items() if k not in _CONDUCT | others}
  given = gan.pop("init_from")
  # What is left at its default does not change what older versions made.
  for field, default in (
    ("learner", "dcgan"),
    ("condition", ""),
    ("compute", "float32"),
    ("steps_at_least", 0),
  ):
    if gan[field] == default:
      del gan[field]
  if network.start is not None:
    assert network.start.weights is not None
    inputs["start"] = network.start.weights.key
  elif given:
    inputs["start"] = artifacts.provenance(Path(given))["key"]
  label = network.faces.label
  if network.name != "trained":
    label += f"-{network.name}"
  made = spec(
    "pretrain", label, {**gan, **settings, "seed": network.seed}, **inputs
  )
  return dataclasses.replace(network, weights=made)


@dataclasses.dataclass(frozen=True)
class Features:
  """A description of every face of a prepared set.

  Attributes:
    spec: the artifact.
    kind: a layer of `features.dimension`, or a function of `controls`.
    faces: the prepared set described.
    network: the discriminator whose layer it is, or None.
  """

  spec: Spec
  kind: str
  faces: Spec
  network: Network | None


def describe(
  kind: str, faces: Spec, network: Network | None, gan: Mapping[str, Any]
) -> Features:
  """The features of a kind.

  Args:
    kind: as in `Features`.
    faces: the prepared set to describe.
    network: the discriminator, or None for a control.
    gan: the config's `gan` section.
  """
  if network is None:
    label = f"{faces.label}-{kind}"
    made = spec("extract", label, {"kind": kind}, target=faces.key)
    return Features(made, kind, faces, None)
  settings, inputs = network.seen()
  settings["layer"] = kind
  if network.weights is None:
    settings |= {k: gan[k] for k in ("width", "latent")}
    settings["seed"] = network.seed
  else:
    inputs["gan"] = network.weights.key
  label = f"{faces.label}-{network.name}"
  label += f"-{kind}" if kind == POOLED else ""
  made = spec("extract", label, settings, target=faces.key, **inputs)
  return Features(made, kind, faces, network)
