"""All charts: their size, their bytes, their layout, the names they survive."""

import colorsys
import dataclasses
import functools
import itertools
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image

from jaxfer import facs, terms
from jaxfer.report import figures
from jaxfer.report.estimates import Estimate
from jaxfer.report.figures import (
  canvas,
  curves,
  faces,
  matrices,
  networks,
  scores,
)
from jaxfer.results.evidence import Layer

_NOTE = "stand-in faces"
_RNG = np.random.default_rng(0)
_CURVE = (np.array([0, 0.2, 1]), np.array([0, 0.7, 1]))
_LOSSES = dict.fromkeys(
  ("step", "loss_d", "loss_g", "d_real", "d_fake"), np.linspace(0, 1, 200)
)
_CELLS = {
  "paper": Estimate(0.97, "rate", (0.96, 0.98)),
  "subject": Estimate(0.8, "rate", (0.7, 0.9)),
  "sealed": Estimate(0.7, "rate", (0.6, 0.8)),
  "a protocol to come": Estimate(1.0),
}
_EXPERIMENTS = [f"Exp{i} enhanced CK → Radboud multi-view" for i in range(1, 9)]
_UNITS = {str(n): f"AU{n} {name}" for n, name in facs.AU_NAMES.items()}
_ROC = {name: dict.fromkeys(_UNITS, _CURVE) for name in _EXPERIMENTS}
_AREAS = {name: dict.fromkeys(_UNITS, 0.75) for name in _EXPERIMENTS}
_FACES = _RNG.integers(0, 256, (14, 64, 64, 3), dtype=np.uint8)
_MAPS = _RNG.normal(size=(14, 4, 4))
_DOWN = [
  Layer("image", (128, 128, 3)),
  *(Layer(f"conv{i}", (128 >> i,) * 2 + (64 << i,), 46) for i in range(1, 6)),
]
_EFFICIENCY = [
  {"labels": n, "accuracy": 0.5, "ci95": [0.4, 0.6]} for n in (1, 2, 5, 10, 20)
]
_ALL = {"labels": None, "accuracy": 0.8, "ci95": [0.7, 0.9]}

CHARTS = {
  "accuracy": lambda: scores.protocols_chart(
    dict.fromkeys(("trained discriminator", "HOG"), _CELLS),
    {"trained discriminator": Decimal("0.98")},
    guess=0.1,
  ),
  "architecture": lambda: networks.architecture(
    [Layer("latent", (100,)), *_DOWN[::-1]], _DOWN, 16384
  ),
  "confusion": lambda: matrices.confusion_chart(
    np.array([[3, 1], [0, 0]]), ["a", "b"], "random folds"
  ),
  "confusion_grid": lambda: matrices.confusion_grid(
    {e: (np.full((8, 8), 9) + np.eye(8) * 9, facs.EMOTIONS) for e in "abc"},
  ),
  "efficiency": lambda: curves.label_efficiency_chart(
    dict.fromkeys(terms.asked("labels"), _EFFICIENCY)
    | {"trained": [*_EFFICIENCY, _ALL]}
  ),
  "evidence": lambda: faces.evidence_sheet(
    _FACES, _MAPS, [*_UNITS.values()], mode="show"
  ),
  "loss": lambda: curves.loss_chart(_LOSSES),
  "loss_grid": lambda: curves.loss_grid(
    dict.fromkeys(_EXPERIMENTS[:6], _LOSSES)
  ),
  "pairs": lambda: faces.pairs_sheet(
    _FACES, _FACES[::-1], ["fold 3 | fold 10"] * 14, mode="show"
  ),
  "protocols": lambda: scores.protocols_chart(
    dict.fromkeys(_EXPERIMENTS[:4], _CELLS),
    {_EXPERIMENTS[1]: Decimal("0.95")},
  ),
  "reliability": lambda: scores.reliability_chart(
    [
      {"count": 1, "confidence": 0.31, "accuracy": 0.0},
      {"count": 900, "confidence": 0.99, "accuracy": 1.0},
    ]
  ),
  "roc": lambda: curves.roc_grid(
    {name: dict.fromkeys(facs.EMOTIONS, _CURVE) for name in _CELLS},
    {name: dict.fromkeys(facs.EMOTIONS, 0.75) for name in _CELLS},
    {name: name for name in facs.EMOTIONS},
    {name: terms.protocol(name).look[0] for name in _CELLS},
  ),
  "roc_grid": lambda: curves.roc_grid(_ROC, _AREAS, _UNITS),
  "seeds": lambda: scores.seeds_chart(
    {
      name: {"paper": [0.97, 0.96, 0.975], "subject": [0.8, 0.82, 0.81]}
      for name in ("trained", "untrained")
    },
  ),
  "transfer": lambda: matrices.transfer_heat_map(
    ["enhanced CK · enhanced CK", "CelebA · Radboud"],
    ["enhanced CK", "Radboud"],
    np.array([[0.9, np.nan], [0.6, 0.5]]),
    np.array([[Decimal("0.9"), Decimal("0.8")], [Decimal("0.6"), None]]),
  ),
}


@functools.cache
def _drawn(name: str, folder: Path) -> tuple[Path, list]:
  """A chart with a note, and the boxes of all text that it holds."""
  texts: dict = {}
  draw = RendererAgg.draw_text

  def record(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
    wide, tall, below = self.get_text_width_height_descent(s, prop, ismath)
    if angle == 90:
      box = (x - tall, y - wide, x, y)
    else:
      box = (x, y - tall + below, x + wide, y + below)
    texts[(s, *box)] = angle
    draw(self, gc, x, y, s, prop, angle, ismath, mtext)

  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(RendererAgg, "draw_text", record)
    path = folder / f"{name}.png"
    canvas.save(CHARTS[name](), path, _NOTE)
  # Slanted text has no upright box.
  return path, [key for key, angle in texts.items() if angle in (0, 90)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
  return tmp_path_factory.mktemp("figures")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_the_same_bytes_every_time(tmp_path, folder, name):
  first = _drawn(name, folder)[0].read_bytes()
  canvas.save(CHARTS[name](), tmp_path / "2.png", _NOTE)
  assert first == (tmp_path / "2.png").read_bytes()
  # Neither date nor version, which would change the bytes of equal charts.
  assert b"tIME" not in first and b"Software" not in first


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_readable_on_a_phone(folder, name):
  with Image.open(_drawn(name, folder)[0]) as image:
    # Five inches wide: at 400 px, 9-point type is still 10 px tall.
    assert image.width == 1000
    assert 300 < image.height < 2200


@pytest.mark.parametrize("name", CHARTS)
def test_text_is_neither_clipped_nor_overprinted(folder, name):
  path, texts = _drawn(name, folder)
  with Image.open(path) as image:
    width, height = image.size
  for text, left, top, right, bottom in texts:
    assert left > -1 and top > -1, text
    assert right < width + 1 and bottom < height + 1, text
  for one, other in itertools.combinations(texts, 2):
    across = min(one[3], other[3]) - max(one[1], other[1])
    down = min(one[4], other[4]) - max(one[2], other[2])
    # The boxes are those of the whole line height: hairs may touch.
    assert across < 3 or down < 6, (one[0], other[0])


@pytest.mark.parametrize("name", CHARTS)
def test_a_note_is_printed_into_the_foot(folder, name):
  path, texts = _drawn(name, folder)
  assert [text[0] for text in texts].count(_NOTE) == 1
  foot = np.asarray(Image.open(path))[-60:, :, :3].astype(int)
  assert (foot.max(axis=-1) < 160).sum() > 50


def test_protocols_of_any_name_are_drawn_with_their_words(folder, monkeypatch):
  long = "sealed: people unseen by the DCGAN too"
  row = dataclasses.replace(terms.PROTOCOLS["sealed"], title=long)
  monkeypatch.setattr(terms, "PROTOCOLS", {**terms.PROTOCOLS, "sealed": row})
  _drawn.cache_clear()
  for name in ("accuracy", "protocols"):
    found = [text[0] for text in _drawn(name, folder)[1]]
    assert {long, "a protocol to come"} <= {*found}
  _drawn.cache_clear()


def _hue(colour):
  """Degrees around the wheel, or None of a grey."""
  hue, _, saturation = colorsys.rgb_to_hls(
    *(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
  )
  return 360 * hue if saturation > 0.15 else None


def test_no_colour_has_two_meanings():
  unknown = terms.protocol("a protocol to come").look[0]
  protocols = [terms.PROTOCOLS[name].look[0] for name in terms.SHOWN]
  drawn = [row.colour for row in terms.REPRESENTATIONS.values()]
  others = [canvas.GENERATOR, *(c for c in drawn if c != unknown)]
  own = [*protocols, *others, *canvas.SERIES, unknown]
  assert len({*own}) == len(own)
  for protocol, other in itertools.product(protocols, others):
    one, two = _hue(protocol), _hue(other)
    if two is not None:
      apart = abs(one - two)
      assert min(apart, 360 - apart) > 30, (protocol, other)


@pytest.mark.parametrize(
  ("name", "draw"),
  [
    (
      "subject",
      lambda: scores.protocols_chart({"a": {"subject": Estimate(0.5)}}, {}),
    ),
    (
      "sealed",
      lambda: curves.roc_grid(
        {"b": {"a": _CURVE}},
        {},
        {"a": "a"},
        {"b": terms.protocol("sealed").look[0]},
      ),
    ),
    (
      "paper",
      lambda: matrices.confusion_chart(np.eye(2, dtype=int), "ab", "", "paper"),
    ),
    (
      "paper",
      lambda: matrices.confusion_grid({"a": (np.eye(2), "ab")}, "paper"),
    ),
    (
      "official",
      lambda: matrices.transfer_heat_map(
        "a", "b", np.ones((1, 1)), protocol="official"
      ),
    ),
    (
      "trained",
      lambda: curves.label_efficiency_chart({"trained": _EFFICIENCY}),
    ),
    (
      "pixels",
      lambda: curves.label_efficiency_chart({"pixels": _EFFICIENCY}),
    ),
  ],
)
def test_a_name_has_its_colour_in_every_figure(tmp_path, name, draw):
  known = {p: terms.PROTOCOLS[p].look[0] for p in terms.SHOWN}
  known |= {r: terms.REPRESENTATIONS[r].colour for r in terms.asked("labels")}
  canvas.save(draw(), tmp_path / "f.png")
  with Image.open(tmp_path / "f.png") as image:
    found = np.asarray(image.convert("RGB")).astype(int)
  count = {
    other: (np.abs(found - list(bytes.fromhex(colour[1:]))).sum(-1) < 6).sum()
    for other, colour in known.items()
  }
  count["pixels"] -= (
    0 if name == "pixels" else count["pixels"]
  )  # as greys of type
  assert count[name] > 50
  assert max(count, key=count.get) == name


@pytest.mark.parametrize("percent", [True, False])
def test_ticks_are_exact_and_at_equal_steps(percent):
  rng = np.random.default_rng(0)
  for _ in range(500):
    low = float(rng.uniform(-1, 1))
    high = low + float(10 ** rng.uniform(-3.5, 0.5))
    found = canvas.ticks(low, high, percent)
    assert 2 <= len(found) <= 6
    values = [*found]
    assert min(values) >= low - 1e-5 and max(values) <= high + 1e-5
    named = [
      float(text.replace("\N{MINUS SIGN}", "-").rstrip(" %"))
      for text in found.values()
    ]
    assert len(
      {len(name.rpartition(".")[2]) for name in found.values()}
    ) == 1 or (not any("." in name for name in found.values()))
    np.testing.assert_allclose(
      named, np.array(values) * (100 if percent else 1), atol=1e-9
    )
    steps = np.diff(named)
    np.testing.assert_allclose(steps, steps[0], atol=1e-9)


def test_ticks_of_few_percent_are_not_rounded():
  assert [*canvas.ticks(0, 0.09, True).values()] == [
    f"{share} %" for share in (0, 2, 4, 6, 8)
  ]
  assert next(iter(canvas.ticks(0.9991, 0.9999, False).values())) == "0.9992"


def test_every_protocol_has_a_mark_of_its_own():
  marks = [terms.protocol(p).look[1:] for p in (*terms.SHOWN, "to come")]
  assert len({*marks}) == len(marks)


def test_nothing_else_imports_matplotlib_and_nothing_pyplot():
  home = Path(figures.__file__).parent
  for path in home.parents[1].rglob("*.py"):
    text = path.read_text()
    assert "pyplot" not in text, path
    if path.parent != home and "matplotlib" in text:
      # A figure that is passed on, never drawn on.
      assert path.stem == "pictures", path
