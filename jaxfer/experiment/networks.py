"""The discriminators of an experiment, and what is made with them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from jaxfer import artifacts
from jaxfer.data import pools, sheet
from jaxfer.experiment.artifact import Artifact, Declared, Run
from jaxfer.experiment.sets import Folds, Prepared
from jaxfer.learn import checkpoints, learners, sample
from jaxfer.learn.learners import State
from jaxfer.learn.train import train

SHEET_SIDE = 12  # faces along each side of a contact sheet

# Settings that decide how training runs but not what it ends with.
_CONDUCT = (
  "checkpoint_every",
  "grids",
  "grid_side",
  "resident_gib",
  "steps_per_call",
  "on_collapse",
  "collapse",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Network:
  """A discriminator, and its generator, at their initial weights.

  Of an untrained one, only batch statistics come from the faces.
  """

  run: Run
  title: str  # tells it apart within the experiment
  faces: Prepared  # the prepared set that it learns from
  seed: int  # of weights, latents and batch order
  # The sealed fold whose people it does not see, `pools.OFFICIAL`, or None.
  left_out: int | None = None
  folds: Folds | None = None  # the fold assignments that say who they are
  # Learns only from faces that show this action unit; 0: from all.
  only_au: int = 0

  def seen(self) -> tuple[dict[str, Any], dict[str, Artifact | str]]:
    """What decides which faces it sees: settings, and inputs by role."""
    settings: dict[str, Any] = {}
    inputs: dict[str, Artifact | str] = {"faces": self.faces}
    if self.only_au:
      settings["only_au"] = self.only_au
    if self.left_out is not None:
      settings["left_out"] = self.left_out
    if self.folds is not None:
      inputs["folds"] = self.folds
    return settings, inputs

  def pool(self) -> pools.Pool:
    """The faces that it learns from."""
    folds = self.folds and str(self.folds.path().absolute())
    return pools.Pool(
      faces=str(self.faces.path().absolute()),
      folds=folds,
      left_out=self.left_out,
      only_au=self.only_au,
    )

  def load(self) -> tuple[Any, State]:
    """The learner, and its state: initial, or as training left it."""
    return self.run.initial(self.seed)


@dataclasses.dataclass(frozen=True, eq=False)
class Trained(Network, Artifact):
  """A trained network: checkpoints, metrics by step, and what it drew."""

  stage, version, resumable, made_by = "pretrain", 3, True, "all"

  # The network whose weights it starts from, or None.
  start: Trained | None = None

  @property
  def doing(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
    """What making it is, in words."""
    kind = learners.LEARNERS[self.run.config.gan.learner]
    return f"training the {kind.title} {{}}"

  def _declare(self) -> Declared:
    (settings, inputs), gan = self.seen(), self.run.config.gan.to_dict()
    unread = learners.foreign(gan["learner"]).union(_CONDUCT)
    gan = {k: v for k, v in gan.items() if k not in unread}
    given = gan.pop("init_from")
    for field, default in learners.DEFAULTS.items():
      if gan.get(field) == default:
        del gan[field]
    if self.start is not None:
      inputs["start"] = self.start
    elif given:
      inputs["start"] = artifacts.provenance(Path(given))["key"]
    label = self.faces.dataset
    if self.title != "trained":
      label += f"-{self.title}"
    return label, {**gan, **settings, "seed": self.seed}, inputs

  def _build(self, out: Path) -> None:
    run, gan, pool = self.run, self.run.config.gan, self.pool()
    start = None
    if self.start is not None:
      start = self.start.load()[1]
    elif gan.init_from:
      start = checkpoints.load(Path(gan.init_from), super().load()[1])
    events = run.store.workdir.absolute() / "tensorboard"
    train(
      pool.load(),
      out.absolute(),
      gan=gan,
      seed=self.seed,
      devices=run.devices,
      labels=pool.labels(gan.condition),
      start=start,
      profile=run.profile,
      events=events if run.config.run.tensorboard else None,
      run=self.key,
    )

  def load(self) -> tuple[Any, State]:
    """The learner, and its state as training left it."""
    learner, state = super().load()
    return learner, checkpoints.load(self.path(), state)


@dataclasses.dataclass(frozen=True, eq=False)
class Generated(Artifact):
  """Faces drawn from a generator: faces.npy, labels.npy, sheet.png.

  Of clips the sheet has three frames of each, and sheet.gif plays them.
  """

  stage, version, doing = "generate", 3, "generating faces"

  run: Run
  network: Trained

  def _declare(self) -> Declared:
    config = self.run.config
    settings = {"count": config.generate.count, "seed": config.run.seed}
    return "", settings, {"gan": self.network}

  def _build(self, out: Path) -> None:
    learner, state = self.network.load()
    faces = sample.write(
      learner, state, self.network.path(), out, **self.spec.settings
    )
    sheet.write(faces[: SHEET_SIDE**2], out / "sheet.png", SHEET_SIDE)
    if faces.ndim == 5:
      sheet.write_gif(faces[: SHEET_SIDE**2], out / "sheet.gif", SHEET_SIDE)
