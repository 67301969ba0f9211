"""launch/ under a real Slurm: preempted, requeued, swept, and no less done."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import jax
import numpy as np
import pytest
from ml_collections import ConfigDict
from PIL import Image

from jaxfer import artifacts, logs
from jaxfer.learn import checkpoints, learners
from tests import slurm

ROOT = Path(__file__).parents[1]

pytestmark = [
  pytest.mark.slurm,
  pytest.mark.skipif(slurm.missing() is not None, reason=str(slurm.missing())),
]

# Saving every step makes it long enough to be met in the middle.
STEPS = 90
TRAINING = (
  "--stage=pretrain",
  "--config.crop.size=16",
  "--config.features.readout=conv2",
  "--config.gan.width=4",
  "--config.gan.batch=8",
  f"--config.gan.epochs={STEPS // 3}",
  "--config.gan.checkpoint_every=1",
  "--config.gan.grids=2",
  "--config.gan.grid_side=2",
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
  # A socket's path must be short.
  with slurm.Cluster(tmp_path_factory.mktemp("slurm")) as started:
    yield started


@pytest.fixture(scope="module")
def variables(tmp_path_factory):
  """What the jobs need to run this very code on one CPU device each."""
  cache = tmp_path_factory.mktemp("compiled")
  return {
    "PYTHON": sys.executable,
    "JAX_NUM_CPU_DEVICES": "1",
    "JAX_COMPILATION_CACHE_DIR": str(cache),
  }


@pytest.fixture(scope="module")
def config(tmp_path_factory):
  folder = tmp_path_factory.mktemp("faces")
  rng = np.random.default_rng(0)
  for i in range(24):
    picture = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    Image.fromarray(picture).save(folder / f"{i}.png")
  return (
    "configs/own_faces.py:unlabelled=precropped,labelled=precropped",
    f"--config.data.paths.unlabelled={folder}",
    "--config.data.probe=unlabelled",
  )


def submit(cluster, variables, workdir, config, *options):
  workdir.mkdir()
  return cluster.submit(
    *("--ntasks=2", f"--output={workdir}/said", *options),
    *("launch/slurm.sbatch", *TRAINING, *config[1:]),
    cwd=ROOT,
    CONFIG=config[0],
    WORKDIR=str(workdir),
    **variables,
  )


def trained(workdir):
  """The training's losses by step and its last state."""
  (folder,) = workdir.glob("pretrain-*")
  artifacts.verify(folder)
  settings = artifacts.provenance(folder)["settings"]
  gan = ConfigDict({"learner": "dcgan", **settings})
  _, like = learners.create(gan, image_size=16, seed=0)
  state = checkpoints.load(folder, like)
  return (folder / "metrics.jsonl").read_text(), jax.tree.leaves(state)


def test_two_tasks_preempted_and_requeued_end_as_if_undisturbed(
  cluster, variables, config, tmp_path
):
  calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
  job = submit(cluster, variables, calm, config)
  assert cluster.wait(job) == {"": "COMPLETED"}, (calm / "said").read_text()

  job = submit(cluster, variables, disturbed, config)
  cluster.wait_for(
    lambda: list(disturbed.glob(".pretrain-*.partial/checkpoints/[0-9]*")),
    "a checkpoint",
  )
  urgent = cluster.submit(
    *("--partition=high", "--exclusive", "--output=/dev/null"),
    *("--wrap", "sleep 2"),
    cwd=ROOT,
  )
  assert cluster.wait(urgent) == {"": "COMPLETED"}
  assert cluster.wait(job) == {"": "COMPLETED"}
  said = (disturbed / "said").read_text()
  assert f"of {STEPS}; the state is saved" in said, said
  assert "going on with training the DCGAN unlabelled" in said

  metrics, state = trained(disturbed)
  expected, calm_state = trained(calm)
  assert metrics == expected
  steps = logs.read_metrics(next(calm.glob("pretrain-*")) / "metrics.jsonl")
  assert steps["step"] == list(range(STEPS))
  for ours, theirs in zip(state, calm_state, strict=True):
    np.testing.assert_array_equal(ours, theirs)


def test_a_sweep_is_an_array_whose_tasks_share_a_workdir(
  cluster, variables, tmp_path
):
  workdir = tmp_path / "swept"
  experiments = ("emotion-5", "as-printed", "au-1")
  words = (
    *("--experiments", *experiments, "--arguments", "standin"),
    # Everything up to what an experiment finds out.
    *("--sbatch=--ntasks=1", "--submit", "--", "--stage=probe"),
    *("--config.data.standin.sizes.rafd=4", "--config.data.standin.sizes.ck=4"),
    "--config.data.standin.width=96",
    *TRAINING[1:5],
    *("--config.gan.epochs=1", "--config.svm.evaluations=2"),
    *("--config.svm.folds=2", "--config.svm.sealed_folds=2"),
    "--config.svm.bootstrap=20",
  )
  job = cluster.run(
    *(sys.executable, ROOT / "launch/sweep.py", f"--workdir={workdir}"),
    *words,
    PYTHONPATH=str(ROOT),
    **variables,
  )
  name, number = job.split()
  assert name == "seed0"
  ended = cluster.wait(number, seconds=1800)
  said = {p.name: p.read_text() for p in (workdir / "logs").iterdir()}
  assert ended == dict.fromkeys("012", "COMPLETED"), said
  assert len(said) == len(experiments)
  # Two differ in Adam's beta1 alone: one task made the faces for both.
  for dataset in ("rafd", "ck"):
    assert len(list(workdir.glob(f"prepare-{dataset}-*"))) == 1
  # A DCGAN of all faces, and but for the printed one's of each of two folds.
  betas = [
    artifacts.provenance(folder)["settings"]["beta1"]
    for folder in workdir.glob("pretrain-*")
  ]
  assert sorted(betas) == [0.5] * 6 + [0.9]
  for folder in workdir.glob("p*-*"):
    artifacts.verify(folder)
  # What the tasks say they made is there, and none of it is half done.
  made = {
    folder.name
    for text in said.values()
    for folder in map(Path, re.findall(r"^probe: (/.+)$", text, re.M))
  }
  assert made == {folder.name for folder in workdir.glob("probe-*")}
  assert not list(workdir.glob(".*.partial"))


def test_a_job_whose_experiment_is_unknown_fails_and_is_not_requeued(
  cluster, variables, tmp_path
):
  job = submit(cluster, variables, tmp_path / "run", ("configs/none.py",))
  assert cluster.wait(job) == {"": "FAILED"}
  assert "none.py" in (tmp_path / "run" / "said").read_text()
  assert [p.name for p in (tmp_path / "run").iterdir()] == ["said"]


def test_a_task_that_is_killed_ends_the_job_by_name(
  cluster, variables, config, tmp_path
):
  workdir = tmp_path / "run"
  job = submit(cluster, variables, workdir, config)
  cluster.wait_for(
    lambda: list(workdir.glob(".pretrain-*.partial/checkpoints/[0-9]*")),
    "a checkpoint",
  )
  os.kill(slurm.pid_of(job, 1), signal.SIGKILL)
  struck = time.monotonic()
  assert cluster.wait(job) == {"": "FAILED"}
  assert time.monotonic() - struck < 60
  said = (workdir / "said").read_text()
  assert re.search(r"srun: error: \S+: task 1: Killed", said), said
