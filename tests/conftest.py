"""Strict once, for all tests; and a run to look at, made without running."""

import atexit
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import pytest

from jaxfer import artifacts
from jaxfer.data import crop, sheet, table
from jaxfer.learn import checkpoints, learners, sample

# Half of the tests' time was XLA's compiler, which takes half of that without
# its fusion emitters; a newer JAX does not know the flag. `make test-all` names
# flags of its own, none, and so compiles as a run does.
if jax.__version_info__ < (0, 11):
  os.environ.setdefault("XLA_FLAGS", "--xla_cpu_use_fusion_emitters=false")
# Whatever runs the tests in the background may have it ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
# Sharding and synchronised batch norm are tested on four devices.
jax.config.update("jax_num_cpu_devices", 4)
# A shape that is broadcast by accident is an error.
jax.config.update("jax_numpy_rank_promotion", "raise")
# So is a random key that is used twice.
jax.config.update("jax_debug_key_reuse", True)

# Many tests train the same tiny network anew; it is compiled once, for all the
# processes among which files are shared out. The cache lives as long as the
# session: programs compiled for another CPU may crash.
if "JAXFER_TEST_CACHE" not in os.environ:
  os.environ["JAXFER_TEST_CACHE"] = tempfile.mkdtemp(prefix="jaxfer-tests-")
  atexit.register(shutil.rmtree, os.environ["JAXFER_TEST_CACHE"])
# Programs that tests start keep theirs there too, and not in a user's folder.
os.environ.setdefault("JAXFER_COMPILED", os.environ["JAXFER_TEST_CACHE"])
jax.config.update("jax_compilation_cache_dir", os.environ["JAXFER_TEST_CACHE"])
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)


def pytest_collection_modifyitems(items):
  """Files with whole runs come first, so that none is waited for at the end."""
  long = {item.path for item in items if item.get_closest_marker("pipeline")}
  items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="module", autouse=True)
def _programs_go_with_their_file():
  """Each program maps memory, and a process has 65,530 maps before it crashes.

  What is used again comes from the cache.
  """
  yield
  jax.clear_caches()


@pytest.fixture
def run_notebook(tmp_path):
  """Runs one of the documentation's, from its first cell to its last.

  It sees the run named, in a folder of its own; what it prints is returned.
  """

  def run(name: str, workdir: Path) -> str:
    path = Path(__file__).parents[1] / "docs" / "notebooks" / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    assert notebook["nbformat"] == 4 and len(cells) > 3
    assert not any(cell["outputs"] for cell in cells)  # nobody's numbers
    code = "\n".join("".join(cell["source"]) for cell in cells)
    path = os.pathsep.join(map(os.path.abspath, sys.path))
    done = subprocess.run(
      [sys.executable, "-c", code],
      cwd=tmp_path,
      env=os.environ | {"JAXFER_RUN": str(workdir), "PYTHONPATH": path},
      capture_output=True,
      text=True,
      check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout

  return run


@pytest.fixture
def browser(tmp_path):
  """A tab of a headless Chromium."""
  path = Path(__file__).parent / "study" / "chromium.py"
  spec = importlib.util.spec_from_file_location("chromium", path)
  chromium = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(chromium)
  if chromium.FOUND is None:
    pytest.skip("no Chromium")
  folder = tmp_path / "chromium"
  folder.mkdir()
  opened = chromium.Browser(folder)
  yield opened
  opened.close()


@pytest.fixture(scope="session")
def make_run():
  """Writes a run's folder by hand: random faces, and an untrained DCGAN."""

  def make(
    workdir: Path,
    *,
    dataset: str = "rafd",
    standin: bool = True,
    people: int = 6,
    each: int = 4,
    size: int = 8,
    frames: int = 0,
    generated: int = 24,
    left_out: int | None = None,
    labels: np.ndarray | None = None,
    seed: int = 0,
    report: str = "",
  ) -> dict[str, Path]:
    """The artifacts by stage; of one `size` and `seed` they are the same.

    With `frames`, of clips.
    """
    store, rng = artifacts.Store(workdir), np.random.default_rng(seed)
    one = (*([frames] if frames else []), size, size, 3)
    faces = rng.integers(0, 256, (people * each, *one), np.uint8)
    found: dict[str, Path] = {}
    specs: dict[str, artifacts.Spec] = {}

    def write(stage, build, settings, label=dataset, **inputs):
      spec = artifacts.Spec(stage, label, 1, settings, inputs)
      found[stage], specs[stage] = store.make(spec, build), spec

    def prepare(out):
      np.save(out / "faces.npy", faces)
      rows = [
        table.Face(f"{i}.png", dataset, subject=f"p{i % people}")
        for i in range(len(faces))
      ]
      columns = crop.MANIFEST_COLUMNS
      table.write_csv(out / "manifest.csv", columns, map(table.to_row, rows))

    def fold(out):
      rows = [{"group": f"p{i}", "sealed_fold": i % 2} for i in range(people)]
      table.write_csv(out / "folds.csv", ("group", "sealed_fold"), rows)

    def pretrain(out):
      gan = learners.section(specs_gan)
      count = 0 if labels is None else labels.shape[1]
      _, state = learners.create(gan, image_size=size, seed=seed, labels=count)
      if labels is not None:
        np.save(out / sample.LABELS, labels)
      saved = checkpoints.Checkpoints(out / "checkpoints")
      saved.save(state)
      saved.close()
      (out / "grids").mkdir()
      for step in range(3):
        sheet.write(faces[step : step + 4], out / f"grids/{step:06d}.png", 2)

    def draw(out):
      np.save(
        out / "faces.npy",
        rng.integers(0, 256, (generated, *one), np.uint8),
      )

    data = "owner's"
    if standin:
      write("standin", lambda out: None, {"seed": seed})
      data = specs["standin"].key
    write("prepare", prepare, {"dataset": dataset, "size": size}, data=data)
    specs_gan = {"width": 2, "latent": 5, "learning_rate": 2e-4, "beta1": 0.5}
    if frames:
      specs_gan |= {"learner": "clip_dcgan", "clip": {"frames": frames}}
    settings, inputs = {**specs_gan, "seed": seed}, {}
    if labels is not None:
      settings["condition"] = "emotion"
    if left_out is not None:
      write("folds", fold, {})
      settings["left_out"], inputs["folds"] = left_out, specs["folds"].key
    write("pretrain", pretrain, settings, faces=specs["prepare"].key, **inputs)
    write("generate", draw, {}, label="", gan=specs["pretrain"].key)
    if report:
      folder = workdir / "report"
      folder.mkdir()
      made = {"generate": {"": found["generate"].name}}
      results = {"experiment": report, "artifacts": made}
      (folder / "results.json").write_text(json.dumps(results))
    return found

  return make


def _flip(path):
  content = bytearray(path.read_bytes())
  content[len(content) // 2] ^= 1
  path.write_bytes(content)


def _truncate(path):
  os.truncate(path, path.stat().st_size // 2)


@pytest.fixture(scope="session")
def damages():
  """By name, what may happen to any file: a bit turned over, its end lost."""
  return {"flip": _flip, "truncate": _truncate, "delete": Path.unlink}


@pytest.fixture(scope="session")
def survival():
  """The module tests/survival.py."""
  path = Path(__file__).with_name("survival.py")
  spec = importlib.util.spec_from_file_location("survival", path)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module


@pytest.fixture(scope="session")
def server(survival):
  """Starts runs in processes of their own, quickly."""
  started = survival.Server(Path(os.environ["JAXFER_TEST_CACHE"], "runs"))
  yield started
  started.close()


@pytest.fixture(scope="session")
def jaxfer(server):
  """Runs `jaxfer.main` as a user does; it must succeed, or is not to `check`.

  With words in the environment it is started anew, which takes seconds. Not
  `drawn`, its figures are specks.
  """

  def run(*arguments, check=True, drawn=True, **environment):
    if environment:
      done = subprocess.run(
        [sys.executable, "-m", "jaxfer.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env=os.environ | environment,
        check=False,
      )
    else:
      done = SimpleNamespace(**server.run(arguments, drawn=drawn))
      done.returncode = done.status
    if check:
      assert done.returncode == 0, done.stdout + done.stderr
    return done

  return run


@pytest.fixture(scope="session")
def refused(jaxfer):
  """The message of a run that must fail, without a traceback."""

  def run(*arguments, **environment):
    done = jaxfer(*arguments, check=False, **environment)
    assert done.returncode not in (0, -6, -11)
    assert "Traceback" not in done.stderr
    return done.stderr

  return run


@pytest.fixture(scope="session")
def whole_run(survival, server, tmp_path_factory):
  """A small run through every stage that nothing has disturbed."""
  workdir = tmp_path_factory.mktemp("undisturbed") / "run"
  answer = server.run(survival.EXPERIMENT, workdir)
  assert answer["status"] == 0, answer["said"]
  return SimpleNamespace(
    workdir=workdir,
    changes=answer["changes"],
    spans=answer["spans"],
    contents=survival.contents(workdir),
  )
