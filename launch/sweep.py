"""The paper's experiments as Slurm job arrays that share one workdir.

    python launch/sweep.py --workdir=/shared/runs/paper --seeds=3
    python launch/sweep.py --workdir=/shared/runs/paper --seeds=3 --submit
    python launch/sweep.py --workdir=runs/some --experiments emotion-5 au-1 \
      --sbatch=--gpus-per-node=1 -- --config.gan.epochs=100

Prints the commands, as a script that a shell can run; --submit runs them.

There is an array for each seed, with a task for each experiment. A task waits
for the same experiment's task of the seed before, whose artifacts it shares,
and adds its own. Where all experiments take part, a last job waits for the last
array and writes the report of all.
"""

from __future__ import annotations

import argparse
import dataclasses
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from jaxfer import logs
from jaxfer.configs import paper

ROOT = Path(__file__).resolve().parents[1]
_SCRIPT = "launch/slurm.sbatch"


@dataclasses.dataclass(frozen=True)
class Job:
  """One submission.

  Attributes:
    name: the job's name, and that of the shell variable that holds its number.
    configs: experiment files with their arguments, one for each task.
    array: sbatch's --array, or None for a job of one task.
    waits: how it depends on the job before it, as sbatch names it; None: not.
  """

  name: str
  configs: tuple[str, ...]
  array: str | None
  waits: str | None


def jobs(
  experiments: Sequence[str],
  seeds: int,
  arguments: Sequence[str] = (),
  at_once: int | None = None,
) -> list[Job]:
  """The submissions of a sweep, in order.

  Args:
    experiments: names from configs/paper.py, each once.
    seeds: how many DCGANs each experiment trains, with seeds 0, 1, …
    arguments: further config arguments, such as `standin`.
    at_once: how many tasks of an array may run at a time; None: all.

  Raises:
    ValueError: if configs/paper.py does not take an experiment or argument.
  """
  found = []
  last = len(experiments) - 1
  limit = f"%{at_once}" if at_once else ""
  for seed in range(seeds):
    configs = tuple(_config(e, seed + 1, arguments) for e in experiments)
    waits = "aftercorr" if seed else None
    found.append(Job(f"seed{seed}", configs, f"0-{last}{limit}", waits))
  if set(experiments) == set(paper.EXPERIMENTS):
    every = _config("all", seeds, arguments)
    found.append(Job("report", (every,), None, "afterok"))
  return found


def script(
  submissions: Sequence[Job],
  workdir: Path,
  options: Sequence[str],
  flags: Sequence[str],
  say: bool = False,
) -> str:
  """The commands as a script for bash, which ends with the first that fails.

  Args:
    submissions: in order.
    workdir: absolute; its folder `logs` holds what the tasks say.
    options: further options of sbatch.
    flags: flags of jaxfer.main.
    say: whether it prints the number of each job.
  """
  lines = ["set -e", f"cd {shlex.quote(str(ROOT))}"]
  lines.append(f"mkdir -p {shlex.quote(str(workdir / 'logs'))}")
  before = ""
  for job in submissions:
    words = [f"CONFIG={shlex.quote(' '.join(job.configs))}"]
    words += [f"WORKDIR={shlex.quote(str(workdir))}", "sbatch"]
    if job.waits is not None:
      # A job's number is a variable of the script, for the shell to fill in.
      words.append(f"--dependency={job.waits}:${before}")
      words.append("--kill-on-invalid-dep=yes")
    number = "%j"
    if job.array is not None:
      words.append(f"--array={job.array}")
      number = "%A-%a"
    rest = ["--parsable", f"--job-name={job.name}", f"--chdir={ROOT}"]
    rest += [f"--output={workdir}/logs/%x-{number}.out"]
    words += map(shlex.quote, [*rest, *options, _SCRIPT, *flags])
    lines.append(f"{job.name}=$({' '.join(words)})")
    if say:
      lines.append(f"echo {job.name} ${job.name}")
    before = job.name
  return "\n".join(lines)


def main(argv: Sequence[str]) -> int:
  """Runs what the words of the command line say; returns the exit status."""
  logs.speak_anywhere()
  options, flags = _parse(argv)
  workdir = options.workdir.resolve()
  try:
    found = jobs(
      list(dict.fromkeys(options.experiments)),
      options.seeds,
      options.arguments,
      options.at_once,
    )
    commands = script(found, workdir, options.sbatch, flags, options.submit)
    if not options.submit:
      sys.stdout.write(f"{commands}\n")
    elif shutil.which("sbatch") is None:
      return _fail("no sbatch here: submit from a Slurm login node")
    else:
      (workdir / "logs").mkdir(parents=True, exist_ok=True)
      subprocess.run(["bash", "-c", commands], check=True)  # noqa: S607
  except (OSError, ValueError) as error:
    return _fail(str(error))
  except subprocess.CalledProcessError as error:
    return _fail(
      f"sbatch ended with status {error.returncode}; the jobs above stay:"
      " scancel ends them"
    )
  return 0


def _config(experiment: str, seeds: int, arguments: Sequence[str]) -> str:
  arg = ",".join([experiment, f"seeds={seeds}", *arguments])
  if arg.split() != [arg]:
    raise ValueError(f"config arguments have no spaces: {arg!r}")
  paper.get_config(arg)
  return f"configs/paper.py:{arg}"


def _parse(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
  """The options, and the flags of jaxfer.main behind a bare --."""
  words = list(argv)
  flags = []
  if "--" in words:
    at = words.index("--")
    words, flags = words[:at], words[at + 1 :]
  summary, _, more = (__doc__ or "").partition("\n\n")
  parser = argparse.ArgumentParser(
    prog="launch/sweep.py",
    usage="%(prog)s --workdir=FOLDER [options] [-- flags of jaxfer.main]",
    description=summary,
    epilog=more,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
  add = parser.add_argument
  add("--workdir", type=Path, required=True, help="a folder all nodes see")
  add(
    "--experiments",
    nargs="+",
    default=list(paper.EXPERIMENTS),
    choices=paper.EXPERIMENTS,
    metavar="NAME",
    help="of configs/paper.py; all of them if not given",
  )
  add("--seeds", type=_count, default=1, help="DCGANs of each experiment")
  add(
    "--arguments",
    nargs="+",
    default=[],
    metavar="ARGUMENT",
    help="further config arguments, such as standin",
  )
  add("--at_once", type=_count, metavar="N", help="tasks that run at a time")
  add(
    "--sbatch",
    action="append",
    default=[],
    metavar="OPTION",
    help="an option of sbatch, such as --sbatch=--gpus-per-node=1; may repeat",
  )
  add("--submit", action="store_true", help="run the commands")
  return parser.parse_args(words), flags


def _count(text: str) -> int:
  if not text.isdecimal() or int(text) < 1:
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
  return int(text)


def _fail(message: str) -> int:
  sys.stderr.write(f"sweep: {message}\n")
  return 1


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
