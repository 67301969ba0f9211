"""What labels buy: accuracy by how many there are of each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from jaxfer import terms
from jaxfer.report import palette
from jaxfer.report.figures import canvas, strips

Point = tuple[int, float, float, float]
"""Labels per class, accuracy, and the bounds of its interval."""


def label_efficiency_chart(
  path: Path,
  curves: Mapping[str, Sequence[Point]],
  full: Mapping[str, strips.Cell],
  note: str = "",
) -> Path:
  """Accuracy by the number of labels per class, and with all of them.

  Args:
    path: the PNG to write.
    curves: representation -> labels per class in rising order, accuracy as a
      fraction, and the bounds of its interval.
    full: representation -> accuracy and bounds with all labels; may lack any.
    note: a line at the foot.

  Returns:
    The path.

  Reference: the paper's introduction, which claims that features learnt
  without labels need few of them.
  """
  counts = sorted({point[0] for points in curves.values() for point in points})
  # One more doubling, though it stands for no number.
  everything = 2.2 * max(counts, default=1)
  known = [name for name in curves if name in full]
  fig = canvas.figure(3.6 + 0.1 * len(curves), note)
  axes = fig.add_subplot(xscale="log", ylim=(0, 1))
  for place, (name, points) in enumerate(curves.items()):
    colour = terms.representation(name).colour
    mark = palette.MARKERS[place % len(palette.MARKERS)]
    style = {"color": colour, "marker": mark, "ms": 6, "lw": 1.8}
    label = canvas.plain(terms.representation(name).title)
    x, value, low, high = np.array(points, np.float64).reshape(-1, 4).T
    axes.plot(x, value, label=label, **style)
    axes.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
    if name in full:
      value, low, high = full[name]
      # Side by side, so that none hides another.
      shift = everything * (1 + 0.06 * (known.index(name) - len(known) // 2))
      axes.plot([shift] * 2, [low, high], color=colour, lw=1.6)
      axes.plot(shift, value, **style)
      if points:
        axes.plot(
          [points[-1][0], shift],
          [points[-1][1], value],
          color=colour,
          lw=1,
          ls=canvas.DASHED,
        )
  axes.set_xticks([*counts, everything], [*map(str, counts), "all"])
  axes.minorticks_off()
  axes.set_yticks(*canvas.PERCENT)
  axes.set_xlabel("labels of each class", **canvas.LABEL)
  axes.set_ylabel("accuracy", **canvas.LABEL)
  axes.grid(axis="y", color=palette.HAIR, lw=0.6)
  canvas.quiet(axes)
  fig.legend(loc="outside upper left", ncols=2, frameon=False, **canvas.LEGEND)
  return canvas.save(fig, path)
