"""The command `jaxfer`: its words, and who gets the rest of the line."""

import importlib.util
import subprocess
import sys

import pytest

import jaxfer
from jaxfer.__main__ import COMMANDS


def run(module, *arguments):
  return subprocess.run(
    [sys.executable, "-m", module, *arguments], capture_output=True, text=True
  )


@pytest.mark.parametrize("arguments", [(), ("-h",), ("--help",)])
def test_alone_it_lists_its_commands_a_line_each(arguments):
  done = run("jaxfer", *arguments)
  assert done.returncode == 0 and not done.stderr
  said = [line.split()[0] for line in done.stdout.splitlines() if line]
  for word, (module, _) in COMMANDS.items():
    assert said.count(word) == 1
    assert importlib.util.find_spec(module)


def test_it_names_its_version():
  assert run("jaxfer", "--version").stdout == f"jaxfer {jaxfer.__version__}\n"


@pytest.mark.parametrize("word", ["rnu", "--cofnig=x", "main"])
def test_an_unknown_command_is_an_error_that_names_those_there_are(word):
  done = run("jaxfer", word, "--help")
  assert done.returncode == 2 and not done.stdout
  assert repr(word) in done.stderr
  assert all(known in done.stderr for known in COMMANDS)


@pytest.mark.parametrize("word", ["run", "verify"])  # of absl and of argparse
def test_the_rest_of_the_line_goes_to_the_module(word):
  module, _ = COMMANDS[word]
  assert run("jaxfer", word, "--help").stdout == run(module, "--help").stdout
  unknown = run("jaxfer", word, "--no_such_option")
  assert unknown.returncode != 0
  assert (unknown.returncode, unknown.stderr) == (
    (its := run(module, "--no_such_option")).returncode,
    its.stderr,
  )


def test_a_module_exits_with_its_own_status(tmp_path):
  """2 of `diff`: a run cannot be read; and the path reached it."""
  done = run("jaxfer", "diff", str(tmp_path / "a"), str(tmp_path / "b"))
  assert done.returncode == 2
  assert str(tmp_path / "a") in done.stderr
