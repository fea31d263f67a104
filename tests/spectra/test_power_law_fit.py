"""The fit of a power law: against the full table, true exponents, and a clamp that hides them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.spectra import _tail_scan, power_law_fit
from labkit.spectra._tail_scan import distance, exponents, scan

seeds = st.integers(0, 2**32 - 1)


def full_table(values, largest=np.inf):
    """Return exponent, cutoff and distance from all candidates, none of them left out."""
    logs = np.log(np.sort(values))
    starts, alphas = exponents(logs)
    alphas = np.minimum(alphas, largest)
    away = [distance(logs[i:] - logs[i], a) for i, a in zip(starts, alphas, strict=True)]
    best = int(np.argmin(away))
    return alphas[best], np.exp(logs[starts[best]]), away[best]


def sample(kind, n, seed):
    rng = np.random.default_rng(seed)
    if kind == "body and tail":
        tail = rng.random(n) < 0.3
        return np.where(tail, rng.pareto(1.5, n) + 1, rng.uniform(0.1, 1, n))
    if kind == "ties":
        return np.ceil(3 * (rng.pareto(1.5, n) + 1))
    if kind == "matrix":
        return np.linalg.svd(rng.standard_t(3, (n, n)), compute_uv=False) ** 2 / n
    return {
        "power law": rng.pareto(1.5, n) + 1, "lognormal": rng.lognormal(size=n),
        "uniform": 1e-3 + rng.random(n),
    }[kind]  # fmt: skip


KINDS = ("power law", "body and tail", "lognormal", "uniform", "ties", "matrix")


# Oracle


@pytest.mark.parametrize("kind", KINDS)
@given(seed=seeds, n=st.integers(2, 120))
def test_small_samples_against_the_full_table(kind, seed, n):
    x = sample(kind, n, seed)
    if np.unique(x).size < 2:
        return
    fit = power_law_fit(x)
    alpha, cutoff, away = full_table(x)
    assert fit.distance == pytest.approx(away, abs=1e-13)
    if kind != "ties":
        assert fit.tail_exponent == pytest.approx(alpha)
        assert fit.cutoff == pytest.approx(cutoff)


@pytest.mark.parametrize("kind", KINDS)
def test_larger_samples_against_the_full_table_with_a_fraction_of_its_work(kind):
    n = 400 if kind == "matrix" else 3000
    x = sample(kind, n, 0)
    fit = power_law_fit(x)
    np.testing.assert_allclose(
        [fit.tail_exponent, fit.cutoff, fit.distance], full_table(x), rtol=1e-10
    )
    if n == 3000:
        assert fit.n_evaluations < 0.03 * n * n / 2


@pytest.mark.parametrize("alpha", [1.7, 2.5, 4.0, 12.0])
def test_true_exponents(alpha):
    x = np.random.default_rng(0).pareto(alpha - 1, 20000) + 1
    fit = power_law_fit(x)
    assert abs(fit.tail_exponent - alpha) < 5 * fit.standard_error
    known = power_law_fit(x, cutoff=1.0)
    assert known.n_tail == 20000
    assert known.standard_error == pytest.approx((known.tail_exponent - 1) / 20000**0.5)
    assert abs(known.tail_exponent - alpha) < 5 * known.standard_error


def test_by_hand():
    fit = power_law_fit(np.exp([0.0, 1.0, 3.0]), cutoff=1.0)
    assert fit.tail_exponent == pytest.approx(1 + 3 / 4)
    assert fit.distance == pytest.approx(max(1 / 3, 1 - np.exp(-0.75) - 1 / 3))
    assert fit.n_tail == 3


def test_the_cutoff_is_found():
    x = sample("body and tail", 20000, 0)
    assert power_law_fit(x).cutoff == pytest.approx(1, abs=0.3)


def test_an_upper_limit_of_three_hides_what_is_steeper():
    """Some programs fit under a limit of 3; then 4 comes out as 3, and so does 5.6."""
    steep = np.random.default_rng(0).pareto(3.0, 2000) + 1
    for x, least, most in ((steep, 3.7, 4.3), (sample("matrix", 600, 0), 4.0, 9.0)):
        limited = power_law_fit(x, largest_exponent=3.0)
        assert 2.99 < limited.tail_exponent <= 3
        assert limited.distance == pytest.approx(full_table(x, largest=3.0)[2])
        assert least < power_law_fit(x).tail_exponent < most
    assert power_law_fit(steep, cutoff=1.0, largest_exponent=3.0).tail_exponent == 3
    assert power_law_fit(steep, largest_exponent=100.0) == power_law_fit(steep)


def test_fifty_thousand_values_take_a_thousandth_of_the_table():
    x = sample("power law", 50000, 0)
    assert power_law_fit(x).n_evaluations < 1e-3 * 50000**2 / 2


# Invariance


@given(seed=seeds, factor=st.sampled_from([1e-200, 3.0, 1e200]))
def test_scale_and_order(seed, factor):
    x = sample("body and tail", 80, seed)
    one, other = power_law_fit(x), power_law_fit(factor * x[::-1])
    assert other.tail_exponent == pytest.approx(one.tail_exponent, rel=1e-6)
    assert other.cutoff == pytest.approx(factor * one.cutoff, rel=1e-6)


@given(seed=seeds)
def test_a_power_of_the_values_divides_the_exponent(seed):
    x = sample("body and tail", 60, seed)
    one, other = power_law_fit(x), power_law_fit(x**2)
    assert other.tail_exponent - 1 == pytest.approx((one.tail_exponent - 1) / 2, rel=1e-6)
    assert other.n_tail == one.n_tail


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    x = sample("body and tail", 200, 0).astype(dtype)
    placed = library.place(x)
    fit = power_law_fit(placed)
    expected = power_law_fit(x.astype(float))
    assert fit == expected
    assert {type(v) for v in vars(fit).values()} == {float, int}
    assert {type(v) for v in vars(power_law_fit(placed, cutoff=1.0)).values()} == {float, int}
    np.testing.assert_array_equal(to_numpy(placed), x)


def test_candidates_are_looked_at_in_blocks(monkeypatch):
    logs = np.log(np.sort(sample("body and tail", 3000, 0)))
    expected = scan(logs)
    monkeypatch.setattr(_tail_scan, "BLOCK", 700)
    assert scan(logs) == expected


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="values must be above 0, got 0"):
        power_law_fit(np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match="values must hold two different values, got 2 only"):
        power_law_fit(np.full(5, 2.0))
    with pytest.raises(ValueError, match="cutoff must leave two different values above it, got 3"):
        power_law_fit(np.array([1.0, 2.0, 3.0]), cutoff=3.0)
    with pytest.raises(ValueError, match="cutoff must leave two different values"):
        power_law_fit(np.array([1.0, 3.0, 3.0]), cutoff=2.0)
