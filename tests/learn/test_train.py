"""The training loop: resuming, streaming, stopping, damaged checkpoints."""

import json
import os
import shutil
import signal

import jax
import numpy as np
import pytest
from PIL import Image

from jaxfer import logs
from jaxfer.configs import base
from jaxfer.learn import checkpoints as checkpointlib
from jaxfer.learn import learners, record, schedule, train

SIZE, SEED = 16, 5


def settings(**changes):
  gan = base.get_config().gan
  gan.update(width=4, latent=6, batch=8, epochs=4, checkpoint_every=4)
  gan.update(grids=3, grid_side=2, steps_per_call=2)
  # Looks at steps 3, 6, 9 and at the end; noise never looks collapsed to it.
  gan.collapse.update(every=3, faces=8, diversity=0.0, duplicates=1.0)
  gan.update(changes)
  return gan


@pytest.fixture(scope="module")
def faces():
  # 21 faces in batches of 8: batches cross the borders of epochs.
  rng = np.random.default_rng(0)
  return rng.integers(0, 256, (21, SIZE, SIZE, 3), dtype=np.uint8)


def run(faces, out, devices=1, labels=None, profile=None, **changes):
  out.mkdir(exist_ok=True)
  train.train(
    faces,
    out,
    labels=labels,
    profile=profile,
    gan=settings(**changes),
    seed=SEED,
    devices=jax.devices()[:devices],
  )


def final(out):
  _, like = learners.create(settings(), image_size=SIZE, seed=0)
  saved = checkpointlib.Checkpoints(out / "checkpoints")
  state = saved.restore(like)
  saved.close()
  return jax.tree.map(np.asarray, state)


def assert_same(a, b):
  jax.tree.map(np.testing.assert_array_equal, a, b)


@pytest.fixture(scope="module")
def undisturbed(faces, tmp_path_factory):
  out = tmp_path_factory.mktemp("undisturbed")
  run(faces, out)
  return out


def interrupt_at(monkeypatch, step, number=signal.SIGINT):
  """Has a signal arrive while the call of the given step is being reported."""
  call = logs.Progress.__call__
  before = 0

  def interrupted(self, done, note=""):
    nonlocal before
    call(self, done, note)
    arrived, before = before < step * 8 <= done, done
    if arrived:
      os.kill(os.getpid(), number)

  monkeypatch.setattr(logs.Progress, "__call__", interrupted)


def test_a_run_has_the_steps_of_its_epochs(undisturbed, faces):
  steps = logs.read_metrics(undisturbed / "metrics.jsonl")["step"]
  assert steps == list(range(11))  # ceil(4 · 21 / 8)
  assert int(final(undisturbed).step) == 11


@pytest.mark.parametrize("step", [1, 4, 6, 10])
def test_an_interrupted_run_ends_bit_identical(
  faces, undisturbed, tmp_path, monkeypatch, step
):
  out = tmp_path / "run"
  # SIGHUP: the terminal has closed.
  number = signal.SIGHUP if step == 6 else signal.SIGINT
  with monkeypatch.context() as patch:
    interrupt_at(patch, step, number)
    with pytest.raises(train.Interrupted, match="the state is saved") as stop:
      run(faces, out)
  assert stop.value.signal == number
  run(faces, out)
  assert_same(final(out), final(undisturbed))
  name = "metrics.jsonl"
  assert (out / name).read_bytes() == (undisturbed / name).read_bytes()
  kept = {p.name for p in (undisturbed / "checkpoints").iterdir()}
  assert {p.name for p in (out / "checkpoints").iterdir()} == kept
  grids = {p.name: p.read_bytes() for p in (undisturbed / "grids").iterdir()}
  assert {p.name: p.read_bytes() for p in (out / "grids").iterdir()} == grids


def test_a_killed_run_goes_on_from_its_last_checkpoint(
  faces, undisturbed, tmp_path, monkeypatch
):
  out = tmp_path / "run"

  class KilledError(Exception):
    pass

  original = record.artifacts.write_atomically

  def kill(path, content):
    if path.suffix == ".png" and int(path.stem) > 4:
      raise KilledError
    original(path, content)

  with monkeypatch.context() as patch:
    patch.setattr(record.artifacts, "write_atomically", kill)
    with pytest.raises(KilledError):
      run(faces, out)
  # What the killed process had not yet handed over must not be seen twice.
  run(faces, out)
  assert_same(final(out), final(undisturbed))
  assert logs.read_metrics(out / "metrics.jsonl")["step"] == list(range(11))


def test_streamed_faces_give_the_same_bits(faces, undisturbed, tmp_path):
  run(faces, tmp_path / "run", resident_gib=0.0)
  assert_same(final(tmp_path / "run"), final(undisturbed))


def test_a_training_on_other_faces_is_the_same_program(
  faces, undisturbed, tmp_path, caplog
):
  # As those of sealed folds are; a process keeps what it compiles.
  with jax.log_compiles(), caplog.at_level("WARNING"):
    run(faces[:-2], tmp_path / "fewer")
  said = [record.getMessage() for record in caplog.records]
  assert not [line for line in said if line.startswith("Compiling")]


def test_several_steps_in_one_call_give_the_same_losses(
  faces, undisturbed, tmp_path
):
  assert train.Schedule(settings(), 11, "cpu").steps_from(0) == 2
  run(faces, tmp_path / "run", steps_per_call=1)
  ours = logs.read_metrics(tmp_path / "run" / "metrics.jsonl")
  theirs = logs.read_metrics(undisturbed / "metrics.jsonl")
  assert ours["step"] == theirs["step"]
  # Adam turns rounding into whole steps of a weight: only the first losses
  # can be compared closely.
  np.testing.assert_allclose(ours["loss_d"][:2], theirs["loss_d"][:2], 1e-4)


def test_steps_asked_for_are_traced_whatever_calls_take(
  faces, undisturbed, tmp_path
):
  profile = train.Profile(1, 3, tmp_path / "profile")
  run(faces, tmp_path / "run", profile=profile)
  assert len([*profile.folder.rglob("*.xplane.pb")]) == 1
  assert_same(final(tmp_path / "run"), final(undisturbed))
  # Within one call, over its end, and not reached.
  for count in (1, 2, 25):
    calls = [c for c in range(0, 50, count) if profile.covers(c, count)]
    taken = {step for c in calls for step in range(c, c + count)}
    assert {1, 2} <= taken
    assert max(taken) < 2 + count
  assert not profile.covers(3, 25)
  assert not profile.covers(0, 1)


@pytest.mark.parametrize(
  ("faces", "least", "epochs", "steps"),
  [
    (204, 0, 24, 306),
    (204, 1000, 79, 1008),
    (1608, 1000, 24, 2412),
    (1, 1000, 16_000, 1000),
  ],
)
def test_few_faces_are_seen_oftener(faces, least, epochs, steps):
  gan = settings(epochs=24, batch=16, steps_at_least=least)
  assert schedule.epochs(gan, faces) == epochs
  assert schedule.total_steps(gan, faces) == steps >= least


@pytest.mark.parametrize("first", range(11))
def test_a_resumed_schedule_makes_the_calls_of_an_undisturbed_one(first):
  gan = settings(steps_per_call=3, checkpoint_every=5)
  plan = train.Schedule(gan, 11, "gpu")
  starts, step = [], 0
  while step < 11:
    starts.append(step)
    count = plan.steps_from(step)
    inside = range(step + 1, step + count)
    assert not any(plan.after(s) for s in inside)
    step += count
  assert step == 11
  if first in starts:
    tail = [s for s in starts if s >= first]
    again, step = [], first
    while step < 11:
      again.append(step)
      step += plan.steps_from(step)
    assert again == tail


def test_long_runs_draw_where_whole_calls_end_and_short_ones_anywhere():
  gan = settings(
    steps_per_call=25,
    checkpoint_every=200,
    grids=12,
    collapse={"every": 100},
  )
  for platform in ("gpu", "cpu"):
    plan = train.Schedule(gan, 3769, platform)
    drawn = [s for s in range(3770) if "draw" in plan.after(s)]
    assert len(drawn) == 13
    assert (drawn[0], drawn[-1]) == (25, 3769)
    assert not any(s % 25 for s in drawn[:-1])
    short = train.Schedule(gan, 36, platform)
    drawn = [s for s in range(37) if "draw" in short.after(s)]
    assert drawn == [1, *range(3, 37, 3)]
  plan = train.Schedule(gan, 3769, "gpu")
  assert {plan.steps_from(s) for s in range(0, 3750, 25)} == {25}
  assert {plan.steps_from(s) for s in range(3750, 3769)} == {1}


def test_times_tell_what_compiles_from_what_is_repeated(undisturbed):
  timing = logs.read_json(undisturbed / "timing.json")
  seconds = {"setup", "first_call", "steps", "closing"}
  assert set(timing) == seconds | {"images_per_s"}
  assert min(timing.values()) > 0
  # Programs are new at step 1, at a grid (2), a look (3), a checkpoint (4).
  counted = timing["images_per_s"] * timing["steps"] / 8
  assert counted == pytest.approx(11 - 4, rel=0.1)


def test_steps_are_noted_while_the_next_are_taken(faces, tmp_path, monkeypatch):
  happened = []
  several, keep = train.several_steps, record.Record.keep

  def calling(*arguments):
    call = several(*arguments)

    def told(state, step, count):
      happened.append(("call", step))
      return call(state, step, count)

    return told

  def keeping(self, step, *rest):
    happened.append(("keep", step))
    return keep(self, step, *rest)

  monkeypatch.setattr(train, "several_steps", calling)
  monkeypatch.setattr(record.Record, "keep", keeping)
  run(faces, tmp_path / "run", steps_per_call=1)
  assert happened[:4] == [("call", 0), ("call", 1), ("keep", 0), ("call", 2)]
  assert happened[-3:] == [("call", 10), ("keep", 9), ("keep", 10)]


# Of the version before networks could be conditional, on the same faces.
FIRST = {
  "loss_d": 1.3775125741958618,
  "loss_g": 0.6974621415138245,
  "d_real": 0.5030040144920349,
  "d_fake": 0.49791836738586426,
}


def test_an_unconditional_run_is_what_it_was_before_there_were_others(
  undisturbed,
):
  columns = logs.read_metrics(undisturbed / "metrics.jsonl")
  for name, value in FIRST.items():
    assert columns[name][0] == pytest.approx(value, rel=1e-5)
  assert columns["loss_d"][10] == pytest.approx(1.3129116296768188, rel=1e-3)
  assert not (undisturbed / "labels.npy").exists()


@pytest.fixture(scope="module")
def labels(faces):
  return np.eye(3, dtype=np.int8)[np.arange(len(faces)) % 3]


def test_a_conditional_run_resumes_and_streams_to_the_same_bits(
  faces, labels, tmp_path, monkeypatch
):
  run(faces, tmp_path / "whole", labels=labels)
  with monkeypatch.context() as patch:
    interrupt_at(patch, 6)
    with pytest.raises(train.Interrupted):
      run(faces, tmp_path / "run", labels=labels)
  run(faces, tmp_path / "run", labels=labels, resident_gib=0.0)
  whole, found = (tmp_path / n / "metrics.jsonl" for n in ("whole", "run"))
  assert whole.read_bytes() == found.read_bytes()
  np.testing.assert_array_equal(np.load(tmp_path / "run/labels.npy"), labels)
  # Labels travel with their faces: others give other losses.
  run(faces, tmp_path / "other", labels=labels[::-1].copy())
  assert (tmp_path / "other/metrics.jsonl").read_bytes() != whole.read_bytes()


def test_faces_of_128_pixels_are_learnt_from(tmp_path):
  rng = np.random.default_rng(0)
  large = rng.integers(0, 256, (6, 128, 128, 3), dtype=np.uint8)
  run(large, tmp_path / "run", width=2, batch=3, epochs=1)
  columns = logs.read_metrics(tmp_path / "run" / "metrics.jsonl")
  assert columns["step"] == [0, 1]
  assert np.isfinite(columns["loss_d"]).all()
  with Image.open(tmp_path / "run" / "grids" / "0000002.png") as grid:
    assert grid.size == (256, 256)


@pytest.mark.parametrize("learning_rate", [1e30, 1e8])
def test_a_loss_past_learning_stops_the_run_naming_the_step(
  faces, tmp_path, learning_rate
):
  out = tmp_path / "run"
  with pytest.raises(train.DivergedError, match=r"at step \d+; the last good"):
    run(faces, out, learning_rate=learning_rate, epochs=20)
  lines = (
    logs.read_metrics(out / "metrics.jsonl")
    if (out / "metrics.jsonl").stat().st_size
    else {"loss_d": []}
  )
  assert (np.abs(lines["loss_d"]) < 1e6).all()


def test_more_devices_than_the_batch_divides_by_are_refused(faces, tmp_path):
  with pytest.raises(ValueError, match=r"gan\.batch=6 .* 4 devices"):
    run(faces, tmp_path / "run", devices=4, batch=6)


def falsify(folder):
  """Records another checksum than that of the arrays."""
  (record,) = (folder / "check").glob("metadata")
  record.write_text(json.dumps({"sha256": "0" * 64}))


# Orbax leaves reads behind when one of several fails; Python says so later.
_STRAY = pytest.mark.filterwarnings(
  "ignore::pytest.PytestUnraisableExceptionWarning"
)


@_STRAY
def test_a_damaged_checkpoint_is_set_aside_and_the_one_before_used(
  faces, undisturbed, tmp_path, caplog
):
  shutil.copytree(undisturbed, tmp_path / "run")
  folder = tmp_path / "run" / "checkpoints"
  steps = sorted(int(p.name) for p in folder.iterdir() if p.name.isdigit())
  assert steps == [8, 11]
  falsify(folder / "11")
  assert int(final(tmp_path / "run").step) == 8
  assert "checkpoints-damaged-11" in caplog.text
  assert (tmp_path / "run" / "checkpoints-damaged-11").is_dir()
  # Training goes on from there to the very same end.
  run(faces, tmp_path / "run")
  assert_same(final(tmp_path / "run"), final(undisturbed))


@pytest.mark.parametrize("name", ["99", "7", "011"])
def test_what_only_looks_like_a_checkpoint_is_ignored_with_a_warning(
  faces, undisturbed, tmp_path, caplog, name
):
  out = tmp_path / "run"
  shutil.copytree(undisturbed, out)
  # Cut back to step 8: what is named 99 must not keep step 11 from being saved.
  shutil.rmtree(out / "checkpoints" / "11")
  (out / "checkpoints" / name).mkdir()
  (out / "checkpoints" / name / "notes.txt").write_text("no checkpoint")
  (out / "checkpoints" / "drafts").mkdir()
  run(faces, out)
  assert_same(final(out), final(undisturbed))
  assert f"{name} is named like a checkpoint but holds none" in caplog.text
  assert (out / f"checkpoints-damaged-{name}" / "notes.txt").exists()
  assert (out / "checkpoints" / "drafts").exists()


def swap(run):
  """Exchanges the two checkpoints."""
  one, other = run / "checkpoints" / "8", run / "checkpoints" / "11"
  one.rename(run / "x")
  other.rename(one)
  (run / "x").rename(other)


def lose_metric(run):
  """A gap: step 3 is missing."""
  path = run / "metrics.jsonl"
  lines = path.read_bytes().splitlines(keepends=True)
  path.write_bytes(b"".join(lines[:3] + lines[4:]))


@_STRAY
@pytest.mark.parametrize("damage", [swap, lose_metric])
def test_a_run_goes_on_only_from_what_is_whole(
  faces, undisturbed, tmp_path, caplog, damage
):
  out = tmp_path / "run"
  shutil.copytree(undisturbed, out)
  damage(out)
  run(faces, out)
  assert "lost: the checkpoint of step 11, 8; there is none before it" in (
    caplog.text
  )
  assert_same(final(out), final(undisturbed))
  name = "metrics.jsonl"
  assert (out / name).read_bytes() == (undisturbed / name).read_bytes()
  kept = {path.name for path in out.glob("*damaged*")}
  assert kept == {"checkpoints-damaged-8", "checkpoints-damaged-11"}


def test_a_metric_spoilt_late_costs_only_what_came_after_it(
  faces, undisturbed, tmp_path, caplog
):
  out = tmp_path / "run"
  shutil.copytree(undisturbed, out)
  lines = (out / "metrics.jsonl").read_bytes().splitlines(keepends=True)
  (out / "metrics.jsonl").write_bytes(b"".join([*lines[:9], b"\xff{\n"]))
  run(faces, out)
  assert "lost: the checkpoint of step 11; the run goes on from step 8" in (
    caplog.text
  )
  name = "metrics.jsonl"
  assert (out / name).read_bytes() == (undisturbed / name).read_bytes()


def test_reading_a_finished_training_changes_nothing_there(
  faces, undisturbed, tmp_path
):
  out = tmp_path / "run"
  shutil.copytree(undisturbed, out)
  falsify(out / "checkpoints" / "11")
  before = sorted(out.rglob("*"))
  _, like = learners.create(settings(), image_size=SIZE, seed=0)
  assert int(checkpointlib.load(out, like).step) == 8
  assert sorted(out.rglob("*")) == before
