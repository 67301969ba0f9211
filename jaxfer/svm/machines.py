"""SVM backends over a precomputed kernel: scikit-learn, cuML and JAX.

All solve the same binary problem for each pair of classes; scikit-learn's
libsvm walks through the pairs itself, in one call, and so without the GIL.
"""

from __future__ import annotations

import importlib.util
import itertools
import logging
import threading
from collections.abc import Callable

import jax
import numpy as np
from sklearn import config_context, svm

from jaxfer.errors import UserError
from jaxfer.svm import dual

_log = logging.getLogger(__name__)

TOLERANCE = 1e-3  # of the dual solver's stopping rule, libsvm's default

_GPU = threading.Lock()

Solver = Callable[
  [np.ndarray, np.ndarray, float], tuple[np.ndarray, np.ndarray]
]
"""(kernel, labels, C) -> (coefficients, biases).

The kernel is (n, n) float64, the labels (n,), coefficients (n, P), biases (P,):
one column for each pair of the labels present, in the order of `pairs_of`. The
decision value of a row x, positive for the pair's first class, is
sum_i coefficients[i, p] k(x_i, x) + biases[p].
"""


def pairs_of(labels: np.ndarray) -> list[tuple[int, int]]:
  """The pairs of classes that occur, smaller class first, in order."""
  return list(itertools.combinations(np.unique(labels).tolist(), 2))


def sklearn_svm(
  kernel: np.ndarray, labels: np.ndarray, C: float
) -> tuple[np.ndarray, np.ndarray]:
  """Solves all pairs with libsvm."""
  svc = svm.SVC(C=C, kernel="precomputed", tol=TOLERANCE)
  # The inputs are our own, and checking them costs as much as solving.
  with config_context(assume_finite=True, skip_parameter_validation=True):
    svc.fit(kernel, labels)
  pairs = pairs_of(labels)
  coefficients = np.zeros((len(labels), len(pairs)))
  if len(pairs) == 1:  # scikit-learn turns the sign of a single pair
    coefficients[svc.support_, 0] = -svc.dual_coef_[0]
    return coefficients, -svc.intercept_
  # libsvm's layout: a support vector of class i has a row for each other
  # class, in order, with class i itself left out.
  rank = np.searchsorted(svc.classes_, labels[svc.support_])
  order = {label: k for k, label in enumerate(svc.classes_.tolist())}
  for p, (a, b) in enumerate(pairs):
    for own, other in ((order[a], order[b]), (order[b], order[a])):
      mine = np.flatnonzero(rank == own)
      line = other - (other > own)
      coefficients[svc.support_[mine], p] = svc.dual_coef_[line, mine]
  return coefficients, svc.intercept_


def cuml_svm(
  kernel: np.ndarray, labels: np.ndarray, C: float
) -> tuple[np.ndarray, np.ndarray]:
  """Solves one pair after the other on the GPU with cuML."""
  # An extra, imported when asked for.
  from cuml.svm import SVC  # pyright: ignore[reportMissingImports]

  pairs = pairs_of(labels)
  coefficients = np.zeros((len(labels), len(pairs)))
  biases = np.zeros(len(pairs))
  for p, (a, b) in enumerate(pairs):
    both = np.flatnonzero((labels == a) | (labels == b))
    # Column-major, as its solver wants it. Class 1 is the positive one.
    problem = np.asfortranarray(kernel[np.ix_(both, both)])
    # cuML does not promise to work from several threads at once; what it found
    # is read from the GPU too.
    with _GPU:
      svc = SVC(C=C, kernel="precomputed", tol=TOLERANCE, output_type="numpy")
      svc.fit(problem, (labels[both] == a).astype(np.float64))
      support = both[np.asarray(svc.support_).astype(int).ravel()]
      coefficients[support, p] = np.asarray(svc.dual_coef_).ravel()
      biases[p] = np.asarray(svc.intercept_).ravel()[0]
  return coefficients, biases


def jax_svm(
  kernel: np.ndarray, labels: np.ndarray, C: float
) -> tuple[np.ndarray, np.ndarray]:
  """Solves all pairs side by side on JAX's device, in float32."""
  pairs = pairs_of(labels)
  signs = [(labels == a).astype(int) - (labels == b) for a, b in pairs]
  found = dual.solve(
    np.asarray(kernel, np.float32),
    np.array(signs, np.float32).reshape(len(pairs), len(labels)),
    np.full(len(pairs), C, np.float32),
    TOLERANCE,
  )
  coefficients, biases, gaps = (np.asarray(x, np.float64) for x in found)
  if (left := gaps > 2 * TOLERANCE).any():  # values were rounded on the way
    _log.warning(
      "%d of %d problems are not solved to %g: a gap of %.3g is left at C=%g",
      left.sum(),
      len(pairs),
      TOLERANCE,
      gaps.max(),
      C,
    )
  return coefficients.T, biases


BACKENDS: dict[str, Solver] = {
  "sklearn": sklearn_svm,
  "cuml": cuml_svm,
  "jax": jax_svm,
}


def choose(backend: str) -> tuple[str, str]:
  """Which backend runs, a key of `BACKENDS`; and why, in words.

  `auto` is sklearn, until another has been timed and was faster. On CPUs
  `benchmarks.svm_search` times `jax`; on a GPU neither `jax` nor `cuml` has
  been timed yet.

  Raises:
    ValueError: for another name, or cuml where it cannot run.
  """
  if backend not in ("auto", *BACKENDS):
    raise UserError(
      f"svm.backend={backend!r} is not one of auto, {', '.join(BACKENDS)}"
    )
  if backend == "auto":
    gpu = jax.default_backend() == "gpu"
    timed = "no other has been timed on a GPU" if gpu else "there is no GPU"
    return "sklearn", timed
  if backend == "cuml":
    missing = ""
    if jax.default_backend() != "gpu":
      missing = "there is no GPU"
    elif importlib.util.find_spec("cuml") is None:
      missing = "cuML is not installed (extra cuda12 or cuda13)"
    if missing:
      raise UserError(f"svm.backend=cuml cannot run: {missing}")
  return backend, "the configuration asks for it"
