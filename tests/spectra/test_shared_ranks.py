"""Shared ranks: one threshold by hand, budgets, flat spectra, refusals."""

import numpy as np
import pytest

from labkit.spectra import shared_ranks


def spectra():
    rng = np.random.default_rng(0)
    return [np.sort(rng.exponential(size=n))[::-1] * c for n, c in ((8, 1.0), (12, 10.0), (5, 3.0))]


# Oracle


def test_one_threshold():
    values = spectra()
    scaled = [(s - s.min()) / (s.max() - s.min()) for s in values]
    threshold = np.sort(np.concatenate(scaled))[::-1][9]
    expected = tuple(int(np.sum(t >= threshold)) for t in scaled)
    assert shared_ranks(values, kept=10 / 25) == expected


def test_raw_values_minimise_the_squared_error():
    values = spectra()
    found = shared_ranks(values, kept=10 / 25, rule="raw")
    errors = {}
    for i in range(9):
        for j in range(max(5 - i, 0), 11 - i):
            ranks = i, j, 10 - i - j
            left_out = (s[r:] for s, r in zip(values, ranks, strict=True))
            errors[ranks] = sum(float(np.sum(rest**2)) for rest in left_out)
    assert errors[found] == min(errors.values())


def test_uniform():
    assert shared_ranks(spectra(), kept=0.5, rule="uniform") == (4, 6, 2)


# Invariance


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.44, 1.0])
def test_the_budget_is_kept(kept):
    assert sum(shared_ranks(spectra(), kept=kept)) == round(25 * kept)


def test_scale_and_order_of_a_spectrum_do_not_matter():
    values = spectra()
    other = [100 * values[0], values[1][::-1], values[2] / 7]
    assert shared_ranks(other, kept=0.4) == shared_ranks(values, kept=0.4)


# Edge cases


def test_a_flat_spectrum_is_kept_first():
    assert shared_ranks([np.ones(3), np.array([5.0, 1.0, 0.0])], kept=0.5) == (3, 0)


def test_zeros_and_a_single_value():
    assert sum(shared_ranks([np.zeros(4), np.ones(1)], kept=0.4)) == 2


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="spectra must not hold negative values, got -1"):
        shared_ranks([np.array([1.0, -1.0])], kept=0.5)
    with pytest.raises(ValueError, match="spectra must be a list of at least one array"):
        shared_ranks([], kept=0.5)
    with pytest.raises(ValueError, match="kept"):
        shared_ranks(spectra(), kept=1.1)
