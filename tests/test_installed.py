"""A wheel, installed and run elsewhere: its experiments travel with it."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OWN = "from jaxfer.configs import base\n\n\ndef get_config():\n"
OWN += "  config = base.get_config()\n  config.run.experiment = 'mine'\n"
OWN += "  return config\n"


def build(what, source, out):
  call = f"from setuptools import build_meta as b; b.build_{what}({str(out)!r})"
  subprocess.run(
    [sys.executable, "-c", call], cwd=source, check=True, capture_output=True
  )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
  """The wheel of the sdist, where pip would put it."""
  pytest.importorskip("setuptools", minversion="77")
  folder = tmp_path_factory.mktemp("wheel")
  source = folder / "source"
  ignore = shutil.ignore_patterns("__pycache__")
  for name in ("jaxfer", "configs"):
    shutil.copytree(ROOT / name, source / name, ignore=ignore)
  for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
    shutil.copy(ROOT / name, source)
  build("sdist", source, folder)
  (packed,) = folder.glob("*.tar.gz")
  shutil.unpack_archive(packed, folder, filter="data")
  build("wheel", folder / packed.name.removesuffix(".tar.gz"), folder)
  (wheel,) = folder.glob("*.whl")
  with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder / "site")
  return folder / "site"


def run(site, cwd, *arguments):
  done = subprocess.run(
    [sys.executable, "-m", "jaxfer.main", *arguments],
    cwd=cwd,
    env=os.environ | {"PYTHONPATH": str(site)},
    capture_output=True,
    text=True,
  )
  assert "Traceback" not in done.stderr, done.stderr
  return done


@pytest.mark.slow
def test_it_brings_nothing_but_its_own_name(site):
  assert {path.name.partition("-")[0] for path in site.iterdir()} == {"jaxfer"}
  assert (site / "jaxfer" / "configs" / "base.py").is_file()
  assert (site / "jaxfer" / "report" / "parts" / "audit.html").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("theirs", [False, True])
def test_its_experiments_are_found_whatever_the_folder_holds(
  site, tmp_path, theirs
):
  (tmp_path / "mine.py").write_text(OWN)
  if theirs:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "__init__.py").touch()
    (tmp_path / "configs" / "base.py").write_text("LR = 1\n")
    (tmp_path / "configs" / "mine.py").write_text(OWN)
  drawn = ("--config.data.standin.draw=True", "--print_config")
  for config in (
    "configs/radboud.py:small",
    f"{site}/configs/own_faces.py:small",
    "configs/mine.py" if theirs else "mine.py",
  ):
    done = run(site, tmp_path, f"--config={config}", *drawn)
    assert done.returncode == 0, done.stderr
    assert "experiment: " in done.stdout
  missing = run(site, tmp_path, "--config=configs/radbuod.py", "--dry_run")
  assert missing.returncode == 1 and "radbuod" in missing.stderr
