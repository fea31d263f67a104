"""Coding rate reduction: closed forms, bounds, the gradient by differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.clustering import coding_rate_reduction

seeds = st.integers(0, 2**32 - 1)


def drawn(seed, n=9, d=4, k=3):
    draw = np.random.default_rng(seed)
    Z = draw.standard_normal((n, d))
    return Z / np.linalg.norm(Z, axis=1, keepdims=True), draw.random((n, k)) + 0.1


# Oracle


def test_orthogonal_groups_in_closed_form():
    r, d, eps = 2, 6, 0.5
    Z = np.repeat(np.eye(d), 3, axis=0)
    groups = np.repeat(np.eye(3), 6, axis=0)
    found = coding_rate_reduction(Z, groups, distortion=eps)
    assert found.rate == pytest.approx(d / 2 * np.log(1 + 1 / eps**2))
    assert found.group_rate == pytest.approx(r / 2 * np.log(1 + d / (r * eps**2)))
    assert found.reduction == pytest.approx(found.rate - found.group_rate)


@given(seed=seeds)
def test_hard_groups_one_by_one(seed):
    Z, _ = drawn(seed)
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2])

    def rate(z):
        return np.linalg.slogdet(np.eye(4) + 4 / (len(z) * 0.3**2) * z.T @ z)[1] / 2

    found = coding_rate_reduction(Z, np.eye(3)[labels], distortion=0.3)
    groups = sum(np.mean(labels == k) * rate(Z[labels == k]) for k in range(3))
    assert found.rate == pytest.approx(rate(Z))
    assert found.group_rate == pytest.approx(groups)


def test_limits_of_the_membership():
    Z, _ = drawn(0)
    one = coding_rate_reduction(Z, np.ones((9, 1)), distortion=0.5)
    uniform = coding_rate_reduction(Z, np.full((9, 9), 1 / 9), distortion=0.5)
    alone = coding_rate_reduction(Z, np.eye(9), distortion=0.5)
    assert abs(one.reduction) < 1e-12
    assert abs(uniform.reduction) < 1e-12
    assert alone.group_rate == pytest.approx(np.log(1 + 4 / 0.5**2) / 2)


@given(seed=seeds)
def test_never_negative(seed):
    Z, G = drawn(seed)  # log det is concave; groups with shares that add up to one
    G = G / G.sum(axis=1, keepdims=True)
    assert coding_rate_reduction(Z, G, distortion=0.4).reduction > -1e-12


@given(seed=seeds, eps=st.floats(0.2, 2))
def test_gradients_by_differences(seed, eps):
    draw = np.random.default_rng(seed)
    Z, G = drawn(seed)
    by_Z, by_G = draw.standard_normal(Z.shape), draw.standard_normal(G.shape)
    found = coding_rate_reduction(Z, G, distortion=eps)
    h = 1e-5

    def value(t, s):
        return coding_rate_reduction(Z + t * by_Z, G + s * by_G, distortion=eps).reduction

    assert np.sum(found.gradient * by_Z) == pytest.approx(
        (value(h, 0) - value(-h, 0)) / (2 * h), abs=1e-6
    )
    assert np.sum(found.membership_gradient * by_G) == pytest.approx(
        (value(0, h) - value(0, -h)) / (2 * h), abs=1e-6
    )


# Invariance


@given(seed=seeds)
def test_rotation_order_and_names(seed):
    draw = np.random.default_rng(seed)
    Z, G = drawn(seed)
    Q, order = np.linalg.qr(draw.standard_normal((4, 4)))[0], draw.permutation(9)
    here = coding_rate_reduction(Z, G, distortion=0.5)
    there = coding_rate_reduction(Z[order] @ Q, G[order][:, [2, 0, 1]], distortion=0.5)
    assert there.reduction == pytest.approx(here.reduction, abs=1e-12)
    np.testing.assert_allclose(there.gradient, here.gradient[order] @ Q, atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    Z, G = (part.astype(dtype) for part in drawn(1))
    placed = library.place(Z), library.place(G)
    found = coding_rate_reduction(*placed, distortion=0.5)
    assert library.holds(found.gradient, found.membership_gradient, dtype=dtype)
    expected = coding_rate_reduction(Z.astype(float), G.astype(float), distortion=0.5)
    tolerance = 1e-12 if dtype == "float64" else 1e-4
    assert found.reduction == pytest.approx(expected.reduction, abs=tolerance)
    np.testing.assert_allclose(to_numpy(found.gradient), expected.gradient, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), Z)


# Degenerate data


def test_empty_groups_zeros_and_one_sample():
    Z, G = drawn(2)
    padded = np.concatenate([G, np.zeros((9, 2))], axis=1)
    here, there = (coding_rate_reduction(Z, g, distortion=0.5) for g in (G, padded))
    assert there.reduction == pytest.approx(here.reduction)
    assert np.isfinite(there.membership_gradient).all()
    assert coding_rate_reduction(np.zeros((3, 2)), np.eye(3), distortion=0.5).reduction == 0
    assert abs(coding_rate_reduction(Z[:1], np.ones((1, 1)), distortion=0.5).reduction) < 1e-12


# Refusals


def test_refusals():
    Z, G = drawn(3)
    with pytest.raises(ValueError, match="membership must have 9 rows, one a sample, got 8"):
        coding_rate_reduction(Z, G[:8], distortion=0.5)
    with pytest.raises(ValueError, match="membership must not be negative, got an entry of -"):
        coding_rate_reduction(Z, -G, distortion=0.5)
