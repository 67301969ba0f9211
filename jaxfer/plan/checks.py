"""Settings that cannot work, found out before any work is done."""

from __future__ import annotations

from pathlib import Path

from jaxfer import artifacts, events, facs, features, parallel
from jaxfer import config as configlib
from jaxfer.config import Config
from jaxfer.data import conditions, selection
from jaxfer.gan import collapse
from jaxfer.metrics import inception
from jaxfer.plan import arms
from jaxfer.report.evidence import FACES

PROTOCOLS = ("paper", "subject", "sealed", "official")

# Smallest values with which every stage can work.
_LEAST = {
  "gan.width": 1,
  "gan.latent": 1,
  "gan.batch": 1,
  "gan.epochs": 1,
  "gan.checkpoint_every": 1,
  "gan.grids": 1,
  "gan.grid_side": 1,
  "gan.steps_per_call": 1,
  "gan.collapse.every": 1,
  "gan.collapse.faces": 2,
  "gan.collapse.rollbacks": 1,
  "features.batch": 1,
  "svm.folds": 2,
  "svm.sealed_folds": 2,
  "svm.inner_folds": 2,
  "svm.evaluations": 1,
  "svm.starts": 1,
  "svm.au_values": 1,
  "svm.label_draws": 1,
  "svm.bootstrap": 1,
  "generate.count": 1,
  "generate.compare": 2,
  "generate.ssim": 1,
  "generate.bootstrap": 1,
  "run.seeds": 1,
  "data.standin.width": 0,
}


def check(config: Config, devices: int) -> None:
  """Refuses settings that cannot work.

  Args:
    config: an experiment with the right fields.
    devices: number of devices that will share a batch.

  Raises:
    ValueError: naming the field, its value and what it may be.
  """
  parallel.check_divisible(config.gan.batch, devices)
  features.dimension(config.features.layer, config.crop.size, config.gan.width)
  fields = configlib.flatten(config)
  for name, least in _LEAST.items():
    if fields[name] < least:
      raise ValueError(f"{name}={fields[name]} must be {least} or more")
  for name, known in (
    ("svm.controls", arms.CONTROLS),
    ("svm.protocols", PROTOCOLS),
    ("svm.aus", facs.AUS),
    ("generate.dialects", tuple(inception.DIALECTS)),
  ):
    for word in fields[name]:
      if word not in known:
        raise ValueError(
          f"{name} has {word!r}; it may have {', '.join(map(str, known))}"
        )
  for name, value in fields.items():
    if name.startswith("data.") and name.endswith(".count") and value < 0:
      raise ValueError(f"{name}={value} must be 0 (all) or more")
  for name, known in (
    ("report.faces", FACES),
    ("gan.compute", ("float32", "bfloat16")),
    ("gan.condition", tuple(conditions.NAMES)),
    ("gan.on_collapse", collapse.ACTIONS),
  ):
    if fields[name] not in known:
      words = ", ".join(map(repr, known))
      raise ValueError(f"{name}={fields[name]!r} is not one of {words}")
  if not fields["svm.protocols"]:
    raise ValueError("svm.protocols is empty: name one of " + _list(PROTOCOLS))
  weights = config.generate.inception
  if weights and not Path(weights).is_file():
    raise ValueError(
      f"generate.inception={weights!r} is no file: name that of"
      f" {inception.FILE}, or leave it empty, and FID, KID and inception score"
      " will be absent"
    )
  if config.run.task not in selection.TASKS:
    raise ValueError(
      f"run.task={config.run.task!r} is not one of {_list(selection.TASKS)}"
    )
  if config.data.only_au not in (0, *facs.AUS):
    raise ValueError(
      f"data.only_au={config.data.only_au} is not 0 or one of {_list(facs.AUS)}"
    )
  if min(config.svm.labels_per_class, default=1) < 1:
    raise ValueError(
      f"svm.labels_per_class={config.svm.labels_per_class} must be numbers of 1"
      " or more"
    )
  if not config.svm.log10_low < config.svm.log10_high:
    raise ValueError(
      f"svm.log10_low={config.svm.log10_low} must be below"
      f" svm.log10_high={config.svm.log10_high}"
    )
  if config.run.tensorboard:
    events.check()
  if config.gan.init_from:
    _check_start(Path(config.gan.init_from))


def _check_start(folder: Path) -> None:
  """The weights that a training starts from are a whole artifact of ours."""
  try:
    stage = artifacts.provenance(folder)["stage"]
    artifacts.verify(folder)
    if stage != "pretrain":
      raise artifacts.DamagedError(f"made by the stage {stage}")
  except (artifacts.DamagedError, OSError) as error:
    raise ValueError(
      f"gan.init_from={folder} is no intact trained DCGAN: {error}; name"
      " another folder WORKDIR/pretrain-…, or train that one again"
    ) from error


def _list(words: tuple) -> str:
  return ", ".join(map(str, words))
