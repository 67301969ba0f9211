"""Damage to anything that a run made is found before it is used."""

import os
import re
import shutil
from pathlib import Path

import pytest

from jaxfer import artifacts
from jaxfer.artifacts import DamagedError, Spec, Store

# One of each kind, by how its folder's name begins, and how many files of it
# are damaged, the largest first.
KINDS = (
  "standin-",
  "prepare-",
  "folds-",
  "pretrain-labelled-sealed-0",
  "extract-labelled-trained",
  "extract-labelled-hog",
  "probe-trained-sealed",
  "probe-hog",
  "generate-",
  "measure-",
)
FILES = 12


def swap(path):
  """Puts another file of the same run in its place."""
  others = (f for f in path.parent.iterdir() if f.is_file() and f != path)
  content = path.read_bytes()
  other = next((f for f in others if f.read_bytes() != content), None)
  if other is None:
    path.write_bytes(content[::-1])
  else:
    path.write_bytes(other.read_bytes())
    other.write_bytes(content)


def spec_of(folder):
  record = artifacts.provenance(folder)
  names = ("stage", "label", "version", "settings", "inputs")
  return Spec(**{name: record[name] for name in names})


def copied(whole_run, tmp_path, kind):
  """A workdir that holds one artifact of a kind, intact."""
  folder = next(iter(sorted(whole_run.workdir.glob(f"{kind}*"))))
  shutil.copytree(folder, tmp_path / folder.name)
  return tmp_path / folder.name


def files(folder):
  return {
    path.relative_to(folder): path.read_bytes()
    for path in folder.rglob("*")
    if path.is_file()
  }


@pytest.mark.pipeline
@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_file_of_an_artifact_passes(
  whole_run, tmp_path, kind, caplog, damages
):
  folder = copied(whole_run, tmp_path, kind)
  spec, whole = spec_of(folder), files(folder)
  sizes = sorted(whole, key=lambda name: len(whole[name]), reverse=True)
  chosen = {*sizes[:FILES], Path(artifacts.PROVENANCE)}

  def again(out):
    for name, content in whole.items():
      if name != Path(artifacts.PROVENANCE):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)

  for name in chosen:
    if not whole[name]:
      continue  # an empty file has nothing to flip
    for damage in (*damages.values(), swap):
      damage(folder / name)
      damaged = files(folder)
      caplog.clear()
      store = Store(tmp_path)
      assert store.make(spec, again) == folder
      (aside,) = tmp_path.glob("damaged-*")
      assert files(aside) == damaged, "what was damaged was not kept"
      assert folder.name in caplog.text
      assert aside.name in caplog.text
      artifacts.verify(folder)
      shutil.rmtree(aside)


@pytest.mark.pipeline
def test_a_whole_artifact_under_the_name_of_another_does_not_pass(
  whole_run, tmp_path, caplog
):
  one = copied(whole_run, tmp_path, "extract-labelled-trained")
  spec = spec_of(one)
  shutil.rmtree(one)
  shutil.move(copied(whole_run, tmp_path, "extract-labelled-hog"), one)
  artifacts.verify(one)  # nothing in it is damaged

  made = []
  Store(tmp_path).make(spec, made.append)
  assert made
  assert "is another artifact" in caplog.text
  assert (tmp_path / f"damaged-{spec.name}" / "features.npy").exists()


@pytest.mark.pipeline
def test_a_disk_that_does_not_give_a_file_back_counts_as_damage(
  whole_run, tmp_path, monkeypatch
):
  folder = copied(whole_run, tmp_path, "folds-")

  def broken(path):
    raise OSError(5, os.strerror(5), str(path))

  monkeypatch.setattr(artifacts, "sha256", broken)
  with pytest.raises(DamagedError, match=r"cannot be read: .*Input/output"):
    artifacts.verify(folder)


@pytest.mark.pipeline
def test_a_damaged_run_says_what_it_lost_and_ends_the_same(
  whole_run, survival, server, tmp_path, damages
):
  workdir = tmp_path / "run"
  shutil.copytree(whole_run.workdir, workdir, symlinks=True)
  for kind in ("prepare-", "pretrain-labelled-c", "probe-hog"):
    for folder in workdir.glob(f"{kind}*"):
      damages["flip"](max(folder.rglob("*.*"), key=lambda p: p.stat().st_size))
  (broken,) = workdir.glob("probe-hog*")
  answer = server.run([*survival.EXPERIMENT, "--stage=probe"], workdir)
  assert answer["status"] == 0, answer["said"]
  assert f"set aside as damaged-{broken.name}" in answer["said"]
  aside = list(workdir.glob("damaged-*"))
  assert len(aside) >= 2
  for path in aside:  # kept, but no part of what the run gives
    shutil.move(path, tmp_path)
  found = survival.contents(workdir)
  assert survival.different(found, whole_run.contents) == []


def arguments_from(survival, start):
  return [*survival.EXPERIMENT, "--stage=pretrain", f"--init_from={start}"]


@pytest.mark.pipeline
def test_weights_to_start_from_must_be_intact_and_fit(
  whole_run, survival, server, tmp_path, damages
):
  start = copied(whole_run, tmp_path, "pretrain-labelled-sealed-0")
  for kind in ("standin-", "prepare-", "folds-"):
    for made in whole_run.workdir.glob(f"{kind}*"):
      shutil.copytree(made, tmp_path / "wider" / made.name)
  wider = [*arguments_from(survival, start), "--config.gan.width=8"]
  answer = server.run(wider, tmp_path / "wider")
  assert answer["status"] == 1
  assert (
    "jaxfer: the checkpoint does not fit these networks: " in (answer["said"])
  )
  assert re.search(r"params\.\w+\.\w+ should be", answer["said"])

  largest = max(start.rglob("*"), key=lambda p: p.stat().st_size)
  damages["flip"](largest)
  before = files(start)
  answer = server.run(arguments_from(survival, start), tmp_path / "damaged")
  assert answer["status"] == 1
  assert largest.name in answer["said"]
  assert "gan.init_from" in answer["said"]
  assert files(start) == before
  assert not (tmp_path / "damaged").exists()

  answer = server.run(
    arguments_from(survival, tmp_path / "nowhere"), tmp_path / "none"
  )
  assert answer["status"] == 1
  assert "nowhere" in answer["said"]
  assert "gan.init_from" in answer["said"]
