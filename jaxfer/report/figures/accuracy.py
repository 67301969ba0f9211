"""Accuracies on one axis: by representation, and by experiment."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from jaxfer.report import palette, wording
from jaxfer.report.figures import canvas, scales, strips


def accuracy_chart(
  path: Path,
  scores: Mapping[str, Mapping[str, strips.Cell]],
  guess: float,
  printed: Decimal | None,
  note: str = "",
) -> Path:
  """Accuracy of each representation under each protocol.

  Args:
    path: the PNG to write.
    scores: representation -> protocol -> accuracy and its 95 % bounds, as
      fractions.
    guess: accuracy of always naming the commonest emotion.
    printed: the paper's accuracy, drawn with the first representation, or
      None.
    note: a line at the foot.

  Returns:
    The path.
  """
  lines = 1.5 * len(scores) + sum(map(len, scores.values()))
  protocols = {name: None for by_name in scores.values() for name in by_name}
  lines += len(protocols) + 2 * (printed is not None)
  fig = canvas.figure(1.2 + strips.LINE * lines, note)
  axes = fig.add_subplot(xlim=(0, 1.16))
  line = 0.0
  for place, (name, cells) in enumerate(scores.items()):
    line = strips.group(
      axes,
      line,
      wording.REPRESENTATIONS.get(name, name),
      cells,
      colour=palette.REPRESENTATIONS.get(name, palette.OTHER),
      printed=None if place else printed,
      metric="accuracy",
    )
  axes.axvline(guess, color=palette.QUIET, lw=1, ls=(0, (3, 3)), zorder=0)
  strips.beside(
    axes, guess, line - 0.3, "commonest emotion, always", palette.QUIET
  )
  strips.legend(fig, protocols, colour=palette.INK, printed=printed is not None)
  scales.measure(axes, axes.xaxis, "accuracy")
  strips.close(axes, line + 0.7)
  return canvas.save(fig, path)


def protocols_chart(
  path: Path,
  cells: Mapping[str, Mapping[str, strips.Cell]],
  published: Mapping[str, Decimal | None],
  metric: str = "accuracy",
  note: str = "",
) -> Path:
  """The audit at a glance: each experiment under each protocol.

  Args:
    path: the PNG to write.
    cells: experiment -> protocol -> value and its 95 % bounds, fractions or
      areas; an experiment without protocols is marked `not run`.
    published: experiment -> the paper's number; None or absent where it
      prints none.
    metric: what the values are, a key of `wording.METRICS`.
    note: a line at the foot.

  Returns:
    The path.

  Reference: the paper's Tables II and III for emotions, IV for action units.
  """
  ticks = {k: v for k, v in published.items() if k in cells and v is not None}
  lines = 1.5 * len(cells) + sum(max(len(c), 1) for c in cells.values())
  protocols = {name: None for by_name in cells.values() for name in by_name}
  lines += len(protocols) + len(ticks) + bool(ticks)
  fig = canvas.figure(0.9 + strips.LINE * lines, note)
  axes = fig.add_subplot(xlim=_limits(cells, ticks, metric))
  line = 0.0
  for name, by_protocol in cells.items():
    line = strips.group(
      axes,
      line,
      name,
      by_protocol,
      colour=None,
      printed=ticks.get(name),
      metric=metric,
    )
  strips.legend(fig, protocols, colour=None, printed=bool(ticks))
  scales.measure(axes, axes.xaxis, metric)
  strips.close(axes, line)
  return canvas.save(fig, path)


def _limits(
  cells: Mapping[str, Mapping[str, strips.Cell]],
  ticks: Mapping[str, Decimal],
  metric: str,
) -> tuple[float, float]:
  """From the guesser, or the least value, to room for numbers beyond 1."""
  lowest = [low for c in cells.values() for _, low, _ in c.values()]
  start = min(
    [wording.metric(metric).least, *lowest, *map(float, ticks.values())]
  )
  return start, 1 + 0.17 * (1 - start)
