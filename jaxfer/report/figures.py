"""The charts: arrays in, one PNG out, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from jaxfer.report import palette, smoothing, wording

# Small pages with large type: read at phone width, where 5 inches become 4.
_WIDTH, _DPI, _TEXT = 5.0, 200, 10.0
_LABEL: dict[str, Any] = {"fontsize": _TEXT, "color": palette.INK}
_LEGEND: dict[str, Any] = {
  "fontsize": _TEXT - 1,
  "labelcolor": palette.INK,
  "handletextpad": 0.5,
  "columnspacing": 1.2,
}
_PERCENT = (np.linspace(0, 1, 6), [f"{p} %" for p in range(0, 101, 20)])


def accuracy_chart(
  path: Path,
  scores: Mapping[str, Mapping[str, tuple[float, float, float]]],
  guess: float,
  printed: float | None,
  note: str = "",
) -> Path:
  """Accuracy of each representation under both protocols.

  Args:
    path: the PNG to write.
    scores: representation -> protocol -> accuracy and its 95 % bounds, as
      fractions.
    guess: accuracy of always naming the commonest emotion.
    printed: the paper's accuracy, or None.
    note: a line at the foot, such as that the faces are stand-ins.

  Returns:
    The path.
  """
  fig = _figure(0.9 + 0.72 * len(scores) + (0.2 if printed else 0.0), note)
  axes = fig.add_subplot()
  style = {"paper": ("white", -0.12), "subject": (None, 0.16)}
  for row, (representation, by_protocol) in enumerate(scores.items()):
    colour = palette.REPRESENTATIONS.get(representation, palette.OTHER)
    name = wording.REPRESENTATIONS.get(representation, representation)
    axes.text(
      0,
      row - 0.36,
      _plain(name),
      color=colour,
      fontsize=_TEXT,
      fontweight="bold",
      va="center",
      # Over the line of the guesser.
      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )
    for protocol, (value, low, high) in by_protocol.items():
      face, offset = style[protocol]
      axes.plot([low, high], [row + offset] * 2, color=colour, lw=1.6)
      axes.plot(
        value, row + offset, "o", ms=7, mew=1.6, mec=colour, mfc=face or colour
      )
      axes.text(
        high + 0.02,
        row + offset,
        wording.percent(value),
        color=palette.INK,
        fontsize=_TEXT - 1,
        va="center",
      )
  axes.axvline(guess, color=palette.QUIET, lw=1, ls=(0, (3, 3)), zorder=0)
  axes.text(
    guess + 0.01,
    len(scores) - 0.52,
    "commonest emotion, always",
    color=palette.QUIET,
    fontsize=_TEXT - 2,
    va="center",
  )
  keys = [
    axes.plot([], [], "o", ms=7, mec=palette.INK, mfc=face, label=label)
    for face, label in zip(
      ("white", palette.INK), wording.PROTOCOLS.values(), strict=True
    )
  ]
  if printed is not None:
    # A mark beside ours that it answers: trained, under random folds.
    label = f"printed in the paper, {wording.percent(printed, 2)}"
    keys.append(
      axes.plot(
        printed,
        style["paper"][1],
        "|",
        color=palette.INK,
        ms=14,
        mew=1.6,
        label=label,
      )
    )
  fig.legend(
    handles=[key for (key,) in keys],
    loc="outside upper left",
    ncols=2,
    frameon=False,
    **_LEGEND,
  )
  axes.set(xlim=(0, 1.16), ylim=(len(scores) - 0.4, -0.6), yticks=[])
  axes.set_xticks(*_PERCENT)
  axes.grid(axis="x", color=palette.HAIR, lw=0.6)
  _quiet(axes)
  axes.spines["left"].set_visible(False)
  return _save(fig, path)


def roc_chart(
  path: Path,
  curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
  areas: Mapping[str, float | None],
  title: str,
  note: str = "",
) -> Path:
  """ROC curves of all emotions under one protocol.

  Args:
    path: the PNG to write.
    curves: emotion -> false and true positive rates, each (K,).
    areas: emotion -> area under the curve, or None where it is undefined.
    title: the protocol.
    note: a line at the foot.

  Returns:
    The path.
  """
  fig = _figure(5.2, note)
  axes = fig.add_subplot()
  axes.plot([0, 1], [0, 1], color=palette.HAIR, lw=1)
  keys = []
  for place, emotion in enumerate(wording.in_order(curves)):
    value = areas.get(emotion)
    text = wording.MISSING if value is None else wording.area(value)
    keys += axes.plot(
      *curves[emotion],
      color=palette.EMOTIONS.get(emotion, palette.OTHER),
      lw=1.5,
      # Every other one dashed, so that hue is not the only difference.
      ls="-" if place % 2 == 0 else (0, (4, 1.5)),
      label=_plain(f"{emotion} {text}"),
    )
  axes.set(xlim=(-0.01, 1), ylim=(0, 1.01), aspect="equal")
  axes.set_xlabel("other faces taken for it", **_LABEL)
  axes.set_ylabel("its faces found", **_LABEL)
  axes.set_title(title, loc="left", **_LABEL)
  for axis in (axes.xaxis, axes.yaxis):
    axis.set_ticks(*_PERCENT)
  _quiet(axes)
  # Below the diagonal there is room wherever the scores are of use.
  axes.legend(
    handles=keys,
    loc="lower right",
    edgecolor="none",
    framealpha=0.85,
    **_LEGEND,
  )
  return _save(fig, path)


def confusion_chart(
  path: Path,
  counts: np.ndarray,
  classes: list[str],
  title: str,
  note: str = "",
) -> Path:
  """A confusion matrix: counts written, rows coloured by their shares.

  Args:
    path: the PNG to write.
    counts: (K, K) faces of class i named j.
    classes: the K names.
    title: the protocol.
    note: a line at the foot.

  Returns:
    The path.
  """
  counts = np.asarray(counts)
  shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
  fig = _figure(4.9, note)
  axes = fig.add_subplot()
  ramp = LinearSegmentedColormap.from_list("ramp", ["#FFFFFF", "#1F5AA6"])
  axes.imshow(shares, cmap=ramp, vmin=0, vmax=1)
  for (true, named), count in np.ndenumerate(counts):
    if count:
      axes.text(
        named,
        true,
        f"{count}",
        ha="center",
        va="center",
        fontsize=_TEXT - 1,
        color="white" if shares[true, named] > 0.5 else palette.INK,
      )
  names = [_plain(name) for name in classes]
  axes.set_xticks(
    range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor"
  )
  axes.set_yticks(range(len(names)), names)
  axes.set_xlabel("named", **_LABEL)
  axes.set_ylabel("shown", **_LABEL)
  axes.set_title(title, loc="left", **_LABEL)
  _quiet(axes)
  axes.tick_params(length=0)
  return _save(fig, path)


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
  fig = _figure(4.6, note)
  above, below = fig.subplots(2, 1, sharex=True)
  lines = (
    (above, "loss_d", "discriminator", "#1F5AA6"),
    (above, "loss_g", "generator", "#B5651D"),
    (below, "d_real", "real faces", "#117733"),
    (below, "d_fake", "generated faces", "#882255"),
  )
  step = np.asarray(losses["step"])
  for axes, column, label, colour in lines:
    raw = np.asarray(losses[column], dtype=np.float64)
    axes.plot(step, raw, color=colour, lw=0.6, alpha=0.3)
    axes.plot(
      step, smoothing.moving_mean(raw), color=colour, lw=1.8, label=label
    )
  above.set_title("loss", **_LABEL, loc="left")
  above.set_ylim(bottom=0)
  below.set_title("D's probability", **_LABEL, loc="left")
  below.set(ylim=(0, 1))
  below.set_xlabel("step", **_LABEL)
  for axes in (above, below):
    _quiet(axes)
    axes.grid(axis="y", color=palette.HAIR, lw=0.6)
    axes.legend(
      frameon=False,
      ncols=2,
      **_LEGEND,
      loc="lower right",
      bbox_to_anchor=(1, 0.98),
    )
  return _save(fig, path)


def _figure(height: float, note: str) -> Figure:
  fig = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")
  FigureCanvasAgg(fig)
  if note:
    fig.supxlabel(
      note, fontsize=_TEXT - 2, color=palette.WARN, x=0.99, ha="right"
    )
  return fig


def _quiet(axes: Axes) -> None:
  axes.spines[["top", "right"]].set_visible(False)
  axes.spines[["left", "bottom"]].set_color(palette.HAIR)
  axes.tick_params(
    labelsize=_TEXT - 1, labelcolor=palette.QUIET, color=palette.HAIR
  )
  axes.set_axisbelow(True)


def _plain(text: str) -> str:
  """Text from data, kept from being read as mathematics."""
  return text.replace("$", r"\$")


def _save(fig: Figure, path: Path) -> Path:
  # The default metadata name the library's version, which changes the bytes.
  fig.savefig(path, metadata={"Software": None})
  return path
