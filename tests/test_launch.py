"""launch/: what is started, with which words, and what comes of its ending."""

import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import scaling as scalinglib
from benchmarks import train_step
from jaxfer import main
from jaxfer.configs import base, paper
from jaxfer.learn import learners
from jaxfer.learn.networks import parameter_counts
from launch import sweep

ROOT = Path(sweep.__file__).parents[1]
NODE, SLURM = ROOT / "launch/node.sh", ROOT / "launch/slurm.sbatch"

# What a shell would split, expand or run, were a word ever not quoted.
NASTY = (
  "--config.data.paths.rafd=/a folder/it's",
  "--config.run.experiment=$(touch pwned)`touch pwned`;&|*~\\",
  '--config.svm.controls=("hog",)',
)

# Stands for a program: notes its words and environment, and prints what is in
# the file `says` and ends with what is in the file `ends`, if there.
NOTE = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
here = Path(__file__).parent
note = {{"name": Path(sys.argv[0]).name, "words": sys.argv[1:],
        "environment": dict(os.environ), "folder": os.getcwd()}}
with (here / "notes").open("a") as file:
  file.write(json.dumps(note) + "\\n")
says, ends = here / "says", here / "ends"
notes = (here / "notes").read_text().splitlines()
print(says.read_text() if says.exists() else len(notes))
sys.exit(int(ends.read_text()) if ends.exists() else 0)
"""


@pytest.fixture
def programs(tmp_path, monkeypatch):
  """A folder first on the PATH, and what its programs were called with."""
  folder = tmp_path / "bin"
  folder.mkdir()
  for name in ("sbatch", "srun", "scontrol", "python"):
    (folder / name).write_text(NOTE)
    (folder / name).chmod(0o755)
  monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
  monkeypatch.setenv("PYTHON", str(folder / "python"))
  for name in list(os.environ):
    if name.startswith(("SLURM", "CONFIG", "WORKDIR", "JAXFER", "CUDA")):
      monkeypatch.delenv(name)
  return folder


def calls(folder):
  notes = folder / "notes"
  lines = notes.read_text().splitlines() if notes.exists() else []
  return [json.loads(line) for line in lines]


def launch(script, *words, folder=ROOT, **environment):
  return subprocess.run(
    ["bash", script, *words],
    capture_output=True,
    text=True,
    cwd=folder,
    env=os.environ | environment,
  )


JOB = {
  "SLURM_JOB_ID": "5",
  "SLURM_NTASKS": "1",
  "CONFIG": "configs/paper.py:au-1",
  "WORKDIR": "/shared/run",
}


@pytest.mark.parametrize("script", [NODE, SLURM], ids=lambda path: path.name)
def test_a_script_is_valid_bash_and_may_be_run(script):
  done = subprocess.run(["bash", "-n", script], capture_output=True, text=True)
  assert (done.returncode, done.stderr) == (0, "")
  assert os.access(script, os.X_OK)


def test_a_node_hands_every_word_on_as_it_is(programs):
  done = launch(NODE, *NASTY, CONFIG="configs/a b.py:x", WORKDIR="/run s")
  assert done.returncode == 0, done.stderr
  (call,) = calls(programs)
  assert call["words"] == [
    "-m",
    "jaxfer.main",
    "--config=configs/a b.py:x",
    "--workdir=/run s",
    *NASTY,
  ]
  assert call["folder"] == str(ROOT)


def test_a_node_leaves_the_default_workdir_to_jaxfer(programs):
  launch(NODE, CONFIG="configs/paper.py:all")
  (call,) = calls(programs)
  assert not [word for word in call["words"] if "workdir" in word]


def test_a_node_is_jaxfer_to_whoever_signals_it_or_reads_its_status(programs):
  (programs / "ends").write_text("7")
  assert launch(NODE, CONFIG="x").returncode == 7
  (programs / "python").write_text("#!/bin/sh\nexec sleep 60\n")
  node = subprocess.Popen([NODE], env=os.environ | {"CONFIG": "x"})
  sleeping = Path(f"/proc/{node.pid}/comm")
  for _ in range(100):
    if sleeping.read_text().strip() == "sleep":
      break
    time.sleep(0.05)
  node.send_signal(signal.SIGTERM)
  assert node.wait(10) == -signal.SIGTERM


@pytest.mark.parametrize(
  ("script", "missing"),
  [
    (NODE, "CONFIG"),
    (SLURM, "SLURM_JOB_ID"),
    (SLURM, "CONFIG"),
    (SLURM, "WORKDIR"),
  ],
)
@pytest.mark.parametrize("empty", [False, True])
def test_a_variable_that_is_not_set_is_named(programs, script, missing, empty):
  given = {key: value for key, value in JOB.items() if key != missing}
  done = launch(script, **given | ({missing: ""} if empty else {}))
  assert done.returncode != 0
  assert f"{missing}: is not set" in done.stderr
  assert not calls(programs)


def test_a_job_submitted_elsewhere_says_where_to_submit(programs, tmp_path):
  done = launch(SLURM, folder=tmp_path, **JOB)
  assert done.returncode == 2
  assert f"no launch/node.sh in {tmp_path}" in done.stderr


def test_a_job_is_one_step_that_runs_the_node_script(programs):
  done = launch(SLURM, *NASTY, **JOB, SLURM_CPUS_PER_TASK="8")
  assert done.returncode == 0, done.stderr
  (call,) = calls(programs)
  assert call["name"] == "srun"
  assert call["words"] == [
    "--kill-on-bad-exit=1",
    "--wait=60",
    "--cpus-per-task=8",
    "launch/node.sh",
    *NASTY,
  ]
  assert call["environment"]["CONFIG"] == JOB["CONFIG"]
  assert not [k for k in call["environment"] if k.startswith("JAXFER_")]
  assert "no GPU was asked for" in done.stderr


def test_a_job_with_gpus_says_nothing_of_them(programs):
  assert not launch(SLURM, **JOB, SLURM_GPUS_ON_NODE="8").stderr


ARRAY = {
  "SLURM_JOB_ID": "6",
  "SLURM_ARRAY_JOB_ID": "5",
  "SLURM_ARRAY_TASK_ID": "1",
  "CONFIG": "configs/paper.py:au-1 configs/paper.py:au-2",
}


def test_a_task_of_an_array_runs_the_experiment_in_its_place(programs):
  assert launch(SLURM, **JOB | ARRAY).returncode == 0
  (call,) = calls(programs)
  assert call["environment"]["CONFIG"] == "configs/paper.py:au-2"


@pytest.mark.parametrize(
  "changes",
  [
    ARRAY | {"SLURM_ARRAY_TASK_ID": "2"},
    {"CONFIG": ARRAY["CONFIG"]},
  ],
  ids=["beyond the array", "no array"],
)
def test_experiments_and_tasks_that_do_not_match_are_refused(programs, changes):
  done = launch(SLURM, **JOB | changes)
  assert done.returncode == 2
  assert "2 experiments" in done.stderr
  assert "--array=0-1" in done.stderr
  assert not calls(programs)


@pytest.mark.parametrize(
  ("status", "requeued"),
  [(0, False), (1, False), (main.INTERRUPTED, True), (143, True), (137, False)],
)
def test_a_job_is_requeued_if_jaxfer_was_stopped_and_only_then(
  programs, status, requeued
):
  (programs / "srun").write_text(f"#!/bin/sh\nexit {status}\n")
  done = launch(SLURM, **JOB)
  assert done.returncode == (0 if requeued else status)
  wanted = [("scontrol", ["requeue", "5"])] if requeued else []
  assert [(call["name"], call["words"]) for call in calls(programs)] == wanted


def test_a_task_of_an_array_requeues_itself_and_not_the_array(programs):
  (programs / "srun").write_text(f"#!/bin/sh\nexit {main.INTERRUPTED}\n")
  # The task that Slurm gives the number of the array itself.
  launch(SLURM, **JOB | ARRAY | {"SLURM_JOB_ID": "5"})
  (call,) = calls(programs)
  assert call["words"] == ["requeue", "5_1"]


def test_a_cluster_that_does_not_requeue_ends_the_job_with_jaxfers_status(
  programs,
):
  (programs / "srun").write_text(f"#!/bin/sh\nexit {main.INTERRUPTED}\n")
  (programs / "scontrol").write_text("#!/bin/sh\nexit 1\n")
  done = launch(SLURM, **JOB)
  assert done.returncode == main.INTERRUPTED
  assert "does not requeue" in done.stderr


def swept(*words):
  return sweep.main(["--workdir=/shared/it's a run", *words])


SOME = ("--experiments", "emotion-5", "au-1", "--seeds=2", "--at_once=1")


def test_a_sweep_prints_its_commands_and_runs_none(programs, capsys):
  assert swept(*SOME, "--sbatch=--gpus-per-node=1", "--", "--stage=probe") == 0
  assert not calls(programs)
  lines = capsys.readouterr().out.splitlines()
  assert lines[-1] == (
    "seed1=$(CONFIG='configs/paper.py:emotion-5,seeds=2"
    " configs/paper.py:au-1,seeds=2'"
    " WORKDIR='/shared/it'\"'\"'s a run'"
    " sbatch --dependency=aftercorr:$seed0 --kill-on-invalid-dep=yes"
    f" --array=0-1%1 --parsable --job-name=seed1 --chdir={ROOT}"
    " '--output=/shared/it'\"'\"'s a run/logs/%x-%A-%a.out'"
    " --gpus-per-node=1 launch/slurm.sbatch --stage=probe)"
  )
  assert len(lines) == 5


@pytest.mark.parametrize("experiments", [(), SOME], ids=["all", "some"])
def test_what_is_printed_does_what_submitting_does(
  programs, experiments, capsys, tmp_path
):
  words = [f"--workdir={tmp_path / 'a run'}", *experiments, "--", *NASTY]
  assert sweep.main(words) == 0
  printed = capsys.readouterr().out
  done = subprocess.run(["bash", "-c", printed], capture_output=True, text=True)
  assert (done.returncode, done.stderr) == (0, "")
  typed = calls(programs)
  (programs / "notes").unlink()
  assert sweep.main(["--submit", *words]) == 0
  submitted = calls(programs)
  for one, other in zip(typed, submitted, strict=True):
    assert one == other
  # Each waits for the one before, whose number the programs count.
  for number, call in enumerate(submitted):
    assert call["words"][-len(NASTY) :] == list(NASTY)
    assert call["folder"] == str(ROOT)
    waits = [w for w in call["words"] if w.startswith("--dependency")]
    assert bool(waits) == bool(number)
    assert all(word.endswith(f":{number}") for word in waits)
  assert (tmp_path / "a run" / "logs").is_dir()
  assert not (ROOT / "pwned").exists()


def test_every_experiment_and_seed_is_one_task_that_jaxfer_takes():
  found = sweep.jobs(list(paper.EXPERIMENTS), 3, ("standin",))
  *seeds, report = found
  assert [job.waits for job in found] == [None, *["aftercorr"] * 2, "afterok"]
  assert report.configs == ("configs/paper.py:all,seeds=3,standin",)
  for seed, job in enumerate(seeds):
    assert job.array == f"0-{len(paper.EXPERIMENTS) - 1}"
    for name, config in zip(paper.EXPERIMENTS, job.configs, strict=True):
      taken = paper.get_config(config.partition(":")[2])
      assert taken.run.experiment == name
      assert taken.run.seeds == seed + 1
      assert taken.data.standin.draw


@pytest.mark.parametrize(
  ("words", "said"),
  [
    (("--experiments", "emotion-9"), "emotion-9"),
    (("--seeds=0",), "'0'"),
    (("--at_once=few",), "'few'"),
    (("--arguments", "fast"), "'fast'"),
    (("--arguments", " standin"), "no spaces"),
  ],
)
def test_a_sweep_names_what_it_does_not_take(programs, words, said, capsys):
  try:
    assert swept("--submit", *words) == 1
  except SystemExit as stop:
    assert stop.code == 2
  assert said in capsys.readouterr().err
  assert not calls(programs)


def test_a_sweep_without_slurm_says_so(monkeypatch, tmp_path, capsys):
  monkeypatch.setenv("PATH", str(tmp_path))
  assert swept("--submit") == 1
  assert "no sbatch" in capsys.readouterr().err


def test_a_refused_submission_names_those_that_stay(programs, capfd, tmp_path):
  (programs / "sbatch").write_text(
    "#!/bin/sh\ncase $1 in --dependency*) exit 3;; esac\necho 41\n"
  )
  assert sweep.main([f"--workdir={tmp_path}", "--submit", "--seeds=2"]) == 1
  printed = capfd.readouterr()
  assert printed.out == "seed0 41\n"
  assert "status 3" in printed.err


def scaling():
  return (ROOT / "launch/SCALING.md").read_text()


@functools.cache
def cost(batch):
  """Of a step of the default networks."""
  return scalinglib.step_cost(batch, base.get_config().gan)


def test_the_page_on_scaling_has_the_networks_sizes():
  gan = base.get_config().gan
  counts = parameter_counts(learners.shapes(learners.make(gan, image_size=64)))
  assert len(counts) == 2
  for _, count in counts:
    assert f"{count:,}" in scaling()


def test_the_page_on_scaling_has_the_figures_that_are_counted():
  # Within a tenth: a convolution written another way need not change the page.
  found = {}
  for line in scaling().splitlines():
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    if cells[0].replace(",", "").isdecimal():
      found[int(cells[0].replace(",", ""))] = [float(x) for x in cells[1:5]]
  assert set(found) == set(scalinglib.BATCHES)
  one = cost(128)
  counted = one.flops / 1e12, one.bytes / 1e9, one.reduced / 1e6, one.waits
  assert found[128] == pytest.approx(counted, rel=0.1), (
    "python -m benchmarks.scaling prints the table anew"
  )


def test_what_a_step_costs_is_what_its_layers_need():
  one, two = cost(64), cost(128)
  # A forward pass of the discriminator, convolution by convolution.
  sides, maps = (32, 16, 8, 4), (3, 64, 128, 256, 512)
  forward = sum(
    2 * side**2 * 16 * before * after
    for side, before, after in zip(sides, maps[:-1], maps[1:], strict=True)
  )
  # The discriminator forward, back to its kernels and to its input, on real
  # and generated faces, but for the real faces' pixels; again for the
  # generator's loss, without the kernels; the generator, its mirror, likewise
  # but for its latents.
  first = 2 * 32**2 * 16 * 3 * 64
  expected = 8 * forward - 2 * first + 3 * forward
  assert one.flops / 64 == pytest.approx(expected, rel=0.02)
  assert two.flops == pytest.approx(2 * one.flops, rel=1e-6)
  by_hand = train_step.flops_per_image(base.get_config().gan.width)
  assert one.flops / 64 == pytest.approx(by_hand, rel=0.02)
  # Every gradient is averaged in float32, and little else.
  count = 3_576_707 + 2_765_633
  assert 4 * count < one.reduced < 4.1 * count
  assert one.reduced == two.reduced


def test_more_links_to_wait_for_make_a_step_longer_and_bigger_batches_pay():
  share = []
  for one in (cost(8), cost(64)):
    times = [scalinglib.seconds(one, n) for n in scalinglib.WIDTHS]
    assert times == sorted(times)
    # The page says that memory is never the bound.
    assert scalinglib.seconds(one, 1, "H200") == times[0]
    share.append(times[0] / times[-1])
  assert share == sorted(share)
