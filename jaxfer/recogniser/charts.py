"""Small drawings as SVG: probabilities along a film, and their reliability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

_WIDTH, _HEIGHT, _ROW = 720, 120, 12
_POINTS = 480  # of a line; more are means of neighbours
# Tol's bright scheme, then darker ones, told apart by most eyes.
_COLOURS = (
  "#4477aa",
  "#ee6677",
  "#228833",
  "#ccbb44",
  "#66ccee",
  "#aa3377",
  "#777777",
  "#222222",
)


def colours(names: Sequence[str]) -> dict[str, str]:
  """A colour for each class."""
  return {n: _COLOURS[i % len(_COLOURS)] for i, n in enumerate(names)}


def timeline(
  points: Sequence[tuple[float, Sequence[float]]],
  names: Sequence[str],
  *,
  units: bool,
) -> Markup:
  """A face's probabilities along its film, or when each unit is present.

  Args:
    points: seconds and, by class, probabilities; of action units 1 or 0.
    names: of the classes.
    units: whether they are action units.
  """
  times = np.array([time for time, _ in points])
  values = np.array([row for _, row in points], float)
  times, values = _thin(times, values)
  first, last = float(times[0]), float(times[-1])
  x = (times - first) / max(last - first, 1e-9) * (_WIDTH - 60) + 50
  height = _ROW * len(names) if units else _HEIGHT
  body = _strips(x, values, names) if units else _lines(x, values, names)
  end = f'<text x="{_WIDTH - 10}" y="{height + 14}" text-anchor="end">'
  words = f"{names[0]} …" if len(names) > 3 else ", ".join(names)
  return Markup(
    '<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-label="{}">'
    '{}<text x="50" y="{}">{:.1f} s</text>{}{:.1f} s</text></svg>'
  ).format(
    _WIDTH,
    height + 18,
    f"{words} from {first:.1f} to {last:.1f} seconds",
    body,
    height + 14,
    first,
    Markup(end),  # noqa: S704  of numbers alone
    last,
  )


def _lines(x: np.ndarray, values: np.ndarray, names: Sequence[str]) -> Markup:
  """A line for each class, between 0 and 1."""
  parts = [
    Markup('<path class="axis" d="M50 {0}H{1}M50 {2}H{1}"/>').format(
      5, _WIDTH - 10, _HEIGHT
    ),
    Markup('<text x="44" y="{}" text-anchor="end">{}</text>').format(10, 1),
    Markup('<text x="44" y="{}" text-anchor="end">{}</text>').format(
      _HEIGHT, 0
    ),
  ]
  for (name, colour), row in zip(colours(names).items(), values.T, strict=True):
    y = _HEIGHT - row * (_HEIGHT - 5)
    places = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    parts.append(
      Markup(
        '<polyline points="{}" stroke="{}"><title>{}</title></polyline>'
      ).format(places, colour, name)
    )
  return Markup("").join(parts)


def _strips(x: np.ndarray, values: np.ndarray, names: Sequence[str]) -> Markup:
  """A row for each unit, dark where it is present."""
  edges = np.append(x, x[-1] + (x[-1] - x[0]) / max(len(x) - 1, 1))
  parts = []
  for i, (name, row) in enumerate(zip(names, values.T, strict=True)):
    parts.append(
      Markup('<text x="44" y="{}" text-anchor="end">{}</text>').format(
        _ROW * i + 10, name
      )
    )
    for k in np.flatnonzero(row > 0):
      parts.append(
        Markup(
          '<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}"'
          ' opacity="{:.2f}"/>'
        ).format(x[k], _ROW * i + 2, edges[k + 1] - x[k], _ROW - 3, row[k])
      )
  return Markup("").join(parts)


def _thin(
  times: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """At most so many points: means of neighbours."""
  if len(times) <= _POINTS:
    return times, values
  parts = np.array_split(np.arange(len(times)), _POINTS)
  return (
    np.array([times[part].mean() for part in parts]),
    np.stack([values[part].mean(0) for part in parts]),
  )


def reliability(bins: Sequence[Mapping[str, Any]]) -> Markup:
  """How often names were right, by their probability."""
  side = 180
  parts = [
    Markup('<path class="axis" d="M30 {0}H{1}V10M30 {0}V10H{1}"/>').format(
      side, side + 20
    ),
    Markup('<path class="axis" d="M30 {}L{} 10" stroke-dasharray="3"/>').format(
      side, side + 20
    ),
  ]
  most = max(one["count"] for one in bins)
  for one in bins:
    x = 30 + one["confidence"] * (side - 10)
    y = side - one["accuracy"] * (side - 10)
    title = (
      f"{one['count']:,} faces: probability {one['confidence']:.2f}, right"
      f" {one['accuracy']:.2f}"
    )
    radius = 3 + 6 * (one["count"] / most) ** 0.5
    parts.append(
      Markup(
        '<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}"><title>{}</title></circle>'
      ).format(x, y, radius, title)
    )
  parts.append(
    Markup(
      '<text x="{0}" y="{1}" text-anchor="end">probability</text>'
      '<text x="{2}" y="22">share right</text>'
    ).format(side + 20, side + 14, 36)
  )
  return Markup(
    '<svg class="square" viewBox="0 0 {0} {0}" role="img"'
    ' aria-label="Reliability diagram">{1}</svg>'
  ).format(side + 24, Markup("").join(parts))
