"""What single charts say: what is missing, what is compared, what is hidden."""

from decimal import Decimal

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg

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

_CURVE = (np.array([0, 0.2, 1]), np.array([0, 0.7, 1]))
_LOSSES = dict.fromkeys(
  ("step", "loss_d", "loss_g", "d_real", "d_fake"), np.linspace(0, 1, 200)
)
_RNG = np.random.default_rng(0)
_FACES = _RNG.integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)
_GREY = np.full((1, 64, 64, 3), 128, np.uint8)


@pytest.fixture
def words(monkeypatch):
  """Every piece of text as it is drawn."""
  found: list[str] = []
  draw = RendererAgg.draw_text

  def record(self, gc, x, y, s, *rest, **named):
    found.append(s)
    draw(self, gc, x, y, s, *rest, **named)

  monkeypatch.setattr(RendererAgg, "draw_text", record)
  return found


def _point(labels):
  return {"labels": labels, "accuracy": 0.5, "ci95": None}


def _pixels(chart):
  chart.canvas.draw()
  return np.asarray(chart.canvas.buffer_rgba())[..., :3].astype(int)


def test_names_are_text_not_mathematics(tmp_path, words):
  name = r"$\frac{a$ <b>"
  cell, counts = Estimate(0.5), np.eye(1, dtype=int)
  _pixels(curves.roc_grid({name: {"a": _CURVE}}, {}, {"a": name}))
  _pixels(matrices.confusion_chart(counts, [name], name))
  _pixels(matrices.confusion_grid({name: (counts, [name])}))
  _pixels(curves.loss_grid({name: _LOSSES}))
  chart = scores.protocols_chart({name: {name: cell}}, {})
  canvas.save(chart, tmp_path / "f.png", name)
  _pixels(scores.seeds_chart({name: {name: [0.5]}}))
  _pixels(curves.label_efficiency_chart({name: [_point(1), _point(None)]}))
  _pixels(matrices.transfer_heat_map([name], [name], counts))
  _pixels(faces.evidence_sheet(_GREY, np.ones((1, 4, 4)), [name], mode="show"))
  _pixels(faces.pairs_sheet(_GREY, _GREY, [name], mode="show"))
  layer = Layer(name, (4, 4, 3))
  _pixels(networks.architecture([layer], [layer], 48))
  # Drawn as it is.
  assert words.count(name) >= 19


def test_a_single_step_and_no_curve_are_drawn():
  short = {k: v[:1] for k, v in _LOSSES.items()}
  _pixels(curves.loss_chart(short))
  _pixels(curves.loss_grid({"a": short}))
  _pixels(curves.roc_grid({}, {}, {"a": "a"}))


def test_a_class_that_was_not_tested_has_a_dash_for_an_area(words):
  drawn = {"one": {"a": _CURVE, "b": _CURVE}, "two": {"a": _CURVE}}
  areas = {"one": {"a": 0.75, "b": 0.75}, "two": {"a": 0.75}}
  _pixels(curves.roc_grid(drawn, areas, {"a": "A", "b": "B"}))
  assert words.count("0.750") == 3
  assert words.count("—") == 1


def test_a_confusion_grid_prints_percent_of_each_row(words):
  counts = np.array([[3, 1, 0], [0, 0, 0], [20, 0, 180]])
  names = ["one", "none", "many"]
  _pixels(matrices.confusion_grid({"exp": (counts, names)}))
  cells = sorted(word for word in words if word.isdigit())
  assert cells == sorted(["75", "25", "10", "90"])


def test_short_column_names_stay_apart(words):
  names = ["happy", "happiness", "sad"]
  counts = np.eye(3, dtype=int)
  _pixels(matrices.confusion_grid({"exp": (counts, names)}))
  assert {"happy", "happi", "sad"} <= {*words}


def test_losses_of_all_datasets_share_one_scale():
  low = {**_LOSSES, "loss_d": np.full(200, 1.0), "loss_g": np.full(200, 2.0)}
  high = {**low, "loss_g": np.full(200, 8.0)}
  image = _pixels(curves.loss_grid({"low": low, "high": high}))
  # D's green line of 1 is equally high in both panels.
  green = (image[..., 1] - image[..., 0] > 80)[120:]
  left, right = np.argwhere(green[:, :490]), np.argwhere(green[:, 510:])
  assert abs(np.median(left[:, 0]) - np.median(right[:, 0])) <= 2


def test_an_experiment_without_scores_is_marked_not_run(words):
  cells = {"Exp1": {"paper": Estimate(0.9)}, "Exp2": {}}
  published = {"Exp1": None, "Exp2": Decimal("0.9764")}
  _pixels(scores.protocols_chart(cells, published))
  assert words.count("not run") == 1
  assert words.count("97.64\N{NO-BREAK SPACE}%") == 1
  assert "printed in the paper" in words


def test_without_printed_numbers_their_tick_is_not_explained(words):
  cells = {"Exp1": {"paper": Estimate(0.9)}}
  _pixels(scores.protocols_chart(cells, {"Exp9": Decimal("0.5")}))
  assert "printed in the paper" not in words


def test_areas_are_written_as_areas_and_may_lie_below_guessing(words):
  cells = {"Exp1": {"paper": Estimate(0.45, interval=(0.31, 0.6))}}
  _pixels(scores.protocols_chart(cells, {"Exp1": Decimal("0.515")}, "auc_mean"))
  assert {"0.450", "0.515", "mean AUC", "0.4"} <= {*words}
  assert not any("%" in word for word in words)


def test_a_score_that_is_missing_is_hatched_and_a_dash(words):
  values = np.array([[0.9, np.nan]])
  printed = np.array([[None, Decimal("0.641")]])
  _pixels(matrices.transfer_heat_map(["a"], ["b", "c"], values, printed))
  assert words.count("—") == 1 and "(0.641)" in words
  assert "nan" not in " ".join(words) and "(nan)" not in words


def test_label_efficiency_ends_with_all(words):
  points = [_point(n) for n in (1, 5, 20)]
  some = {"trained": points, "pixels": [points[0], _point(None)]}
  _pixels(curves.label_efficiency_chart(some))
  assert [w for w in words if w in ("1", "5", "20", "all")] == [
    "1",
    "5",
    "20",
    "all",
  ]


def test_seeds_show_their_mean(words):
  values = {"trained": {"subject": [0.5, 0.6, 0.7]}, "hog": {"paper": [0.2]}}
  _pixels(scores.seeds_chart(values))
  percents = {w for w in words if "\N{NO-BREAK SPACE}%" in w}
  assert percents == {"60.0\N{NO-BREAK SPACE}%", "20.0\N{NO-BREAK SPACE}%"}


def test_equal_seeds_are_drawn():
  _pixels(scores.seeds_chart({"trained": {"paper": [1.0, 1.0]}}))


def test_an_architecture_states_the_shapes_it_is_given(words):
  generator = [
    Layer("latent", (100,)),
    Layer("image", (64, 64, 3)),
  ]
  layers = [generator[1], Layer("conv4", (4, 4, 512), 46)]
  _pixels(networks.architecture(generator, layers, 8192))
  assert {"100", "4×4", "×512", "46 px", "8,192", "SVM"} <= {*words}


def test_a_shape_with_its_batch_is_refused():
  layer = Layer("conv1", (1, 32, 32, 64))
  with pytest.raises(ValueError, match=r"conv1 .*\(1, 32, 32, 64\)"):
    networks.architecture([layer], [layer], 1)


def test_evidence_for_is_green_against_purple_and_none_clear():
  maps = np.zeros((1, 4, 4))
  maps[0, 0, 0], maps[0, 3, 3], maps[0, 0, 3] = 2.0, -2.0, 0.02
  chart = faces.evidence_sheet(_GREY, maps, [""], mode="show")
  image = _pixels(chart)
  cells = _only_face(image)
  red, green, blue = cells[0][0]
  assert green > red + 40 and green > blue + 40
  red, green, blue = cells[3][3]
  assert red > green + 40 and blue > green + 40
  assert np.abs(np.array(cells[1][1]) - 128).max() <= 1
  assert np.abs(np.array(cells[0][3]) - 128).max() <= 4


def test_evidence_does_not_depend_on_its_scale():
  maps = _RNG.normal(size=(3, 4, 4))
  scales = np.array([1.0, 1e-6, 50.0])[:, None, None]
  sheets = [
    _pixels(
      faces.evidence_sheet(_FACES, shown, ["a", "b", "c"], mode="show")
    ).tobytes()
    for shown in (maps, maps * scales, -maps)
  ]
  assert sheets[0] == sheets[1] != sheets[2]


def test_no_evidence_at_all_leaves_the_face_as_it_is():
  none = np.zeros((1, 4, 4))
  chart = faces.evidence_sheet(_GREY, none, [""], mode="show")
  assert np.abs(np.array(_only_face(_pixels(chart))) - 128).max() <= 1


def test_pairs_stand_side_by_side():
  left, right = np.zeros_like(_GREY), np.full_like(_GREY, 90)
  chart = faces.pairs_sheet(left, right, ["x"], mode="show")
  image = _pixels(chart).mean(axis=2).round()
  black, grey = np.argwhere(image == 0), np.argwhere(image == 90)
  assert black[:, 1].max() < grey[:, 1].min()
  assert black[:, 0].min() == grey[:, 0].min()


@pytest.mark.parametrize(
  "draw",
  [
    lambda face, mode: _pixels(faces.pairs_sheet(face, face, [""], mode=mode)),
    lambda face, mode: _pixels(
      faces.evidence_sheet(face, np.zeros((1, 4, 4)), [""], mode=mode)
    ),
    lambda face, mode: np.asarray(faces.face_grid(face, mode=mode)),
  ],
  ids=["pairs", "evidence", "grid"],
)
def test_blurred_faces_keep_no_detail(draw):
  # A checkerboard of 8 px, the size of an eye.
  y, x = np.mgrid[:64, :64] // 8
  face = np.where((x + y) % 2, 255, 0).astype(np.uint8)
  face = np.repeat(face[None, ..., None], 3, axis=-1)
  shown, blurred = (
    (draw(face, mode).max(axis=2) < 60).sum() for mode in ("show", "blur")
  )
  assert shown > 1000
  assert blurred < 0.05 * shown


def test_faces_and_what_belongs_to_them_must_agree_in_number():
  with pytest.raises(ValueError, match="argument 3 is shorter"):
    faces.evidence_sheet(_FACES, np.ones((2, 4, 4)), ["a"] * 3, mode="show")
  with pytest.raises(ValueError, match="argument 3 is shorter"):
    faces.pairs_sheet(_FACES, _FACES[:1], ["a"] * 3, mode="show")


def test_a_constant_stays_itself():
  np.testing.assert_allclose(
    curves.moving_mean(np.full(500, 3.0)), 3.0, atol=1e-12
  )


def test_a_line_stays_itself_away_from_the_ends():
  line = np.arange(800.0)
  np.testing.assert_allclose(curves.moving_mean(line)[10:-10], line[10:-10])


def test_noise_shrinks_by_the_root_of_the_window():
  noise = np.random.default_rng(0).normal(size=8000)
  # A window of 201 values: sd 1/sqrt(201) = 0.071.
  assert 0.05 < curves.moving_mean(noise).std() < 0.09


def test_short_curves_pass_unchanged():
  curve = np.array([1.0, 5.0, 2.0])
  np.testing.assert_array_equal(curves.moving_mean(curve), curve)


def _only_face(image):
  """The middles of the 4 x 4 cells of the one face on a sheet."""
  inked = np.argwhere((image < 250).any(axis=2))
  top, left = inked.min(axis=0)
  across = np.flatnonzero((image[top + 20] < 250).any(axis=1))
  cell = (across.max() - left + 1) / 4
  middles = ((np.arange(4) + 0.5) * cell).astype(int)
  return [[tuple(image[top + y, left + x]) for x in middles] for y in middles]
