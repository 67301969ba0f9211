"""The training loop: restore, step, log, draw, save, stop on bad numbers."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from PIL import Image

from jaxfer import logs, parallel
from jaxfer.data import batches, sheet
from jaxfer.events import EventLog
from jaxfer.gan import sample
from jaxfer.gan import state as statelib
from jaxfer.gan.checkpoints import Checkpoints
from jaxfer.gan.schedule import Schedule, total_steps
from jaxfer.gan.step import train_step


class Interrupted(Exception):  # noqa: N818 - not an error
  """Training was asked to stop, and has saved its state."""


class DivergedError(Exception):
  """A loss is no longer finite."""


@dataclasses.dataclass(frozen=True)
class Profile:
  """Steps to trace with the JAX profiler: [start, stop), and where to."""

  start: int
  stop: int
  folder: Path


def train(
  faces: np.ndarray,
  out: Path,
  *,
  gan: Any,
  seed: int,
  devices: Sequence[parallel.Device],
  start: statelib.GANState | None = None,
  profile: Profile | None = None,
  events: Path | None = None,
) -> None:
  """Trains a DCGAN, or goes on where an interrupted run stopped.

  Leaves in `out`: `checkpoints/`, `metrics.jsonl` with a line a step, sample
  grids of fixed latents as `grids/<step>.png`, and `timing.json`.

  Args:
    faces: (N, H, W, 3) uint8, square.
    out: an existing folder, empty or left by an interrupted run.
    gan: the config's `gan` section.
    seed: fixes weights, latents and the order of faces.
    devices: the devices that share each batch.
    start: weights to start from in place of random ones.
    profile: steps to trace, if any.
    events: folder for TensorBoard's curves, if any.

  Raises:
    DivergedError: if a loss is not finite, naming the step; the last good
      checkpoint is kept.
    Interrupted: after SIGINT or SIGTERM, when the state is saved.
    ValueError: if the batch cannot be split over the devices.
  """
  parallel.check_divisible(gan.batch, len(devices))
  dcgan, state = statelib.create(
    gan, image_size=faces.shape[1], seed=seed, axis_name=parallel.AXIS
  )
  if start is not None:
    state = statelib.start_from(state, start)
  z = sample.latents(seed, gan.grid_side**2, gan.latent)
  (out / "grids").mkdir(exist_ok=True)
  clock = logs.Clock()

  with contextlib.ExitStack() as stack:
    checkpoints = Checkpoints(out / "checkpoints")
    stack.callback(checkpoints.close)
    state = parallel.replicate(checkpoints.restore(state) or state, devices)
    first = step = int(state.step)
    last = total_steps(gan, len(faces))
    metrics = logs.MetricsLog(out / "metrics.jsonl", step)
    stack.callback(metrics.close)
    curves = EventLog(events) if events else None
    if curves:
      stack.callback(curves.close)
    stopped = stack.enter_context(_signals())
    trace = stack.enter_context(_tracing(profile))
    schedule = Schedule(gan, last, devices[0].platform)
    call = _program(dcgan, faces, gan, seed, devices, step, last)
    progress = logs.Progress(
      "pretrain", last * gan.batch, "images", done=step * gan.batch
    )

    while step < last:
      count = schedule.steps_from(step)
      with clock("steps" if step > first else "first_call"), trace(step):
        state, scalars = call(state, step, count)
        scalars = {k: np.asarray(v) for k, v in scalars.items()}
      _refuse_bad_numbers(scalars, step)
      for i in range(count):
        values = {k: float(v[i]) for k, v in scalars.items()}
        metrics.write(step + i, values)
        if curves:
          curves.write(step + i, values)
      step += count

      if schedule.draws(step):
        drawn = sample.draw(dcgan, jax.device_get(state.gen), z)
        _save_grid(out / "grids", step, drawn, gan.grid_side)
      if schedule.saves(step) or stopped:
        metrics.flush()
        checkpoints.save(state)
      if stopped:
        raise Interrupted(
          f"stopped at step {step} of {last}; the state is saved"
        )
      note = f"loss D {values['loss_d']:.3f}, G {values['loss_g']:.3f}"
      progress(step * gan.batch, note)

  running = clock.seconds.get("steps")
  images = (last - first - 1) * gan.batch
  timing = {
    **clock.rounded(),
    "images_per_s": round(images / running, 1) if running else None,
  }
  logs.write_json(out / "timing.json", timing)


def _program(
  dcgan: statelib.DCGAN,
  faces: np.ndarray,
  gan: Any,
  seed: int,
  devices: Sequence[parallel.Device],
  first: int,
  last: int,
) -> Callable[[statelib.GANState, int, int], tuple[statelib.GANState, Any]]:
  """A function (state, step, count) -> (state, scalars of each step).

  Faces that fit stay on the devices and are gathered there; others are
  streamed over the same indices.
  """
  key = jax.random.key(seed)

  def one(state, images):
    draw_key = jax.random.fold_in(key, state.step)
    z = jax.random.normal(draw_key, (gan.batch, gan.latent))
    z = parallel.share(z, parallel.AXIS)
    images = sample.from_uint8(images)
    return train_step(dcgan, state, images, z, axis_name=parallel.AXIS)

  def several(state, chosen, load):
    if len(chosen) > 1:
      return jax.lax.scan(lambda s, c: one(s, load(c)), state, chosen)
    state, scalars = one(state, load(chosen[0]))
    return state, jax.tree.map(lambda x: x[None], scalars)

  def split(per_step: Sequence[np.ndarray]) -> np.ndarray:
    """(steps, batch, …) to (devices, steps, batch / devices, …)."""
    stacked = np.stack(per_step)
    shape = (len(per_step), len(devices), -1, *stacked.shape[2:])
    return stacked.reshape(shape).swapaxes(0, 1)

  if faces.nbytes <= gan.resident_gib * 2**30:
    resident = parallel.replicate(jnp.asarray(faces), devices)
    gather = parallel.map_devices(
      lambda state, pool, at: several(state, at, lambda i: pool[i]),
      devices,
      batched=(False, True),
    )

    def call(state, step, count):
      indices = [
        batches.batch_indices(seed, step + i, gan.batch, len(faces))
        for i in range(count)
      ]
      return gather(state, resident, split(indices))

    return call

  streamed = batches.stream(faces, seed, gan.batch, first, last)
  direct = parallel.map_devices(
    lambda state, images: several(state, images, lambda image: image),
    devices,
    batched=(True,),
  )
  return lambda state, step, count: direct(
    state, split([next(streamed) for _ in range(count)])
  )


def _refuse_bad_numbers(scalars: dict[str, np.ndarray], step: int) -> None:
  for name in ("loss_d", "loss_g"):
    bad = np.flatnonzero(~np.isfinite(scalars[name]))
    if len(bad):
      raise DivergedError(
        f"{name} is {scalars[name][bad[0]]} at step {step + bad[0]}; the last"
        " good checkpoint is kept. Try a smaller gan.learning_rate, or"
        " gan.beta1=0.5"
      )


def _save_grid(
  folder: Path, step: int, faces: np.ndarray, columns: int
) -> None:
  picture = Image.fromarray(sheet.grid(faces, columns))
  temporary = folder / f".{step:07d}.png"
  picture.save(temporary)
  temporary.replace(folder / f"{step:07d}.png")


@contextlib.contextmanager
def _signals() -> Iterator[list[int]]:
  """A list that fills when SIGINT or SIGTERM arrives; the second one kills.

  An exception in the middle of a step would lose the donated state, so the
  loop looks at the list between steps.
  """
  received: list[int] = []
  wanted = (signal.SIGINT, signal.SIGTERM)

  def handle(number: int, frame: Any) -> None:
    received.append(number)
    signal.signal(number, before[signal.Signals(number)])

  try:
    before = {number: signal.signal(number, handle) for number in wanted}
  except ValueError:  # not in the main thread: signals go elsewhere
    yield received
    return
  try:
    yield received
  finally:
    for number, handler in before.items():
      signal.signal(number, handler)


@contextlib.contextmanager
def _tracing(profile: Profile | None) -> Iterator[Callable]:
  """Starts and stops the profiler around the steps asked for."""
  running = False

  @contextlib.contextmanager
  def trace(step: int) -> Iterator[None]:
    nonlocal running
    if profile and not running and profile.start <= step < profile.stop:
      jax.profiler.start_trace(str(profile.folder))
      running = True
    with jax.profiler.StepTraceAnnotation("train", step_num=step):
      yield
    if profile and running and step + 1 >= profile.stop:
      jax.profiler.stop_trace()
      running = False

  try:
    yield trace
  finally:
    if running:
      jax.profiler.stop_trace()
