"""Several processes: the same numbers as one, and an end whatever happens."""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import types
from pathlib import Path

import jax
import numpy as np
import pytest
from PIL import Image

from jaxfer import artifacts, distributed, experiment, logs
from jaxfer.data.table import DataError
from jaxfer.experiment import artifact
from jaxfer.learn.checkpoints import Checkpoints

ROOT = Path(__file__).parents[1]
_spec = importlib.util.spec_from_file_location(
  "ranks", Path(__file__).with_name("ranks.py")
)
ranks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(ranks)
# Seconds that launch/README.md allows from a fault, once noticed, to the end.
GONE_S = 25
BY_HAND = {
  "JAXFER_COORDINATOR": "node1:61440",
  "JAXFER_PROCESSES": "4",
  "JAXFER_PROCESS": "3",
}
SLURM = {"SLURM_STEP_NODELIST": "node[1-2]", "SLURM_NTASKS": "4"}
POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "JOB_COMPLETION_INDEX": "0"}


def test_the_place_is_read_from_three_variables():
  assert distributed.place(BY_HAND | SLURM) == {
    "coordinator_address": "node1:61440",
    "num_processes": 4,
    "process_id": 3,
  }


@pytest.mark.parametrize("found", [SLURM, {"OMPI_COMM_WORLD_SIZE": "2"}])
def test_the_place_is_left_to_jax_where_it_finds_it_by_itself(found):
  assert distributed.place(found) == {}


@pytest.mark.parametrize(
  "given",
  [
    {},
    dict.fromkeys(BY_HAND, ""),
    BY_HAND | {"JAXFER_PROCESSES": "1", "JAXFER_PROCESS": "0"},
    SLURM | {"SLURM_NTASKS": "1"},
    {"SLURM_NTASKS": "4"},  # a batch script: no step of it is asked for
    {"OMPI_COMM_WORLD_SIZE": "1"},
    POD,
  ],
)
def test_a_process_without_company_is_alone(given):
  assert distributed.place(given) is None


@pytest.mark.parametrize(
  ("name", "value"),
  [
    *((name, "") for name in BY_HAND),
    *(
      ("JAXFER_COORDINATOR", v)
      for v in ("node1", ":61440", "node1:0", "a:65536")
    ),
    *(("JAXFER_PROCESSES", value) for value in ("four", "-4", "0", "3")),
    *(("JAXFER_PROCESS", value) for value in ("1.5", "4")),
  ],
)
def test_a_place_that_cannot_be_is_said_with_its_variables(name, value):
  given = BY_HAND | {name: value}
  said = " ".join(f"{key}={given[key]}" for key in BY_HAND)
  with pytest.raises(
    ValueError, match=f"^{re.escape(said)} cannot be: .* set all"
  ):
    distributed.place(given)


def free_port():
  with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    return found.getsockname()[1]


def start(count, *words, **environment):
  """Starts the ranks of a run on this machine; a process for each."""
  coordinator = f"127.0.0.1:{free_port()}"
  cache = jax.config.jax_compilation_cache_dir
  return [
    subprocess.Popen(
      [sys.executable, *map(str, words)],
      stdout=subprocess.PIPE,
      stderr=subprocess.STDOUT,
      text=True,
      cwd=ROOT,
      env=os.environ
      | {
        "PYTHONPATH": str(ROOT),
        "JAXFER_COORDINATOR": coordinator,
        "JAXFER_PROCESSES": str(count),
        "JAXFER_PROCESS": str(rank),
        "JAX_NUM_CPU_DEVICES": "1",
        # Its own: what another process compiled, or is writing, may crash it.
        "JAX_COMPILATION_CACHE_DIR": f"{cache}/rank-{rank}-of-{count}",
      }
      | environment,
    )
    for rank in range(count)
  ]


def ends(started, timeout=900):
  """Exit status and output of each rank."""
  try:
    said = [rank.communicate(timeout=timeout)[0] for rank in started]
  finally:
    for rank in started:
      rank.kill()
  return [rank.returncode for rank in started], said


def run(count, scenario, folder):
  words = ROOT / "tests/ranks.py", scenario, folder
  return ends(start(count, *words, JAX_ENABLE_X64="1"))


def newest(folder):
  _, like = ranks.initial()
  checkpoints = Checkpoints(folder / "checkpoints")
  state = checkpoints.restore(like)
  checkpoints.close()
  return jax.tree.map(np.asarray, state)


def assert_same(a, b):
  jax.tree.map(
    lambda x, y: np.testing.assert_allclose(x, y, rtol=0, atol=1e-10), a, b
  )


def take_steps(folder, devices):
  folder.mkdir(exist_ok=True)
  with jax.enable_x64(True):
    return ranks.take_steps(jax.devices()[:devices], folder / "checkpoints")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
  """Three steps on one device, then three more; and the features."""
  out = tmp_path_factory.mktemp("alone")
  with jax.enable_x64(True):
    scalars = take_steps(out, 1)
    first = newest(out)
    take_steps(out, 1)
    second = newest(out)
  ranks.describe(jax.devices()[:1], out / "features.npy")
  return scalars, first, second, np.load(out / "features.npy")


@pytest.mark.parametrize("count", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_processes_compute_what_one_does_and_four_devices_go_on(
  alone, tmp_path, count
):
  scalars, first, second, described = alone
  status, said = run(count, "steps", tmp_path)
  assert status == [0] * count, said
  found = np.load(tmp_path / "scalars.npz")
  for name, values in scalars.items():
    np.testing.assert_allclose(found[name], values, rtol=1e-10)
  features = np.load(tmp_path / "features.npy")
  bound = 1e-5 * np.abs(described).max()
  np.testing.assert_allclose(features, described, rtol=0, atol=bound)
  with jax.enable_x64(True):
    assert_same(newest(tmp_path), first)
    # Back: what they saved goes on as one process with four devices.
    take_steps(tmp_path, 4)
    assert_same(newest(tmp_path), second)


@pytest.mark.parametrize("devices", [(4, 1), (1, 4)])
def test_a_checkpoint_goes_on_on_other_devices(alone, tmp_path, devices):
  for count in devices:
    take_steps(tmp_path, count)
  with jax.enable_x64(True):
    assert_same(newest(tmp_path), alone[2])


@pytest.mark.slow
def test_a_checkpoint_of_four_devices_goes_on_in_two_processes(alone, tmp_path):
  take_steps(tmp_path, 4)
  status, said = run(2, "steps", tmp_path)
  assert status == [0, 0], said
  with jax.enable_x64(True):
    assert_same(newest(tmp_path), alone[2])


GONE = "The following tasks are unhealthy (stopped sending heartbeats):\n2\n"
FAILED = "ValueError: no such face"
HANGS = ranks.SHORT_PATIENCE + GONE_S


@pytest.mark.slow
@pytest.mark.parametrize(
  ("scenario", "named", "within"),
  [
    ("die 0", "Either the leader task was preempted/died", GONE_S),
    ("die 2", GONE, GONE_S),
    ("stop 0", "CoordinationService/Heartbeat", GONE_S),
    ("stop 2", GONE, GONE_S),
    ("hang 0", "Either the leader task was preempted/died", HANGS),
    ("hang 2", GONE, HANGS),
    ("fail 0", "Either the leader task was preempted/died", 2 * GONE_S + 10),
    ("fail 2", GONE, 2 * GONE_S + 10),
  ],
)
def test_a_rank_that_dies_hangs_or_fails_ends_the_run_by_name_in_time(
  tmp_path, scenario, named, within
):
  words = ROOT / "tests/ranks.py", scenario, tmp_path
  started = start(3, *words, JAX_ENABLE_X64="1")
  kind, struck = scenario.split()
  others = [rank for rank in started if rank is not started[int(struck)]]
  for rank in others:
    rank.wait(900)
  took = time.time() - float((tmp_path / "struck").read_text())
  started[int(struck)].kill()  # one that is stopped: its scheduler would do so
  status, said = ends(started)
  assert took < within
  for rank in {0, 1, 2} - {int(struck)}:
    assert status[rank] == -signal.SIGABRT, said
    assert named in said[rank]
  own = status[int(struck)], said[int(struck)]
  if kind == "fail":
    assert own[0] == 1
    assert FAILED in own[1]
  if kind == "hang":  # it says where it is
    assert own[0] == 1
    assert "Timeout (0:01:30)!" in own[1]
    assert re.search(r"ranks.py.* in before$", own[1], re.MULTILINE)


@pytest.mark.parametrize("rank", [0, 1])
def test_a_rank_that_does_not_come_is_not_waited_for(rank):
  code = (
    "from jaxfer import distributed; distributed._MEET_S = 2;"
    "distributed.start(60.0)"
  )
  alone = {"JAXFER_PROCESS": str(rank)}
  [status], [said] = ends(start(1, "-c", code, JAXFER_PROCESSES="2", **alone))
  assert status == -signal.SIGABRT
  assert "CoordinationService/RegisterTask" in said


def test_several_processes_that_jax_does_not_know_are_set_by_hand():
  code = "from jaxfer import distributed; distributed.start(60.0)"
  unset = dict.fromkeys(BY_HAND, "")
  words = {"OMPI_COMM_WORLD_SIZE": "2"}
  [status], [said] = ends(start(1, "-c", code, **unset, **words))
  assert status == 1
  assert "UserError: JAX cannot tell which of several processes" in said
  assert "set JAXFER_COORDINATOR, JAXFER_PROCESSES, JAXFER_PROCESS" in said


def write_faces(folder):
  folder.mkdir()
  rng = np.random.default_rng(0)
  for i in range(24):
    picture = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    Image.fromarray(picture).save(folder / f"{i}.png")


def learn(faces, workdir):
  """Words of a training of 60 steps, saved after each."""
  return (
    *("-m", "jaxfer.main", f"--workdir={workdir}", "--stage=pretrain"),
    "--config=configs/own_faces.py:unlabelled=precropped,labelled=precropped",
    f"--config.data.paths.unlabelled={faces}",
    *("--config.data.probe=unlabelled", "--config.crop.size=16"),
    *("--config.features.readout=conv2", "--config.gan.width=4"),
    *("--config.gan.batch=8", "--config.gan.epochs=20"),
    *("--config.gan.checkpoint_every=1", "--config.gan.grid_side=2"),
  )


@pytest.mark.slow
def test_a_signal_to_one_rank_stops_all_at_one_step_and_another_width_goes_on(
  tmp_path,
):
  faces, run = tmp_path / "faces", tmp_path / "run"
  write_faces(faces)
  started = start(2, *learn(faces, run))
  while not list(run.glob(".pretrain-*.partial/checkpoints/[0-9]*")):
    assert started[0].poll() is None, ends(started)
    time.sleep(0.1)
  started[1].send_signal(signal.SIGTERM)
  status, said = ends(started)
  assert status[0] == status[1] != 0, said
  stopped = re.search(r"at step (\d+) of 60; the state is saved", said[0])
  assert stopped, said
  step = int(stopped[1])

  twin, fresh = tmp_path / "twin", tmp_path / "fresh"
  shutil.copytree(run, twin)
  losses = []
  for workdir, devices in ((run, 4), (twin, 1), (fresh, 1)):
    words = learn(faces, workdir)
    [status], [said] = ends(start(1, *words, JAX_NUM_CPU_DEVICES=str(devices)))
    assert status == 0, said
    assert ("going on with training" in said) == (workdir is not fresh)
    (folder,) = workdir.glob("pretrain-*")
    metrics = logs.read_metrics(folder / "metrics.jsonl")
    assert metrics["step"] == list(range(60))
    losses.append(np.stack([metrics["loss_d"], metrics["loss_g"]]))
  wide, narrow, alone = losses
  np.testing.assert_array_equal(wide[:, :step], narrow[:, :step])
  # Adam turns rounding into whole steps of a weight: only the losses after a
  # state in common can be compared closely.
  for one, other, first in ((wide, narrow, step), (wide, alone, 0)):
    part = np.s_[:, first : first + 2]
    np.testing.assert_allclose(one[part], other[part], rtol=1e-4)


class Made(artifact.Artifact):
  """What is made by whom."""

  stage, version, doing = "prepare", 1, "making"

  def __init__(self, workdir, made_by, build, label="", **inputs):
    self.run = types.SimpleNamespace(store=artifacts.Store(workdir))
    self.made_by, self._work = made_by, build
    self._said = (label, {"a": 1}, inputs)

  def _declare(self):
    return self._said

  def _build(self, out):
    self._work(out)


def as_rank(monkeypatch, rank, hears):
  """Plays one of two ranks, which says and hears so much."""
  said = []

  def told(number=0):
    said.append(number)
    return number if rank == 0 else hears

  monkeypatch.setattr(distributed, "leads", lambda: rank == 0)
  monkeypatch.setattr(distributed, "told", told)
  return said


def refuse(out):
  raise DataError("no image can be read")


def test_what_rank_0_makes_is_said_once_and_taken_by_the_others(
  monkeypatch, tmp_path
):
  said = as_rank(monkeypatch, 0, None)
  made = Made(tmp_path, "leader", lambda out: (out / "f").touch())
  for _ in range(2):
    path = made.path()
  assert said == [0]

  said = as_rank(monkeypatch, 1, 0)
  other = Made(tmp_path, "leader", refuse)
  for _ in range(2):
    assert other.path() == path
  assert len(said) == 1


def test_data_that_does_not_do_is_an_error_of_all_ranks(monkeypatch, tmp_path):
  said = as_rank(monkeypatch, 0, None)
  for _ in range(2):  # nothing is remembered of what is not there
    with pytest.raises(DataError, match="no image can be read"):
      Made(tmp_path, "leader", refuse).path()
  assert said == [1, 1]

  as_rank(monkeypatch, 1, 1)
  made = Made(tmp_path, "leader", refuse)
  with pytest.raises(DataError, match=f"{made.name} is not made: rank 0"):
    made.path()


def test_all_build_what_is_trained_unless_it_is_there(monkeypatch, tmp_path):
  built = []

  def make():
    made = Made(tmp_path, "all", built.append)
    made.path()
    return made

  as_rank(monkeypatch, 1, 1)
  made = make()
  assert built == [made.run.store.partial(made.spec)]
  said = as_rank(monkeypatch, 0, None)
  make()
  assert said == [1]
  assert len(built) == 2

  make()
  assert said == [1, 0]
  as_rank(monkeypatch, 1, 0)
  make()
  assert len(built) == 2


def test_all_ranks_come_to_what_an_artifact_is_made_from(monkeypatch, tmp_path):
  """Else rank 0 would ask for it alone, while the others wait for another."""
  as_rank(monkeypatch, 1, 0)
  faces = Made(tmp_path, "leader", refuse)
  folds = Made(tmp_path, "leader", refuse, "of-them", faces=faces)
  folds.path()
  assert faces.run.store.shared == {faces.name}
  assert folds.run.store.shared == {folds.name}


@pytest.mark.slow
def test_two_processes_make_the_whole_of_what_one_makes(survival, tmp_path):
  words = ("-m", "jaxfer.main", *survival.EXPERIMENT)
  made = []
  for count in (1, 2):
    workdir = tmp_path / str(count)
    status, said = ends(start(count, *words, f"--workdir={workdir}"))
    assert status == [0] * count, said
    assert ["index.html" in one for one in said] == [True, False][:count]
    folders = [p.parent for p in workdir.glob("*-*/" + artifacts.PROVENANCE)]
    for folder in folders:
      artifacts.verify(folder)
    made.append({p.name for p in folders})
  assert {name.partition("-")[0] for name in made[0]} >= {
    *experiment.STAGES[:-1]
  }
  assert made[1] == made[0]
