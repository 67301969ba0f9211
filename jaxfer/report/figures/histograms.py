"""What a machine sees in generated faces, beside what it sees in real ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from jaxfer.report import palette
from jaxfer.report.figures import canvas, scales

_LINE = 0.3  # inches of a label with its two bars


def labels_chart(
  path: Path,
  real: Mapping[str, float],
  fake: Mapping[str, float],
  note: str = "",
) -> Path:
  """Shares of faces by label: two bars each.

  Args:
    path: the PNG to write.
    real: label -> share of real faces, a fraction.
    fake: the same labels -> share of generated faces.
    note: a line at the foot.

  Returns:
    The path.
  """
  place = np.arange(len(real))
  fig = canvas.figure(1.1 + _LINE * len(real), note)
  axes = fig.add_subplot()
  for shift, shares, colour, name in (
    (-0.2, real, palette.INK, "real faces"),
    (0.2, fake, palette.GENERATOR, "generated faces"),
  ):
    values = [shares[label] for label in real]
    axes.barh(place + shift, values, 0.38, color=colour, label=name)
  axes.set_yticks(place, [canvas.plain(label) for label in real])
  axes.set_ylim(len(real) - 0.4, -0.6)
  named = scales.ticks(0, axes.get_xlim()[1], percent=True)
  axes.set_xticks([*named], [*named.values()])
  axes.set_xlabel("share of faces, as the machine names them", **canvas.LABEL)
  axes.grid(axis="x", color=palette.HAIR, lw=0.6)
  canvas.quiet(axes)
  fig.legend(loc="outside upper left", ncols=2, frameon=False, **canvas.LEGEND)
  return canvas.save(fig, path)
