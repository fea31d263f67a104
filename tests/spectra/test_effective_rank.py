"""Effective rank: known spectra, invariance, arrays, ends of the range."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import effective_rank


def table(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def test_two_values_by_hand():
    p = np.array([9.0, 1.0]) / 10
    assert effective_rank(np.diag([3.0, 1.0])).rank == pytest.approx(np.exp(-np.sum(p * np.log(p))))
    q = np.array([3.0, 1.0]) / 4
    wanted = np.exp(-np.sum(q * np.log(q)))
    assert effective_rank(np.diag([3.0, 1.0]), exponent=1).rank == pytest.approx(wanted)


def test_rotations_scale_and_transposition():
    X = table(12, 5)
    turn = np.linalg.qr(table(5, 5, seed=1))[0]
    for same in (X @ turn, 1e200 * X, 1e-200 * X, X.T):
        assert effective_rank(same).rank == pytest.approx(effective_rank(X).rank, rel=1e-12)


def test_between_one_and_the_rank():
    X = table(20, 4) @ table(4, 9, seed=1)
    assert 1 < effective_rank(X).rank < 4
    assert effective_rank(np.ones((6, 3))).rank == pytest.approx(1)
    assert effective_rank(np.eye(7)).rank == pytest.approx(7)
    assert effective_rank(np.ones((1, 1))).rank == 1


def test_a_larger_exponent_counts_less():
    X = table(30, 10) * np.arange(1, 11)
    ranks = [effective_rank(X, exponent=q).rank for q in (0.5, 1, 2, 4)]
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X = table(8, 6).astype(dtype)
    found = effective_rank(library.place(X))
    assert library.holds(found.shares, dtype=dtype)
    assert float(to_numpy(found.shares).sum()) == pytest.approx(1, rel=1e-6)
    assert found.rank == pytest.approx(effective_rank(X).rank, rel=1e-5)


def test_refusals():
    with pytest.raises(ValueError, match="zeros"):
        effective_rank(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="0"):
        effective_rank(np.eye(3), exponent=0.0)
