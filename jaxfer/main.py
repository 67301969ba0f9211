"""Runs an experiment: faces, DCGAN, features, SVM, report.

    jaxfer run --config=configs/radboud.py:standin

A config file may take arguments behind a colon (see its first lines), and any
field can be overridden: --config.gan.epochs=100. A run skips what its workdir
already holds and goes on where it was interrupted.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from absl import app, flags
from ml_collections import config_flags

from jaxfer import backend, configs, inventory, logs, termination
from jaxfer import config as configlib
from jaxfer.configs import base
from jaxfer.errors import UserError

_CONFIG = config_flags.DEFINE_config_file(
  "config", help_string="Experiment file, such as configs/radboud.py."
)
_WORKDIR = flags.DEFINE_string(
  "workdir", None, "Folder for everything made; runs/<experiment> if not given."
)
_STAGE = flags.DEFINE_enum(
  "stage",
  None,
  ["prepare", "pretrain", "extract", "probe", "generate", "report"],
  "Run this stage alone, and before it only what it lacks.",
)
_DRY_RUN = flags.DEFINE_bool(
  "dry_run", False, "Print what would be made and how large it is, and exit."
)
_PRINT_CONFIG = flags.DEFINE_bool(
  "print_config", False, "Print every field of the experiment, and exit."
)
_LIST = flags.DEFINE_bool(
  "list", False, "Print what each folder of the workdir is, and exit."
)
_PROFILE = flags.DEFINE_string(
  "profile", None, "START:STOP, the training steps to trace with JAX."
)
_INIT_FROM = flags.DEFINE_string(
  "init_from",
  None,
  "Folder of a trained DCGAN, WORKDIR/pretrain-…, whose weights the training"
  " starts from; sets config.gan.init_from.",
)

# XLA chooses the same GPU kernels in every run; read when its backend starts.
DETERMINISTIC = "--xla_gpu_deterministic_ops=true --xla_gpu_autotune_level=0"

INTERRUPTED = 130  # exit status, as shells give it for Ctrl-C
# SIGTERM and SIGHUP have their own: schedulers requeue on the first.


def main(argv: Sequence[str]) -> int:
  """Runs what the flags say; returns the exit status."""
  if len(argv) > 1:
    return _fail(f"unexpected argument {argv[1]!r}; flags begin with --")
  if _CONFIG.value is None and not (_LIST.value and _WORKDIR.value):
    return _fail("which experiment? --config=configs/radboud.py:standin")
  logs.speak_plainly()
  termination.listen()
  # Here and not above: --help should not wait for JAX.
  from jaxfer import distributed

  return distributed.leave(_attempt())


def _attempt() -> int:
  """Runs what the flags say; says what went wrong, and how it ended."""
  from jaxfer import distributed
  from jaxfer.learn.collapse import CollapsedError
  from jaxfer.learn.train import DivergedError, Interrupted

  try:
    with distributed.naming_others():
      _run()
  except Interrupted as stop:
    _say(f"{stop}; the same command goes on from there")
    return termination.status(stop.signal)
  except KeyboardInterrupt as stop:
    _say("stopped; the same command goes on")
    return getattr(stop, "status", INTERRUPTED)
  except OSError as error:
    return _fail(f"{error}; what was finished before is kept")
  except subprocess.CalledProcessError as error:
    return _fail(f"the probe's process ended with status {error.returncode}")
  except MemoryError as error:
    why = str(error) or "an allocation failed"
    return _fail(f"out of memory: {why}; what was finished before is kept")
  except (UserError, CollapsedError, DivergedError) as error:
    return _fail(str(error))
  except Exception as error:
    if "RESOURCE_EXHAUSTED" in str(error):  # of XLA, which has no class for it
      return _fail(f"out of the device's memory: a smaller gan.batch? {error}")
    # No user can mend these, and only their traceback says where they lie.
    traceback.print_exc()
    return _fail(
      "this is a fault of jaxfer: please report it with the lines above; what"
      " was finished before is kept"
    )
  finally:
    termination.ignore()
  return 0


def _run() -> None:
  config: Any = _CONFIG.value
  if config is None:  # only a list of the workdir is asked for
    print(inventory.describe(Path(_WORKDIR.value or "runs")))
    return
  configlib.validate(config, base.get_config())
  given = config_flags.get_override_values(flags.FLAGS["config"])
  if "gan.epochs" in given and "gan.steps_at_least" not in given:
    config.gan.steps_at_least = 0  # so many were asked for, and no more
  name = config.run.collection or config.run.experiment
  workdir = Path(_WORKDIR.value or Path("runs") / name)
  if _LIST.value:
    print(inventory.describe(workdir))
    return
  if _INIT_FROM.value is not None:
    config.gan.init_from = _INIT_FROM.value
  if _PRINT_CONFIG.value:
    from jaxfer.data import preparation

    preparation.settle(config)
    print(config)
    return
  if config.run.deterministic:
    asked = os.environ.get("XLA_FLAGS", "")
    os.environ["XLA_FLAGS"] = f"{asked} {DETERMINISTIC}".strip()
  if config.svm.backend == "cuml":
    # cuML shares the GPU with this process, which must not take it all.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

  from jaxfer import artifacts, distributed, experiment

  distributed.start(config.run.patience)
  devices = backend.devices(config.run.devices)
  if not distributed.leads():
    logging.getLogger("jaxfer").setLevel(logging.ERROR)
  stages = (_STAGE.value,) if _STAGE.value else experiment.STAGES
  redraws = stages == ("report",) and not distributed.several()
  if distributed.several() and stages[0] not in ("prepare", "pretrain"):
    stages = ("pretrain", *stages)  # what all processes share comes first
  run = _run_suite if config.run.members else _run_experiment
  run(config, artifacts.Store(workdir), devices, stages, redraws)
  distributed.told()  # that rank 0 is through, too


def _run_experiment(config, store, devices, stages, redraws) -> None:
  from jaxfer import distributed, experiment
  from jaxfer.experiment import overview
  from jaxfer.report import publish
  from jaxfer.results import gathering, saved

  where = saved.spec(config)  # before what is left open is filled in
  asked = None
  if redraws:
    asked, evidence = saved.find(store, where, config, devices)
    if evidence is not None:
      with saved.reading(folder := saved.path(store, where)):
        print(f"the report is drawn from {folder}", flush=True)
        if not _DRY_RUN.value:
          print(publish.write(store, evidence))
      return
  profile = _profile(store.workdir)
  asked = asked or experiment.make(config, store, devices, profile)
  if distributed.leads():
    # Before all progress, in a file too.
    print(overview.describe(asked, _DRY_RUN.value), flush=True)
  if _DRY_RUN.value:
    return
  clock = logs.Clock()
  for stage in stages:
    if stage != "report":
      with clock(stage):
        asked.make(stage, probed="probe" in stages)
    elif distributed.leads():
      evidence = gathering.gather(asked, clock.rounded())
      saved.save(store, where, evidence)
      print(publish.write(store, evidence))
  if _STAGE.value and distributed.leads():
    for artifact in asked.of(_STAGE.value):
      if artifact.state == "ready":
        print(f"{_STAGE.value}: {store.path(artifact.spec)}")


def _run_suite(config, store, devices, stages, redraws) -> None:
  from jaxfer import distributed, suite

  if _PROFILE.value is not None:
    raise UserError("--profile traces one experiment: name it in --config")
  planned = suite.make(
    config, base.get_config(), store, devices, drawn_again=redraws
  )
  if distributed.leads():
    print(suite.describe(planned), flush=True)
  if _DRY_RUN.value:
    return
  made = suite.run(planned, stages)
  if "report" in stages and distributed.leads():
    print(suite.write_report(made))
  if failed := [name for name in planned.members if name not in made.members]:
    raise UserError(
      f"{len(failed)} of {len(planned.members)} experiments could not be made:"
      f" {', '.join(failed)}; the reasons stand above"
    )


def _profile(workdir: Path):
  if _PROFILE.value is None:
    return None
  from jaxfer.learn.train import Profile

  with contextlib.suppress(ValueError):
    start, stop = map(int, _PROFILE.value.split(":"))
    if 0 <= start < stop:
      return Profile(start, stop, workdir / "profile")
  raise UserError(
    f"--profile={_PROFILE.value} must be START:STOP in training steps, such as"
    " --profile=20:25"
  )


def _fail(message: str) -> int:
  # A file's name may hold what a terminal would obey.
  _say("jaxfer: " + "\n".join(map(logs.printable, message.split("\n"))))
  return 1


def _say(line: str) -> None:
  with contextlib.suppress(OSError):  # the terminal may be what was closed
    print(line, file=sys.stderr)


def _parse(argv: list[str]) -> list[str]:
  """Parses the flags; what is wrong is said in a line, not a traceback."""
  known = configlib.flatten(base.get_config())
  argv = configlib.resolve_files(argv, Path(configs.__path__[0]))
  argv, ways = configlib.take_moved(argv)
  if ways:
    sys.argv = argv  # where ml_collections looks for overrides
  try:
    for arg in argv[1:]:
      if arg.startswith("--config."):
        name = arg.removeprefix("--config.").partition("=")[0]
        if name not in known:
          raise UserError(configlib.unknown_field(name, known))
    rest = flags.FLAGS(argv)
    if ways and _CONFIG.value is not None:
      from jaxfer.data import preparation

      _say(preparation.take_detectors(_CONFIG.value, ways))
    return rest
  except SystemExit:
    sys.exit(0)  # --help was asked for, which absl ends with 1
  except Exception as error:
    said: BaseException = error
    if "Traceback" in str(error):
      # ml_collections puts a whole traceback into its message; what the
      # config file itself said is at the end of the chain.
      while said.__context__ is not None:
        said = said.__context__
    sys.exit(_fail(str(said)))


def run() -> None:
  """Entry point of `python -m jaxfer.main`."""
  logs.speak_anywhere()
  app.run(main, flags_parser=_parse)


if __name__ == "__main__":
  run()
