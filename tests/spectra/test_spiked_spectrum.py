"""Drawn spectra: the same laws as those of matrices."""

import numpy as np
import pytest

from labkit.spectra import spiked_spectrum

# Oracle


@pytest.mark.parametrize(("n", "p"), [(30, 12), (12, 30), (15, 15)])
def test_moments_are_those_of_matrices(n, p):
    """Means of trace, trace of the square and overlap over 2000 draws, within 6 standard errors."""
    rng = np.random.default_rng(0)
    drawn, made = [], []
    for _ in range(2000):
        found = spiked_spectrum(n, p, strength=1.5, rng=rng)
        values = found.eigenvalues
        drawn.append([values.sum(), (values**2).sum(), values[-1], values[0], found.overlap])
        X = rng.standard_normal((n, p))
        X[:, 0] *= 2.5**0.5
        _, d, Vh = np.linalg.svd(X, full_matrices=False)
        values = d**2 / n
        made.append([values.sum(), (values**2).sum(), values[0], values[-1], Vh[0, 0] ** 2])
    error = np.sqrt((np.var(drawn, axis=0) + np.var(made, axis=0)) / 2000)
    assert (np.abs(np.mean(drawn, axis=0) - np.mean(made, axis=0)) < 6 * error).all()


def test_expected_trace():
    mean = np.mean(
        [spiked_spectrum(50, 20, strength=3.0, rng=i).eigenvalues.sum() for i in range(500)]
    )
    assert mean == pytest.approx(20 + 3, abs=6 * (2 * (19 + 16) / 50 / 500) ** 0.5)


def test_one_number():
    found = spiked_spectrum(1, 1, rng=0)
    assert found.eigenvalues.shape == (1,)
    assert found.overlap == pytest.approx(1.0)
    assert spiked_spectrum(1, 5, rng=0).eigenvalues.shape == (1,)
    assert spiked_spectrum(5, 1, rng=0).overlap == pytest.approx(1.0)


# Invariance


def test_the_largest_are_those_of_the_whole():
    whole = spiked_spectrum(60, 30, strength=1.0, rng=3)
    for k in (1, 4, 30):
        part = spiked_spectrum(60, 30, strength=1.0, n_largest=k, rng=3)
        np.testing.assert_allclose(part.eigenvalues, whole.eigenvalues[-k:], rtol=1e-10)
        assert part.overlap == pytest.approx(whole.overlap, abs=1e-9)


@pytest.mark.parametrize(("n", "p"), [(4000, 4000), (2000, 9000), (100000, 3000)])
def test_rows_that_are_left_out_do_not_count(n, p):
    """For a hundred of them no row is left out at these sizes."""
    for strength, rng in ((0.0, 0), (0.0, 1), (0.5, 2), (3.0, 3)):
        whole = spiked_spectrum(n, p, strength=strength, n_largest=100, rng=rng)
        part = spiked_spectrum(n, p, strength=strength, n_largest=5, rng=rng)
        np.testing.assert_allclose(part.eigenvalues, whole.eigenvalues[-5:], rtol=1e-11)
        assert part.overlap == pytest.approx(whole.overlap, abs=1e-9)


def test_a_huge_spike_is_found():
    assert spiked_spectrum(50, 40, strength=1e12, rng=0).overlap == pytest.approx(1.0)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_largest must be an integer from 1 to 3, got 4"):
        spiked_spectrum(5, 3, n_largest=4)
