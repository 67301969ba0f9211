"""What every figure shares: colours, size, type, quiet axes, bytes.

Protocols are orange, blues and purples, representations greens and greys, in
their rows of `terms`: no hue stands for one of either.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from jaxfer import terms
from jaxfer.data import sheet

GENERATOR = "#999933"
DISCRIMINATOR = terms.REPRESENTATIONS["trained"].colour

SERIES: tuple[str, ...] = (
  "#CC6677",
  "#2E8B7F",
  "#8B3A2F",
  "#66A61E",
  "#5C5C5C",
  "#C2A83E",
  "#14606B",
  "#1C2430",
)
"""Experiments, by their place: none of them a protocol's or representation's.

Every other line is dashed, so that readers of any colour vision tell them
apart.
"""

MARKERS = "osD^vPX*"
"""Marks for lines that are told apart by more than colour."""

DIVERGING = ("#762A83", "#FFFFFF", "#1B7837")
"""From against to for; hues that skin has not."""

INK, QUIET, HAIR = "#1C2430", "#5B6675", "#D8DDE4"

WIDTH, DPI, TEXT = 5.0, 200, 10.0
"""Inches, pixels an inch, points.

Small pages with large type: read at phone width, where 5 inches become 4.
"""

LABEL: dict[str, Any] = {"fontsize": TEXT, "color": INK}
"""How titles and axis names look."""

LEGEND: dict[str, Any] = {
  "fontsize": TEXT - 1,
  "labelcolor": INK,
  "handletextpad": 0.5,
  "columnspacing": 1.2,
  "frameon": False,
}
"""How legends look."""

DASHED = (0, (4, 1.5))
"""A dashed line that stays one when thin."""

Layout = Literal["constrained", "compressed"]
"""`compressed` is for panels of a fixed aspect, which sit close."""

_MOST = 6  # ticks on an axis
_LINE, _LETTERS = 22, 14.0  # pixels of a line below faces, and of its letters


def figure(height: float, layout: Layout = "constrained") -> Figure:
  """An empty figure of the common width, so many inches high."""
  fig = Figure(figsize=(WIDTH, height), dpi=DPI, layout=layout)
  FigureCanvasAgg(fig)
  return fig


def multiples(
  titles: Sequence[str],
  columns: int,
  height: tuple[float, float],
  *,
  wrap: int = 0,
  size: float = 8,
  pad: float = 3,
  layout: Layout = "compressed",
) -> tuple[Figure, list[Axes]]:
  """A figure of small charts in rows, each under its title, and its axes.

  Args:
    titles: of the charts, at least one.
    columns: charts in a row; the last may fall short.
    height: inches of the figure but for its rows, and of a row.
    wrap: letters after which a title goes on in a new line.
    size: of titles in points.
    pad: points between title and chart.
    layout: of the figure.
  """
  rows = -(-len(titles) // columns)
  fig = figure(height[0] + height[1] * rows, layout)
  panels = list(fig.subplots(rows, columns, squeeze=False).ravel())
  while len(panels) > len(titles):
    panels.pop().set_axis_off()
  for axes, title in zip(panels, titles, strict=True):
    if title:
      lines = plain("\n".join(textwrap.wrap(title, wrap)))
      axes.set_title(lines, loc="left", pad=pad, fontsize=size, color=INK)
  return fig, panels


def quiet(
  axes: Axes,
  text: float = TEXT - 1,
  grid: Literal["", "x", "y"] = "",
) -> None:
  """Draws the axes in hairlines, the data before them.

  `text` is the size of tick names in points; the ticks of the axis `grid` have
  lines across.
  """
  axes.spines[["top", "right"]].set_visible(False)
  axes.spines[["left", "bottom"]].set_color(HAIR)
  axes.tick_params(labelsize=text, labelcolor=QUIET, color=HAIR)
  axes.set_axisbelow(True)
  if grid:
    axes.grid(axis=grid, color=HAIR, lw=0.6)


def ticks(low: float, high: float, percent: bool) -> dict[float, str]:
  """Two to six places at equal steps of 1, 2 or 5 times a power of ten.

  From where an axis starts to where it ends, each with its exact name, which
  for a fraction may be in percent.
  """
  exponent = math.floor(math.log10((high - low) / _MOST))
  for unit in (1, 2, 5, 10, 20):
    step = unit * 10.0**exponent
    # A sliver of a step, so that an end that is a tick is not rounded off.
    first = math.ceil(low / step - 1e-6)
    last = math.floor(high / step + 1e-6)
    if last - first < _MOST:
      break
  else:
    raise ValueError(f"no ticks from {low} to {high}: the end must be above")
  scale, sign = (100, " %") if percent else (1, "")
  places = max(-exponent - (unit >= 10) - 2 * percent, 0)
  values = (round(k * step, 12) for k in range(first, last + 1))
  return {
    value: f"{scale * value:.{places}f}{sign}".replace("-", "\N{MINUS SIGN}")
    for value in values
  }


def measure(axes: Axes, axis: Axis, metric: str, end: float = 1.0) -> None:
  """Names and ticks an axis in a metric's units, from its low end to `end`.

  Its limits are set before; beyond the end there is room for numbers.
  """
  row = terms.METRICS[metric]
  low, high = axis.get_view_interval()
  named = ticks(low, min(high, end), row.unit == "rate")
  axis.set_ticks([*named], labels=[*named.values()])
  axis.set_label_text(row.title, **LABEL)
  axis.grid(color=HAIR, lw=0.6)
  quiet(axes)


def plain(text: str) -> str:
  """Text from data, kept from being read as mathematics."""
  return text.replace("$", r"\$")


def series(place: int) -> dict[str, Any]:
  """Style of the line at a place: a colour, and every other one dashed."""
  # So that hue is not the only difference.
  return {
    "color": SERIES[place % len(SERIES)],
    "ls": "-" if place % 2 == 0 else DASHED,
  }


def ramp(protocol: str) -> LinearSegmentedColormap:
  """From none to all, in a protocol's colour."""
  full = terms.protocol(protocol).look[0]
  return LinearSegmentedColormap.from_list("ramp", ["#FFFFFF", full])


def save(
  drawn: Figure | Image.Image | list[Image.Image], path: Path, note: str = ""
) -> None:
  """Writes a chart or a sheet of faces as PNG, the same bytes every time.

  The frames of a film become a PNG that plays, and an MP4 of its name, where
  that can be written. A note, such as that faces are stand-ins, is a line at
  its foot.
  """
  if isinstance(drawn, list):
    noted = [_below(one, note) if note else one for one in drawn]
    noted[0].save(
      path,
      format="PNG",
      save_all=True,
      append_images=noted[1:],
      duration=sheet.FRAME_MS,
    )
    sheet.write_mp4([np.asarray(one) for one in noted], film_of(path))
    return
  if isinstance(drawn, Image.Image):
    noted = _below(drawn, note) if note else drawn
    noted.save(path, format="PNG", optimize=True)
    return
  if note:
    drawn.supxlabel(
      plain(note), fontsize=TEXT - 2, color=QUIET, x=0.99, ha="right"
    )
  # Done by savefig, it takes a whole drawing more, which nobody sees.
  if (layout := drawn.get_layout_engine()) is not None:
    layout.execute(drawn)
    drawn.set_layout_engine("none")
  # The default metadata name the library's version, which changes the bytes.
  drawn.savefig(path, metadata={"Software": None})


def film_of(path: Path) -> Path:
  """Where the film beside a PNG that plays is."""
  return path.with_suffix(".mp4")


def letters(
  size: float = _LETTERS,
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
  """The font of sheets of faces, its letters so many pixels high."""
  return ImageFont.load_default(size=size)


def _below(image: Image.Image, note: str) -> Image.Image:
  """An image with a line below it."""
  width, height = image.size
  whole = Image.new("RGB", (width, height + _LINE), "white")
  whole.paste(image)
  draw, place = ImageDraw.Draw(whole), (width - 2, height + _LINE // 2)
  # Smaller where a few faces are narrower than their note.
  long = draw.textlength(note, font=letters())
  font = letters(min(_LETTERS, _LETTERS * (width - 4) / long))
  draw.text(place, note, fill=QUIET, font=font, anchor="rm")
  return whole
