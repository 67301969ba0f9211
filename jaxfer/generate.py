"""Draws faces from a trained DCGAN.

    python -m jaxfer.generate --workdir=runs/demo --count=64 --seed=0

Leaves in --out (WORKDIR/generated if not given) the faces as PNG files or, with
--npz, as one faces.npz with their latents; grid.png; with --paths,
interpolations between latents as a strip and a GIF; with --history, a GIF of
the same latents along training; with --nearest, beside each face of the grid
the most similar faces that were learnt from. The same seed gives the same
bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_SPEED = 80  # milliseconds a frame
_LAST = 1500  # milliseconds for the last
_NEIGHBOURS = 3  # faces learnt from, beside a generated one


def main(arguments: Sequence[str] | None = None) -> int:
  """Draws what the arguments say; returns the exit status."""
  options = _parser().parse_args(arguments)
  try:
    _generate(options)
  except (ValueError, OSError) as error:
    print(f"jaxfer: {error}", file=sys.stderr)
    return 1
  return 0


def _generate(options: argparse.Namespace) -> None:
  # Here and not above: --help should not wait for JAX.
  import jax.numpy as jnp
  from PIL import Image

  from jaxfer import workdirs
  from jaxfer.data import pools, sheet
  from jaxfer.gan import interpolate, sample

  rows, columns = options.grid
  if options.count < 1:
    raise ValueError(f"--count={options.count} must be 1 or more")
  trained = workdirs.find(options.workdir, options.dcgan)
  if options.nearest and trained.restricted and not options.owner_permits:
    raise ValueError(
      f"--nearest would show faces of {trained.dataset}, which its owner"
      " restricts: --owner_permits says that they may be shown"
    )
  out = options.out or options.workdir / "generated"
  out.mkdir(parents=True, exist_ok=True)
  dcgan, state = trained.open()
  wanted = max(options.count, rows * columns, 2 * options.paths)
  z = np.asarray(sample.latents(options.seed, wanted, dcgan.latent))
  faces = sample.draw(dcgan, state.gen, jnp.asarray(z))

  if options.npz:
    count = options.count
    np.savez_compressed(out / "faces.npz", faces=faces[:count], z=z[:count])
  else:
    for i, face in enumerate(faces[: options.count]):
      Image.fromarray(face).save(out / f"{i:06d}.png")
  shown = faces[: rows * columns]
  sheet.write(shown, out / "grid.png", columns)
  if options.paths:
    pairs = z[: 2 * options.paths].reshape(options.paths, 2, -1)
    paths = [interpolate.spherical(a, b, options.steps) for a, b in pairs]
    walked = sample.draw(dcgan, state.gen, jnp.asarray(np.concatenate(paths)))
    sheet.write(walked, out / "interpolation.png", options.steps)
    by_step = walked.reshape(options.paths, options.steps, *walked.shape[1:])
    frames = [sheet.grid(by_step[:, i], columns) for i in range(options.steps)]
    _animate(frames + frames[-2:0:-1], out / "interpolation.gif", _SPEED)
  if options.history:
    _animate(_history(trained.folder), out / "history.gif", _LAST)
  if options.nearest:
    learnt = pools.load_faces(trained.faces)
    panel = _beside(shown, learnt)
    sheet.write(panel, out / "nearest.png", 1 + _NEIGHBOURS)
  drawn = ", learnt from drawn stand-in faces" if trained.standin else ""
  print(f"{options.count} faces of {trained.folder.name}{drawn}: {out}")


def _beside(faces: np.ndarray, learnt: np.ndarray) -> np.ndarray:
  """Each face and the most similar ones learnt from, pixel by pixel."""
  from jaxfer.metrics import manifold

  flat = (
    x.reshape(len(x), -1).astype(np.float32) / 255 for x in (faces, learnt)
  )
  distances = manifold.squared_distances(*flat)
  nearest = np.argsort(np.asarray(distances), axis=1, kind="stable")[
    :, :_NEIGHBOURS
  ]
  panel = np.concatenate([faces[:, None], np.asarray(learnt)[nearest]], axis=1)
  return panel.reshape(-1, *faces.shape[1:])


def _history(folder: Path) -> list[np.ndarray]:
  """The sample grids of a training, in order."""
  from PIL import Image

  grids = sorted((folder / "grids").glob("[0-9]*.png"))
  if not grids:
    raise ValueError(f"{folder.name} has no sample grids for --history")
  frames = []
  for path in grids:
    with Image.open(path) as image:
      frames.append(np.asarray(image.convert("RGB")))
  return frames


def _animate(frames: list[np.ndarray], path: Path, last: int) -> None:
  from PIL import Image

  images = [Image.fromarray(frame) for frame in frames]
  durations = [_SPEED if last == _SPEED else 4 * _SPEED] * len(images)
  durations[-1] = last
  images[0].save(
    path, save_all=True, append_images=images[1:], duration=durations, loop=0
  )


def _size(text: str) -> tuple[int, int]:
  rows, _, columns = text.partition("x")
  if not (rows.isdigit() and columns.isdigit() and int(rows) * int(columns)):
    raise argparse.ArgumentTypeError(f"{text!r} must be ROWSxCOLUMNS, as 8x8")
  return int(rows), int(columns)


def _parser() -> argparse.ArgumentParser:
  parser = argparse.ArgumentParser(
    prog="python -m jaxfer.generate",
    description=__doc__,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
  add = parser.add_argument
  add("--workdir", type=Path, required=True, help="folder of a run")
  add("--out", type=Path, help="folder to write to (WORKDIR/generated)")
  add(
    "--dcgan",
    default="",
    metavar="NAME",
    help="pretrain-… folder of the workdir, or how its name begins",
  )
  add("--count", type=int, default=64, help="faces to draw (default: 64)")
  add("--seed", type=int, default=0, help="of the latents (default: 0)")
  add("--grid", type=_size, default=(8, 8), metavar="8x8", help="of grid.png")
  add("--npz", action="store_true", help="one file rather than PNGs")
  add("--paths", type=int, default=0, help="interpolations to draw")
  add("--steps", type=int, default=9, help="faces of each (default: 9)")
  add("--history", action="store_true", help="GIF of the training's grids")
  add("--nearest", action="store_true", help="faces learnt from, beside")
  add(
    "--owner_permits",
    action="store_true",
    help="the owner of a restricted set permits that its faces be shown",
  )
  return parser


if __name__ == "__main__":
  sys.exit(main())
