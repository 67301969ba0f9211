"""How often names were right, by their probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from jaxfer.report.figures import canvas

_LARGEST = 200.0  # square points: the dot of the fullest bin


def reliability_chart(bins: Sequence[Mapping[str, Any]]) -> Figure:
  """The share of right names by their probability, a dot for each bin.

  Dots grow with the faces in them; on the dashed line a probability is what it
  says.

  Args:
    bins: `count`, `confidence` and `accuracy` of each, as
      `metrics.calibration.reliability` has them.

  Reference: Guo et al., arXiv:1706.04599.
  """
  fig = canvas.figure(4.4)
  axes = fig.add_subplot(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
  axes.plot([0, 1], [0, 1], color=canvas.QUIET, lw=1, ls=canvas.DASHED)
  most = max(one["count"] for one in bins)
  axes.scatter(
    [one["confidence"] for one in bins],
    [one["accuracy"] for one in bins],
    [_LARGEST * max(one["count"] / most, 0.05) for one in bins],
    color=canvas.DISCRIMINATOR,
    zorder=2,
  )
  named = canvas.ticks(0, 1, percent=True)
  axes.set_xticks([*named], [*named.values()])
  axes.set_yticks([*named], [*named.values()])
  axes.set_xlabel("probability of the name given", **canvas.LABEL)
  axes.set_ylabel("names that were right", **canvas.LABEL)
  canvas.quiet(axes)
  axes.grid(color=canvas.HAIR, lw=0.6)
  return fig
