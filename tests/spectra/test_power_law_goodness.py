"""Goodness of fit: uniform for power laws, small for what has an edge."""

import numpy as np
import pytest

from labkit.spectra import power_law_fit, power_law_goodness


def body_and_tail(seed, n=200):
    rng = np.random.default_rng(seed)
    return np.where(rng.random(n) < 0.5, rng.pareto(1.5, n) + 1, rng.uniform(0.1, 1, n))


# Oracle


def test_p_values_of_power_laws_are_not_small_too_often():
    """Of 60, about 6 are below 0.1; 22 or more would be one in 10^6."""
    found = [power_law_goodness(body_and_tail(seed), n_draws=39, rng=seed) for seed in range(60)]
    assert sum(f.p_value <= 0.1 for f in found) < 22


def test_a_bulk_with_an_edge_is_rejected():
    x = np.random.default_rng(0).uniform(1, 2, 2000)
    assert power_law_goodness(x, n_draws=49, rng=0).p_value <= 0.1


def test_a_lognormal_is_rejected_where_all_of_it_is_in_the_tail():
    """From its last values alone nobody could tell: a narrow one has a peak to its left."""
    x = np.random.default_rng(0).lognormal(0, 1, 20000)
    fit = power_law_fit(x, cutoff=float(np.median(x)))
    assert fit.distance > 3 / 10000**0.5
    assert power_law_fit(x).n_tail < 4000


def test_the_share_is_counted_with_the_values_themselves():
    x = body_and_tail(0)
    found = power_law_goodness(x, n_draws=9, rng=0)
    assert found.distance == power_law_fit(x).distance
    above = np.sum(found.distances >= found.distance)
    assert found.p_value == (1 + above) / 10
    assert found.distances.shape == (9,)


# Invariance


def test_scale():
    x = body_and_tail(0)
    one = power_law_goodness(x, n_draws=9, rng=0)
    other = power_law_goodness(1e100 * x, n_draws=9, rng=0)
    assert one.p_value == other.p_value


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    x = body_and_tail(0, 50).astype(dtype)
    found = power_law_goodness(library.place(x), n_draws=3, rng=0)
    assert found.distance == power_law_goodness(x.astype(float), n_draws=3, rng=0).distance


# Degenerate data


def test_two_values():
    found = power_law_goodness(np.array([1.0, 2.0]), n_draws=5, rng=0)
    assert 0 < found.p_value <= 1


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_draws must be an integer from 1 up, got 0"):
        power_law_goodness(np.array([1.0, 2.0]), n_draws=0)
