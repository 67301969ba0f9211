"""A wheel, installed and run elsewhere: its experiments travel with it."""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import jaxfer
from jaxfer.__main__ import COMMANDS

ROOT = Path(__file__).parents[1]
CLEAN = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
OWN = "from jaxfer.configs import base\n\n\ndef get_config():\n"
OWN += "  config = base.get_config()\n  config.run.experiment = 'mine'\n"
OWN += "  return config\n"


def build(what, source, out):
  call = f"from setuptools import build_meta as b; b.build_{what}({str(out)!r})"
  subprocess.run(
    [sys.executable, "-c", call], cwd=source, check=True, capture_output=True
  )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
  """The wheel of the sdist."""
  pytest.importorskip("setuptools", minversion="77")
  folder = tmp_path_factory.mktemp("wheel")
  source = folder / "source"
  ignore = shutil.ignore_patterns("__pycache__")
  for name in ("jaxfer", "configs", "docs", "launch", "tests", "benchmarks"):
    shutil.copytree(ROOT / name, source / name, ignore=ignore)
  for path in ROOT.iterdir():
    if path.is_file() and path.name != ".git":  # a file in a worktree
      shutil.copy(path, source)
  build("sdist", source, folder)
  (packed,) = folder.glob("*.tar.gz")
  shutil.unpack_archive(packed, folder, filter="data")
  build("wheel", folder / packed.name.removesuffix(".tar.gz"), folder)
  (found,) = folder.glob("*.whl")
  return found


@pytest.fixture(scope="module")
def installed(wheel):
  """The commands of an environment that holds the wheel.

  What it depends on is read where this Python has it; nothing else is.
  """
  venv.create(wheel.parent / "environment")
  python = wheel.parent / "environment" / "bin" / "python"
  where = "import sysconfig; print(sysconfig.get_path('purelib'))"
  ask = {"check": True, "capture_output": True, "text": True, "env": CLEAN}
  own = subprocess.run([python, "-c", where], **ask).stdout.strip()
  # As a path, whose .pth files are not read: an editable jaxfer stays out.
  theirs = Path(pytest.__file__).parents[1]
  (Path(own) / "dependencies.pth").write_text(f"{theirs}\n")
  pip = [sys.executable, "-m", "pip", "--python", python, "install"]
  subprocess.run([*pip, "--no-deps", "--no-index", "--quiet", wheel], **ask)
  return python.parent


def call(installed, cwd, program, *arguments):
  done = subprocess.run(
    [installed / program, *arguments],
    cwd=cwd,
    env=CLEAN,
    capture_output=True,
    text=True,
  )
  assert "Traceback" not in done.stderr, done.stderr
  return done


@pytest.mark.slow
def test_it_brings_nothing_but_its_own_name(wheel):
  with zipfile.ZipFile(wheel) as archive:
    names = archive.namelist()
  assert {re.split("[-/]", name)[0] for name in names} == {"jaxfer"}
  assert "jaxfer/configs/base.py" in names
  assert "jaxfer/report/parts/audit.html" in names


@pytest.mark.slow
@pytest.mark.parametrize("theirs", [False, True])
def test_its_experiments_are_found_whatever_the_folder_holds(
  installed, tmp_path, theirs
):
  (tmp_path / "mine.py").write_text(OWN)
  if theirs:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "__init__.py").touch()
    (tmp_path / "configs" / "base.py").write_text("LR = 1\n")
    (tmp_path / "configs" / "mine.py").write_text(OWN)
  drawn = ("--config.data.standin.draw=True", "--print_config")
  (site,) = installed.parent.glob("lib/python*/site-packages")
  for config in (
    "configs/radboud.py:small",
    f"{site}/configs/own_faces.py:small",
    "configs/mine.py" if theirs else "mine.py",
  ):
    words = ("jaxfer", "run", f"--config={config}", *drawn)
    done = call(installed, tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert "experiment: " in done.stdout
  words = ("jaxfer", "run", "--config=configs/radbuod.py", "--dry_run")
  missing = call(installed, tmp_path, *words)
  assert missing.returncode == 1 and "radbuod" in missing.stderr


@pytest.mark.slow
def test_the_command_is_that_of_the_wheel(installed, tmp_path):
  where = "import jaxfer; print(jaxfer.__file__)"
  found = call(installed, tmp_path, "python", "-c", where).stdout
  assert Path(found).is_relative_to(installed.parent)
  version = call(installed, tmp_path, "jaxfer", "--version").stdout
  assert version == f"jaxfer {jaxfer.__version__}\n"
  assert call(installed, tmp_path, "jaxfer", "rnu").returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("word", COMMANDS)
def test_each_command_helps_as_its_module_does(installed, tmp_path, word):
  module, _ = COMMANDS[word]
  done = call(installed, tmp_path, "jaxfer", word, "--help")
  its = call(installed, tmp_path, "python", "-m", module, "--help")
  assert done.returncode == its.returncode == 0, done.stderr
  assert done.stdout == its.stdout and len(done.stdout) > 200


@pytest.mark.slow
def test_the_commands_work_from_elsewhere(installed, tmp_path):
  """Cascades, templates and experiments are all in the wheel."""
  draw = ("--dataset=rafd", "--out=faces", "--people=2", "--width=240")
  done = call(installed, tmp_path, "jaxfer", "standin", *draw)
  assert done.returncode == 0, done.stderr
  # Not a whole copy, and said so.
  check = ("--dataset=rafd", "--root=faces")
  done = call(installed, tmp_path, "jaxfer", "verify", *check)
  assert done.returncode == 1 and "people    2 of 67" in done.stdout
  done = call(
    *(installed, tmp_path, "jaxfer", "run"),
    "--config=configs/radboud.py:standin",
    "--config.data.standin.draw=False",
    f"--config.data.paths.rafd={tmp_path / 'faces'}",
    *("--stage=prepare", "--workdir=run"),
  )
  assert done.returncode == 0, done.stderr
  assert list(tmp_path.glob("run/prepare-*/faces.npy"))
