"""Scores and shares on one axis, in groups of lines, and their calibration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.estimates import Estimate
from jaxfer.report.figures import canvas

_LINE = 0.2  # inches of a line; the y axis counts lines
_GAP = 0.5  # lines between two groups
_LARGEST = 200.0  # square points: the dot of the fullest bin of probabilities
_OVER_LINES = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


def protocols_chart(
  cells: Mapping[str, Mapping[str, Estimate]],
  published: Mapping[str, Decimal | None],
  metric: str = "accuracy",
  guess: float | None = None,
  names: Mapping[str, str] | None = None,
) -> Figure:
  """Each representation, or each experiment, under each protocol.

  Args:
    cells: name -> protocol -> a number, fraction or area; a name without
      protocols is marked `not run`.
    published: name -> the paper's number; None or absent where it prints none.
    metric: what the values are, a key of `terms.METRICS`.
    guess: accuracy of always naming the commonest emotion, or None.
    names: of protocols; None for those of `terms.PROTOCOLS`.

  Reference: the paper's Tables II and III for emotions, IV for action units.
  """
  printed = {k: v for k, v in published.items() if k in cells and v is not None}
  lines = 1.5 * len(cells) + sum(max(len(c), 1) for c in cells.values())
  protocols = {name: None for by_name in cells.values() for name in by_name}
  lines += len(protocols) + len(printed) + bool(printed)
  lines += 1.2 * (guess is not None)
  lowest = [_ends(one)[1] for c in cells.values() for one in c.values()]
  start = min(
    [terms.METRICS[metric].least, *lowest, *map(float, printed.values())]
  )
  fig = canvas.figure(0.9 + _LINE * lines)
  # Room for numbers beyond 1.
  axes = fig.add_subplot(xlim=(start, 1 + 0.17 * (1 - start)))
  line = 0.0
  for name, by_protocol in cells.items():
    line = _group(axes, line, name, by_protocol, printed.get(name), metric)
  if guess is not None:
    axes.axvline(guess, color=canvas.QUIET, lw=1, ls=(0, (3, 3)), zorder=0)
    words = "commonest emotion, always"
    _beside(axes, guess, line - 0.3, words, canvas.QUIET)
    line += 0.7
  _legend(fig, protocols, names or terms.titles(), printed=bool(printed))
  canvas.measure(axes, axes.xaxis, metric)
  _close(axes, line)
  return fig


def seeds_chart(
  values: Mapping[str, Mapping[str, Sequence[float]]],
  metric: str = "accuracy",
  names: Mapping[str, str] | None = None,
) -> Figure:
  """Scores by pretraining seed: a dot for each, a bar at their mean.

  Args:
    values: representation -> protocol -> a fraction or area for each seed; the
      axis starts where they do, to show their spread.
    metric: what the values are, a key of `terms.METRICS`.
    names: of protocols; None for those of `terms.PROTOCOLS`.
  """
  groups: dict[str, dict[str, np.ndarray]] = {}
  for name, cells in values.items():
    for protocol, found in cells.items():
      groups.setdefault(protocol, {})[name] = np.asarray(found, np.float64)
  every = np.concatenate([v for own in groups.values() for v in own.values()])
  span = max(float(np.ptp(every)), 0.01)
  lines = sum(len(group) + 1.5 for group in groups.values())
  fig = canvas.figure(0.9 + _LINE * lines)
  # Room for a number at the right.
  limits = every.min() - 0.06 * span, every.max() + 0.3 * span
  axes = fig.add_subplot(xlim=limits)
  line, ticks = 0.0, {}
  for protocol, group in groups.items():
    title = (names or terms.titles()).get(protocol, protocol)
    _heading(axes, line, title)
    for place, (name, found) in enumerate(group.items(), 1):
      colour = terms.representation(name).colour
      here = line + place
      ticks[here] = canvas.plain(terms.representation(name).title)
      axes.plot(found, [here] * len(found), "o", ms=6, color=colour, alpha=0.6)
      axes.plot(found.mean(), here, "|", ms=12, mew=1.8, color=canvas.INK)
      text = wording.score(metric, float(found.mean()))
      _beside(axes, found.max(), here, text)
    line = _after(line, len(group))
  canvas.measure(axes, axes.xaxis, metric)
  name = terms.METRICS[metric].title
  axes.set_xlabel(
    f"{name}: a dot for each seed, a bar at their mean",
    fontsize=canvas.TEXT - 1,
    color=canvas.INK,
    # From the labels' edge, for it is longer than the axis.
    x=1,
    ha="right",
  )
  _close(axes, line)
  axes.set_yticks([*ticks], [*ticks.values()])
  axes.tick_params(axis="y", length=0)
  return fig


def labels_chart(
  real: Mapping[str, float], fake: Mapping[str, float]
) -> Figure:
  """Shares of real and of generated faces by label: two bars each."""
  place = np.arange(len(real))
  fig = canvas.figure(1.1 + 0.3 * len(real))
  axes = fig.add_subplot()
  for shift, shares, colour, name in (
    (-0.2, real, canvas.INK, "real faces"),
    (0.2, fake, canvas.GENERATOR, "generated faces"),
  ):
    values = [shares[label] for label in real]
    axes.barh(place + shift, values, 0.38, color=colour, label=name)
  axes.set_yticks(place, [canvas.plain(label) for label in real])
  axes.set_ylim(len(real) - 0.4, -0.6)
  named = canvas.ticks(0, axes.get_xlim()[1], percent=True)
  axes.set_xticks([*named], [*named.values()])
  axes.set_xlabel("share of faces, by the classifier", **canvas.LABEL)
  canvas.quiet(axes, grid="x")
  fig.legend(loc="outside upper left", ncols=2, **canvas.LEGEND)
  return fig


def reliability_chart(bins: Sequence[Mapping[str, Any]]) -> Figure:
  """The share of right names by their probability, a dot for each bin.

  Dots grow with the faces in them; on the dashed line a probability is what it
  says. `bins` are as `metrics.calibration.reliability` has them.

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


def _group(
  axes: Axes,
  line: float,
  title: str,
  cells: Mapping[str, Estimate],
  printed: Decimal | None,
  metric: str,
) -> float:
  """A heading, the paper's number, and one line for each protocol, if any.

  Returns:
    Where the next group starts, in lines from the top.
  """
  _heading(axes, line, title)
  lines = max(len(cells), 1) + (printed is not None)
  here = line + 1
  if printed is not None:
    last = line + lines
    place = float(printed)
    axes.plot([place] * 2, [here, last], color=canvas.INK, lw=0.6, zorder=1)
    axes.add_line(_tick([place], [here]))
    _beside(axes, place, here, wording.score(metric, printed))
    here += 1
  for place, (protocol, found) in enumerate(cells.items()):
    value, low, high = _ends(found)
    colour = terms.protocol(protocol).look[0]
    axes.plot([low, high], [here + place] * 2, color=colour, lw=1.6)
    axes.add_line(_mark(protocol, [value], [here + place]))
    text = wording.score(metric, value)
    _beside(axes, max(value, high), here + place, text)
  if not cells:
    _beside(axes, axes.get_xlim()[0], here, "not run", canvas.QUIET)
  return _after(line, lines)


def _ends(estimate: Estimate) -> tuple[float, float, float]:
  """A value and its bounds; without an interval, three times the value."""
  value = float(estimate.value or 0)
  low, high = (value if end is None else end for end in estimate.bounds)
  return value, low, high


def _after(line: float, lines: int) -> float:
  """Where the next group starts, after one with so many lines."""
  return line + 1 + lines + _GAP


def _heading(axes: Axes, line: float, text: str) -> None:
  axes.annotate(
    canvas.plain(text),
    (0, line),
    xycoords=("axes fraction", "data"),
    color=canvas.INK,
    fontsize=canvas.TEXT,
    fontweight="bold",
    va="center",
    bbox=_OVER_LINES,
  )


def _beside(
  axes: Axes, value: float, line: float, text: str, colour: str = canvas.INK
) -> None:
  """Writes a number to the right of where its mark ends."""
  axes.annotate(
    text,
    (value, line),
    (8, 0),
    textcoords="offset points",
    color=colour,
    fontsize=canvas.TEXT - 1.5,
    va="center",
    bbox=_OVER_LINES,
  )


def _close(axes: Axes, end: float) -> None:
  """Puts the first line at the top, and leaves the lines without a y axis."""
  axes.set(ylim=(end - _GAP, -0.7), yticks=[])
  axes.spines["left"].set_visible(False)


def _legend(
  fig: Figure,
  protocols: Iterable[str],
  names: Mapping[str, str],
  *,
  printed: bool,
) -> None:
  """Names the marks of protocols, and the paper's tick."""
  keys = []
  for protocol in protocols:
    keys.append(_mark(protocol, [], []))
    keys[-1].set_label(canvas.plain(names.get(protocol, protocol)))
  if printed:
    keys.append(_tick([], []))
    keys[-1].set_label("printed in the paper")
  fig.legend(handles=keys, loc="outside upper left", **canvas.LEGEND)


def _mark(protocol: str, x: list[float], y: list[float]) -> Line2D:
  colour, marker, filled = terms.protocol(protocol).look
  face = colour if filled else "white"
  return Line2D(x, y, ls="", marker=marker, ms=7, mew=1.6, mec=colour, mfc=face)


def _tick(x: list[float], y: list[float]) -> Line2D:
  return Line2D(x, y, ls="", marker="|", ms=11, mew=1.8, color=canvas.INK)
