"""SVM backends over a precomputed kernel: scikit-learn, cuML and JAX.

All solve the same binary problem for each pair of classes; scikit-learn's
libsvm walks through the pairs itself, in one call, and so without the GIL.
"""

from __future__ import annotations

import importlib.util
import itertools
import logging
import threading
from collections.abc import Callable, Sequence

import jax
import numpy as np
from sklearn import config_context, svm

from jaxfer.errors import UserError
from jaxfer.svm import dual, threads

_log = logging.getLogger(__name__)

TOLERANCE = 1e-3  # of the dual solver's stopping rule, libsvm's default

_PAD = 128  # rows; training sets of about as many share a program

_GPU = threading.Lock()

Posed = tuple[np.ndarray, np.ndarray, float]
"""What a solver is given: kernel, labels, C."""

Solution = tuple[np.ndarray, np.ndarray]
"""What it gives: coefficients, biases."""

Solver = Callable[[np.ndarray, np.ndarray, float], Solution]
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
  [found] = _side_by_side([(kernel, labels, C)])
  return found


def solve_all(solve: Solver, posed: Sequence[Posed]) -> list[Solution]:
  """What a solver finds: JAX's by one program, others in threads.

  Of labels of one class it is not asked: there is no pair.
  """
  if solve is jax_svm:
    return _side_by_side(posed)

  def one(given: Posed) -> Solution:
    kernel, labels, C = given
    if not pairs_of(labels):
      return np.zeros((len(labels), 0)), np.zeros(0)
    return solve(kernel, labels, C)

  return threads.in_threads(one, posed)


def _side_by_side(posed: Sequence[Posed]) -> list[Solution]:
  """All pairs of all problems; those with the same kernel object share it."""
  if not posed:
    return []
  places: dict[int, int] = {}
  kernels: list[np.ndarray] = []
  lines: list[list[tuple[np.ndarray, float]]] = []
  spans = []
  for kernel, labels, C in posed:
    f = places.setdefault(id(kernel), len(kernels))
    if f == len(kernels):
      kernels.append(kernel)
      lines.append([])
    start = len(lines[f])
    lines[f] += [
      ((labels == a).astype(int) - (labels == b), C)
      for a, b in pairs_of(labels)
    ]
    spans.append((f, slice(start, len(lines[f])), slice(len(labels))))
  size = -(-max(map(len, kernels)) // _PAD) * _PAD
  shape = len(kernels), max(map(len, lines)), size
  padded = np.zeros((shape[0], size, size), np.float32)
  signs, bounds = np.zeros(shape, np.float32), np.ones(shape[:2], np.float32)
  for f, (kernel, own) in enumerate(zip(kernels, lines, strict=True)):
    padded[f, : len(kernel), : len(kernel)] = kernel
    for p, (sides, C) in enumerate(own):
      signs[f, p, : len(sides)], bounds[f, p] = sides, C
  found = dual.solve(padded, signs, bounds, TOLERANCE)
  coefficients, biases, gaps = (np.asarray(x, np.float64) for x in found)
  if (left := gaps > 2 * TOLERANCE).any():  # values were rounded on the way
    _log.warning(
      "%d of %d problems are not solved to %g: a gap of %.3g is left at C=%g",
      left.sum(),
      sum(map(len, lines)),
      TOLERANCE,
      gaps.max(),
      bounds.flat[gaps.argmax()],
    )
  return [(coefficients[f, p, rows].T, biases[f, p]) for f, p, rows in spans]


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
