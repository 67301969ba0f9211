"""The Gaussian process against scikit-learn's and finite differences."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from jaxfer.svm import gaussian_process

THETAS = [
  np.log([1.0, 0.3, 0.3, 1e-2]),
  np.log([1e-2, 0.05, 10.0, 1.0]),
  np.log([30.0, 2.0, 0.1, 1e-5]),
]


def _data(n=15, seed=0):
  rng = np.random.default_rng(seed)
  points = rng.random((n, 2))
  values = np.sin(6 * points[:, 0]) + points[:, 1] ** 2
  values = values + 0.05 * rng.normal(size=n)
  return points, (values - values.mean()) / values.std()


def _theirs(theta, points, values):
  amplitude, *lengths, noise = np.exp(theta)
  kernel = ConstantKernel(amplitude) * Matern(lengths, nu=2.5)
  kernel = kernel + WhiteKernel(noise)
  return GaussianProcessRegressor(kernel, optimizer=None).fit(points, values)


def _squares(points):
  return (points[:, None] - points[None]) ** 2


@pytest.mark.parametrize("theta", THETAS)
def test_likelihood_and_gradient_are_those_of_scikit_learn(theta):
  points, values = _data()
  value, gradient = gaussian_process.negative_likelihood(
    np.exp(theta), _squares(points), values
  )
  theirs = _theirs(theta, points, values)
  expected = theirs.log_marginal_likelihood(theta, eval_gradient=True)
  np.testing.assert_allclose(-value, expected[0], rtol=1e-9)
  np.testing.assert_allclose(-gradient, expected[1], rtol=1e-6, atol=1e-6)


def test_the_gradient_is_the_slope():
  points, values = _data()
  squares = _squares(points)
  slope = approx_fprime(
    THETAS[0],
    lambda t: gaussian_process.negative_likelihood(np.exp(t), squares, values)[
      0
    ],
  )
  _, gradient = gaussian_process.negative_likelihood(
    np.exp(THETAS[0]), squares, values
  )
  np.testing.assert_allclose(gradient, slope, rtol=1e-4, atol=1e-4)


def test_predictions_are_those_of_scikit_learn():
  points, values = _data()
  fitted = gaussian_process.fit(points, values)
  theirs = _theirs(np.log(fitted.parameters), points, values)
  at = np.random.default_rng(1).random((50, 2))
  mean, deviation = fitted.predict(at)
  expected = theirs.predict(at, return_std=True)
  np.testing.assert_allclose(mean, expected[0], atol=1e-7)
  np.testing.assert_allclose(deviation, expected[1], atol=1e-7)


def test_fitting_raises_the_likelihood():
  points, values = _data()
  squares = _squares(points)
  fitted = gaussian_process.fit(points, values)
  after, _ = gaussian_process.negative_likelihood(
    fitted.parameters, squares, values
  )
  for theta in THETAS:
    before, _ = gaussian_process.negative_likelihood(
      np.exp(theta), squares, values
    )
    assert after < before


def test_a_function_is_learnt_and_doubted_far_from_its_values():
  points, values = _data(25)
  fitted = gaussian_process.fit(points * 0.5, values)
  _, near = fitted.predict(points[:1] * 0.5)
  _, far = fitted.predict(np.array([[1.0, 1.0]]))
  assert far > 3 * near
  mean, _ = fitted.predict(points * 0.5)
  assert np.corrcoef(mean, values)[0, 1] > 0.98


@pytest.mark.parametrize("n", [1, 2, 12])
def test_flat_values_are_no_trouble(n):
  points = np.random.default_rng(0).random((n, 2))
  mean, deviation = gaussian_process.fit(points, np.zeros(n)).predict(points)
  np.testing.assert_array_equal(mean, 0)
  assert np.isfinite(deviation).all()
