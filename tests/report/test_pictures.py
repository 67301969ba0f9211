"""What each figure of a run's page is drawn from."""

import dataclasses
from decimal import Decimal

import numpy as np
import pytest

from jaxfer import terms
from jaxfer.report import estimates, pictures, protocols, wording
from jaxfer.results.evidence import Panels

_SHOWN = {
  "paper": "random folds",
  "subject": "unseen people",
  "sealed": "unseen by the DCGAN too",
}


def _faces(count, size=4):
  """Faces that each have a grey of their own."""
  grey = np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1)
  return np.broadcast_to(grey, (count, size, size, 3)).copy()


def _greys(faces):
  return faces.reshape(len(faces), -1)[:, 0].tolist()


_cell = estimates.score


def test_accuracies_are_of_every_representation(asked, evidence):
  results = evidence.results
  results["protocols"]["subject"]["confusion"]["counts"] = [[2, 1], [1, 0]]
  del results["protocols"]["sealed"]["accuracy_ci95"]
  results["controls"]["hog"]["paper"]["accuracy"] = None
  drawn = asked(pictures.of(evidence))
  kind, (found, printed, *options), *_ = drawn["accuracy"]
  assert kind == "protocols_chart"
  assert {k: str(v) for k, v in printed.items()} == {
    "trained discriminator": "0.9764"  # section 4-A
  }
  assert options == ["accuracy", 0.75, protocols.titles(results)]
  names = {
    terms.representation(n).title: n for n in ("trained", *results["controls"])
  }
  scores = {names[title]: cells for title, cells in found.items()}
  trained = results["protocols"]
  assert scores["trained"]["paper"] == _cell(trained["paper"], "accuracy")
  assert scores["trained"]["subject"] == _cell(trained["subject"], "accuracy")
  assert scores["trained"]["sealed"].interval is None
  for name, blocks in results["controls"].items():
    own = {p for p in _SHOWN if blocks.get(p)}
    own -= {"paper"} if name == "hog" else set()
    assert set(scores[name]) == own
    for protocol in own:
      assert scores[name][protocol] == _cell(blocks[protocol], "accuracy")


def test_no_printed_accuracy_is_no_line(asked, make):
  drawn = asked(pictures.of(make("emotion-2")))
  _, (_, printed, *_), *_ = drawn["accuracy"]
  assert printed == {"trained discriminator": None}


def test_areas_of_units_stand_beside_the_printed_mean(asked, make):
  evidence = make("au-1")
  drawn = asked(pictures.of(evidence))
  kind, (scores, printed, metric, guess, _), *_ = drawn["accuracy"]
  assert kind == "protocols_chart"
  assert (metric, guess) == ("auc_mean", None)
  assert printed == {
    "trained discriminator": Decimal("0.913")
  }  # Table IV, Exp-1
  for name, protocol in (("HOG", "paper"), ("grey pixels", "subject")):
    key = {"HOG": "hog", "grey pixels": "pixels"}[name]
    block = evidence.results["controls"][key][protocol]
    assert scores[name][protocol] == _cell(block, "auc_mean")
  assert set(scores["trained discriminator"]) == {*_SHOWN}


def test_nothing_is_drawn_as_random_in_testing_another_set(asked, make):
  evidence = make("au-8")
  assert evidence.results["protocols"]["paper"]
  drawn = asked(pictures.of(evidence))
  _, (scores, *_), *_ = drawn["accuracy"]
  assert {p for found in scores.values() for p in found} == {
    "subject",
    "sealed",
  }


def test_each_protocol_has_its_own_curves_and_counts(asked, evidence):
  drawn = asked(pictures.of(evidence))
  kind, (curves, areas, titles, colours), *_ = drawn["roc"]
  assert kind == "roc_grid"
  assert [*titles] == wording.in_order(evidence.results["names"])
  for protocol, name in _SHOWN.items():
    block = evidence.results["protocols"][protocol]
    assert curves[name] == evidence.roc[protocol]
    assert areas[name] == {
      k: entry["value"] for k, entry in block["auc"].items()
    }
    assert colours[name] == terms.protocol(protocol).look[0]
    kind, (counts, classes, *own), *_ = drawn[f"confusion_{protocol}"]
    assert (kind, own) == ("confusion_chart", [name, protocol])
    np.testing.assert_array_equal(counts, block["confusion"]["counts"])
    assert classes == block["confusion"]["classes"]
  assert [*curves] == [*areas] == [*_SHOWN.values()]


def test_units_share_a_grid_of_curves(asked, make):
  evidence = make("au-1")
  drawn = asked(pictures.of(evidence))
  kind, (curves, areas, titles, _), *_ = drawn["roc"]
  assert kind == "roc_grid"
  assert [*curves] == [*areas] == [*_SHOWN.values()]
  assert titles["AU12"] == "AU12 lip corner puller"
  for protocol, name in _SHOWN.items():
    block = evidence.results["protocols"][protocol]
    assert curves[name]["AU12"] is evidence.roc[protocol]["AU12"]
    assert areas[name] == {k: e["auc"] for k, e in block["aus"].items()}
    # No face shows it: there is no curve.
    assert "AU27" not in curves[name]
    assert areas[name]["AU27"] is None
  kind, (faces, maps, names), _, mode = drawn["evidence"]
  located = evidence.located
  assert (kind, mode) == ("evidence_sheet", "show")
  assert faces is located.faces
  assert maps is located.maps
  assert names == located.titles


def test_labels_are_curves_that_end_at_all_of_them(asked, evidence):
  found = evidence.results["label_efficiency"]["curves"]
  drawn = asked(pictures.of(evidence))
  kind, (curves, named), *_ = drawn["labels"]
  assert named("trained discriminator") == "trained discriminator"
  evidence.results["config"]["gan.learner"] = "contrastive"
  assert named("trained discriminator") == "trained contrastive network"
  assert kind == "label_efficiency_chart"
  assert curves is found


def test_seeds_are_drawn_in_the_headline(asked, evidence, seeds):
  found = seeds("subject", "accuracy", [0.1, 0.2, 0.3])
  found["trained"]["unsealed"] = {"accuracy": [0.9, 0.9, 0.9]}
  found["trained"]["paper"] = {"accuracy": [0.9, None, 0.9]}
  evidence.results["seeds"] = found
  drawn = asked(pictures.of(evidence))
  kind, (values, metric, _), *_ = drawn["seeds"]
  assert (kind, metric) == ("seeds_chart", "accuracy")
  assert values == {
    name: {"subject": found[name]["subject"]["accuracy"]}
    for name in ("trained", "untrained")
  }


def test_faces_are_of_their_kind(asked, evidence):
  real, fakes = _faces(80), 255 - _faces(70)
  grids = tuple((step, np.full((8, 8, 3), step)) for step in range(30))
  evidence = dataclasses.replace(
    evidence, real=real, fakes=fakes, grids=grids, faces="blur", crops=real[0]
  )
  drawn = asked(pictures.of(evidence))
  for name, faces in (("real", real), ("generated", fakes)):
    kind, (shown,), options, mode = drawn[name]
    assert (kind, mode, options) == ("face_grid", "blur", {})
    np.testing.assert_array_equal(shown, faces[:64])
  kind, (strip, size), _, mode = drawn["samples"]
  assert (kind, size, mode) == ("film_strip", 4, "blur")
  steps = [step for step, _ in strip]
  assert len(steps) == 10
  assert (steps[0], steps[-1]) == (0, 29)  # how it began, how it ended
  assert all((grid == step).all() for step, grid in strip)
  assert drawn["crops"].kind == "contact_sheet"
  assert drawn["crops"].args == (evidence.crops,)
  assert drawn["crops"].mode == "blur"
  kind, (first, second, labels), _, mode = drawn["copies"]
  assert (kind, mode) == ("pairs_sheet", "blur")
  assert first is evidence.pairs.first
  assert second is evidence.pairs.second
  assert labels == evidence.pairs.labels


def test_generated_faces_stand_in_their_relations(asked, evidence):
  panels = Panels(
    sampled=_faces(3),
    nearest=10 + _faces(3),
    first=20 + _faces(2),
    second=30 + _faces(2),
    paths=40 + _faces(10).reshape(2, 5, 4, 4, 3),
  )
  evidence = dataclasses.replace(evidence, panels=panels)
  drawn = asked(pictures.of(evidence))
  kind, (first, second, labels), _, mode = drawn["alike"]
  assert (kind, labels, mode) == ("pairs_sheet", ["", ""], "show")
  assert (_greys(first), _greys(second)) == ([20, 21], [30, 31])
  kind, (first, second, labels), *_ = drawn["nearest"]
  assert (kind, labels) == ("pairs_sheet", ["", "", ""])
  assert (_greys(first), _greys(second)) == ([0, 1, 2], [10, 11, 12])
  kind, (walked, columns), *_ = drawn["paths"]
  # A path a row.
  assert (kind, columns) == ("face_grid", 5)
  assert _greys(walked) == [*range(40, 50)]


def test_labels_of_real_and_generated_faces(asked, evidence):
  shares = {"names": ["happy", "sad"], "real": [0.25, 0.75], "fake": [0.9, 0.1]}
  evidence.results["generated"] = {"labels": shares}
  real, fake = asked(pictures.of(evidence))["fake_labels"].args
  assert real == {"happy": 0.25, "sad": 0.75}
  assert fake == {"happy": 0.9, "sad": 0.1}


@pytest.mark.parametrize("name", ["emotion-5", "au-1"])
def test_nothing_is_drawn_where_there_is_nothing(asked, make, name):
  evidence = make(name)
  results = evidence.results
  results["protocols"] = dict.fromkeys(results["protocols"])
  results |= {"controls": {}, "label_efficiency": None, "seeds": None}
  results["calibration"] = None
  results["generated"] = {"labels": {"names": [], "real": [], "fake": []}}
  evidence = dataclasses.replace(
    evidence,
    losses={key: values[:0] for key, values in evidence.losses.items()},
    real=None,
    fakes=evidence.fakes[:0],
    pairs=None,
    located=None,
  )
  assert [*asked(pictures.of(evidence))] == ["architecture"]
