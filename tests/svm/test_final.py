"""The machine that is saved with a run."""

import numpy as np
import pytest

from jaxfer.svm import final, kernels, machines, probe
from jaxfer.svm.support import Support
from jaxfer.svm.task import Task

EMOTIONS = ("angry", "happy", "sad")


@pytest.fixture
def trained(draw_people, tmp_path):
  features, labels, _ = draw_people(emotion=1.5)
  distances = kernels.squared_distances(features)
  task = Task(
    distances, labels[:, None], 3, None, None, 0, machines.sklearn_svm
  )
  head, rows = Support(task), np.arange(len(labels))
  space = head.space(rows)
  scorer = head.fit(space, rows, [(0, (10.0, 1.0))])
  record = head.describe((10.0, 1.0), space)
  fitted = probe.Fitted(rows, np.zeros(1, int), [record], scorer)
  assert final.keep(tmp_path, task, [fitted], features, EMOTIONS) == [record]
  return features, labels, distances, scorer.machine, record


def test_a_loaded_machine_scores_as_the_trained_one(trained, tmp_path):
  features, labels, distances, machine, record = trained
  loaded = final.load(tmp_path)
  assert loaded.emotions == EMOTIONS
  assert loaded.gamma == record["gamma"]
  expected = machine.scores(kernels.rbf(distances, record["gamma"]))
  np.testing.assert_allclose(loaded.scores(features), expected, atol=2e-4)
  assert (loaded.scores(features).argmax(1) == labels).mean() > 0.95


def test_new_faces_are_scored_one_by_one_as_together(trained, tmp_path):
  features = trained[0][10:15] + 0.1
  loaded = final.load(tmp_path)
  together = loaded.scores(features)
  for row, expected in zip(features, together, strict=True):
    alone = loaded.scores(row[None])[0]
    np.testing.assert_allclose(alone, expected, atol=1e-4)


def test_only_support_vectors_are_kept(trained, tmp_path):
  features, _, _, machine, _ = trained
  loaded = final.load(tmp_path)
  used = (machine.coefficients != 0).any(1)
  np.testing.assert_array_equal(loaded.support, features[used])
  assert 0 < used.sum() < len(used)


def test_hyper_parameters_are_those_that_were_given(trained, tmp_path):
  _, _, distances, _, record = trained
  median = kernels.median_distance(distances, np.arange(len(distances)))
  assert record == {"C": 10.0, "gamma": 1 / median}
  with np.load(tmp_path / "machine.npz", allow_pickle=False) as saved:
    assert float(saved["C"]) == 10


def test_features_of_another_network_are_refused(trained, tmp_path):
  with pytest.raises(ValueError, match="have 19 numbers, the machine's 20"):
    final.load(tmp_path).scores(trained[0][:, :19])
