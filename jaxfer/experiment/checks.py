"""Settings that cannot work, found out before any work is done."""

from __future__ import annotations

from pathlib import Path

from jaxfer import artifacts, events, facs, parallel, terms
from jaxfer import config as configlib
from jaxfer.config import Config
from jaxfer.data import conditions, cut, selection
from jaxfer.errors import UserError
from jaxfer.experiment import ranges
from jaxfer.learn import collapse, encoding, learners
from jaxfer.learn.gan import inversion
from jaxfer.learn.learners import LEARNERS
from jaxfer.metrics import inception
from jaxfer.svm.heads import HEADS, SOLVERS
from jaxfer.svm.problem import PROTOCOLS

SPLITS = (*dict.fromkeys(PROTOCOLS.values()),)


def check(config: Config, devices: int) -> None:
  """Refuses settings that cannot work, of an experiment with the right fields.

  Raises:
    ValueError: naming the field, its value and what it may be.
  """
  fields = configlib.flatten(config)
  ranges.check(fields)
  parallel.check_divisible(config.gan.batch, devices)
  for name, known in (
    ("svm.controls", terms.CONTROLS),
    ("svm.protocols", SPLITS),
    ("svm.aus", facs.AUS),
    ("generate.dialects", tuple(inception.DIALECTS)),
  ):
    for word in fields[name]:
      if word not in known:
        raise UserError(
          f"{name} has {word!r}; it may have {', '.join(map(str, known))}"
        )
  for name, known in (
    ("gan.learner", tuple(LEARNERS)),
    ("gan.compute", ("float32", "bfloat16")),
    ("gan.condition", tuple(conditions.NAMES)),
    ("gan.on_collapse", collapse.ACTIONS),
    ("crop.filter", tuple(cut.FILTERS)),
    ("svm.head", tuple(HEADS)),
    ("svm.solver", ("auto", *SOLVERS)),
    ("report.faces", terms.FACES),
  ):
    if fields[name] not in known:
      words = ", ".join(map(repr, known))
      raise UserError(f"{name}={fields[name]!r} is not one of {words}")
  if config.gan.condition and not LEARNERS[config.gan.learner].conditional:
    raise UserError(
      f"gan.condition={config.gan.condition!r} tells labels to a learner that"
      f" is told none, gan.learner={config.gan.learner!r}: set"
      " gan.condition='', or gan.learner=dcgan"
    )
  _check_inversion(config)
  encoding.shape(config.features.readout, config.crop.size, config.gan)
  if not fields["svm.protocols"]:
    raise UserError("svm.protocols is empty: name one of " + _list(SPLITS))
  weights = config.generate.inception
  if weights and not Path(weights).is_file():
    raise UserError(
      f"generate.inception={weights!r} is no file: name that of"
      f" {inception.FILE}, or leave it empty, and FID, KID and inception score"
      " will be absent"
    )
  if config.run.task not in selection.TASKS:
    raise UserError(
      f"run.task={config.run.task!r} is not one of {_list(selection.TASKS)}"
    )
  if config.data.only_au not in (0, *facs.AUS):
    raise UserError(
      f"data.only_au={config.data.only_au} is not 0 or one of {_list(facs.AUS)}"
    )
  counts = config.svm.labels_per_class
  if not all(isinstance(count, int) and count >= 1 for count in counts):
    raise UserError(
      f"svm.labels_per_class={counts} must be whole numbers of 1 or more"
    )
  if not config.svm.log10_low < config.svm.log10_high:
    raise UserError(
      f"svm.log10_low={config.svm.log10_low} must be below"
      f" svm.log10_high={config.svm.log10_high}"
    )
  if config.run.tensorboard:
    events.check()
  if config.gan.init_from:
    _check_start(Path(config.gan.init_from))


def _check_inversion(config: Config) -> None:
  """Latents are found of a generator of faces that is told nothing."""
  wanted = [
    control
    for control in config.svm.controls
    if terms.REPRESENTATIONS[control].features in inversion.READOUTS
  ]
  gan = config.gan
  drawn = learners.draws(gan.learner) and not learners.frames(gan)
  if wanted and (gan.condition or not drawn):
    raise UserError(
      f"svm.controls has {_list((*wanted,))}, which are of a generator of faces"
      f" that is told no labels; gan.learner={gan.learner!r} with"
      f" gan.condition={gan.condition!r} is none: leave them out, or set"
      " gan.learner=dcgan and gan.condition=''"
    )


def _check_start(folder: Path) -> None:
  """The weights that a training starts from are a whole artifact of ours."""
  try:
    stage = artifacts.provenance(folder)["stage"]
    artifacts.verify(folder)
    if stage != "pretrain":
      raise artifacts.DamagedError(f"made by the stage {stage}")
  except (artifacts.DamagedError, OSError) as error:
    raise UserError(
      f"gan.init_from={folder} is no intact trained DCGAN: {error}; name"
      " another folder WORKDIR/pretrain-…, or train that one again"
    ) from error


def _list(words: tuple) -> str:
  return ", ".join(map(str, words))
