"""A real Slurm on the loopback address, for as long as a test runs."""

import contextlib
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

NEEDED = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "scontrol")
# Debian puts the daemons where only root looks.
_PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"])


def missing():
  """Why Slurm cannot be started here; None if it can."""
  for program in NEEDED:
    if shutil.which(program, path=_PATH) is None:
      return f"there is no {program}: make slurm-tools"
  if os.getuid() != 0:
    return "slurmd starts tasks only as root"
  return None


def _free_ports(count):
  with contextlib.ExitStack() as stack:
    found = [stack.enter_context(socket.socket()) for _ in range(count)]
    for one in found:
      one.bind(("127.0.0.1", 0))
    return [one.getsockname()[1] for one in found]


# `low` gives way to `high`: its jobs get SIGTERM, and GraceTime later are
# requeued. A job that is requeued waits for cred_expire seconds.
_CONF = """
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldParameters=enable_configless
SlurmctldPort={controller}
SlurmdPort={daemon}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=30
CredType=cred/munge
SlurmUser={user}
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
KillWait=30
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=low Nodes={host} Default=YES PriorityTier=1 GraceTime=120
PartitionName=high Nodes={host} PriorityTier=9 PreemptMode=OFF
"""


def pid_of(job, task):
  """The process of jaxfer in a task of a job."""
  wanted = {f"SLURM_JOB_ID={job}".encode(), f"SLURM_PROCID={task}".encode()}
  for folder in Path("/proc").glob("[0-9]*"):
    with contextlib.suppress(OSError):
      words = (folder / "cmdline").read_bytes().split(b"\0")
      given = set((folder / "environ").read_bytes().split(b"\0"))
      if b"jaxfer.main" in words and wanted <= given:
        return int(folder.name)
  raise LookupError(f"job {job} has no task {task}")


class Cluster:
  """One node with two CPUs, whose daemons belong to this process."""

  def __init__(self, folder):
    self.folder = folder
    self._daemons = []
    host = socket.gethostname().partition(".")[0]
    for name in ("state", "spool"):
      (folder / name).mkdir()
    controller, daemon = _free_ports(2)
    (folder / "slurm.conf").write_text(
      _CONF.format(
        host=host,
        folder=folder,
        user=getpass.getuser(),
        controller=controller,
        daemon=daemon,
      )
    )
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    self.environment = os.environ | {
      "PATH": _PATH,
      "SLURM_CONF": str(folder / "slurm.conf"),
    }

  def __enter__(self):
    folder = self.folder
    try:
      self._daemon(
        "munged",
        "--foreground",
        "--force",
        f"--socket={folder}/munge.socket",
        f"--key-file={folder}/munge.key",
        f"--pid-file={folder}/munged.pid",
        f"--seed-file={folder}/munged.seed",
        f"--log-file={folder}/munged.log",
      )
      self.wait_for(lambda: (folder / "munge.socket").exists(), "munged")
      self._daemon("slurmctld", "-D", "-f", folder / "slurm.conf")
      self._daemon("slurmd", "-D", "-f", folder / "slurm.conf")
      self.wait_for(
        lambda: self.run("sinfo", "-h", "-p", "low", "-o", "%T") == "idle",
        "an idle node",
      )
    except BaseException:
      self.__exit__()
      raise
    return self

  def __exit__(self, *_):
    with contextlib.suppress(subprocess.SubprocessError):
      self.run("scancel", "--user", getpass.getuser(), "--signal=KILL")
    for daemon in reversed(self._daemons):
      daemon.terminate()
    for daemon in self._daemons:
      try:
        daemon.wait(20)
      except subprocess.TimeoutExpired:
        daemon.kill()

  def run(self, *words, **environment):
    """What a Slurm command prints; an empty text where it fails."""
    done = self._call(*words, **environment)
    return done.stdout.strip() if done.returncode == 0 else ""

  def submit(self, *words, cwd, **environment):
    """Submits a job and returns its number."""
    done = self._call("sbatch", "--parsable", *words, cwd=cwd, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()

  def state(self, job):
    """State of each task of a job, by number, such as COMPLETED."""
    lines = self.run("scontrol", "--oneliner", "show", "job", job).splitlines()
    found = {}
    for line in lines:
      facts = dict(w.split("=", 1) for w in line.split() if "=" in w)
      found[facts.get("ArrayTaskId", "")] = facts["JobState"]
    return found

  def wait(self, job, seconds=600):
    """Waits until all tasks of a job have ended; their states."""
    running = ("PENDING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED")

    def ended():
      states = self.state(job).values()
      return states and not set(states) & {*running, "PREEMPTED"}

    self.wait_for(ended, f"the end of job {job}", seconds)
    return self.state(job)

  def _call(self, *words, cwd=None, **environment):
    return subprocess.run(
      list(map(str, words)),
      capture_output=True,
      text=True,
      cwd=cwd,
      env=self.environment | environment,
      timeout=60,
    )

  def _daemon(self, name, *words):
    program = shutil.which(name, path=_PATH)
    with (self.folder / f"{name}.out").open("w") as log:
      started = subprocess.Popen(
        [program, *map(str, words)],
        stdout=log,
        stderr=subprocess.STDOUT,
        env=self.environment,
      )
    self._daemons.append(started)

  def wait_for(self, condition, what, seconds=300):
    """Waits until something holds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
      for daemon in self._daemons:
        if daemon.poll() is not None:
          raise AssertionError(f"{daemon.args[0]} ended: {self._logs()}")
      if condition():
        return
      time.sleep(0.5)
    raise AssertionError(f"waited {seconds} s for {what}: {self._logs()}")

  def _logs(self):
    return "\n".join(
      f"== {path.name}\n{path.read_text()[-1500:]}"
      for path in sorted(Path(self.folder).glob("*.[lo]*"))
      if path.suffix in (".log", ".out")
    )
