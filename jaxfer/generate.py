"""Draws faces from a trained DCGAN.

    jaxfer generate --workdir=runs/demo --count=64 --seed=0

Leaves in --out (WORKDIR/generated if not given), which must be empty or not be
there yet, the faces as PNG files or, with --npz, as one faces.npz with their
latents; grid.png; with --paths, interpolations between latents as a strip and a
GIF; with --history, a GIF of the same latents along training; with --nearest,
beside each face of the grid the most similar faces that were learnt from, pixel
by pixel; and about.json, which says what the faces are. The same seed gives the
same bytes on the same kind of machine.

A conditional DCGAN draws labels as often as it was told them, and leaves them
in labels.npy; grid.png has one label a row and one latent a column.

A DCGAN of clips leaves each clip as a GIF and as an MP4, which small ones are
enlarged for, in place of a PNG; grid.gif and grid.mp4 play the grid. Other
pictures show the first, middle and last frame of each. Where OpenCV cannot
write MP4, the log says so, and there are none.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from jaxfer import doors, logs
from jaxfer.errors import UserError

_NEIGHBOURS = 3  # faces learnt from, beside a generated one
_MOST = 10**6  # faces in memory at once
_BLOCK = 1024  # faces learnt from that are compared at a time
_WALK = (80, 80)  # milliseconds of a GIF's frames, and of its last
_TRAINING = (320, 1500)


def main(arguments: Sequence[str] | None = None) -> int:
  """Draws what the arguments say; returns the exit status."""
  return doors.enter(_parser(), _generate, arguments)


def _generate(options: argparse.Namespace) -> None:
  # Here and not above: --help should not wait for JAX.
  import jax.numpy as jnp
  from PIL import Image

  from jaxfer import backend, workdirs
  from jaxfer.data import sheet
  from jaxfer.learn import sample

  _check(options)
  trained = workdirs.find(options.workdir, options.dcgan)
  trained.refuse_drawing_none()
  if options.nearest:
    trained.refuse_restricted(options.owner_permits)
  history = _history(trained.folder) if options.history else []
  out = options.out or options.workdir / "generated"
  if out.exists() and any(out.iterdir()):
    raise UserError(
      f"{out} is not empty, and faces of two draws would mix: delete it or"
      " name another --out"
    )
  backend.devices()
  learner, state = trained.open()

  def draw(z, labels) -> np.ndarray:
    return sample.draw(learner, state, jnp.asarray(z), labels)

  rows, columns = options.grid
  count, paths, steps = options.count, options.paths, options.steps
  wanted = max(count, rows * columns, 2 * paths)
  z = np.asarray(sample.latents(options.seed, wanted, learner.latent))
  labels = sample.labels_for(trained.folder, options.seed, wanted)
  faces = draw(z, labels)
  out.mkdir(parents=True, exist_ok=True)
  mp4 = True  # until one cannot be written
  if labels is not None:
    np.save(out / sample.LABELS, labels[:count])
  if options.npz:
    np.savez_compressed(out / "faces.npz", faces=faces[:count], z=z[:count])
  else:
    for i, face in enumerate(faces[:count]):
      if face.ndim == 3:
        Image.fromarray(face).save(out / f"{i:06d}.png")
      else:
        mp4 = _play(face[None], out / f"{i:06d}", 1, mp4)
  shown = faces[: rows * columns]
  if labels is not None:
    learnt = sample.read_labels(trained.folder)
    shown = draw(
      *sample.grid_of(options.seed, rows, columns, learner.latent, learnt)
    )
  sheet.write(shown, out / "grid.png", columns)
  if shown.ndim == 5:
    _play(shown, out / "grid", columns, mp4)
  if paths:
    ends = z[: 2 * paths].reshape(paths, 2, -1)
    # A path keeps the label that it begins with.
    told = None if labels is None else labels[: 2 * paths : 2].repeat(steps, 0)
    walked = draw(
      np.concatenate([sample.spherical(a, b, steps) for a, b in ends]),
      told,
    )
    sheet.write(walked, out / "interpolation.png", steps)
    by_step = walked.reshape(paths, steps, *walked.shape[1:]).swapaxes(0, 1)
    frames = [sheet.grid(step, min(columns, paths)) for step in by_step]
    # There and back, so that it runs round without a jump.
    _animate(frames + frames[-2:0:-1], out / "interpolation.gif", *_WALK)
  if history:
    _animate(history, out / "history.gif", *_TRAINING)
  if options.nearest:
    panel = _beside(shown, trained.pool().load())
    sheet.write(
      panel.reshape(-1, *faces.shape[1:]), out / "nearest.png", panel.shape[1]
    )
  about = {
    "dcgan": trained.folder.name,
    "learnt_from": trained.dataset,
    "standin": trained.standin,
    "seed": options.seed,
    "count": count,
    "size": trained.size,
  }
  logs.write_json(out / "about.json", about)
  things = "clips" if faces.ndim == 5 else "faces"
  drawn = f", learnt from drawn stand-in {things}" if trained.standin else ""
  print(f"{count} {things} of {trained.folder.name}{drawn}: {out}")


def _check(options: argparse.Namespace) -> None:
  """Raises ValueError for numbers that ask for nothing that can be drawn."""
  for name, least in (("count", 1), ("seed", 0), ("paths", 0), ("steps", 2)):
    value = getattr(options, name)
    if not least <= value < 2**31:
      raise UserError(
        f"--{name}={value} must be {least} or more, and less than 2^31"
      )
  rows, columns = options.grid
  for name, asked in (
    ("count", options.count),
    ("grid", rows * columns),
    ("paths and --steps", options.paths * options.steps),
  ):
    if asked > _MOST:  # XLA has no error for lack of memory: it aborts
      raise UserError(
        f"--{name}: {asked:,} faces are more than the {_MOST:,} drawn at once;"
        " draw more by another --seed"
      )


def _beside(faces: np.ndarray, learnt: np.ndarray) -> np.ndarray:
  """Each face and the most similar ones learnt from, the nearest first.

  Of uint8 (M, S, S, 3) and (N, S, S, 3), uint8 (M, 1 + min(3, N), S, S, 3); of
  clips, (M, T, S, S, 3), likewise.
  """
  from jaxfer.metrics import manifold

  flat = faces.reshape(len(faces), -1)
  block = _BLOCK // (faces.shape[1] if faces.ndim == 5 else 1) or 1
  apart = np.concatenate(
    [
      manifold.squared_distances(flat, learnt[part].reshape(-1, flat.shape[1]))
      for part in manifold.blocks(len(learnt), block)
    ],
    axis=1,
  )
  nearest = apart.argsort(axis=1, kind="stable")[:, :_NEIGHBOURS]
  return np.concatenate([faces[:, None], learnt[nearest]], axis=1)


def _history(folder: Path) -> list[np.ndarray]:
  """The sample grids of a training, in order."""
  from PIL import Image

  paths = sorted((folder / "grids").glob("[0-9]*.png"))
  if not paths:
    raise UserError(
      f"{folder.name} has no sample grids for --history: delete it and run"
      " `jaxfer run` again"
    )
  return [np.asarray(Image.open(path).convert("RGB")) for path in paths]


def _play(clips: np.ndarray, path: Path, columns: int, mp4: bool) -> bool:
  """Writes clips (N, T, S, S, 3) as a GIF, and as an MP4 if these are wanted.

  Gives whether more of those are.
  """
  from jaxfer.data import sheet

  sheet.write_gif(clips, path.with_suffix(".gif"), columns)
  pictures = sheet.frames(clips, columns)
  return mp4 and sheet.write_mp4(pictures, path.with_suffix(".mp4"))


def _animate(
  frames: list[np.ndarray], path: Path, each: int, last: int
) -> None:
  """Writes a GIF that runs for ever; times in milliseconds."""
  from PIL import Image

  images = [Image.fromarray(frame) for frame in frames]
  images[0].save(
    path,
    save_all=True,
    append_images=images[1:],
    duration=[each] * (len(images) - 1) + [last],
    loop=0,
  )


def _size(text: str) -> tuple[int, int]:
  rows, _, columns = text.partition("x")
  if not (
    rows.isdecimal() and columns.isdecimal() and int(rows) and int(columns)
  ):
    raise argparse.ArgumentTypeError(f"{text!r} must be ROWSxCOLUMNS, as 8x8")
  return int(rows), int(columns)


def _parser() -> argparse.ArgumentParser:
  parser = doors.parser("generate", __doc__)
  add = parser.add_argument
  add("--workdir", type=Path, required=True, help="folder of a run")
  add("--out", type=Path, help="folder to write to (WORKDIR/generated)")
  add(
    "--dcgan",
    default="",
    metavar="NAME",
    help="pretrain-… folder of the workdir, or how its name begins",
  )
  add("--count", type=int, default=64, help="faces to draw (%(default)s)")
  add("--seed", type=int, default=0, help="of the latents (%(default)s)")
  add("--grid", type=_size, default=(8, 8), metavar="8x8", help="of grid.png")
  add("--npz", action="store_true", help="one file rather than PNGs")
  add("--paths", type=int, default=0, help="interpolations to draw")
  add("--steps", type=int, default=9, help="faces of each (%(default)s)")
  add("--history", action="store_true", help="GIF of the training's grids")
  add("--nearest", action="store_true", help="faces learnt from, beside")
  add(
    "--owner_permits",
    action="store_true",
    help="say that the owner of a restricted set allows its faces to be shown",
  )
  return parser


if __name__ == "__main__":
  sys.exit(main())
