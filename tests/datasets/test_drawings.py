"""Drawn faces: what each factor changes, and how factors go together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets import drawn_faces, face_pictures


@given(seed=st.integers(0, 2**32 - 1), correlation=st.floats(-1, 1))
def test_without_noise_the_draw_is_the_picture_of_its_factors(seed, correlation):
    X, attributes, styles = drawn_faces(6, correlation=correlation, noise=0.0, rng=seed)
    np.testing.assert_array_equal(X, face_pictures(attributes, styles))
    assert X.min() >= 0
    assert X.max() <= 1
    assert set(np.unique(attributes)) <= {-1.0, 1.0}


def test_correlation_is_between_beard_and_hat_only():
    n = 20000
    _, attributes, _ = drawn_faces(n, correlation=0.6, noise=0.0, rng=0)
    expected = np.eye(4)
    expected[0, 1] = expected[1, 0] = 0.6
    np.testing.assert_allclose(attributes.T @ attributes / n, expected, atol=6 / np.sqrt(n))
    assert np.all(
        drawn_faces(9, correlation=1.0, rng=0)[1][:, 0]
        == drawn_faces(9, correlation=1.0, rng=0)[1][:, 1]
    )


def test_the_correlation_changes_hats_only():
    (_, a, s), (_, b, t) = (drawn_faces(50, correlation=c, rng=3) for c in (0.0, 0.9))
    np.testing.assert_array_equal(a[:, [0, 2, 3]], b[:, [0, 2, 3]])
    np.testing.assert_array_equal(s, t)


@pytest.mark.parametrize("attribute", range(4))
def test_each_attribute_has_its_place(attribute):
    ends = -np.ones((2, 4))
    ends[1, attribute] = 1
    bare, changed = face_pictures(ends, np.zeros((2, 4))).reshape(2, 24, 24)
    rows = np.flatnonzero(np.abs(changed - bare).max(axis=1) > 0.05)
    low, high = ((15, 23), (0, 9), (6, 14), (14, 21))[attribute]
    assert low <= rows.min() <= rows.max() <= high


def test_noise_has_its_size():
    (X, attributes, styles) = drawn_faces(100, noise=0.1, rng=0)
    assert np.std(X - face_pictures(attributes, styles)) == pytest.approx(0.1, rel=0.02)


def test_refusals():
    with pytest.raises(ValueError, match=r"attributes must be from -1 to 1, got 2\.0"):
        face_pictures([[2, 0, 0, 0]], [[0, 0, 0, 0]])
    with pytest.raises(ValueError, match="styles must have 4 columns, got 3"):
        face_pictures([[1, 0, 0, 0]], [[0, 0, 0]])
    with pytest.raises(ValueError, match="styles must have 1 rows, as attributes, got 2"):
        face_pictures([[1, 0, 0, 0]], [[0, 0, 0, 0]] * 2)
