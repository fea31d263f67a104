"""Hill's estimator: by hand, against maximum likelihood, and its limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.spectra import hill_estimator, power_law_fit

seeds = st.integers(0, 2**32 - 1)


# Oracle


@given(seed=seeds)
def test_one_length_at_a_time(seed):
    x = np.random.default_rng(seed).lognormal(0, 3, 30)
    down = np.sort(x)[::-1]
    expected = [1 + k / np.sum(np.log(down[:k] / down[k])) for k in range(1, 30)]
    np.testing.assert_allclose(hill_estimator(x), expected, rtol=1e-10)


def test_it_is_maximum_likelihood_above_a_cutoff():
    """The likelihood counts the value at the cutoff too: n terms over a sum of n - 1."""
    x = np.random.default_rng(0).pareto(2, 100) + 1
    cutoff = np.sort(x)[-50]
    fit = power_law_fit(x, cutoff=cutoff)
    hill = hill_estimator(x)[48]
    assert fit.tail_exponent - 1 == pytest.approx((hill - 1) * 50 / 49)


def test_true_exponent():
    x = np.random.default_rng(0).pareto(3, 40000) + 1
    found = hill_estimator(x)
    k = np.arange(1, 40000)
    assert (np.abs(found - 4)[100:] < 6 * 3 / np.sqrt(k[100:])).all()


# Invariance


@given(seed=seeds, factor=st.sampled_from([1e-200, 7.0, 1e200]))
def test_scale_order_and_powers(seed, factor):
    x = np.random.default_rng(seed).pareto(2, 20) + 1
    one = hill_estimator(x)
    np.testing.assert_allclose(hill_estimator(factor * x[::-1]), one, rtol=1e-6)
    np.testing.assert_allclose(hill_estimator(x**2) - 1, (one - 1) / 2, rtol=1e-6)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    x = (np.random.default_rng(0).pareto(2, 60) + 1).astype(dtype)
    placed = library.place(x)
    found = hill_estimator(placed)
    assert library.holds(found, dtype=dtype)
    exact = hill_estimator(x.astype(float))
    np.testing.assert_allclose(to_numpy(found)[5:], exact[5:], rtol=1e4 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(to_numpy(placed), x)


# Degenerate data


def test_equal_values():
    assert hill_estimator(np.ones(4)).tolist() == [np.inf] * 3
    found = hill_estimator(np.array([2.0, 2.0, 1.0]))
    assert found[0] == np.inf
    assert found[1] == pytest.approx(1 + 1 / np.log(2))


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="values must be above 0, got 0"):
        hill_estimator(np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"values must have shape at least \(2,\), got \(1,\)"):
        hill_estimator(np.ones(1))
