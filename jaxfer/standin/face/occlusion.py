"""What comes between a face and the camera, placed by the face's landmarks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

_FINE = 4  # drawn so many times larger, then reduced: smooth edges


def draw(
  rng: np.random.Generator, photo: np.ndarray, points: np.ndarray
) -> np.ndarray:
  """Draws one thing before a face; most of the face stays in sight.

  Of a photograph (H, W, 3) uint8, like which the result is, and the face's
  points (5, 2) from `scene.landmarks`.
  """
  height, width = photo.shape[:2]
  things, shares = zip(*_THINGS.items(), strict=True)
  thing = things[int(rng.choice(len(things), p=shares))]
  layer = Image.new("RGBA", (_FINE * width, _FINE * height))
  unit = _FINE * max(np.linalg.norm(points[2] - points[:2].mean(0)), 2.0)
  thing(rng, ImageDraw.Draw(layer), _FINE * points, float(unit), photo)
  layer = layer.resize((width, height), Image.Resampling.BOX)
  soft = 0.003 * width * rng.uniform(0.5, 3.0)
  layer = layer.filter(ImageFilter.GaussianBlur(soft))
  page = Image.fromarray(photo).convert("RGBA")
  return np.asarray(Image.alpha_composite(page, layer).convert("RGB"))


def _hand(rng, pen, points, unit, photo) -> None:
  """Fingers that reach up to the chin or the cheek."""
  side = rng.choice([-1.0, 1.0])
  tip = points[3:].mean(0) + unit * np.array((side * 1.0, 0.55))
  base = tip + unit * np.array((side * 1.1, 2.6))
  skin = _skin(photo, points)
  thick = 0.42 * unit
  for k in range(4):
    spread = unit * np.array((side * 0.36 * k, 0.10 * k * k - 0.05 * k))
    shade = tuple(int(c * (0.97 - 0.05 * k)) for c in skin)
    dark = tuple(int(c * 0.62) for c in skin)
    _bar(pen, tip + spread, base + 0.8 * spread, thick, (*dark, 255))
    _bar(pen, tip + spread, base + 0.8 * spread, 0.86 * thick, (*shade, 255))


def _microphone(rng, pen, points, unit, photo) -> None:
  side = rng.choice([-1.0, 1.0])
  head = points[3:].mean(0) + unit * np.array((side * 0.55, 1.0))
  low = head + unit * np.array((side * 0.9, 4.0))
  _bar(pen, head, low, 0.30 * unit, (38, 38, 42, 255))
  _ball(pen, head, 0.38 * unit, (64, 64, 68, 255))
  _ball(pen, head - 0.1 * unit, 0.2 * unit, (112, 112, 116, 255))


def _sunglasses(rng, pen, points, unit, photo) -> None:
  glass = (22, 20, 24, 235)
  along = points[1] - points[0]
  reach = max(float(np.linalg.norm(along)), 1.0)
  along = along / reach
  down = np.array((-along[1], along[0]))
  turn = np.linspace(0.0, 2.0 * np.pi, 40)[:, None]
  x, y = np.cos(turn), np.sin(turn)
  # A rounded square: |x|^4 + |y|^4 = 1.
  around = np.abs(x**4 + y**4) ** -0.25
  lens = around * (0.46 * reach * x * along + 0.44 * unit * y * down)
  for eye in points[:2]:
    pen.polygon([tuple(p) for p in (eye + 0.06 * unit + lens).tolist()], glass)
  pen.line((*points[0], *points[1]), glass, max(1, int(0.14 * unit)))


def _scarf(rng, pen, points, unit, photo) -> None:
  """Wool around the throat, up to the lower lip and higher at the sides."""
  colour = _cloth(rng)
  middle = points[3:].mean(0) + unit * np.array((0.0, rng.uniform(0.6, 1.0)))
  run = np.linspace(-5.0, 5.0, 60)
  for fold in range(8):
    low = middle[1] + unit * (0.42 * fold - 0.10 * run**2 + 0.04 * np.sin(fold))
    line = np.stack([middle[0] + unit * run, low], axis=1).tolist()
    tall = float(_FINE * photo.shape[0])
    shade = 1.0 - 0.11 * (fold % 2) - 0.02 * fold
    fill = tuple(int(shade * c) for c in colour)
    edge = [(line[-1][0], tall), (line[0][0], tall)]
    pen.polygon([tuple(p) for p in line] + edge, (*fill, 255))


def _shoulder(rng, pen, points, unit, photo) -> None:
  """The dark back of somebody who stands nearer, over one side."""
  side = rng.choice([-1.0, 1.0])
  middle = points[2] + unit * np.array((side * 3.3, 1.9))
  shade = tuple(int(0.4 * c) for c in _cloth(rng))
  r = unit * rng.uniform(1.7, 2.2)
  _ball(pen, middle, r, (*shade, 255))
  below = middle + r * np.array((side * 0.4, 2.6))
  _ball(pen, below, 2.1 * r, (*shade, 255))


def _strands(rng, pen, points, unit, photo) -> None:
  """Hair blown across the face."""
  tone = rng.uniform(0.3, 1.2)
  colour = tuple(int(tone * c) for c in (120, 84, 56))
  side = rng.choice([-1.0, 1.0])
  start = points[:2].mean(0) + unit * np.array((side * 1.2, -1.9))
  for _ in range(int(rng.integers(5, 12))):
    sway = unit * rng.normal(0.0, 0.35, 2)
    run = np.linspace(0.0, 1.0, 12)[:, None]
    end = unit * np.array((-side * rng.uniform(0.2, 1.6), 4.2))
    bow = unit * np.array((side * 0.7, 0.0)) * np.sin(np.pi * run)
    path = start + sway + run * end + bow
    pen.line(
      [tuple(p) for p in path.tolist()],
      (*colour, 215),
      max(1, int(0.05 * unit)),
      joint="curve",
    )


def _frame(rng, pen, points, unit, photo) -> None:
  """A door post or the edge of something near."""
  side = rng.choice([-1.0, 1.0])
  shade = tuple(int(0.6 * c) for c in _cloth(rng))
  near = points[2, 0] + side * unit * rng.uniform(1.5, 2.6)
  far = near + side * unit * 9.0
  tall = _FINE * photo.shape[0]
  pen.rectangle((min(near, far), 0, max(near, far), tall), (*shade, 255))


# How often each is what hides a face.
_THINGS: dict[Callable[..., None], float] = {
  _hand: 0.2,
  _microphone: 0.1,
  _sunglasses: 0.1,
  _scarf: 0.1,
  _shoulder: 0.2,
  _strands: 0.2,
  _frame: 0.1,
}


def _bar(pen, start, end, thick: float, colour) -> None:
  """A line with round ends."""
  pen.line((*start, *end), colour, max(1, int(thick)))
  for point in (start, end):
    _ball(pen, point, 0.5 * thick, colour)


def _ball(pen, middle, r: float, colour) -> None:
  pen.ellipse((*(middle - r), *(middle + r)), colour)


def _cloth(rng) -> tuple[int, ...]:
  return tuple(rng.integers(30, 190, 3).tolist())


def _skin(photo: np.ndarray, points: np.ndarray) -> tuple[int, ...]:
  """The colour of the nose's tip as photographed."""
  height, width = photo.shape[:2]
  x = int(np.clip(points[2, 0] / _FINE, 1, width - 2))
  y = int(np.clip(points[2, 1] / _FINE, 1, height - 2))
  near = photo[y - 1 : y + 2, x - 1 : x + 2].mean((0, 1))
  return tuple(near.astype(int).tolist())
