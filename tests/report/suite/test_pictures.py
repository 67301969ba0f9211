"""What the figures of all experiments are drawn from."""

import dataclasses

import numpy as np
import pytest

from jaxfer import facs
from jaxfer.report.paper import EMOTIONS, UNITS
from jaxfer.report.suite import page
from jaxfer.report.suite.suite import Suite

_BOTH = ("paper", "subject")


def _long(cells, title):
  """The one name that begins with the experiment's."""
  (found,) = [name for name in cells if name.startswith(f"{title}:")]
  return found


@pytest.mark.parametrize(
  ("figure", "kind", "metric"),
  [
    ("glance_accuracy", "emotion", "accuracy"),
    ("glance_emotions", "emotion", "auc_mean"),
    ("glance_units", "au", "auc_mean"),
  ],
)
def test_at_a_glance_ours_stand_beside_the_printed(
  members, asked, figure, kind, metric
):
  del members["emotion-5"].results["protocols"]["sealed"][f"{metric}_ci95"]
  drawn = asked(page.figures(Suite(members)))
  chart, (cells, printed, name), *_ = drawn[figure]
  assert (chart, name) == ("protocols_chart", metric)
  assert len(cells) == len(printed) == 8
  for number in range(1, 9):
    key = {"emotion": "exp", "au": "au"}[kind] + str(number)
    entry = {**EMOTIONS, **UNITS}[key]
    long = _long(cells, entry.name)
    assert printed[long] == getattr(entry, metric)
    blocks = members[f"{kind}-{number}"].results["protocols"]
    # `unsealed` is there to subtract.
    assert set(cells[long]) == {p for p in blocks if blocks[p]} - {"unsealed"}
    for protocol, cell in cells[long].items():
      block = blocks[protocol]
      assert cell.value == block[metric], (number, protocol)
      assert cell.interval == block.get(f"{metric}_ci95"), (number, protocol)


def test_an_experiment_that_was_not_run_is_an_empty_place(members, asked):
  del members["emotion-1"]
  drawn = asked(page.figures(Suite(members)))
  _, (cells, printed, _), *_ = drawn["glance_accuracy"]
  assert cells["Exp1"] == {}
  assert str(printed["Exp1"]) == "0.9857"
  assert "Exp1" not in drawn["figure_5_paper"].args[0]


@pytest.mark.parametrize("protocol", _BOTH)
def test_figure_5_and_7_are_curves_of_each_experiment(members, asked, protocol):
  drawn = asked(page.figures(Suite(members)))
  for number, key, value, columns in (
    ("5", "emotion", "value", EMOTIONS),
    ("7", "au", "auc", UNITS),
  ):
    kind, (curves, areas, titles), *_ = drawn[f"figure_{number}_{protocol}"]
    assert kind == "roc_grid"
    scored = {
      entry.name: members[name]
      for name, entry in zip(
        [f"{key}-{n}" for n in range(1, 9)], columns.values(), strict=False
      )
      if members[name].results["protocols"][protocol]
    }
    assert [*curves] == [*areas] == [*scored]
    for name, evidence in scored.items():
      block = evidence.results["protocols"][protocol]
      found = block["auc"] if key == "emotion" else block["aus"]
      for label in titles:
        assert areas[name][label] == found.get(label, {value: None})[value]
        if label in found:
          assert curves[name][label] is evidence.roc[protocol][label]
  assert [*drawn["figure_5_paper"].args[2]] == [*facs.EMOTIONS]
  assert drawn["figure_7_paper"].args[2]["AU12"] == "AU12 lip corner puller"


@pytest.mark.parametrize("protocol", _BOTH)
def test_figure_6_is_each_experiments_own_confusion(members, asked, protocol):
  drawn = asked(page.figures(Suite(members)))
  kind, (matrices, coloured), *_ = drawn[f"figure_6_{protocol}"]
  assert (kind, coloured) == ("confusion_grid", protocol)
  for number in range(1, 9):
    block = members[f"emotion-{number}"].results["protocols"][protocol]
    if block is None:
      assert not any(name.startswith(f"Exp{number}:") for name in matrices)
      continue
    counts, classes = matrices[_long(matrices, f"Exp{number}")]
    np.testing.assert_array_equal(counts, block["confusion"]["counts"])
    assert classes == block["confusion"]["classes"]


def test_losses_are_of_each_set_once(members, asked):
  empty = {k: v[:0] for k, v in members["emotion-8"].losses.items()}
  members["emotion-8"] = dataclasses.replace(members["emotion-8"], losses=empty)
  drawn = asked(page.figures(Suite(members)))
  kind, (curves,), *_ = drawn["figure_3"]
  assert kind == "loss_grid"
  first = {
    "CK": "emotion-1",
    "CelebA": "emotion-2",
    "Radboud multi": "emotion-4",
    "Radboud frontal": "emotion-5",  # and not as-printed
    "RAF-DB": "emotion-6",
    "KDEF": "emotion-7",
    "CK, AU7 only": "au7-only",
  }
  assert set(curves) == set(first)
  for name, member in first.items():
    assert curves[name] is members[member].losses
  _, (curves,), *_ = drawn["as_printed"]
  assert curves["β1 = 0.5"] is members["emotion-5"].losses
  assert curves["β1 = 0.9"] is members["as-printed"].losses


@pytest.mark.parametrize("protocol", _BOTH)
def test_transfer_maps_have_ours_and_the_printed_in_one_place(
  members, asked, protocol
):
  drawn = asked(page.figures(Suite(members)))
  kind, (rows, columns, values, printed, metric, _), *_ = drawn[
    f"transfer_au_{protocol}"
  ]
  assert (kind, metric) == ("transfer_heat_map", "auc_mean")
  names = {"CK": "CK", "CelebA": "CelebA", "Radboud": "Radboud frontal"}
  words = {"enhanced CK": "CK", "CelebA": "CelebA", "Radboud": "Radboud"}
  for number in range(1, 9):
    entry = UNITS[f"au{number}"]
    learnt, fitted, tested = (
      names[words[name]] for name in (entry.pretrained, entry.train, entry.test)
    )
    place = rows.index(f"{learnt} · {fitted}"), columns.index(tested)
    block = members[f"au-{number}"].results["protocols"][protocol]
    assert values[place] == block["auc_mean"]
    assert printed[place] == entry.auc_mean
  _, (rows, columns, values, printed, metric, _), *_ = drawn[
    f"transfer_emotion_{protocol}"
  ]
  assert metric == "accuracy"
  place = rows.index("CelebA · as tested"), columns.index("Radboud frontal")
  block = members["emotion-2"].results["protocols"][protocol]
  assert values[place] == block["accuracy"]
  assert printed[place] is None  # the paper prints none
  place = rows.index("CK · as tested"), columns.index("Radboud frontal")
  assert str(printed[place]) == "0.9857"
  # Nothing learnt from CelebA was tested on KDEF.
  assert np.isnan(values[rows.index("CelebA · as tested")]).any()


def test_label_curves_end_at_all_labels(members, asked):
  found = members["emotion-5"].results["label_efficiency"]["curves"]
  found["knn"] = found["pixels"]  # not among those that are drawn
  drawn = asked(page.figures(Suite(members)))
  assert {n for n in drawn if n.startswith("labels")} == {
    "labels_1",
    "labels_5",
  }
  kind, (curves,), *_ = drawn["labels_5"]
  assert kind == "label_efficiency_chart"
  assert curves == {n: found[n] for n in ("trained", "untrained", "pixels")}
  one = members["emotion-1"].results["label_efficiency"]["curves"]
  assert drawn["labels_1"].args[0]["trained"] is one["trained"]


def test_nothing_is_drawn_of_nothing(members, asked):
  assert not [*page.figures(Suite({}))]
  one = {"emotion-5": members["emotion-5"]}
  results = one["emotion-5"].results
  results["protocols"] = dict.fromkeys(results["protocols"])
  results["label_efficiency"] = None
  one["emotion-5"] = dataclasses.replace(
    one["emotion-5"], real=None, fakes=_numbered(0, 0), pairs=None
  )
  drawn = asked(page.figures(Suite(one)))
  assert drawn.keys() == {"figure_1_2", "figure_3"}


def _numbered(count, first):
  """Faces of 4×4 pixels that each have a grey of their own."""
  grey = first + np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1)
  return np.broadcast_to(grey, (count, 4, 4, 3)).copy()


def _greys(faces):
  return faces.reshape(len(faces), -1)[:, 0].tolist()


def _with_faces(members, name, mode="show"):
  members[name] = dataclasses.replace(
    members[name], real=_numbered(60, 0), fakes=_numbered(60, 100), faces=mode
  )


def test_figure_8_is_of_real_faces_that_show_au7(members, asked):
  _with_faces(members, "au7-only", "blur")
  drawn = asked(page.figures(Suite(members)))
  kind, (shown,), _, mode = drawn["figure_8"]
  assert (kind, mode) == ("face_grid", "blur")
  greys = _greys(shown)
  assert len(greys) == 32
  # From the whole set, and never a generated one.
  assert (greys[0], greys[-1]) == (0, 59)
  assert max(greys) < 100
  del members["au7-only"]
  assert "figure_8" not in asked(page.figures(Suite(members)))


def test_figure_4_has_real_and_generated_faces_of_each_set(members, asked):
  _with_faces(members, "emotion-2")
  members["emotion-6"] = dataclasses.replace(members["emotion-6"], real=None)
  entries = [*page.figures(Suite(members))]
  drawn = asked(entries)
  found = {e.name: e.caption for e in entries if e.name.startswith("figure_4")}
  assert found["figure_4_2_real"].startswith("CelebA: ")
  real, fake = (drawn[f"figure_4_2_{k}"] for k in ("real", "generated"))
  assert (real.kind, fake.kind) == ("face_grid",) * 2
  for one, first in ((real, 0), (fake, 100)):
    greys = _greys(one.args[0])
    assert len(greys) == 16
    assert (greys[0], greys[-1]) == (first, first + 59)
  assert [n for n in found if found[n].startswith("RAF-DB")] == [
    "figure_4_5_generated"
  ]
  assert "figure_4_8_generated" in found and "figure_4_9_generated" not in found
  assert not [text for text in found.values() if "as-printed" in text]


def test_as_printed_faces_are_generated_by_either(members, asked):
  for name in ("emotion-5", "as-printed"):
    _with_faces(members, name)
  entries = [*page.figures(Suite(members))]
  drawn = asked(entries)
  names = [e.caption for e in entries if e.name.startswith("as_printed_")]
  assert [name.split(":")[0] for name in names] == ["emotion-5", "as-printed"]
  for place in (1, 2):
    assert min(_greys(drawn[f"as_printed_{place}"].args[0])) >= 100


def test_copies_are_pairs_of_the_set_tested(members, asked):
  pairs = members["emotion-7"].pairs
  many = dataclasses.replace(
    pairs,
    first=_numbered(9, 0),
    second=_numbered(9, 50),
    labels=tuple(f"pair {i}" for i in range(9)),
  )
  members["emotion-7"] = dataclasses.replace(
    members["emotion-7"], pairs=many, faces="blur"
  )
  members["emotion-8"] = dataclasses.replace(members["emotion-8"], pairs=None)
  entries = [*page.figures(Suite(members))]
  drawn = asked(entries)
  found = {e.caption.split(":")[0]: e.name for e in entries}
  assert "SFEW, emotions" not in found
  kind, (first, second, labels), _, mode = drawn[found["KDEF, emotions"]]
  assert (kind, mode) == ("pairs_sheet", "blur")
  assert _greys(first) == [*range(6)]
  assert _greys(second) == [*range(50, 56)]
  assert labels == tuple(f"pair {i}" for i in range(6))
  # Radboud frontal is first tested by emotion-1.
  stem = found["Radboud frontal, emotions"]
  np.testing.assert_array_equal(
    drawn[stem].args[0], members["emotion-1"].pairs.first
  )
