"""Quadratic teachers: labels, scale, refusals."""

import numpy as np
import pytest

from labkit.datasets import quadratic_teacher

# Oracle


def test_labels_and_scale():
    X, y, S = quadratic_teacher(60, n_hidden=30, n_samples=400, rng=0)
    np.testing.assert_allclose(y, np.einsum("ij,jk,ik->i", X, S, X) / 60, atol=1e-12)
    # the trace is chi-squared with 1800 degrees of freedom over 30
    assert np.trace(S) / 60 == pytest.approx(1, abs=5 * np.sqrt(2 / 1800))
    assert np.sum((S - np.eye(60)) ** 2) / 60 == pytest.approx(2, rel=0.2)


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match="n_hidden must be an integer from 1 up, got 0"):
        quadratic_teacher(3, n_hidden=0, n_samples=2)
