"""Tables of categories: frequencies as promised, and the information in closed form."""

import numpy as np
import pytest

from labkit.datasets import categorical_table


def test_information_of_two_values_in_closed_form():
    table = categorical_table([2], [], n_samples=1, strength=1.0, rng=0)
    p = 1 / (1 + np.exp(-1.0))  # z is -1 and 1
    expected = np.log(2) + p * np.log(p) + (1 - p) * np.log(1 - p)
    assert table.information[0] == pytest.approx(expected)


def test_frequencies_follow_the_law():
    table = categorical_table([4], [4], n_samples=40000, strength=1.0, rng=1)
    counts = np.zeros((2, 4))
    np.add.at(counts, (table.y, table.X[:, 0]), 1)
    odds = np.log(counts[1] / counts[0])
    slope = np.sort(odds - odds.mean())
    z = np.linspace(-1, 1, 4) / np.linspace(-1, 1, 4).std()
    np.testing.assert_allclose(slope, z, atol=0.1)
    noise = np.bincount(table.X[:, 1]) / 40000
    np.testing.assert_allclose(noise, 0.25, atol=0.015)
    assert table.y.mean() == pytest.approx(0.5, abs=0.015)


def test_shapes_and_values():
    table = categorical_table([2, 7], [1, 900], n_samples=500, rng=2)
    assert table.X.shape == (500, 4)
    assert (table.X >= 0).all()
    assert (table.X.max(axis=0) < [2, 7, 1, 900]).all()
    assert (table.information[:2] > 0.01).all()
    assert (table.information[2:] == 0).all()
    assert categorical_table([], [3], n_samples=2, rng=0).X.shape == (2, 1)
    assert categorical_table([3], [], n_samples=9, strength=0.0).information[0] == 0


def test_refusals():
    with pytest.raises(ValueError, match="informative must be an integer from 2 up, got 1"):
        categorical_table([1], [], n_samples=3)
    with pytest.raises(ValueError, match="uninformative must be an integer from 1 up, got 0"):
        categorical_table([2], [0], n_samples=3)
    with pytest.raises(ValueError, match="at least one column"):
        categorical_table([], [], n_samples=3)
