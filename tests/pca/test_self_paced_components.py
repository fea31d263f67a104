"""Self-paced PCA: what it hears, what it leaves out, and that no step makes its objective worse."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import contaminated_subspace
from labkit.linalg import principal_angles
from labkit.pca import probabilistic_components, self_paced_components

seeds = st.integers(0, 2**32 - 1)


def brute_force(X, k, n_heard):
    """Return the best selection of that size, of all."""
    fits = (
        (-probabilistic_components(X[list(rows)], n_components=k).log_likelihoods.sum(), rows)
        for rows in itertools.combinations(range(len(X)), n_heard)
    )
    return min(fits)


# Oracle


def test_with_a_share_of_one_it_is_probabilistic_pca():
    X, _, _ = contaminated_subspace(80, 6, rank=2, contamination=0.2, rng=0)
    paced = self_paced_components(X, n_components=2, share=1.0)
    plain = probabilistic_components(X, n_components=2)
    np.testing.assert_array_equal(paced.components, plain.components)
    np.testing.assert_allclose(paced.log_likelihoods, plain.log_likelihoods, rtol=1e-12)
    assert paced.noise_variance == plain.noise_variance
    assert paced.selected.all()


@pytest.mark.parametrize("seed", range(5))
def test_few_samples_find_the_best_selection_of_all(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((10, 1)) * [[4.0, 1.0, 0.0]] + 0.1 * rng.standard_normal((10, 3))
    X[:2] = [0.0, 0.0, 20.0] + 0.1 * rng.standard_normal((2, 3))
    paced = self_paced_components(X, n_components=1, share=0.8)
    objective, rows = brute_force(X, 1, 8)
    assert np.flatnonzero(paced.selected).tolist() == list(rows)
    assert paced.objective_history[-1][-1] == pytest.approx(objective, rel=1e-10)


@pytest.mark.parametrize("kind", ["clustered", "scattered"])
@given(seed=seeds)
def test_far_outliers_are_left_out(kind, seed):
    X, inlier, basis = contaminated_subspace(
        200, 8, rank=2, contamination=0.2, kind=kind, noise=0.1, rng=seed
    )
    paced = self_paced_components(X, n_components=2, share=0.8)
    np.testing.assert_array_equal(paced.selected, inlier)
    clean = probabilistic_components(X[inlier], n_components=2)
    angle = principal_angles(clean.components.T, paced.components.T)[-1]
    assert angle < 1e-7  # the same samples, hence the same plane
    assert principal_angles(basis, paced.components.T)[-1] < 0.1


@given(seed=seeds, share=st.floats(0.5, 1.0), growth=st.floats(1.01, 3.0))
def test_no_step_makes_the_objective_worse(seed, share, growth):
    X, _, _ = contaminated_subspace(60, 5, rank=2, contamination=0.3, kind="scattered", rng=seed)
    paced = self_paced_components(X, n_components=2, share=share, growth=growth)
    for stage in paced.objective_history:
        assert np.all(np.diff(stage) <= 1e-9 * np.abs(stage[:-1]))
    assert paced.selected.sum() == int(np.ceil(share * 60 - 1e-9))


# Invariance


@given(seed=seeds, factor=st.floats(1e-6, 1e6))
def test_scale_and_order(seed, factor):
    X, _, _ = contaminated_subspace(50, 4, rank=1, contamination=0.2, rng=3)
    order = np.random.default_rng(seed).permutation(50)
    a = self_paced_components(X, n_components=1, share=0.8)
    b = self_paced_components(factor * X[order], n_components=1, share=0.8)
    np.testing.assert_array_equal(b.selected, a.selected[order])
    np.testing.assert_allclose(b.components, a.components, atol=1e-9)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    X, inlier, _ = contaminated_subspace(60, 5, rank=2, contamination=0.2, rng=1)
    X = X.astype(dtype)
    placed = library.place(X)
    paced = self_paced_components(placed, n_components=2, share=0.8)
    assert library.holds(
        paced.components, paced.loadings, paced.mean, paced.log_likelihoods, dtype=dtype
    )
    assert library.holds(paced.selected, dtype="bool")
    np.testing.assert_array_equal(to_numpy(paced.selected), inlier)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


def test_more_samples_may_be_equal_than_are_left_out():
    X, _, _ = contaminated_subspace(40, 4, rank=1, contamination=0.0, rng=0)
    X[:10] = X[0]
    paced = self_paced_components(X, n_components=1, share=0.9)
    assert np.isfinite(paced.log_likelihoods).all()


def test_stopped_early_says_so():
    X, _, _ = contaminated_subspace(60, 5, rank=2, contamination=0.4, kind="scattered", rng=0)
    assert not self_paced_components(X, n_components=2, share=0.9, max_iterations=1).converged


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"share": 0.4}, ValueError, r"share must be a finite number in \[0.5, 1\], got 0.4"),
        ({"growth": 1.0}, ValueError, r"growth must be a finite number in \(1, inf\], got 1.0"),
        ({"n_components": 3}, ValueError, "n_components must be an integer from 1 to 2, got 3"),
        ({"max_iterations": 0}, ValueError, "max_iterations must be an integer from 1 up, got 0"),
        ({"X": np.ones((8, 3))}, ValueError, "X must vary, got samples that are all equal"),
    ],
)
def test_refusals(changes, error, message):
    arguments = {"X": np.eye(8, 3), "n_components": 1, **changes}
    with pytest.raises(error, match=message):
        self_paced_components(arguments.pop("X"), **arguments)
