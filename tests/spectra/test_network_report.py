"""A whole network in one call: the eigenvalues, the fits of its parts, shuffles, broken layers."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import marchenko_pastur_fit, network_report, power_law_fit


def noise(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


# Oracle


@pytest.mark.parametrize("shape", [(300, 100), (100, 300), (80, 80)])
def test_eigenvalues_are_squared_singular_values_over_the_longer_side(shape):
    W = noise(*shape)
    layer = network_report({"a": W})[0]
    wanted = np.sort(np.linalg.svd(W, compute_uv=False) ** 2) / max(shape)
    np.testing.assert_allclose(layer.eigenvalues, wanted, rtol=1e-9)
    assert layer.shape == shape
    assert layer.rank == min(shape)
    assert layer.stable_rank == pytest.approx(wanted.sum() / wanted[-1])


def test_the_parts_are_those_of_the_methods():
    W = noise(200, 60)
    layer = network_report({"a": W})[0]
    assert layer.tail == power_law_fit(layer.eigenvalues)
    assert layer.bulk == marchenko_pastur_fit(layer.eigenvalues, aspect_ratio=0.3)


def test_noise_has_no_outlier_and_a_planted_direction_is_one():
    planted = noise(400, 200) + 0.5 * np.outer(noise(400, seed=1), noise(200, seed=2))
    plain, spiked = network_report({"plain": noise(400, 200), "spiked": planted}, n_shuffles=3)
    assert (plain.bulk.n_outliers, plain.name) == (0, "plain")
    assert (spiked.bulk.n_outliers, spiked.n_above_shuffled, spiked.name) == (1, 1, "spiked")
    assert spiked.bulk.variance == pytest.approx(1, abs=0.05)


# Invariance


def test_scale_and_transposition():
    W = noise(90, 40)
    layer, scaled, turned = network_report({"W": W, "1000 W": 1000 * W, "W'": W.T})
    assert scaled.tail.tail_exponent == pytest.approx(layer.tail.tail_exponent, rel=1e-9)
    assert scaled.bulk.variance == pytest.approx(1e6 * layer.bulk.variance, rel=1e-9)
    np.testing.assert_allclose(turned.eigenvalues, layer.eigenvalues, rtol=1e-9)


def test_sizes_at_the_ends_of_the_range():
    for scale in (1e-140, 1e140):
        layer = network_report({"W": scale * noise(30, 20)})[0]
        assert layer.stable_rank == pytest.approx(
            network_report({"W": noise(30, 20)})[0].stable_rank
        )


def test_entries_in_another_order_give_the_same_shuffles_in_law():
    W = noise(60, 60) ** 3
    again = np.random.default_rng(1).permutation(W.ravel()).reshape(60, 60)
    found = network_report({"W": W, "again": again}, n_shuffles=40, rng=0)
    ratio = found[0].shuffled_largest / found[1].shuffled_largest
    assert 0.7 < ratio < 1.4


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    W = noise(30, 20).astype(dtype)
    layer = network_report({"W": library.place(W)}, n_shuffles=1, rng=0)[0]
    same = network_report({"W": W}, n_shuffles=1, rng=0)[0]
    assert library.holds(layer.eigenvalues, dtype="float64")
    np.testing.assert_allclose(to_numpy(layer.eigenvalues), same.eigenvalues, rtol=1e-9)
    assert layer.shuffled_largest == pytest.approx(same.shuffled_largest)
    assert layer.tail.tail_exponent == pytest.approx(same.tail.tail_exponent)


# Degenerate


def test_low_rank_and_orthogonal_layers():
    low = np.outer(np.arange(1.0, 9.0), np.ones(5))
    thin, equal = network_report({"low": low, "equal": np.eye(6)})
    assert (thin.rank, thin.tail, thin.bulk) == (1, None, None)
    assert thin.stable_rank == pytest.approx(1)
    assert (equal.rank, equal.tail) == (6, None)
    assert equal.stable_rank == pytest.approx(6)


def test_one_row():
    layer = network_report({"row": np.ones((1, 9))}, n_shuffles=1, rng=0)[0]
    assert layer.eigenvalues == pytest.approx([1.0])
    assert layer.shuffled_largest == pytest.approx(1.0)  # the length of a row has no order


def test_without_shuffles_nothing_is_above_them():
    layer = network_report({"W": noise(9, 9)})[0]
    assert np.isnan(layer.shuffled_largest)
    assert layer.n_above_shuffled == 0


@pytest.mark.parametrize(
    ("matrices", "error", "message"),
    [
        (noise(3, 3), TypeError, "mapping"),
        ({}, ValueError, "none"),
        ({"a": np.zeros((3, 3))}, ValueError, "'a'"),
        ({"b": noise(3)}, ValueError, "'b'"),
        ({"c": np.full((2, 2), np.nan)}, ValueError, "'c'"),
    ],
)
def test_refusals(matrices, error, message):
    with pytest.raises(error, match=message):
        network_report(matrices)
