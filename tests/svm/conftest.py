"""A stand-in for cuML, and sets of people to recognise."""

import importlib.machinery
import sys
import threading
import types

import numpy as np
import pytest
from sklearn import svm
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True)
def _one_blas_thread():
  """As the stage does: BLAS threads would only get in the solvers' way."""
  with threadpool_limits(1):
    yield


class SVC:
  """Takes and leaves what cuML 26.10's SVC does; solved by scikit-learn.

  Keyword arguments only, no `probability`; a precomputed kernel must be square
  and its problem binary; attributes in the shapes of cuml/svm/svc.py.
  """

  busy = threading.Lock()
  fits = 0

  def __init__(
    self,
    *,
    C=1.0,
    kernel="rbf",
    degree=3,
    gamma="scale",
    coef0=0.0,
    tol=1e-3,
    cache_size=1024.0,
    max_iter=-1,
    nochange_steps=1000,
    verbose=False,
    output_type=None,
    random_state=None,
    class_weight=None,
    decision_function_shape="ovo",
  ):
    assert kernel == "precomputed"
    assert output_type == "numpy"
    self._svc = svm.SVC(C=C, kernel=kernel, tol=tol)

  def fit(self, X, y, sample_weight=None, *, convert_dtype=True):
    assert X.shape == (len(y), len(y))
    assert X.flags.f_contiguous
    assert X.dtype == np.float64
    assert len(np.unique(y)) == 2
    assert self.busy.acquire(blocking=False), "two fits at once on one GPU"
    type(self).fits += 1
    self._svc.fit(X, y)
    self.busy.release()
    self.support_ = self._svc.support_.astype(np.int32)
    self.dual_coef_ = np.asfortranarray(self._svc.dual_coef_)
    self.intercept_ = self._svc.intercept_
    self.n_support_ = int(self._svc.n_support_.sum())
    return self


@pytest.fixture
def cuml(monkeypatch):
  """Makes `from cuml.svm import SVC` find the stand-in."""
  package, module = types.ModuleType("cuml"), types.ModuleType("cuml.svm")
  package.__spec__ = importlib.machinery.ModuleSpec("cuml", None)
  package.svm, module.SVC = module, SVC
  monkeypatch.setitem(sys.modules, "cuml", package)
  monkeypatch.setitem(sys.modules, "cuml.svm", module)
  SVC.fits = 0
  return SVC


def _people(
  count=8, emotions=3, shots=3, seed=0, emotion=0.0, sitting=0.0, noise=0.3
):
  rng = np.random.default_rng(seed)
  people = np.repeat(np.arange(count), emotions * shots)
  labels = np.tile(np.repeat(np.arange(emotions), shots), count)
  dim = 20
  features = (
    emotion * rng.normal(size=(emotions, dim))[labels]
    + sitting * rng.normal(size=(count, emotions, dim))[people, labels]
    + noise * rng.normal(size=(len(labels), dim))
  )
  return features.astype(np.float32), labels, people


@pytest.fixture
def draw_people():
  """Draws features of people, each shown with each emotion in some shots.

  `emotion` scales what an emotion does to everybody's features, `sitting` what
  it does to one person's alone, `noise` what differs from shot to shot.
  """
  return _people
