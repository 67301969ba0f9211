"""The two networks, drawn to scale from the shapes of their layers."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from jaxfer.report.figures import canvas
from jaxfer.results.evidence import Layer

# In points, 72 an inch.
_ACROSS = 345.0  # the page between its margins
_TALL = 62.0  # the largest map
_BACK = 20.0  # how far its depth goes up and to the right
_ROW = 152.0  # from one network's floor to the next
_HEAD = (22.0, 22.0, 0.0)


def architecture(
  generator: Sequence[Layer],
  discriminator: Sequence[Layer],
  features: int,
  head: str = "SVM",
) -> Figure:
  """The networks as boxes to scale, and the features that the head is given.

  A box is as high and deep as its maps, and as long as they are many. Vectors
  are bars of one size.

  Args:
    generator: latent to image, in order; none of a learner without one.
    discriminator: image to the layer that features are taken from, in order.
    features: length of the feature vector.
    head: what these go into.

  Raises:
    ValueError: if a shape is neither (H, W, maps) nor (n,).

  Reference: the paper's Figures 1 and 2; arXiv:1511.06434, Figure 1.
  """
  for layer in (*generator, *discriminator):
    if len(layer.shape) not in (1, 3):
      raise ValueError(
        f"layer {layer.name} has the shape {layer.shape}; give (H, W, maps),"
        " or (n,) for a vector, without the batch"
      )
  shapes = [layer.shape for layer in (*generator, *discriminator)]
  side = max(shape[0] for shape in shapes if len(shape) == 3)
  most = max(shape[2] for shape in shapes if len(shape) == 3)
  lowest = -_ROW if generator else 0.0
  fig = canvas.figure(4.3 if generator else 2.1)
  axes = fig.add_subplot(xlim=(0, _ACROSS), aspect="equal")
  axes.set_ylim(lowest - 46, _TALL + _BACK + 24)
  axes.set_axis_off()
  into_head = (Layer("features", (features,)), Layer(head, ()))
  for floor, title, layers, colour in (
    (0.0, "generator: noise to face", generator, canvas.GENERATOR),
    (
      lowest,
      f"{'discriminator' if generator else 'trunk'}: face to features",
      (*discriminator, *into_head),
      canvas.DISCRIMINATOR,
    ),
  ):
    if not layers:
      continue
    _heading(axes, floor, title, layers, colour)
    slot = _ACROSS / len(layers)
    for place, layer in enumerate(layers):
      left = slot * place
      sides = _sides(layer.shape, side, most, slot)
      _box(axes, left, floor, sides, colour)
      _label(axes, left, floor, layer, colour)
      if place + 1 < len(layers):
        start, high = left + sides[0] + sides[2] / 2 + 3, floor + _HEAD[1] / 2
        style = {"arrowstyle": "->", "color": canvas.QUIET, "lw": 0.8}
        ends = (left + slot - 3, high), (start, high)
        axes.annotate("", *ends, arrowprops=style)
  return fig


def _heading(
  axes: Axes, floor: float, title: str, layers: Sequence[Layer], colour: str
) -> None:
  top = floor + _TALL + _BACK + 14
  axes.text(
    0, top, title, color=colour, fontsize=canvas.TEXT, fontweight="bold"
  )
  if any(layer.field is not None for layer in layers):
    words = "in px: side of the receptive field"
    axes.text(_ACROSS, top, words, color=colour, fontsize=7.5, ha="right")


def _sides(
  shape: tuple[int, ...], side: int, most: int, slot: float
) -> tuple[float, float, float]:
  """Length, height and depth as drawn."""
  if not shape:
    return _HEAD
  if len(shape) == 1:
    return 5.0, _TALL, 0.0
  height, width, maps = shape
  long = max(0.42 * slot * maps / most, 1.5)
  return long, _TALL * height / side, _BACK * width / side


def _box(
  axes: Axes,
  left: float,
  floor: float,
  sides: tuple[float, float, float],
  colour: str,
) -> None:
  long, tall, back = sides
  right, top = left + long, floor + tall
  front = [(left, floor), (right, floor), (right, top), (left, top)]
  lid = [
    front[3],
    front[2],
    (right + back, top + back),
    (left + back, top + back),
  ]
  end = [front[1], (right + back, floor + back), lid[2], front[2]]
  for corners, alpha in ((front, 0.85), (lid, 0.5), (end, 0.3)):
    axes.add_patch(
      Polygon(corners, facecolor=colour, alpha=alpha, ec="white", lw=0.5)
    )


def _label(
  axes: Axes, left: float, floor: float, layer: Layer, colour: str
) -> None:
  """Name, shape and receptive field, below each other."""
  *area, last = layer.shape or (None,)
  size = [f"{area[0]}×{area[1]}", f"×{last:,}"] if area else []
  if not area and last is not None:
    size = [f"{last:,}"]
  field = [] if layer.field is None else [f"{layer.field} px"]
  lines = [(layer.name, canvas.INK), *((s, canvas.QUIET) for s in size)]
  lines += [(text, colour) for text in field]
  for place, (text, own) in enumerate(lines):
    height = floor - 6 - 10 * place
    style = {"color": own, "fontsize": 7.5, "va": "top"}
    axes.text(left, height, canvas.plain(text), **style)
