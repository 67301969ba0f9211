"""Curves: of training, of ROC, and of accuracy by number of labels."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from jaxfer import terms
from jaxfer.report import wording
from jaxfer.report.figures import canvas

Curve = tuple[np.ndarray, np.ndarray]
"""False and true positive rates, each (K,)."""

Losses = Mapping[str, np.ndarray]
"""Those of the columns `evidence.LOSSES` that a learner has, each (T,)."""

_LOSSES = (
  ("loss", "contrast", canvas.DISCRIMINATOR),
  ("loss_d", "discriminator", canvas.DISCRIMINATOR),
  ("loss_g", "generator", canvas.GENERATOR),
  ("loss_contrast", "contrast", canvas.INK),
)
_PROBABILITIES = (
  ("d_real", "real faces", canvas.INK),
  ("d_fake", "generated faces", canvas.GENERATOR),
)
_MATCHED = (("matched", "views", canvas.DISCRIMINATOR),)


def loss_chart(losses: Losses) -> Figure:
  """The losses by step, raw and smoothed, and how well is told what is told.

  That is D's probabilities; of a learner without D's head, the share of views
  that are matched.

  Reference: the paper's Figure 3.
  """
  fig = canvas.figure(4.6)
  above, below = fig.subplots(2, 1, sharex=True)
  _trained(above, losses, _LOSSES)
  told = "d_real" in losses
  _trained(below, losses, _PROBABILITIES if told else _MATCHED)
  above.set_title("loss", **canvas.LABEL, loc="left")
  above.set_ylim(bottom=0)
  title = "D's probability" if told else "share matched"
  below.set_title(title, **canvas.LABEL, loc="left")
  below.set(ylim=(0, 1))
  below.set_xlabel("step", **canvas.LABEL)
  for axes in (above, below):
    canvas.quiet(axes, grid="y")
    place = {"loc": "lower right", "bbox_to_anchor": (1, 0.98)}
    axes.legend(ncols=2, **canvas.LEGEND, **place)
  return fig


def loss_grid(losses: Mapping[str, Losses]) -> Figure:
  """Both networks' losses by dataset, as it is printed, on one scale of loss.

  Reference: the paper's Figure 3 (a) to (f).
  """
  columns = 2
  looks: dict[str, Any] = {"wrap": 28, "size": 9, "pad": 4}
  fig, panels = canvas.multiples(
    [*losses], columns, (1.1, 1.5), **looks, layout="constrained"
  )
  # Spikes beyond the smoothed curves run out of the panels.
  peaks = (
    moving_mean(own[column]).max()
    for own in losses.values()
    for column, *_ in _LOSSES
    if column in own
  )
  top = 1.25 * max(peaks) or 1.0
  for axes, own in zip(panels, losses.values(), strict=True):
    _trained(axes, own, _LOSSES)
    axes.set_ylim(0, top)
    axes.locator_params(axis="x", nbins=4)
    axes.locator_params(axis="y", nbins=5)
    canvas.quiet(axes, 8, grid="y")
  for axes in panels[-columns:]:
    axes.set_xlabel("step", fontsize=9, color=canvas.INK)
  fig.legend(
    handles=panels[0].get_legend_handles_labels()[0],
    title="loss",
    title_fontsize=canvas.TEXT - 1,
    alignment="left",
    loc="outside upper left",
    ncols=2,
    **canvas.LEGEND,
  )
  return fig


def roc_grid(
  curves: Mapping[str, Mapping[str, Curve]],
  areas: Mapping[str, Mapping[str, float | None]],
  titles: Mapping[str, str],
  colours: Mapping[str, str] = types.MappingProxyType({}),
) -> Figure:
  """ROC curves of experiments or of protocols: a panel for each class.

  Args:
    curves: experiment or protocol, as it is to be printed -> class -> false and
      true positive rates; a class that it did not test is absent.
    areas: experiment or protocol -> class -> area under the curve, or None
      where it is undefined; absent as above.
    titles: class -> title of its panel, in order.
    colours: of experiments or protocols that have one of their own.

  Reference: the paper's Figures 5 (emotions) and 7 (action units).
  """
  across = 3
  columns = 2 if max(map(len, curves), default=0) < 28 else 1
  lines = -(-len(curves) // columns) + 1
  fig, panels = canvas.multiples(
    [*titles.values()], across, (0.8 + 0.165 * lines, 1.52), wrap=27, size=7
  )
  styles: dict[str, dict[str, Any]] = {
    name: canvas.series(place)
    | ({"color": colours[name]} if name in colours else {})
    for place, name in enumerate(curves)
  }
  for place, (axes, label) in enumerate(zip(panels, titles, strict=True)):
    keys = []
    for name, by_class in curves.items():
      # Without a curve, an empty line keeps the place.
      line = Line2D([], [], ls="")
      if label in by_class:
        (line,) = axes.plot(*by_class[label], lw=1.2, **styles[name])
      area = areas.get(name, {}).get(label)
      line.set_label(
        wording.MISSING if area is None else wording.write("area", area)
      )
      keys.append(line)
    axes.legend(handles=keys, loc="lower right", **_INSIDE)
    _square(
      axes, lowest=place + across >= len(titles), first=place % across == 0
    )
  key = fig.legend(
    handles=[
      Line2D([], [], lw=1.5, label=canvas.plain(name), **style)
      for name, style in styles.items()
    ],
    loc="outside upper left",
    ncols=columns,
    title=f"area under the curve in each panel; {wording.MISSING} not tested",
    title_fontsize=8,
    alignment="left",
    **canvas.LEGEND | {"fontsize": 8},
  )
  key.get_title().set_color(canvas.QUIET)
  return fig


def label_efficiency_chart(
  curves: Mapping[str, Sequence[Mapping[str, Any]]],
  named: Callable[[str], str] = str,
) -> Figure:
  """Accuracy by the number of labels per class, and with all of them.

  Args:
    curves: representation -> points as results hold them, by rising number of
      `labels`; None, for all of them, is the last if it is known.
    named: what the title of a representation reads in this run.

  Reference: the paper's introduction, which claims that features learnt
  without labels need few of them.
  """
  every = [point for points in curves.values() for point in points]
  counts = sorted({point["labels"] for point in every} - {None})
  # One more doubling, though it stands for no number.
  everything = 2.2 * max(counts, default=1)
  known = [n for n, own in curves.items() if own[-1]["labels"] is None]
  fig = canvas.figure(3.6 + 0.1 * len(curves))
  axes = fig.add_subplot(xscale="log", ylim=(0, 1))
  for place, (name, points) in enumerate(curves.items()):
    colour = terms.representation(name).colour
    mark = canvas.MARKERS[place % len(canvas.MARKERS)]
    style = {"color": colour, "marker": mark, "ms": 6, "lw": 1.8}
    label = canvas.plain(named(terms.representation(name).title))
    ends = [point["ci95"] or [point["accuracy"]] * 2 for point in points]
    value = [point["accuracy"] for point in points]
    low, high = np.array(ends, np.float64).T
    few = len(points) - (name in known)
    x = [point["labels"] for point in points[:few]]
    axes.plot(x, value[:few], label=label, **style)
    axes.fill_between(x, low[:few], high[:few], color=colour, alpha=0.15, lw=0)
    if name in known:
      # Side by side, so that none hides another.
      shift = everything * (1 + 0.06 * (known.index(name) - len(known) // 2))
      axes.plot([shift] * 2, [low[-1], high[-1]], color=colour, lw=1.6)
      axes.plot(shift, value[-1], **style)
      if few:
        dashed = {"color": colour, "lw": 1, "ls": canvas.DASHED}
        axes.plot([x[-1], shift], value[-2:], **dashed)
  axes.set_xticks([*counts, everything], [*map(str, counts), "all"])
  axes.minorticks_off()
  axes.set_yticks(np.linspace(0, 1, 6), [f"{p} %" for p in range(0, 101, 20)])
  axes.set_xlabel("labels of each class", **canvas.LABEL)
  axes.set_ylabel("accuracy", **canvas.LABEL)
  canvas.quiet(axes, grid="y")
  fig.legend(loc="outside upper left", ncols=2, **canvas.LEGEND)
  return fig


def moving_mean(values: np.ndarray) -> np.ndarray:
  """Centred moving mean over a fortieth of the curve; shorter at the ends.

  Both are (T,), of the same mean level: a constant stays itself.
  """
  values = np.asarray(values, np.float64)
  reach = len(values) // 80
  sums = np.concatenate([[0.0], np.cumsum(values)])
  places = np.arange(len(values))
  low = np.maximum(places - reach, 0)
  high = np.minimum(places + reach + 1, len(values))
  return (sums[high] - sums[low]) / (high - low)


_INSIDE: dict[str, Any] = {
  "fontsize": 6.5,
  "labelcolor": canvas.INK,
  "handlelength": 1.6,
  "handletextpad": 0.4,
  "labelspacing": 0.15,
  "borderpad": 0.1,
  "borderaxespad": 0.2,
  "edgecolor": "none",
  "framealpha": 0.85,
}


def _trained(
  axes: Axes, losses: Losses, lines: Sequence[tuple[str, str, str]]
) -> None:
  """Columns of training curves, each thin as it is and thick smoothed."""
  step = np.asarray(losses["step"])
  for column, label, colour in lines:
    if column not in losses:
      continue
    raw = np.asarray(losses[column], dtype=np.float64)
    axes.plot(step, raw, color=colour, lw=0.6, alpha=0.3)
    axes.plot(step, moving_mean(raw), color=colour, lw=1.8, label=label)


def _square(axes: Axes, *, lowest: bool, first: bool) -> None:
  """A square of both rates, its axes named at the edge of the grid alone."""
  axes.plot([0, 1], [0, 1], color=canvas.HAIR, lw=1, zorder=0)
  axes.set(xlim=(-0.01, 1), ylim=(0, 1.01), aspect="equal")
  canvas.quiet(axes, 7)
  axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"] if lowest else [])
  axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"] if first else [])
  rate: dict[str, Any] = {"fontsize": 7, "color": canvas.QUIET, "labelpad": 1}
  if lowest:
    axes.set_xlabel("false positive rate", **rate)
  if first:
    axes.set_ylabel("true positive rate", **rate)
