"""Scores on one axis: of representations, or of experiments."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from jaxfer import terms
from jaxfer.report import palette
from jaxfer.report.figures import canvas, scales, strips


def protocols_chart(
  path: Path,
  cells: Mapping[str, Mapping[str, strips.Cell]],
  published: Mapping[str, Decimal | None],
  metric: str = "accuracy",
  guess: float | None = None,
  note: str = "",
  names: Mapping[str, str] | None = None,
) -> Path:
  """Each representation, or each experiment, under each protocol.

  Args:
    path: the PNG to write.
    cells: name -> protocol -> value and its 95 % bounds, fractions or areas; a
      name without protocols is marked `not run`.
    published: name -> the paper's number; None or absent where it prints none.
    metric: what the values are, a key of `terms.METRICS`.
    guess: accuracy of always naming the commonest emotion, or None.
    note: a line at the foot.
    names: of protocols; None for those of `terms.PROTOCOLS`.

  Returns:
    The path.

  Reference: the paper's Tables II and III for emotions, IV for action units.
  """
  printed = {k: v for k, v in published.items() if k in cells and v is not None}
  lines = 1.5 * len(cells) + sum(max(len(c), 1) for c in cells.values())
  protocols = {name: None for by_name in cells.values() for name in by_name}
  lines += len(protocols) + len(printed) + bool(printed)
  lines += 1.2 * (guess is not None)
  fig = canvas.figure(0.9 + strips.LINE * lines, note)
  axes = fig.add_subplot(xlim=_limits(cells, printed, metric))
  line = 0.0
  for name, by_protocol in cells.items():
    line = strips.group(
      axes, line, name, by_protocol, printed=printed.get(name), metric=metric
    )
  if guess is not None:
    axes.axvline(guess, color=palette.QUIET, lw=1, ls=(0, (3, 3)), zorder=0)
    strips.beside(
      axes, guess, line - 0.3, "commonest emotion, always", palette.QUIET
    )
    line += 0.7
  strips.legend(fig, protocols, printed=bool(printed), names=names)
  scales.measure(axes, axes.xaxis, metric)
  strips.close(axes, line)
  return canvas.save(fig, path)


def _limits(
  cells: Mapping[str, Mapping[str, strips.Cell]],
  printed: Mapping[str, Decimal],
  metric: str,
) -> tuple[float, float]:
  """From the guesser, or the least value, to room for numbers beyond 1."""
  lowest = [low for c in cells.values() for _, low, _ in c.values()]
  start = min(
    [terms.METRICS[metric].least, *lowest, *map(float, printed.values())]
  )
  return start, 1 + 0.17 * (1 - start)
