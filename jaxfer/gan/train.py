"""The training loop: restore, step, log, draw, save, stop on bad numbers."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jaxfer import logs, parallel, processes
from jaxfer.gan import state as statelib
from jaxfer.gan.program import several_steps
from jaxfer.gan.record import Record
from jaxfer.gan.schedule import Schedule, total_steps


class Interrupted(Exception):  # noqa: N818 - not an error
  """Training was asked to stop, and has saved its state.

  Attributes:
    signal: the number of the signal that asked.
  """

  def __init__(self, message: str, number: int):
    super().__init__(message)
    self.signal = number


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
  run: str = "",
) -> None:
  """Trains a DCGAN, or goes on where an interrupted run stopped.

  Leaves in `out`: `checkpoints/`, `metrics.jsonl` with a line a step, sample
  grids of fixed latents as `grids/<step>.png`, and `timing.json`.

  Of several processes all call it; they start from rank 0's state, train in
  step, and rank 0 alone writes.

  Args:
    faces: (N, H, W, 3) uint8, square.
    out: an existing folder, empty or left by an interrupted run.
    gan: the config's `gan` section.
    seed: fixes weights, latents and the order of faces.
    devices: the devices, of all processes, that share each batch.
    start: weights to start from in place of random ones; rank 0's count.
    profile: steps to trace, if any.
    events: folder for TensorBoard's curves, if any.
    run: tells this training from others, whose checkpoints do not count.

  Raises:
    DivergedError: if a loss is not finite, naming the step; the last good
      checkpoint is kept.
    Interrupted: after SIGINT or SIGTERM, on whichever process, when the state
      is saved.
    ValueError: if the batch cannot be split over the devices.
  """
  parallel.check_divisible(gan.batch, len(devices))
  dcgan, state = statelib.create(
    gan, image_size=faces.shape[1], seed=seed, axis_name=parallel.AXIS
  )
  if start is not None:
    state = statelib.start_from(state, start)
  clock = logs.Clock()

  with contextlib.ExitStack() as stack:
    record = None
    if parallel.leads():
      record = Record(out, dcgan, gan, seed, events, run)
      stack.callback(record.close)
      state = record.restore(state)
    state = parallel.replicate(parallel.from_leader(state), devices)
    first = step = int(state.step)
    last = total_steps(gan, len(faces))
    stopped = stack.enter_context(_signals())
    trace = stack.enter_context(_tracing(profile if record else None))
    schedule = Schedule(gan, last, devices[0].platform)
    call = several_steps(dcgan, faces, gan, seed, devices, step, last)
    progress = logs.Progress(
      "pretrain", last * gan.batch, "images", done=step * gan.batch
    )

    while step < last:
      count = schedule.steps_from(step)
      processes.advance(f"step {step} of {last} in {out.name}")
      with clock("steps" if step > first else "first_call"), trace(step):
        state, scalars = call(state, step, count)
        scalars = {k: np.asarray(v) for k, v in scalars.items()}
      _refuse_bad_numbers(scalars, step)
      if record:
        record.write(step, scalars)
      step += count

      if record and schedule.draws(step):
        record.draw(step, state)
      # A signal may reach one process alone; all stop at the same step.
      stop = parallel.largest(stopped[0] if stopped else 0)
      if record and (schedule.saves(step) or stop):
        record.save(state)
      if stop:
        raise Interrupted(
          f"stopped at step {step} of {last}; the state is saved", int(stop)
        )
      if record:
        d, g = (float(scalars[name][-1]) for name in ("loss_d", "loss_g"))
        progress(step * gan.batch, f"loss D {d:.3f}, G {g:.3f}")

  if record is None:
    return
  running = clock.seconds.get("steps")
  images = (last - first - 1) * gan.batch
  timing = {
    **clock.rounded(),
    "images_per_s": round(images / running, 1) if running else None,
  }
  logs.write_json(out / "timing.json", timing)


def _refuse_bad_numbers(scalars: dict[str, np.ndarray], step: int) -> None:
  for name in ("loss_d", "loss_g"):
    bad = np.flatnonzero(~np.isfinite(scalars[name]))
    if len(bad):
      raise DivergedError(
        f"{name} is {scalars[name][bad[0]]} at step {step + bad[0]}; the last"
        " good checkpoint is kept. Try a smaller gan.learning_rate, or"
        " gan.beta1=0.5"
      )


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
