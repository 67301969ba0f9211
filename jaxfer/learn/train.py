"""The training loop of every learner: restore, step, log, draw, save, stop."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from jaxfer import distributed, logs, parallel, termination
from jaxfer.learn import learners, networks
from jaxfer.learn.collapse import CollapsedError
from jaxfer.learn.learners import Drawer, State
from jaxfer.learn.program import several_steps
from jaxfer.learn.record import Record
from jaxfer.learn.schedule import Schedule, batch_size, total_steps

_log = logging.getLogger(__name__)


class Interrupted(Exception):  # noqa: N818 - not an error
  """Training was asked to stop by the `signal`, and has saved its state."""

  def __init__(self, message: str, number: int):
    super().__init__(message)
    self.signal = number


class DivergedError(Exception):
  """A loss is not finite, or so large that nothing is learnt any more."""


_LARGEST_LOSS = 1e6  # logits of that size are past learning


@dataclasses.dataclass(frozen=True)
class Profile:
  """Steps to trace with the JAX profiler: [start, stop), and where to."""

  start: int
  stop: int
  folder: Path

  def covers(self, step: int, count: int) -> bool:
    """Whether a call of `count` steps from `step` on takes any of them."""
    return max(self.start, step) < min(self.stop, step + count)


def train(
  faces: np.ndarray,
  out: Path,
  *,
  gan: Any,
  seed: int,
  devices: Sequence[parallel.Device],
  labels: np.ndarray | None = None,
  start: State | None = None,
  profile: Profile | None = None,
  events: Path | None = None,
  run: str = "",
) -> None:
  """Trains a learner, or goes on where an interrupted run stopped.

  Leaves in `out` what `Record` has, and `timing.json`. What is noted of a call
  is noted while the next one is under way.

  `timing.json` divides all seconds into `setup`; `first_call`, those calls by
  which a program was used first, and so compiled; `steps`, all other calls with
  what was kept of them, of which `images_per_s` is; and `closing`, the wait for
  the disk at the end.

  Of several processes all call it; they start from rank 0's state, train in
  step, and rank 0 alone writes.

  Args:
    faces: (N, H, W, 3) uint8, square.
    out: an existing folder, empty or left by an interrupted run.
    gan: the config's `gan` section.
    seed: fixes weights, latents and the order of faces.
    devices: those, of all processes, that share each batch.
    labels: (N, K) int8 what each face shows, which the learner is told, or
      None.
    start: weights to start from in place of random ones; rank 0's count.
    profile: steps to trace, if any.
    events: folder for TensorBoard's curves, if any.
    run: as of `Checkpoints`.

  Raises:
    CollapsedError: if the generator looks collapsed, and the config says to
      stop then.
    DivergedError: if a loss is not finite or absurd, naming the step; the last
      good checkpoint is kept.
    Interrupted: after SIGINT, SIGTERM or SIGHUP, on whichever process, when the
      state is saved.
    ValueError: if the batch cannot be split over the devices.
  """
  batch = batch_size(gan, len(faces))
  parallel.check_divisible(batch, len(devices))
  clock = logs.Clock()
  learner = learners.make(
    gan,
    image_size=faces.shape[-2],
    labels=0 if labels is None else labels.shape[1],
    axis_name=parallel.AXIS,
    compute=gan.compute,
  )
  state = learner.init(jax.random.key(seed))
  if start is not None:
    state = networks.start_from(state, start)
  state = jax.device_get(state)  # what devices hold is donated
  last = total_steps(gan, len(faces))
  draws = isinstance(learner, Drawer)
  schedule = Schedule(gan, last, devices[0].platform, draws)
  compiled, counted = set(), 0  # programs, and the steps of later calls

  with contextlib.ExitStack() as stack:
    stack.callback(distributed.rest)
    record = None
    if distributed.leads():
      record = Record(
        stack, out, learner, gan, seed, events, faces, labels, run
      )
      state = record.restore(state)
    state = parallel.replicate(parallel.from_leader(state), devices)
    step = int(state.step)
    stopped = stack.enter_context(_signals())
    trace = stack.enter_context(_tracing(profile if record else None))
    call = several_steps(learner, faces, labels, gan, seed, devices, last)
    progress = logs.Progress(
      "pretrain", last * batch, "images", done=step * batch
    )
    taken = collections.deque()  # calls made, the last of them under way

    def note(left: int) -> None:
      """Notes the calls made, but for so many."""
      while len(taken) > left:
        first, scalars, glance = taken.popleft()
        scalars = jax.tree.map(np.asarray, scalars)
        _refuse_bad_numbers(scalars, first, learner.remedy)
        if record:
          done = record.keep(first, scalars, glance)
          progress(done * batch, record.note)

    clock.lap("setup")
    while step < last:
      count = schedule.steps_from(step)
      due = schedule.after(step + count)
      if new := {count, *due} - compiled:
        clock.lap("steps")
      with trace(step, count, state):
        state, scalars = call(state, step, count)
      taken.append((step, scalars, record.glance(state, due) if record else {}))
      step += count
      if new:
        with distributed.waiting():
          jax.block_until_ready(scalars)
        clock.lap("first_call")
        compiled |= new
        progress.resume(step * batch)  # no rate of compiling
      else:
        counted += count
      note(1)  # those before, while the devices take these
      # A signal may reach one process alone; all stop at the same step.
      stop = parallel.largest(stopped[0] if stopped else 0)
      acts = "look" in due and gan.on_collapse == "stop"
      if acts or stop or step == last:
        note(0)
      # Rank 0 alone sees faces, and all act on it.
      why = record.alarm if record else ""
      if acts and parallel.largest(int(bool(why))):
        raise CollapsedError(
          f"the generator looks collapsed at step {step}: {why}; the"
          " checkpoint before is kept. gan.on_collapse=warn goes on from there;"
          " another run.seed may help"
        )
      if stop:
        if record and "save" not in due:
          record.save(state)
        raise Interrupted(
          f"stopped at step {step} of {last}; the state is saved", int(stop)
        )
    clock.lap("steps")

  if record:
    record.tell()
    clock.lap("closing")
    rate = counted * batch / clock.seconds["steps"] if counted else None
    timing = {**clock.rounded(), "images_per_s": rate and round(rate, 1)}
    logs.write_json(out / "timing.json", timing)


def _refuse_bad_numbers(
  scalars: dict[str, np.ndarray], step: int, remedy: str
) -> None:
  for name in scalars:
    bad = np.flatnonzero(~(np.abs(scalars[name]) < _LARGEST_LOSS))
    if name.startswith("loss") and len(bad):
      raise DivergedError(
        f"the training has diverged: {name} is {scalars[name][bad[0]]:.3g} at"
        f" step {step + bad[0]}; the last good checkpoint is kept. Try"
        f" {remedy}"
      )


@contextlib.contextmanager
def _signals() -> Iterator[list[int]]:
  """A list that fills when a signal to end arrives; the second one kills.

  An exception in the middle of a step would lose the donated state, so the
  loop looks at the list between steps.
  """
  received: list[int] = []
  wanted = (signal.SIGINT, *termination.signals())

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

  def trace(step: int, count: int, state: State) -> Any:
    nonlocal running
    wanted = profile is not None and profile.covers(step, count)
    if profile and wanted != running:
      jax.block_until_ready(state)  # the steps before, which may be under way
      if wanted:
        jax.profiler.start_trace(str(profile.folder))
      else:
        jax.profiler.stop_trace()
      running = wanted
    return jax.profiler.StepTraceAnnotation("train", step_num=step)

  try:
    yield trace
  finally:
    if running:
      jax.profiler.stop_trace()
