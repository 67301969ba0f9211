"""How much luck there is in pretraining: a dot for each seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from jaxfer import terms
from jaxfer.report import palette, wording
from jaxfer.report.figures import canvas, scales, strips


def seeds_chart(
  path: Path,
  values: Mapping[str, Mapping[str, Sequence[float]]],
  metric: str = "accuracy",
  note: str = "",
  names: Mapping[str, str] | None = None,
) -> Path:
  """Scores by pretraining seed: a dot for each, a bar at their mean.

  The axis starts where the values do, to show their spread.

  Args:
    path: the PNG to write.
    values: representation -> protocol -> a fraction or area for each seed.
    metric: what the values are, a key of `terms.METRICS`.
    note: a line at the foot.
    names: of protocols; None for those of `terms.PROTOCOLS`.

  Returns:
    The path.
  """
  protocols = {name: None for cells in values.values() for name in cells}
  groups = {
    protocol: {
      name: np.asarray(cells[protocol], np.float64)
      for name, cells in values.items()
      if protocol in cells
    }
    for protocol in protocols
  }
  lines = sum(len(group) + 1.5 for group in groups.values())
  fig = canvas.figure(0.9 + strips.LINE * lines, note)
  axes = fig.add_subplot(xlim=_limits(groups))
  line, ticks = 0.0, {}
  for protocol, group in groups.items():
    title = (names or terms.titles()).get(protocol, protocol)
    strips.heading(axes, line, title)
    for place, (name, found) in enumerate(group.items(), 1):
      colour = terms.representation(name).colour
      here = line + place
      ticks[here] = canvas.plain(terms.representation(name).title)
      axes.plot(found, [here] * len(found), "o", ms=6, color=colour, alpha=0.6)
      axes.plot(found.mean(), here, "|", ms=12, mew=1.8, color=palette.INK)
      text = wording.score(metric, float(found.mean()))
      strips.beside(axes, found.max(), here, text)
    line = strips.after(line, len(group))
  scales.measure(axes, axes.xaxis, metric)
  name = terms.METRICS[metric].title
  axes.set_xlabel(
    f"{name}: a dot for each seed, a bar at their mean",
    fontsize=canvas.TEXT - 1,
    color=palette.INK,
    # From the labels' edge, for it is longer than the axis.
    x=1,
    ha="right",
  )
  strips.close(axes, line)
  axes.set_yticks([*ticks], [*ticks.values()])
  axes.tick_params(axis="y", length=0)
  return canvas.save(fig, path)


def _limits(
  groups: Mapping[str, Mapping[str, np.ndarray]],
) -> tuple[float, float]:
  """Around all values, with room for a number at the right."""
  every = np.concatenate(
    [v for group in groups.values() for v in group.values()]
  )
  span = max(float(np.ptp(every)), 0.01)
  return every.min() - 0.06 * span, every.max() + 0.3 * span
