"""Scales of residual blocks: the certificate holds there and not beyond, order, arrays."""

import numpy as np
import pytest

from labkit.spectra import (
    lipschitz_lower_bound,
    lipschitz_matrix,
    residual_lipschitz_scale,
)

CRITERIA = ["discs", "weighted discs", "eigenvalues"]


def block(n, m, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, m)) / n**0.5, rng.standard_normal((m, n)) / m**0.5


def certificate(B, C, scale, multiplier, bound):
    net = [(scale * C, np.zeros(len(C))), (scale * B, np.zeros(len(B)))]
    return lipschitz_matrix(net, [np.full(len(C), multiplier)], bound=bound, skip=True)


def slack(M, criterion):
    """Return how far the criterion is from failing, by its definition."""
    if criterion == "discs":
        return np.min(2 * np.diag(M) - np.abs(M).sum(axis=1))
    if criterion == "weighted discs":
        return np.linalg.eigvalsh(2 * np.diag(np.diag(M)) - np.abs(M))[0]
    return np.linalg.eigvalsh(M)[0]


# Oracle


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("shape", [(5, 5), (3, 8), (8, 3), (1, 1)])
def test_on_the_edge_of_its_criterion(shape, criterion):
    B, C = block(*shape)
    B = 3 * B
    found = residual_lipschitz_scale(B, C, bound=1.5, criterion=criterion)
    M = certificate(B, C, found.scale, found.multiplier, 1.5)
    assert slack(M, criterion) == pytest.approx(0, abs=1e-9)
    for multiplier in found.multiplier * np.geomspace(0.2, 5, 60):
        assert slack(certificate(B, C, 1.01 * found.scale, multiplier, 1.5), criterion) < 0


def test_units_apart_lose_nothing_to_discs():
    scales = [
        residual_lipschitz_scale(np.eye(6), np.eye(6), bound=2.0, criterion=c).scale
        for c in CRITERIA
    ]
    np.testing.assert_allclose(scales, 1.0)


@pytest.mark.parametrize("seed", range(10))
def test_order_and_what_is_seen(seed):
    B, C = block(8, 8, seed)
    scales = [residual_lipschitz_scale(B, C, bound=2.0, criterion=c).scale for c in CRITERIA]
    assert scales == sorted(scales)
    X = np.random.default_rng(seed).standard_normal((200, 8))
    for t in scales:
        net = [(t * C, np.zeros(8)), (t * B, np.zeros(8))]
        assert lipschitz_lower_bound(net, X, skip=True) <= 2.0


# Invariance


def test_scale_of_the_weights_is_taken_back():
    B, C = block(6, 6)
    one = residual_lipschitz_scale(B, C, bound=2.0).scale
    assert residual_lipschitz_scale(10 * B, 10 * C, bound=2.0).scale == pytest.approx(one / 10)


@pytest.mark.parametrize("criterion", ["weighted discs", "eigenvalues"])
def test_lengths_moved_through_the_units_do_not_matter(criterion):
    B, C = block(6, 6)
    one, other = (
        residual_lipschitz_scale(s * B, C / s, bound=2.0, criterion=criterion).scale
        for s in (1.0, 30.0)
    )
    assert one == pytest.approx(other, rel=1e-6)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_arrays(library, dtype, criterion):
    B, C = (M.astype(dtype) for M in block(4, 3))
    found = residual_lipschitz_scale(
        library.place(B), library.place(C), bound=2.0, criterion=criterion
    )
    exact = residual_lipschitz_scale(
        B.astype(float), C.astype(float), bound=2.0, criterion=criterion
    )
    assert found.scale == pytest.approx(exact.scale, rel=1e-4)


# Refusals


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"C must have shape \(3, 2\), got \(2, 3\)"):
        residual_lipschitz_scale(np.ones((2, 3)), np.ones((2, 3)), bound=2.0)
