"""Runs that are ended on purpose, and what they leave.

As a program it is a server: it imports what a run needs once, and forks a
child for each line of JSON on its standard input. JAX is imported but not
started before the fork. The child is a whole run of `jaxfer.main`; where a
workdir is named, a fault may strike in it at the n-th time that something is
written, renamed or removed below, or so many seconds after.
"""

import atexit
import builtins
import collections
import errno
import io
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
_open, _fsync = open, os.fsync

# Everything that changes a folder goes through one of these, but for what
# Orbax and NumPy write to files already open: `late` is for those, and for
# what is computed.
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")
_WRITING = os.O_WRONLY | os.O_RDWR
# What no run may do; counted under these names.
FORBIDDEN = (
  "os.system",
  "pickle.find_class",
  "socket.connect",
  "socket.getaddrinfo",
  "socket.sendto",
)
_MOST_SECONDS = 1800  # that any run may take
_LEAST = 64  # bytes that a file may grow to when writes are cut short

SIGNALS = {"SIGKILL": -9, "SIGTERM": 143, "SIGINT": 130}
"""Signals, and the exit status that each leads to."""

FAULTS = ("ENOSPC", "EIO", "short", "full", "fsync")
"""Failures of the disk: a change is refused because it is full, or once by an
error; from then on files stop growing, or what is written to those opened does
not fit; a file cannot be synchronised, once."""

# The smallest run in which every kind of artifact, protocol and control is
# made: eight people of eight emotions, three DCGANs.
EXPERIMENT = (
  "--config=configs/own_faces.py:learn=labelled,labelled=precropped",
  "--config.data.standin.draw",
  "--config.data.standin.sizes.labelled=64",
  "--config.data.standin.width=48",
  "--config.gan.width=4",
  "--config.gan.epochs=2",
  "--config.gan.batch=8",
  "--config.gan.grids=2",
  "--config.gan.grid_side=2",
  "--config.gan.checkpoint_every=3",
  "--config.svm.evaluations=5",
  "--config.svm.folds=3",
  "--config.svm.sealed_folds=2",
  "--config.svm.bootstrap=50",
  "--config.generate.count=9",
)


class Server:
  """Starts runs quickly; see the head of this file.

  Args:
    cache: folder for what XLA compiles.
  """

  def __init__(self, cache: Path):
    self._process = subprocess.Popen(
      [sys.executable, __file__],
      stdin=subprocess.PIPE,
      stdout=subprocess.PIPE,
      text=True,
      cwd=ROOT,
      start_new_session=True,
      env=os.environ
      | {
        "JAX_COMPILATION_CACHE_DIR": str(cache),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
      },
    )

  def run(self, arguments, workdir=None, fault=None, drawn=True):
    """One run: its exit status, what it said, and of a workdir its changes.

    These by stage, and for how many seconds there were any; and the seconds
    from a fault to its end, where it lived to tell. Not drawn, its figures are
    specks.
    """
    if workdir:
      arguments = [*arguments, f"--workdir={workdir}"]
    request = {
      "arguments": [*map(str, arguments)],
      "workdir": workdir and str(workdir),
      "fault": fault,
      "drawn": drawn,
    }
    self._process.stdin.write(json.dumps(request) + "\n")
    self._process.stdin.flush()
    ready, _, _ = select.select([self._process.stdout], [], [], _MOST_SECONDS)
    if not ready:
      os.killpg(self._process.pid, signal.SIGKILL)
      raise TimeoutError(f"a run did not end in {_MOST_SECONDS} s: {request}")
    return json.loads(self._process.stdout.readline())

  def close(self):
    self._process.stdin.close()
    self._process.wait()
    self._process.stdout.close()


def speck(_, path, note):
  """Takes the place of `report.figures.entry.save`: a figure of no content."""
  Image.new("RGB", (4, 4)).save(path)


def stage_of(workdir, path):
  """The stage that a path below the workdir belongs to, or None."""
  try:
    below = Path(os.fsdecode(path)).relative_to(workdir)
  except (TypeError, ValueError):
    return None
  first = below.parts[0].lstrip(".") if below.parts else ""
  return first.partition("-")[0].partition(".")[0] or None


class Striker:
  """An audit hook that counts changes by stage, and strikes at one of them.

  Args:
    workdir: changes elsewhere do not count.
    fault: stage, kind, at, late (seconds, for signals); or None.
  """

  def __init__(self, workdir, fault):
    self._workdir, self._fault = Path(workdir), fault
    self._busy = self._full = False
    self._failing = None  # what is to fail from here on
    self.counts = collections.Counter()
    self.struck = None
    self._first, self._last = {}, {}

  def spans(self):
    """Seconds from the first to the last change, by stage."""
    return {k: self._last[k] - first for k, first in self._first.items()}

  def __call__(self, event, args):
    if event in FORBIDDEN:
      self.counts[event] += 1
      raise PermissionError(errno.EPERM, event)
    if event == "open":
      path, _, flags = args
      if not isinstance(flags, int) or not flags & _WRITING:
        return
    elif event in _CHANGES:
      path = args[0]
    else:
      return
    if self._busy or isinstance(path, int):
      return
    stage = stage_of(self._workdir, path)
    if stage in (None, "locks"):
      return
    self.counts[stage] += 1
    self._last[stage] = time.monotonic()
    self._first.setdefault(stage, self._last[stage])
    fault = self._fault
    if self._full:
      raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
    if fault and (stage, self.counts[stage]) == (fault["stage"], fault["at"]):
      self._busy = True
      self._strike(fault, path)
      self._busy = False

  def _strike(self, fault, path):
    kind = fault["kind"]
    self.struck = time.monotonic() + fault["late"]
    if kind in SIGNALS:
      number = getattr(signal, kind)
      if fault["late"]:
        timer = threading.Timer(fault["late"], os.kill, (os.getpid(), number))
        timer.daemon = True  # a run that ends before does not wait for it
        timer.start()
      else:
        os.kill(os.getpid(), number)
    elif kind == "short":
      # From here on files stop growing: the last write to fit is cut short.
      _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
      resource.setrlimit(resource.RLIMIT_FSIZE, (_LEAST, hard))
    elif kind in ("full", "fsync"):
      self._failing = kind
    else:
      self._busy = False
      self._full = kind == "ENOSPC"  # it stays full; an EIO passes
      code = getattr(errno, kind)
      raise OSError(code, os.strerror(code), path)

  def open(self, file, mode="r", *args, **options):
    """`open`, to whose files nothing can be written once the disk is full."""
    opened = _open(file, mode, *args, **options)
    writes = set(mode) & set("wax+") and not isinstance(file, int)
    stage = stage_of(self._workdir, file) if writes else None
    if self._failing == "full" and stage not in (None, "locks"):
      full = os.open("/dev/full", os.O_RDWR)
      os.dup2(full, opened.fileno())
      os.close(full)
    return opened

  def fsync(self, descriptor):
    """`os.fsync`, which fails once."""
    if self._failing == "fsync":
      self._failing = None
      raise OSError(errno.EIO, os.strerror(errno.EIO))
    _fsync(descriptor)


def contents(workdir):
  """All that must not depend on what a run went through.

  Times live apart. Checkpoints are read leaf by leaf.

  Returns:
    By path relative to the workdir, bytes or arrays.
  """
  found = {}
  for path in sorted(workdir.rglob("*")):
    name = path.relative_to(workdir).as_posix()
    if path.is_dir() and path.name == "checkpoints":
      found |= {f"{name}/{k}": v for k, v in _leaves(path).items()}
    elif path.is_file() and not {".locks", "checkpoints"} & set(path.parts):
      found[name] = _content(path)
  return {name: value for name, value in found.items() if value is not None}


def _content(path):
  if path.name in ("timing.json", "index.html", "index.txt"):
    return None
  if path.name == "artifact.json":
    record = json.loads(path.read_bytes())
    return json.dumps({k: record[k] for k in ("key", "settings", "inputs")})
  if path.name in ("results.json", "evidence.json"):
    record = json.loads(path.read_bytes())
    for results in (record, record.get("results", {})):
      results.pop("timing", None)
      results.pop("command", None)
    return json.dumps(record)
  if path.suffix == ".npz":
    with np.load(path, allow_pickle=False) as arrays:
      return {name: arrays[name].tobytes() for name in arrays}
  return path.read_bytes()


def _leaves(folder):
  import orbax.checkpoint

  from jaxfer.learn.checkpoints import Checkpoints

  saved = Checkpoints(folder, read_only=True)
  found = {}
  for step in saved._manager.all_steps():
    item = orbax.checkpoint.args.PyTreeRestore()
    (arrays,) = saved._restored(step, state=item)
    for name, leaf in arrays.items():
      found[f"{step}/{name}"] = np.asarray(leaf).tobytes()
  saved.close()
  return found


def different(a, b):
  """Names of what two runs do not have alike."""
  return sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))


def _serve():
  """Forks for each request; returns in a child, with its request."""
  for line in sys.stdin:
    request = json.loads(line)
    said, says = os.pipe()
    out = os.memfd_create("stdout")
    counted, counts = os.pipe()
    child = os.fork()
    if not child:
      for unwanted in (said, counted):
        os.close(unwanted)
      os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
      os.dup2(out, 1)
      os.dup2(says, 2)
      return request, counts
    for unwanted in (says, counts):
      os.close(unwanted)
    with os.fdopen(said, errors="replace") as file:
      stderr = file.read()
    with os.fdopen(out, errors="replace") as file:
      file.seek(0)
      stdout = file.read()
    with os.fdopen(counted) as file:
      counted = json.loads(file.read() or "{}")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    struck = counted.pop("struck", None)
    answer = {
      "status": status,
      "stdout": stdout,
      "stderr": stderr,
      "said": stdout + stderr,
      "seconds": struck and time.monotonic() - struck,
      **counted,
    }
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
  return None


def _main():
  sys.path.insert(0, str(ROOT))
  import jaxfer.data.verify
  import jaxfer.main
  import jaxfer.results.gathering
  import jaxfer.suite
  from jaxfer.report.figures import entry

  if (served := _serve()) is None:
    return
  request, counts = served
  # Whatever runs the tests in the background may have it ignored.
  signal.signal(signal.SIGINT, signal.default_int_handler)
  sys.argv = ["jaxfer.main", *request["arguments"]]
  if not request["drawn"]:
    entry.save = speck
  if request["workdir"] is None:
    jaxfer.main.run()
  striker = Striker(request["workdir"], request["fault"])

  def tell():
    told = {
      "changes": striker.counts,
      "spans": striker.spans(),
      "struck": striker.struck,
    }
    os.write(counts, json.dumps(told).encode())

  atexit.register(tell)
  io.open = builtins.open = striker.open
  os.fsync = striker.fsync
  sys.addaudithook(striker)
  jaxfer.main.run()


if __name__ == "__main__":
  _main()
