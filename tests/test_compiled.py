"""The cache of compiled programs: kept between processes, never another's."""

import os
import subprocess
import sys

import pytest

from jaxfer import compiled
from jaxfer.errors import UserError

_PROGRAM = """
import logging
logging.basicConfig(level=logging.WARNING)
from jaxfer import backend
backend.devices()
import jax
hits = []
jax.monitoring.register_event_listener(
  lambda name, **more: hits.append(name) if name.endswith("cache_hits") else 0
)
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
print(jax.jit(lambda x: (x @ x.T).sum())(jax.numpy.ones((9, 9))), len(hits))
"""


def _run(tmp_path, **changes):
  kept = {
    name: value
    for name, value in os.environ.items()
    if name not in (compiled.VARIABLE, "JAX_COMPILATION_CACHE_DIR")
  }
  return subprocess.run(
    [sys.executable, "-c", _PROGRAM],
    env=kept | {"XDG_CACHE_HOME": str(tmp_path)} | changes,
    capture_output=True,
    text=True,
    check=True,
  )


def test_a_second_process_loads_what_the_first_compiled(tmp_path):
  first, second = _run(tmp_path), _run(tmp_path)
  assert first.stdout == "729.0 0\n"
  result, hits = second.stdout.split()
  assert result == "729.0"
  assert int(hits) > 0
  assert (tmp_path / "jaxfer").stat().st_mode & 0o777 == 0o700


def test_one_variable_switches_it_off(tmp_path):
  assert _run(tmp_path, JAXFER_COMPILED="off").stdout == "729.0 0\n"
  assert not (tmp_path / "jaxfer").exists()


def test_what_others_may_write_is_not_loaded(tmp_path):
  _run(tmp_path)
  (tmp_path / "jaxfer").chmod(0o770)
  found = _run(tmp_path)
  assert found.stdout == "729.0 0\n"
  assert "is of mode 0770, and may be of 0700 only" in found.stderr


def test_another_users_folder_is_refused(tmp_path, monkeypatch):
  folder = tmp_path / "jaxfer"
  assert compiled._own(folder) == folder
  own = os.getuid()
  monkeypatch.setattr(os, "getuid", lambda: own + 1)
  with pytest.raises(UserError, match=f"but of user {own}"):
    compiled._own(folder)


def test_a_link_and_a_replaceable_folder_are_refused(tmp_path):
  (tmp_path / "link").symlink_to(tmp_path)
  with pytest.raises(UserError, match="is no folder of user"):
    compiled._own(tmp_path / "link")
  shared = tmp_path / "shared"
  shared.mkdir()
  shared.chmod(0o777)
  with pytest.raises(UserError, match="lets other users replace own"):
    compiled._own(shared / "own")
  shared.chmod(0o1777)  # as /tmp is: only the owner may replace what is his
  compiled._own(shared / "own")


def test_what_was_used_longest_ago_goes_first(tmp_path, monkeypatch):
  for k in range(4):
    path = tmp_path / f"{k}"
    path.write_bytes(bytes(10))
    os.utime(path, (k, k))
  monkeypatch.setattr(compiled, "_MOST_BYTES", 25)
  compiled._trim(tmp_path)
  assert sorted(path.name for path in tmp_path.iterdir()) == ["2", "3"]
