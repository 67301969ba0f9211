"""Artifacts are named by what made them, built once, checked before use."""

import dataclasses
import os
from pathlib import Path

import pytest

from jaxfer import artifacts
from jaxfer.artifacts import DamagedError, Spec, Store

SPEC = Spec("extract", "trained", 1, {"layer": "conv4"}, {"gan": "0" * 64})


@pytest.fixture
def store(tmp_path):
  return Store(tmp_path / "run")


def _build(out: Path) -> None:
  (out / "deep").mkdir(exist_ok=True)
  (out / "a.npy").write_bytes(bytes(range(256)))
  (out / "deep" / "artifact.json").write_text("{}")


def _refuse(out: Path) -> None:
  raise AssertionError("this artifact was ready")


def _files(folder: Path) -> dict[str, bytes]:
  return {
    str(f.relative_to(folder)): f.read_bytes()
    for f in folder.rglob("*")
    if f.is_file() and ".locks" not in f.parts
  }


# Identity


@pytest.mark.parametrize(
  "changed",
  [
    {"stage": "probe"},
    {"label": "untrained"},
    {"version": 2},
    {"settings": {"layer": "conv3"}},
    {"inputs": {"gan": "1" * 64}},
  ],
)
def test_everything_that_determines_an_artifact_is_in_its_key(changed):
  other = dataclasses.replace(SPEC, **changed)
  assert other.key != SPEC.key
  assert other.name != SPEC.name


def test_a_name_reads_as_stage_label_and_hash():
  assert SPEC.name == f"extract-trained-{SPEC.key[:12]}"
  bare = dataclasses.replace(SPEC, label="")
  assert bare.name == f"extract-{bare.key[:12]}"


# Building


def test_an_artifact_is_built_once_and_says_how(store):
  path = store.make(SPEC, _build)
  assert path == store.path(SPEC)
  assert store.make(SPEC, _refuse) == path
  assert Store(store.workdir).make(SPEC, _refuse) == path
  record = artifacts.provenance(path)
  assert record["settings"] == {"layer": "conv4"}
  assert record["inputs"] == {"gan": "0" * 64}
  assert record["key"] == SPEC.key
  assert {"python", "jax", "numpy"} <= set(record["versions"])
  assert set(record["sha256"]) == {"a.npy", "deep/artifact.json"}
  # sha256 of the bytes 0 … 255, as sha256sum gives it.
  assert record["sha256"]["a.npy"] == (
    "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"
  )


def test_states_follow_a_build(store):
  assert store.state(SPEC) == "new"

  def fail(out):
    assert store.state(SPEC) == "begun"
    raise RuntimeError("interrupted")

  with pytest.raises(RuntimeError, match="interrupted"):
    store.make(SPEC, fail)
  assert store.state(SPEC) == "begun"
  store.make(SPEC, _build)
  assert store.state(SPEC) == "ready"
  assert not store.partial(SPEC).exists()


@pytest.mark.parametrize("resumable", [True, False])
def test_what_an_interrupted_build_left(store, resumable):
  def fail(out):
    (out / "half").write_text("done so far")
    raise KeyboardInterrupt

  with pytest.raises(KeyboardInterrupt):
    store.make(SPEC, fail, resumable=resumable)
  assert not store.path(SPEC).exists()
  found = []
  store.make(SPEC, lambda out: found.extend(out.iterdir()), resumable=resumable)
  assert [f.name for f in found] == (["half"] if resumable else [])


# Damage


def _flip(path):
  data = bytearray((path / "a.npy").read_bytes())
  data[100] ^= 1
  (path / "a.npy").write_bytes(data)


def _edit_record(path):
  text = (path / "artifact.json").read_text()
  assert "conv4" in text
  (path / "artifact.json").write_text(text.replace("conv4", "conv3"))


DAMAGE = {
  "flipped bit": (_flip, "a.npy is not what was written"),
  "truncated": (lambda p: os.truncate(p / "a.npy", 9), "a.npy is not what"),
  "deleted": (lambda p: (p / "a.npy").unlink(), "a.npy is gone"),
  "added": (lambda p: (p / "b").touch(), "b is not recorded"),
  "nested": (
    lambda p: (p / "deep" / "artifact.json").write_text("[]"),
    "deep/artifact.json is not what was written",
  ),
  "no record": (lambda p: (p / "artifact.json").unlink(), "artifact.json"),
  "torn record": (
    lambda p: os.truncate(p / "artifact.json", 40),
    "artifact.json cannot be read",
  ),
  "strange record": (
    lambda p: (p / "artifact.json").write_text("[1]"),
    "artifact.json cannot be read",
  ),
  "edited record": (_edit_record, "artifact.json is not what was written"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_set_aside_and_built_anew(store, caplog, kind):
  damage, said = DAMAGE[kind]
  path = store.make(SPEC, _build)
  whole = _files(path)
  damage(path)
  damaged = _files(path)
  with pytest.raises(DamagedError, match=said):
    artifacts.verify(path)

  assert Store(store.workdir).make(SPEC, _build) == path
  aside = store.workdir / f"damaged-{SPEC.name}"
  assert _files(aside) == damaged
  assert said in caplog.text
  assert aside.name in caplog.text
  assert _files(path)["a.npy"] == whole["a.npy"]
  artifacts.verify(path)


def test_a_second_damage_does_not_overwrite_the_first(store):
  for _ in range(2):
    _flip(Store(store.workdir).make(SPEC, _build))
  Store(store.workdir).make(SPEC, _build)
  aside = sorted(p.name for p in store.workdir.glob("damaged-*"))
  assert aside == [f"damaged-{SPEC.name}", f"damaged-{SPEC.name}-2"]
