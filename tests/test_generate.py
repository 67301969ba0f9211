"""Sampling for people: what is written, that it repeats, what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jaxfer import generate, workdirs
from jaxfer.data import sheet, video
from jaxfer.learn import sample

SIDE = 8  # pixels of a face


@pytest.fixture(scope="module")
def run(make_run, tmp_path_factory) -> Path:
  workdir = tmp_path_factory.mktemp("generate") / "run"
  make_run(workdir)
  return workdir


@pytest.fixture
def draw(run, tmp_path, capsys):
  """Draws into a new folder, and returns it with what was said."""

  def call(*arguments, out="out", workdir=run):
    status = generate.main(
      [f"--workdir={workdir}", f"--out={tmp_path / out}", *arguments]
    )
    said = capsys.readouterr()
    assert status == 0, said.err
    return tmp_path / out, said.out

  return call


@pytest.fixture
def refused(run, capsys):
  """What a call that must fail says; nothing may be written."""

  def call(*arguments, workdir=run):
    before = sorted(workdir.rglob("*"))
    assert generate.main([f"--workdir={workdir}", *arguments]) == 1
    assert sorted(workdir.rglob("*")) == before
    return capsys.readouterr().err

  return call


def pixels(path: Path) -> np.ndarray:
  return np.asarray(Image.open(path))


def cells(path: Path) -> np.ndarray:
  """The faces of a sheet: (rows, columns, side, side, 3)."""
  picture = pixels(path)
  rows, columns = picture.shape[0] // SIDE, picture.shape[1] // SIDE
  return picture.reshape(rows, SIDE, columns, SIDE, 3).swapaxes(1, 2)


def test_faces_are_those_of_the_generator_and_the_grid_holds_the_first(
  draw, run
):
  out, _ = draw("--count=5", "--seed=3", "--grid=2x2")
  dcgan, state = workdirs.find(run).open()
  expected = sample.draw(dcgan, state, sample.latents(3, 5, dcgan.latent))
  files = sorted(out.glob("[0-9]*.png"))
  assert [path.name for path in files] == [f"{i:06d}.png" for i in range(5)]
  np.testing.assert_array_equal([pixels(p) for p in files], expected)
  np.testing.assert_array_equal(
    pixels(out / "grid.png"), sheet.grid(expected[:4], 2)
  )


def test_a_conditional_dcgan_draws_labels_as_it_was_told_them(
  make_run, draw, tmp_path
):
  workdir = tmp_path / "conditional"
  happy, sad = np.eye(8, dtype=np.int8)[[4, 6]]
  learnt = np.array([happy] * 18 + [sad] * 6)
  made = make_run(workdir, labels=learnt)
  out, _ = draw("--count=40", "--seed=3", "--grid=2x3", workdir=workdir)
  labels = np.load(out / "labels.npy")
  assert labels.dtype == np.int8
  np.testing.assert_array_equal(
    labels, sample.labels_for(made["pretrain"], 3, 40)
  )
  # Binomial: 30 of 40 expected, with a standard deviation of 2.7.
  assert 20 < (labels == happy).all(1).sum() < 39
  dcgan, state = workdirs.find(workdir).open()
  z = sample.latents(3, 40, dcgan.latent)
  expected = sample.draw(dcgan, state, z, labels)
  files = sorted(out.glob("[0-9]*.png"))
  np.testing.assert_array_equal([pixels(p) for p in files], expected)
  # A row of the grid is one label, the most frequent first; a column, a latent.
  z = np.tile(sample.latents(3, 3, dcgan.latent), (2, 1))
  told = np.repeat([happy, sad], 3, axis=0)
  shown = sample.draw(dcgan, state, z, told)
  np.testing.assert_array_equal(pixels(out / "grid.png"), sheet.grid(shown, 3))


def test_a_grid_may_show_more_than_are_kept(draw):
  out, _ = draw("--count=2", "--grid=3x2")
  assert len(list(out.glob("[0-9]*.png"))) == 2
  shown = cells(out / "grid.png").reshape(6, -1)
  assert len(np.unique(shown, axis=0)) == 6


def test_a_face_does_not_depend_on_how_many_are_drawn(draw):
  few, _ = draw("--count=1", "--grid=1x1", out="few")
  many, _ = draw("--count=7", "--grid=1x1", out="many")
  assert (few / "000000.png").read_bytes() == (many / "000000.png").read_bytes()


@pytest.mark.parametrize("size", [64, 128])
def test_faces_have_the_size_of_those_learnt_from(
  make_run, draw, size, tmp_path
):
  # 64 is the paper's; 128 is crop.size alone, and one layer more.
  make_run(tmp_path / "run", size=size, people=2, each=2, generated=2)
  out, _ = draw("--count=1", "--grid=1x2", workdir=tmp_path / "run")
  assert pixels(out / "000000.png").shape == (size, size, 3)
  assert pixels(out / "grid.png").shape == (size, 2 * size, 3)
  assert json.loads((out / "about.json").read_text())["size"] == size


def test_one_npz_holds_faces_and_their_latents(draw, run):
  out, _ = draw("--count=4", "--npz")
  assert not list(out.glob("[0-9]*.png"))
  with np.load(out / "faces.npz", allow_pickle=False) as held:
    faces, z = held["faces"], held["z"]
  assert faces.shape == (4, SIDE, SIDE, 3) and faces.dtype == np.uint8
  dcgan, state = workdirs.find(run).open()
  np.testing.assert_array_equal(sample.draw(dcgan, state, z), faces)


EVERYTHING = ("--count=4", "--grid=2x2", "--paths=3", "--history", "--nearest")


@pytest.mark.parametrize("form", [(), ("--npz",)])
def test_the_same_seed_gives_the_same_bytes_and_another_others(draw, form):
  folders = [
    draw(*EVERYTHING, *form, f"--seed={seed}", out=name)[0]
    for name, seed in (("a", 7), ("b", 7), ("c", 8))
  ]
  a, b, c = (
    {path.name: path.read_bytes() for path in folder.iterdir()}
    for folder in folders
  )
  assert a == b
  # The training's grids are of fixed latents.
  changed = {name for name in a if a[name] != c[name]}
  assert changed == set(a) - {"history.gif"}


def test_paths_run_over_the_sphere_from_one_drawn_face_to_the_next(draw, run):
  out, _ = draw("--count=4", "--paths=2", "--steps=5")
  strip = cells(out / "interpolation.png")
  assert strip.shape[:2] == (2, 5)
  faces = [pixels(out / f"{i:06d}.png") for i in range(4)]
  np.testing.assert_array_equal(strip[:, 0], faces[0::2])
  np.testing.assert_array_equal(strip[:, -1], faces[1::2])
  dcgan, state = workdirs.find(run).open()
  z = np.asarray(sample.latents(0, 4, dcgan.latent))
  walked = sample.draw(dcgan, state, sample.spherical(z[2], z[3], 5))
  np.testing.assert_array_equal(strip[1], walked)


def test_the_gif_of_paths_goes_there_and_back_for_ever(draw):
  out, _ = draw("--count=1", "--paths=3", "--steps=4", "--grid=2x2")
  with Image.open(out / "interpolation.gif") as gif:
    # Three faces in two columns; four steps there, the inner two back.
    assert gif.size == (2 * SIDE, 2 * SIDE)
    assert gif.n_frames == 6
    assert gif.info["loop"] == 0


def test_the_history_shows_the_grids_of_the_training_in_order(draw, run):
  out, _ = draw("--count=1", "--history")
  grids = sorted(workdirs.find(run).folder.glob("grids/*.png"))
  with Image.open(out / "history.gif") as gif:
    assert gif.n_frames == len(grids) == 3
    for i, path in enumerate(grids):
      gif.seek(i)
      # A GIF has 256 colours: near, not equal.
      frame = np.asarray(gif.convert("RGB"), float)
      assert np.abs(frame - pixels(path)).mean() < 4
      assert gif.info["duration"] == (1500 if i == 2 else 320)


def test_clips_play_as_gif_and_mp4_near_those_drawn(make_run, draw, tmp_path):
  workdir, size, frames = tmp_path / "run", 16, 4
  made = make_run(workdir, frames=frames, size=size)
  how = ("--count=2", "--grid=2x2", "--paths=1", "--nearest", "--history")
  out, said = draw(*how, workdir=workdir)
  assert said.startswith(f"2 clips of {made['pretrain'].name}")
  learner, state = workdirs.find(workdir).open()
  drawn = sample.draw(learner, state, sample.latents(0, 4, learner.latent))
  for stem, one in (("000001", drawn[1:2]), ("grid", drawn)):
    expected = sheet.frames(one, 2 if stem == "grid" else 1)
    name = str(out / f"{stem}.mp4")
    assert len(video.times(name)) == frames
    for seen, was in zip(
      video.take(name, range(frames)), expected, strict=True
    ):
      cell = len(seen) // len(was)
      assert seen.shape == (cell * len(was), cell * len(was), 3)
      assert len(seen) >= 240
      small = seen.reshape(len(was), cell, len(was), cell, 3).mean((1, 3))
      assert np.abs(small - was).mean() < 6
    with Image.open(out / f"{stem}.gif") as gif:
      assert gif.n_frames == frames
  # Of each clip three frames beside each other.
  assert pixels(out / "grid.png").shape == (2 * size, 2 * 3 * size, 3)
  assert pixels(out / "nearest.png").shape == (4 * size, 4 * 3 * size, 3)
  assert json.loads((out / "about.json").read_text())["size"] == size
  again, _ = draw(*how, workdir=workdir, out="again")
  for path in out.iterdir():
    assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_without_an_encoder_clips_play_as_gif_alone_and_one_line_says_so(
  make_run, draw, tmp_path, monkeypatch, caplog
):
  monkeypatch.setitem(video._CODES, ".mp4", "none")
  make_run(tmp_path / "run", frames=2)
  out, _ = draw("--count=3", "--grid=1x1", workdir=tmp_path / "run")
  assert len(list(out.glob("*.gif"))) == 4
  assert not list(out.glob("*.mp4"))
  (said,) = (r.getMessage() for r in caplog.records if "film" in r.getMessage())
  assert said.endswith("this OpenCV has no encoder none")


def test_planted_copies_are_found_as_the_nearest(monkeypatch):
  # Blocks smaller than the set, so that the best come from several.
  monkeypatch.setattr(generate, "_BLOCK", 4)
  rng = np.random.default_rng(0)
  learnt = rng.integers(0, 256, (11, SIDE, SIDE, 3), np.uint8)
  faces = learnt[[9, 2]].copy()
  learnt[5] = learnt[2]
  learnt[5, 0, 0, 0] ^= 1  # off by one in one pixel: second nearest to 2
  panel = generate._beside(faces, learnt)
  assert panel.shape == (2, 4, SIDE, SIDE, 3)
  np.testing.assert_array_equal(panel[:, 0], faces)
  np.testing.assert_array_equal(panel[:, 1], learnt[[9, 2]])
  np.testing.assert_array_equal(panel[1, 2], learnt[5])
  assert generate._beside(learnt[:1], learnt[:2]).shape[1] == 3  # of two both


def test_the_panel_shows_only_faces_that_were_learnt_from(
  make_run, draw, tmp_path
):
  made = make_run(tmp_path / "run", left_out=1)
  out, _ = draw("--nearest", "--grid=4x4", workdir=tmp_path / "run")
  panel = cells(out / "nearest.png")
  assert panel.shape[:2] == (16, 4)
  grid = cells(out / "grid.png").reshape(16, SIDE, SIDE, 3)
  np.testing.assert_array_equal(panel[:, 0], grid)
  every = np.load(made["prepare"] / "faces.npy")
  learnt = {face.tobytes() for face in every[::2]}  # as test_workdirs says
  assert {face.tobytes() for row in panel[:, 1:] for face in row} <= learnt


def test_a_standin_run_says_so(draw, run, make_run, tmp_path):
  out, said = draw("--count=1")
  assert "drawn stand-in faces" in said
  about = json.loads((out / "about.json").read_text())
  assert about["standin"] is True
  assert about["dcgan"] == workdirs.find(run).folder.name
  make_run(tmp_path / "real", standin=False)
  out, said = draw("--count=1", out="real-out", workdir=tmp_path / "real")
  assert "drawn" not in said
  assert json.loads((out / "about.json").read_text())["standin"] is False


def test_faces_go_into_the_run_unless_told_otherwise(make_run, tmp_path):
  make_run(tmp_path)
  assert generate.main([f"--workdir={tmp_path}", "--count=1"]) == 0
  assert (tmp_path / "generated" / "grid.png").exists()


def test_two_draws_do_not_mix(draw, refused):
  out, _ = draw("--count=3")
  assert "is not empty" in refused("--count=1", f"--out={out}")
  assert len(list(out.glob("[0-9]*.png"))) == 3


@pytest.mark.parametrize(
  ("argument", "words"),
  [
    ("--count=0", "--count=0 must be 1 or more"),
    ("--count=-3", "--count=-3"),
    ("--seed=-1", "--seed=-1 must be 0 or more"),
    (f"--seed={2**40}", "less than 2^31"),
    ("--paths=-1", "--paths=-1"),
    ("--steps=1", "--steps=1 must be 2 or more"),
    ("--count=2000000000", "more than the 1,000,000 drawn at once"),
    ("--grid=9999x9999", "--grid: 99,980,001 faces are more"),
    ("--dcgan=other", "begin with 'other'"),
  ],
)
def test_what_cannot_be_drawn_is_refused_before_anything_is_written(
  refused, argument, words
):
  assert words in refused(argument)


@pytest.mark.parametrize("grid", ["0x3", "3", "8x", "-1x2", "2x²"])
def test_a_grid_has_rows_and_columns(run, grid, capsys):
  with pytest.raises(SystemExit):
    generate.main([f"--workdir={run}", f"--grid={grid}"])
  assert "ROWSxCOLUMNS" in capsys.readouterr().err


def test_without_a_run_there_is_nothing_to_draw(refused, tmp_path):
  assert "no trained DCGAN" in refused(workdir=tmp_path)
  assert "is no folder" in refused(workdir=tmp_path / "nowhere")


def test_several_dcgans_are_listed(make_run, refused, tmp_path):
  names = [make_run(tmp_path, seed=seed)["pretrain"].name for seed in range(2)]
  said = refused(workdir=tmp_path)
  assert all(name in said for name in names)


def test_a_training_without_grids_has_no_history(make_run, refused, tmp_path):
  made = make_run(tmp_path)
  for path in made["pretrain"].glob("grids/*"):
    path.unlink()
  assert "no sample grids" in refused("--history", workdir=tmp_path)


def test_restricted_faces_are_shown_only_where_the_owner_permits(
  make_run, draw, refused, tmp_path
):
  workdir = tmp_path / "run"
  make_run(workdir, standin=False)
  said = refused("--nearest", workdir=workdir)
  assert "Radboud" in said and "--owner_permits" in said
  out, _ = draw("--nearest", "--owner_permits", workdir=workdir)
  assert (out / "nearest.png").exists()


def test_a_damaged_checkpoint_is_an_error_in_words(make_run, capsys, tmp_path):
  made = make_run(tmp_path)
  for path in made["pretrain"].glob("checkpoints/**/*"):
    if path.is_file():
      path.write_bytes(b"")
  assert generate.main([f"--workdir={tmp_path}"]) == 1
  said = capsys.readouterr().err
  assert f"{made['pretrain'].name}/checkpoints/" in said
  assert "is not what was written" in said
  assert "run it again as it was run" in said
