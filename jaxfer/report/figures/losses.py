"""Training curves: of one run in detail, and of all datasets."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from jaxfer.report import palette, smoothing
from jaxfer.report.figures import canvas

_COLUMNS = 2
_LOSSES = (
  ("loss_d", "discriminator", palette.DISCRIMINATOR),
  ("loss_g", "generator", palette.GENERATOR),
)
_PROBABILITIES = (
  ("d_real", "real faces", palette.INK),
  ("d_fake", "generated faces", palette.GENERATOR),
)


def loss_chart(
  path: Path, losses: Mapping[str, np.ndarray], note: str = ""
) -> Path:
  """Both losses and D's probabilities by step, raw and smoothed.

  Args:
    path: the PNG to write.
    losses: the columns `evidence.LOSSES`, each (T,).
    note: a line at the foot.

  Returns:
    The path.

  Reference: the paper's Figure 3.
  """
  fig = canvas.figure(4.6, note)
  above, below = fig.subplots(2, 1, sharex=True)
  for axes, lines in ((above, _LOSSES), (below, _PROBABILITIES)):
    for column, label, colour in lines:
      _curve(axes, losses, column, label, colour)
  above.set_title("loss", **canvas.LABEL, loc="left")
  above.set_ylim(bottom=0)
  below.set_title("D's probability", **canvas.LABEL, loc="left")
  below.set(ylim=(0, 1))
  below.set_xlabel("step", **canvas.LABEL)
  for axes in (above, below):
    canvas.quiet(axes)
    axes.grid(axis="y", color=palette.HAIR, lw=0.6)
    axes.legend(
      frameon=False,
      ncols=2,
      **canvas.LEGEND,
      loc="lower right",
      bbox_to_anchor=(1, 0.98),
    )
  return canvas.save(fig, path)


def loss_grid(
  path: Path, losses: Mapping[str, Mapping[str, np.ndarray]], note: str = ""
) -> Path:
  """Both networks' losses on every dataset, on one scale of loss.

  Args:
    path: the PNG to write.
    losses: dataset, as it is to be printed -> the columns `evidence.LOSSES`,
      each (T,); each dataset has its own steps.
    note: a line at the foot.

  Returns:
    The path.

  Reference: the paper's Figure 3 (a) to (f).
  """
  rows = -(-len(losses) // _COLUMNS)
  fig = canvas.figure(1.1 + 1.5 * rows, note)
  panels = canvas.panels(fig, len(losses), _COLUMNS)
  # Spikes beyond the smoothed curves run out of the panels.
  top = 1.25 * max(_peak(columns) for columns in losses.values()) or 1.0
  for axes, (title, columns) in zip(panels, losses.items(), strict=True):
    for column, label, colour in _LOSSES:
      _curve(axes, columns, column, label, colour)
    axes.set_ylim(0, top)
    axes.locator_params(axis="x", nbins=4)
    axes.locator_params(axis="y", nbins=5)
    lines = "\n".join(textwrap.wrap(title, 28))
    axes.set_title(
      canvas.plain(lines), loc="left", pad=4, fontsize=9, color=palette.INK
    )
    canvas.quiet(axes, 8)
    axes.grid(axis="y", color=palette.HAIR, lw=0.6)
  for axes in panels[-_COLUMNS:]:
    axes.set_xlabel("step", fontsize=9, color=palette.INK)
  fig.legend(
    handles=panels[0].get_legend_handles_labels()[0],
    title="loss",
    title_fontsize=canvas.TEXT - 1,
    alignment="left",
    loc="outside upper left",
    ncols=2,
    frameon=False,
    **canvas.LEGEND,
  )
  return canvas.save(fig, path)


def _curve(
  axes: Axes,
  losses: Mapping[str, np.ndarray],
  column: str,
  label: str,
  colour: str,
) -> None:
  step = np.asarray(losses["step"])
  raw = np.asarray(losses[column], dtype=np.float64)
  smooth = smoothing.moving_mean(raw)
  axes.plot(step, raw, color=colour, lw=0.6, alpha=0.3)
  axes.plot(step, smooth, color=colour, lw=1.8, label=label)


def _peak(losses: Mapping[str, np.ndarray]) -> float:
  """The greatest smoothed loss of either network."""
  return max(
    smoothing.moving_mean(np.asarray(losses[column], np.float64)).max()
    for column, _, _ in _LOSSES
  )
