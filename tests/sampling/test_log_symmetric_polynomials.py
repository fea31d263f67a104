"""Symmetric polynomials: sums of products, exact integers, any scale."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sampling import log_symmetric_polynomials

# Oracle


@given(seed=st.integers(0, 2**32 - 1))
def test_sums_of_products(seed):
    values = np.random.default_rng(seed).exponential(size=6)
    table = np.exp(log_symmetric_polynomials(values, order=6))
    for j in range(7):
        for size in range(7):
            expected = sum(math.prod(c) for c in combinations(values[:j], size))
            assert table[j, size] == pytest.approx(expected, rel=1e-13)


def test_exact_integers_at_784_values_of_which_half_are_zero():
    values = np.random.default_rng(0).integers(1, 1000, 784)
    values[::2] = 0
    logs = log_symmetric_polynomials(values, order=300)
    exact = [1] + [0] * 300
    for value in values.tolist():
        exact = [1] + [exact[i] + value * exact[i - 1] for i in range(1, 301)]
    expected = np.array([math.log(e) for e in exact])
    np.testing.assert_allclose(logs[-1], expected, atol=784 * 2e-16 * expected.max())


# Invariance


@pytest.mark.parametrize("exponent", [-900, 900])
def test_a_factor_adds_its_logarithm(exponent):
    values = np.random.default_rng(0).exponential(size=784) * (np.arange(784) % 2)
    logs = log_symmetric_polynomials(values, order=300)[-1]
    scaled = log_symmetric_polynomials(np.ldexp(values, exponent), order=300)[-1]
    shift = np.arange(301) * exponent * math.log(2)
    np.testing.assert_allclose(scaled, logs + shift, rtol=1e-12, atol=1e-9)


def test_order_of_values():
    values = np.random.default_rng(0).exponential(size=50)
    one, other = (log_symmetric_polynomials(v, order=20)[-1] for v in (values, np.sort(values)))
    np.testing.assert_allclose(one, other, rtol=1e-13)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    values = np.random.default_rng(0).exponential(size=9).astype(dtype)
    placed = library.place(values)
    table = log_symmetric_polynomials(placed, order=4)
    assert library.holds(table, dtype=dtype)
    here = log_symmetric_polynomials(values.astype("float64"), order=4)
    rtol = 1e-13 if dtype == "float64" else 1e-5
    np.testing.assert_allclose(to_numpy(table), here, rtol=rtol, atol=rtol)
    np.testing.assert_array_equal(to_numpy(placed), values)


# Degenerate data


def test_zeros():
    table = log_symmetric_polynomials(np.zeros(3), order=2)
    np.testing.assert_array_equal(table, [[0, -np.inf, -np.inf]] * 4)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="values must not be negative, got -1"):
        log_symmetric_polynomials(np.array([1.0, -1.0]), order=1)
    with pytest.raises(ValueError, match="order must be an integer from 1 to 2, got 3"):
        log_symmetric_polynomials(np.ones(2), order=3)
