"""The shape of the house, held by tests."""

import ast
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import jaxfer
from jaxfer import config as configlib
from jaxfer.configs import base

ROOT = Path(jaxfer.__file__).parents[1]
SOURCES = sorted((ROOT / "jaxfer").rglob("*.py"))
CONFIGS = sorted((ROOT / "configs").glob("*.py"))
LAUNCH = sorted((ROOT / "launch").glob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))
SCRIPTS = sorted((ROOT / "launch").glob("*.s[hb]*"))
EVERYTHING = [*SOURCES, *CONFIGS, *LAUNCH, *BENCHMARKS]

# From the ground up: a room imports from rooms before it, and from itself.
ROOMS = (
  "errors",
  "compiled",
  "backend",
  "cores",
  "termination",
  "facs",
  "representations",
  "terms",
  "config",
  "configs",
  "disk",
  "untrusted",
  "weight_files",
  "artifacts",
  "distributed",
  "parallel",
  "logs",
  "exits",
  "inventory",
  "kept",
  "events",
  "metrics",
  "data",
  "standin",
  "controls",
  "learn",
  "features",
  "svm",
  "measure",
  "scores",
  "experiment",
  "workdirs",
  "templates",
  "study",
  "results",
  "report",
  "recogniser",
  "doors",
  "predict",
  "export",
  "croissant",
  "serve",
  "generate",
  "human_study",
  "diff",
  "suite",
  "main",
  "__main__",
)


def room(path: Path) -> str:
  return path.relative_to(ROOT / "jaxfer").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
  """Dotted names of everything a file imports, wherever it does."""
  found = set()
  for node in ast.walk(ast.parse(path.read_text())):
    if isinstance(node, ast.Import):
      found |= {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom) and node.module:
      found.add(node.module)
      found |= {f"{node.module}.{alias.name}" for alias in node.names}
  return found


@pytest.mark.parametrize(
  "path", SOURCES, ids=lambda p: str(p.relative_to(ROOT))
)
def test_imports_point_one_way(path):
  own = room(path)
  if own == "__init__":
    return
  assert own in ROOMS, f"{own} has no place in the order of rooms"
  for name in imports(path):
    parts = name.split(".")
    if parts[0] == "jaxfer" and len(parts) > 1 and parts[1] in ROOMS:
      assert ROOMS.index(parts[1]) <= ROOMS.index(own), f"imports {name}"


def test_the_report_reads_results_and_makes_none():
  """It is given numbers, so it can be drawn again from what a workdir keeps."""
  readable = {"evidence", "together"}
  for path in SOURCES:
    if room(path) == "report":
      for name in imports(path):
        parts = name.split(".")
        if parts[:2] == ["jaxfer", "results"] and len(parts) > 2:
          assert parts[2] in readable, f"{path} imports {name}"
        assert parts[:2] != ["jaxfer", "experiment"], path


@pytest.mark.parametrize(
  "path", SOURCES, ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_file_is_one_concept_of_at_most_300_lines(path):
  assert len(path.read_text().splitlines()) <= 300
  assert path.stem != "utils"


def test_only_parallel_says_pmap():
  for path in SOURCES:
    if path.name != "parallel.py":
      names = {
        getattr(node, "attr", getattr(node, "id", ""))
        for node in ast.walk(ast.parse(path.read_text()))
      }
      assert "pmap" not in names, path


def packages(path: Path) -> set[str]:
  return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize(
  "path", EVERYTHING, ids=lambda p: str(p.relative_to(ROOT))
)
def test_nothing_is_pickled_evaluated_or_given_to_a_shell(path):
  banned = {"joblib", "dill", "cloudpickle", "marshal", "shelve"}
  if path.name != "weight_files.py":  # known files, and names of its own
    banned.add("pickle")
  assert not packages(path) & banned
  for node in ast.walk(ast.parse(path.read_text())):
    if isinstance(node, ast.Call):
      name = getattr(node.func, "id", "")
      assert name not in ("eval", "exec", "__import__"), ast.unparse(node)
      method = getattr(node.func, "attr", name)
      assert method not in ("system", "popen"), ast.unparse(node)
      for keyword in node.keywords:
        if keyword.arg == "shell":
          assert ast.unparse(keyword.value) == "False", ast.unparse(node)
      if ast.unparse(node.func) == "np.load":
        allowed = {k.arg: k.value for k in node.keywords}
        assert allowed["allow_pickle"].value is False, ast.unparse(node)


@pytest.mark.parametrize(
  "path",
  # A peer is what a benchmark is for.
  [*SOURCES, *CONFIGS, *LAUNCH],
  ids=lambda p: str(p.relative_to(ROOT)),
)
def test_nothing_is_of_another_framework(path):
  assert not packages(path) & {"torch", "tensorflow"}


@pytest.mark.parametrize(
  "path", EVERYTHING, ids=lambda p: str(p.relative_to(ROOT))
)
def test_nothing_speaks_to_the_network_or_downloads(path):
  banned = {"ftplib", "http", "httpx", "requests", "urllib", "urllib3"}
  banned |= {"smtplib", "socket", "socketserver", "ssl", "xmlrpc"}
  assert not packages(path) & banned
  for node in ast.walk(ast.parse(path.read_text())):
    if isinstance(node, ast.Call):
      name = getattr(node.func, "attr", getattr(node.func, "id", ""))
      assert "download" not in name, ast.unparse(node)
      # These two download what they do not find.
      assert ast.unparse(node.func) not in ("tfds.load", "tfds.builder")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_no_script_evaluates_what_it_is_given(path):
  assert not re.search(r"\beval\b|\bsource\b|`", path.read_text())


def test_every_config_field_is_read():
  text = "\n".join(p.read_text() for p in SOURCES)
  for name in configlib.flatten(base.get_config()):
    leaf = name.rpartition(".")[2]
    assert re.search(rf"\b{leaf}\b", text), f"nothing reads {name}"


# Where settings, files and folders of users are looked at.
DOORS = (
  "config",
  "experiment",
  "workdirs",
  "study",
  "generate",
  "suite",
  "main",
  "predict",
  "export",
)
READERS = ROOT / "jaxfer" / "data" / "readers"


@pytest.mark.parametrize(
  "path",
  [p for p in SOURCES if room(p) in DOORS or p.parent == READERS] + CONFIGS,
  ids=lambda p: str(p.relative_to(ROOT)),
)
def test_what_users_can_mend_is_raised_as_such(path):
  """A plain ValueError is shown with its traceback, as a fault of jaxfer."""
  for node in ast.walk(ast.parse(path.read_text())):
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
      assert ast.unparse(node.exc.func) != "ValueError", ast.unparse(node)


def public_objects():
  for info in pkgutil.walk_packages(jaxfer.__path__, "jaxfer."):
    if info.name.endswith("__main__"):
      continue
    module = importlib.import_module(info.name)
    yield info.name, module
    for name, value in vars(module).items():
      if name.startswith("_") or getattr(value, "__module__", "") != info.name:
        continue
      if inspect.isclass(value) or inspect.isfunction(value):
        yield f"{info.name}.{name}", value
      if inspect.isclass(value):
        for method, function in vars(value).items():
          if inspect.isfunction(function) and not method.startswith("_"):
            yield f"{info.name}.{name}.{method}", function


def test_everything_public_has_a_docstring():
  missing = [name for name, value in public_objects() if not value.__doc__]
  assert not missing


def run(code: str) -> str:
  return subprocess.run(
    [sys.executable, "-c", code],
    check=True,
    capture_output=True,
    text=True,
    cwd=ROOT,
    env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
  ).stdout


def test_importing_jaxfer_is_light():
  heavy = ["torch", "tensorflow", "cv2", "matplotlib", "cuml", "jax", "numpy"]
  code = f"import sys, jaxfer; print([m for m in {heavy} if m in sys.modules])"
  assert run(code).strip() == "[]"


def test_importing_every_stage_loads_neither_torch_tensorflow_nor_cuml():
  heavy = ["torch", "tensorflow", "cuml"]
  code = (
    "import sys, jaxfer.results.gathering, jaxfer.report.publish, jaxfer.main;"
    f"print([m for m in {heavy} if m in sys.modules])"
  )
  assert run(code).strip() == "[]"


def test_help_answers_without_starting_jax():
  code = (
    "import sys, jaxfer.main; sys.argv=['main', '--help'];"
    "import atexit; atexit.register(lambda: print('jax' in sys.modules));"
    "jaxfer.main.run()"
  )
  done = subprocess.run(
    [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
  )
  assert done.stdout.strip().endswith("False")
  assert done.returncode == 0


def test_the_tests_mirror_the_package():
  names = {p.relative_to(ROOT / "jaxfer") for p in SOURCES}
  folders = {p.parent for p in names}
  for path in sorted((ROOT / "tests").rglob("test_*.py")):
    folder = path.relative_to(ROOT / "tests").parent
    assert folder in folders, f"{path} tests no room"


def test_versions_agree():
  text = (ROOT / "pyproject.toml").read_text()
  assert f'version = "{jaxfer.__version__}"' in text
