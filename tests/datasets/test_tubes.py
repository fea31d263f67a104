"""Tubal sensing problems: planted values, symmetry, scale of the measurements."""

import numpy as np
import pytest

from labkit.datasets import tubal_problem


@pytest.mark.parametrize("n_slices", [1, 2, 5, 6])
def test_fourier_slices_have_the_planted_values(n_slices):
    values = np.arange(2.0 * (n_slices // 2 + 1)).reshape(2, -1)[::-1]
    p = tubal_problem(values, n_rows=4, n_slices=n_slices, n_measurements=7, rng=0)
    slices = np.moveaxis(np.fft.rfft(p.truth, axis=2), 2, 0)
    found = np.linalg.eigvalsh(slices)
    np.testing.assert_allclose(found[:, ::-1][:, :2].T, values, atol=1e-10)
    np.testing.assert_allclose(found[:, :2], 0, atol=1e-10)
    np.testing.assert_allclose(slices, np.conj(np.swapaxes(slices, 1, 2)), atol=1e-10)


def test_measurements_are_symmetric_and_scaled():
    p = tubal_problem(np.ones((2, 3)), n_rows=4, n_slices=4, n_measurements=3000, rng=0)
    A = p.measurements
    for t in range(4):
        np.testing.assert_allclose(A[..., t], np.swapaxes(A[..., -t % 4], 1, 2))
    np.testing.assert_allclose(p.b, np.einsum("mijk,ijk->m", A, p.truth), atol=1e-12)
    # a mean of 3000 squares, each of relative deviation 1.4: 0.026
    assert np.sum(p.b**2) == pytest.approx(np.sum(p.truth**2), rel=0.15)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((5, 2)), r"at most 4 rows and, for n_slices = 3, 2 columns, got \(5, 2\)"),
        (np.ones((1, 3)), r"at most 4 rows and, for n_slices = 3, 2 columns, got \(1, 3\)"),
        (-np.ones((1, 2)), "fourier_values must not be negative, got -1"),
    ],
)
def test_refusals(values, message):
    with pytest.raises(ValueError, match=message):
        tubal_problem(values, n_rows=4, n_slices=3, n_measurements=5)
