"""One rule for signs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.linalg import fix_signs


@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 5), p=st.integers(1, 8))
def test_the_largest_entry_is_positive_and_nothing_else_changes(seed, k, p):
    Vh = np.random.default_rng(seed).standard_normal((k, p))
    fixed = fix_signs(Vh)
    assert np.all(np.take_along_axis(fixed, np.abs(Vh).argmax(1)[:, None], 1) > 0)
    np.testing.assert_array_equal(np.abs(fixed), np.abs(Vh))
    assert np.all((fixed == Vh).all(axis=1) | (fixed == -Vh).all(axis=1))


@given(seed=st.integers(0, 2**32 - 1))
def test_flipping_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    Vh = rng.standard_normal((4, 6))
    flipped = Vh * rng.choice([-1.0, 1.0], size=(4, 1))
    np.testing.assert_array_equal(fix_signs(flipped), fix_signs(Vh))
    np.testing.assert_array_equal(fix_signs(fix_signs(Vh)), fix_signs(Vh))


def test_zero_rows_and_ties():
    np.testing.assert_array_equal(fix_signs(np.zeros((1, 3))), np.zeros((1, 3)))
    np.testing.assert_array_equal(fix_signs(np.array([[-1.0, 1.0]])), [[1.0, -1.0]])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    Vh = np.array([[0.6, -0.8], [0.8, 0.6]], dtype=dtype)
    placed = library.place(Vh)
    fixed = fix_signs(placed)
    assert library.holds(fixed, dtype=dtype)
    np.testing.assert_array_equal(to_numpy(fixed), Vh * np.array([[-1], [1]], dtype=dtype))
    np.testing.assert_array_equal(to_numpy(placed), Vh)


def test_vectors_are_refused():
    with pytest.raises(ValueError, match="Vh must have 2 dimensions, got 1"):
        fix_signs(np.ones(3))
