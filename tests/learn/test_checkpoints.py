"""Damage to any file of a checkpoint: never another state, and never a crash.

Of two checkpoints the newer is damaged; what comes back is it, where nothing
refers to what was hit, or else the one before it.
"""

import dataclasses
import shutil
from pathlib import Path
from types import SimpleNamespace

import jax
import numpy as np
import pytest

from jaxfer.learn import checkpoints as checkpointlib
from jaxfer.learn import learners
from jaxfer.learn.checkpoints import Checkpoints

GAN = SimpleNamespace(
  learner="dcgan", width=2, latent=5, learning_rate=2e-4, beta1=0.5
)

# Orbax's threads die of what they read.
pytestmark = pytest.mark.filterwarnings(
  "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(scope="module")
def states():
  """States after one step and after two, of different numbers."""
  _, state = learners.create(GAN, image_size=8, seed=0)
  one = dataclasses.replace(jax.device_get(state), step=np.int32(1))
  return one, jax.tree.map(lambda leaf: leaf + leaf.dtype.type(1), one)


@pytest.fixture(scope="module")
def saved(states, tmp_path_factory):
  folder = tmp_path_factory.mktemp("saved") / "checkpoints"
  checkpoints = Checkpoints(folder)
  for state in states:
    checkpoints.save(state)
  checkpoints.close()
  return folder


def swap(path):
  """The same file of the other checkpoint, or one that lies beside it."""
  other = Path(str(path).replace("/checkpoints/2/", "/checkpoints/1/"))
  if not other.is_file():
    near = (p for p in path.parent.parent.rglob("*") if p.is_file())
    other = next(p for p in sorted(near) if p.read_bytes() != path.read_bytes())
  shutil.copyfile(other, path)


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete", "swap"])
def test_no_damaged_file_leads_to_another_state(
  states, saved, tmp_path, caplog, damages, damage
):
  spoil = {**damages, "swap": swap}[damage]
  names = [p.relative_to(saved) for p in (saved / "2").rglob("*")]
  files = [name for name in names if (saved / name).is_file()]
  assert len(files) >= 8
  lost = 0
  for number, name in enumerate(sorted(files)):
    folder = tmp_path / str(number) / "checkpoints"
    shutil.copytree(saved, folder)
    spoil(folder / name)
    caplog.clear()
    checkpoints = Checkpoints(folder)
    restored = checkpoints.restore(states[0])
    checkpoints.close()
    assert restored is not None, name
    step = int(restored.step)
    found, expected = (
      checkpointlib.checksum(checkpointlib.named(state))
      for state in (restored, states[step - 1])
    )
    assert found == expected, name
    aside = folder.with_name("checkpoints-damaged-2")
    assert aside.exists() == (step == 1), name
    if step == 1:
      lost += 1
      assert "lost: the checkpoint of step 2; the run goes on from step 1" in (
        caplog.text
      ), name
  assert lost >= 3


def test_checkpoints_of_another_training_do_not_count(states, tmp_path, caplog):
  folder = tmp_path / "checkpoints"
  checkpoints = Checkpoints(folder, run="one")
  checkpoints.save(states[0])
  checkpoints.close()
  for run, step in (("one", 1), ("other", None)):
    checkpoints = Checkpoints(folder, run=run)
    restored = checkpoints.restore(states[0])
    checkpoints.close()
    assert (restored and int(restored.step)) == step
  assert "it is another training's" in caplog.text


def test_a_checkpoint_of_other_networks_is_refused_naming_the_leaf(saved):
  fewer = learners.create(GAN, image_size=8, seed=0)[1]
  fewer.gen.params.popitem()
  with pytest.raises(ValueError, match=r"gen\.params\.\S+ should be nothing, "):
    checkpointlib.load(saved.parent, fewer)
  wider = SimpleNamespace(**(vars(GAN) | {"width": 8}))
  other = learners.create(wider, image_size=8, seed=0)[1]
  with pytest.raises(ValueError, match=r"gen\.params\..*float32\["):
    checkpointlib.load(saved.parent, other)


def test_what_was_being_deleted_when_a_run_ended_goes(states, tmp_path):
  folder = tmp_path / "checkpoints"

  def save(*steps):
    checkpoints = Checkpoints(folder, every=2)
    for step in steps:
      now = dataclasses.replace(states[0], step=np.int32(step))
      checkpoints.save(now)
    checkpoints.close()

  save(2, 3)
  shutil.copytree(folder / "3", tmp_path / "3")
  save(4)
  assert {path.name for path in folder.iterdir()} == {"2", "4"}
  for name in ("_CHECKPOINT_METADATA", "state/ocdbt.process_0"):
    path = tmp_path / "3" / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
  (tmp_path / "3").rename(folder / "3")
  assert checkpointlib.load(tmp_path, states[0]).step == 4
  assert (folder / "3").exists()  # nothing is changed by who only reads
  checkpoints = Checkpoints(folder, every=2)
  restored = checkpoints.restore(states[0])
  checkpoints.close()
  assert restored is not None and restored.step == 4
  assert {path.name for path in folder.iterdir()} == {"2", "4"}
