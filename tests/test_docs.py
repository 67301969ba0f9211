"""The pages: links lead somewhere, and what they tell people to type exists."""

import ast
import functools
import importlib.util
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import numpy as np
import pytest
from ml_collections import ConfigDict

from jaxfer import config as configlib
from jaxfer.__main__ import COMMANDS
from jaxfer.configs import base

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def load(path):
  spec = importlib.util.spec_from_file_location(path.stem, path)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module


hooks = load(DOCS / "hooks.py")
PAGES = [*sorted(DOCS.rglob("*.md")), *(ROOT / n for n in hooks.REPOSITORY)]
GENERATED = [
  f"reference/{name}.md" for name in ("benchmarks", "cli", "config", "features")
]
each_page = pytest.mark.parametrize(
  "page", PAGES, ids=lambda path: str(path.relative_to(ROOT))
)


def anchors(path):
  """As GitHub and MkDocs name the headings of a page."""
  found = re.findall(r"^#+ +(.+)$", path.read_text(), re.MULTILINE)
  plain = (re.sub(r"[^\w\- ]", "", words.lower()) for words in found)
  return {re.sub(r"[ -]+", "-", words.strip()) for words in plain}


def links(path):
  for _, target in hooks.LINK.findall(path.read_text()):
    file, _, anchor = target.partition("#")
    if ":" not in file:
      yield (path.parent / file).resolve() if file else path, anchor


@each_page
def test_links_lead_to_files_and_headings_that_exist(page):
  for target, anchor in links(page):
    assert target.is_relative_to(ROOT), target
    assert target.exists(), f"{page.name} links to {target}"
    assert not anchor or anchor in anchors(target), f"{target}#{anchor}"


def site():
  """By its name on the site, where a page stands in the repository."""
  names = {str(path.relative_to(DOCS)): path for path in DOCS.rglob("*.*")}
  names |= {f"repository/{name}": ROOT / name for name in hooks.REPOSITORY}
  return names | dict.fromkeys(GENERATED)


@pytest.mark.parametrize(
  "name", [name for name in site() if name.endswith(".md")]
)
def test_links_lead_to_pages_of_the_site(name):
  pages = site()
  text = pages[name].read_text() if pages[name] else "[x](../index.md)"
  for _, target in hooks.LINK.findall(hooks.put_links_right(text, name)):
    file = target.partition("#")[0]
    if file and ":" not in file:
      found = os.path.normpath(Path(name).parent / file)
      assert found in pages, f"{name} links to {target}"


def test_a_link_to_what_the_site_lacks_is_words_alone():
  text = "[base](../configs/base.py), [more](how-to/runs.md#a), [x](#here)"
  right = hooks.put_links_right(text, "index.md")
  assert right == "base, [more](how-to/runs.md#a), [x](#here)"
  right = hooks.put_links_right("[a](docs/predict.md)", "repository/README.md")
  assert right == "[a](../predict.md)"


def test_every_page_has_a_place_in_the_contents():
  contents = re.findall(
    r"- ([\w./-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.M
  )
  pages = [name for name in site() if name.endswith(".md")]
  assert sorted(contents) == sorted(pages)


def test_the_reference_has_every_field_once_with_its_default():
  config = configlib.flatten(base.get_config())
  sets = set(base.get_config().data.paths)
  rows = hooks.fields((ROOT / "configs" / "base.py").read_text())
  said = {}
  for name, default, _ in rows:
    if default is not None:
      assert name not in said
      said[name] = ast.literal_eval(default.split("`")[1])
  for name, default in config.items():
    if name in said:
      assert said[name] == default, name
    else:  # the same of every set
      parts = ["<name>" if p in sets else p for p in name.split(".")]
      assert said[".".join(parts)] == default, name
  assert {name for name in said if "<name>" not in name} <= set(config)


def test_a_comment_is_the_meaning_of_its_field():
  source = """
  def get_config():
    config: Any = ConfigDict()
    # A room.
    a = config.a = ConfigDict()
    a.x = 1  # or 2
    # What y is.
    a.y = "b"  # seconds
    return config
  """
  assert list(hooks.fields(textwrap.dedent(source))) == [
    ("a", None, "A room."),
    ("a.x", "`1` or 2", ""),
    ("a.y", "`'b'`", "What y is. Seconds"),
  ]


def typed(page):
  """Commands that a page tells people to type, a line each."""
  text = page.read_text().replace("\\\n", " ")
  found = re.findall(r"(?:^    |`)((?:jaxfer|python -m) [^`\n]+)", text, re.M)
  return [line.split("#")[0].split("  ")[0].strip() for line in found]


@functools.cache
def options(*words):
  """What a command says that it takes."""
  done = subprocess.run(
    [sys.executable, "-m", "jaxfer", *words, "--help"],
    capture_output=True,
    text=True,
    check=True,
  )
  return set(re.findall(r"--(?:\[no\])?([a-z_-]+)", done.stdout))


@each_page
def test_commands_and_their_options_exist(page):
  for line in typed(page):
    words = [word for word in line.split() if re.fullmatch("[a-z]+", word)]
    if line.startswith("jaxfer "):
      assert words[1] in COMMANDS, line
      command = words[1:3] if words[1] == "study" else words[1:2]
      given = re.findall(r" --([a-z_-]+)(?=[= ]|$)", line)
      assert set(given) <= options(*command), line
    else:
      module = line.split()[2]
      if module.split(".")[0] in ("jaxfer", "benchmarks"):
        assert importlib.util.find_spec(module), line


@each_page
def test_fields_files_targets_and_experiments_exist(page):
  text = page.read_text()
  known = configlib.flatten(base.get_config())
  for name in re.findall(r"--config\.([a-z_0-9.]+)=", text):
    assert name in known, name
  for path in re.findall(r"\b(?:configs|launch|benchmarks)/\w+\.\w+", text):
    assert (ROOT / path).exists(), path
  for target in re.findall(r"(?:`|^    )make ([\w-]+)", text, re.M):
    rule = rf"^{target}:"
    assert re.search(rule, (ROOT / "Makefile").read_text(), re.M), target
  for path, argument in re.findall(r"(configs/\w+\.py):([\w=,-]+)", text):
    assert isinstance(load(ROOT / path).get_config(argument), ConfigDict)


def test_the_readme_is_short_and_its_pictures_are_small():
  assert len((ROOT / "README.md").read_text().splitlines()) <= 110
  for path in (DOCS / "images").glob("*"):
    assert path.stat().st_size <= 200_000, path


def test_the_control_of_the_tutorial_is_what_it_says():
  text = (DOCS / "tutorials" / "new-control.md").read_text()
  code = re.search(r"(    def colours\(.*?)\n    CONTROLS", text, re.S)
  room = {"np": np}
  exec(textwrap.dedent(code[1]), room)
  faces = np.zeros((2, 64, 64, 3), np.uint8)
  faces[1, :8, 8:16] = 255, 0, 51  # the second cell of the first row
  vectors = room["colours"](faces)
  assert vectors.shape == (2, 192) and vectors.dtype == np.float32
  assert not vectors[0].any()
  np.testing.assert_allclose(vectors[1, 3:6], [1, 0, 0.2])
  assert np.count_nonzero(vectors) == 2


def test_what_is_pinned_is_what_is_asked_for():
  requirements = pytest.importorskip("packaging.requirements")
  text = (ROOT / "pyproject.toml").read_text()
  pins = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if not line.startswith("#")
  )
  assert all(re.fullmatch(r"[\w.-]+", word) for word in [*pins, *pins.values()])
  pins = {re.sub(r"[-_.]+", "-", n.lower()): v for n, v in pins.items()}
  tables = tomllib.loads(text)["project"]
  extras = tables["optional-dependencies"]
  for line in [*tables["dependencies"], *extras["serve"], *extras["test"]]:
    one = requirements.Requirement(line)
    name = re.sub(r"[-_.]+", "-", one.name.lower())
    if name != "setuptools":  # of pip's own kind, which is not frozen
      assert one.specifier.contains(pins[name]), line


@pytest.mark.parametrize("name", ["Dockerfile", "jaxfer.def"])
def test_containers_hold_what_the_wheel_is_built_from(name):
  text = (ROOT / name).read_text().replace("\\\n", " ")
  needed = ("pyproject.toml", "setup.py", "README.md", "LICENSE")
  for path in (*needed, "constraints.txt", "configs", "jaxfer"):
    assert re.search(rf"^(COPY .*| +){re.escape(path)}\b", text, re.M), path
    assert (ROOT / path).exists()
    if name == "Dockerfile":
      assert f"!{path}" in (ROOT / ".dockerignore").read_text().split()


def test_the_image_runs_modules_for_launch_and_words_for_people(tmp_path):
  text = (ROOT / "jaxfer.def").read_text()
  script = re.search(r"%runscript\n(.*?)\n%test", text, re.S)[1]
  for name in ("jaxfer", "python"):
    tool = tmp_path / name
    tool.write_text(f'#!/bin/sh\necho {name} "$@"\n')
    tool.chmod(0o755)
  for given, expected in (
    (["-m", "jaxfer.main", "--list"], "python -m jaxfer.main --list\n"),
    (["run", "--list"], "jaxfer run --list\n"),
    ([], "jaxfer\n"),
  ):
    done = subprocess.run(
      ["/bin/sh", "-c", script, "image", *given],
      env={"PATH": f"{tmp_path}:/bin"},
      capture_output=True,
      text=True,
      check=True,
    )
    assert done.stdout == expected


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path):
  pytest.importorskip("mkdocstrings")
  pytest.importorskip("material")
  done = subprocess.run(
    [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(tmp_path)],
    cwd=ROOT,
    capture_output=True,
    text=True,
  )
  assert done.returncode == 0, done.stderr
  page = (tmp_path / "reference" / "cli.html").read_text()
  assert all(f"jaxfer {word}" in page for word in COMMANDS)
  assert str(ROOT) not in page
  assert "gan.beta1" in (tmp_path / "reference" / "config.html").read_text()
  for path in tmp_path.rglob("*.html"):
    sources = re.findall(r'(?:src|href)="(https?://[^"]+)"', path.read_text())
    assert not [s for s in sources if re.search(r"\.(js|css|woff2?)", s)]
