"""One-vs-one machines: decoding by hand, absent classes, raw features."""

import numpy as np
import pytest
from sklearn import svm

from jaxfer.svm import kernels, machines, multiclass


def test_scores_are_votes_less_a_share_of_the_loss():
  """Three classes; decision values f01 = 2, f02 = -0.5, f12 = 0.25.

  A vote each. Mean half hinge losses l (Allwein et al., 2000, with MATLAB's
  factor 1/2): class 0: 0, 0.75; class 1: 1.5, 0.375; class 2: 0.25, 0.625; of
  which l / (1 + l) is taken off.
  """
  machine = multiclass.OneVsOne(
    classes=4,
    present=np.array([0, 1, 2]),
    pairs=np.array([[0, 1], [0, 2], [1, 2]]),
    rows=np.arange(3),
    coefficients=np.eye(3),
    biases=np.array([1.0, -1.0, 0.0]),
  )
  kernel = np.array([[1.0, 0.5, 0.25]])
  np.testing.assert_allclose(machine.margins(kernel), [[2, -0.5, 0.25]])
  np.testing.assert_allclose(
    machine.scores(kernel),
    [[1 - 3 / 11, 1 - 15 / 31, 1 - 7 / 23, -np.inf]],
  )


def _fit(features, labels, gamma=0.2, C=3.0, classes=5):
  kernel = kernels.rbf(kernels.squared_distances(features), gamma)
  [found] = machines.solve_all(machines.sklearn_svm, [(kernel, labels, C)])
  return multiclass.of(found, np.arange(len(labels)), labels, classes)


@pytest.mark.parametrize(("C", "gamma"), [(0.1, 0.05), (3.0, 0.2), (100, 0.6)])
def test_the_gram_route_is_an_rbf_machine_on_the_features(
  monkeypatch, draw_people, C, gamma
):
  monkeypatch.setattr(machines, "TOLERANCE", 1e-9)
  x, labels, people = draw_people(emotions=4, emotion=0.4, noise=1.0)
  train, test = people < 6, people >= 6
  squared = kernels.squared_distances_between(x[test], x[train])
  machine = _fit(x[train], labels[train], gamma, C)
  ours = machine.margins(kernels.rbf(squared, gamma))
  svc = svm.SVC(C=C, gamma=gamma, tol=1e-9, decision_function_shape="ovo")
  svc.fit(x[train], labels[train])
  np.testing.assert_allclose(ours, svc.decision_function(x[test]), atol=1e-4)


def test_votes_decide_as_libsvm_s_do_but_where_they_are_even(draw_people):
  x, labels, people = draw_people(40, emotions=5, emotion=0.1, noise=1.5)
  train, test = people < 20, people >= 20
  squared = kernels.squared_distances_between(x[test], x[train])
  machine = _fit(x[train], labels[train], gamma=0.01)
  scores = machine.scores(kernels.rbf(squared, 0.01))
  svc = svm.SVC(C=3.0, gamma=0.01).fit(x[train], labels[train])
  votes = np.ceil(scores)
  best = votes == votes.max(1, keepdims=True)
  clear = best.sum(1) == 1
  assert 0.5 < clear.mean() < 1
  np.testing.assert_array_equal(
    scores.argmax(1)[clear], svc.predict(x[test])[clear]
  )
  # Even ones are decided, whatever the order of classes.
  assert best[np.arange(len(best)), scores.argmax(1)].all()
  assert (np.sort(scores, 1)[:, -1] > np.sort(scores, 1)[:, -2]).all()


@pytest.mark.parametrize("present", [[0, 1, 4], [2, 3], [3]])
def test_a_class_without_training_rows_is_never_predicted(draw_people, present):
  x, labels, _ = draw_people(emotions=5, emotion=1.0)
  train = np.isin(labels, present)
  machine = _fit(x[train], labels[train])
  kernel = kernels.rbf(kernels.squared_distances_between(x, x[train]), 0.2)
  scores = machine.scores(kernel)
  absent = np.setdiff1d(np.arange(5), present)
  assert (scores[:, absent] == -np.inf).all()
  assert np.isfinite(scores[:, present]).all()
  assert set(scores.argmax(1)) == set(present)
  right = scores[train].argmax(1) == labels[train]
  assert right.mean() > 0.9


def test_names_of_classes_do_not_matter(draw_people):
  x, labels, _ = draw_people(emotions=4, emotion=0.5, noise=1.0)
  order = np.array([2, 0, 3, 1])
  one, other = _fit(x, labels, classes=4), _fit(x, order[labels], classes=4)
  kernel = kernels.rbf(kernels.squared_distances(x), 0.2)
  np.testing.assert_allclose(
    other.scores(kernel)[:, order], one.scores(kernel), atol=2e-3
  )
