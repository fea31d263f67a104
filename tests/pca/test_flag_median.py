"""The median of flags: brute force in the plane, descent, outliers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import contaminated_flags
from labkit.pca import chordal_distances, flag_mean, flag_median

seeds = st.integers(0, 2**32 - 1)


def lines(angles):
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, :, None]


# Oracle


@given(seed=seeds)
def test_lines_in_the_plane_against_a_grid(seed):
    angles = np.random.default_rng(seed).uniform(0, 0.7, 7)
    median = flag_median(lines(angles))
    grid = np.concatenate([np.linspace(0, np.pi, 20001), angles])
    lowest = np.abs(np.sin(angles[:, None] - grid)).sum(axis=0).min()
    total = chordal_distances(lines(angles), median.basis).sum()
    assert total == pytest.approx(lowest, abs=1e-5)


def test_a_wide_smoothing_gives_the_mean():
    flags, _, _ = contaminated_flags(20, 5, dimensions=(1, 3), contamination=0.2, noise=0.3, rng=0)
    mean = flag_mean(flags, dimensions=(1, 3))
    median = flag_median(flags, dimensions=(1, 3), smoothing=10.0)
    assert chordal_distances(mean.basis[None], median.basis, dimensions=(1, 3))[0] < 1e-7
    np.testing.assert_allclose(median.values, mean.values, atol=1e-7)


@pytest.mark.parametrize("dimensions", [(3,), (1, 3)])
def test_inner_means_solved_to_the_end_give_no_lower_objective(dimensions):
    flags, _, _ = contaminated_flags(
        50, 8, dimensions=dimensions, contamination=0.3, noise=0.3, angle=0.7, rng=1
    )
    median = flag_median(flags, dimensions=dimensions)
    basis = flag_mean(flags, dimensions=dimensions).basis
    for _ in range(200):
        weights = 1 / np.maximum(chordal_distances(flags, basis, dimensions=dimensions), 1e-6)
        basis = flag_mean(flags, weights, dimensions=dimensions, start=basis).basis
    total = chordal_distances(flags, basis, dimensions=dimensions).sum()
    assert median.converged
    assert median.objective_history[-1] == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("angle", [None, 0.8])
@given(seed=seeds)
def test_a_minority_pulls_the_mean_and_not_the_median(angle, seed):
    flags, _, centre = contaminated_flags(
        60, 8, dimensions=(1, 3), contamination=0.2, noise=0.001, angle=angle, rng=seed
    )
    error = [
        chordal_distances(method(flags, dimensions=(1, 3)).basis[None], centre, dimensions=(1, 3))
        for method in (flag_median, flag_mean)
    ]
    assert error[0] < 0.1 * error[1]


# Descent and invariance


@given(seed=seeds)
def test_no_round_raises_the_objective(seed):
    rng = np.random.default_rng(seed)
    flags = np.linalg.qr(rng.standard_normal((9, 6, 4)))[0]
    history = np.array(flag_median(flags, dimensions=(1, 2, 4)).objective_history)
    assert np.max(np.diff(history), initial=0.0) <= 1e-13 * history[0]


@given(seed=seeds)
def test_rotation_and_choice_of_columns(seed):
    rng = np.random.default_rng(seed)
    flags, _, _ = contaminated_flags(
        12, 5, dimensions=(1, 3), contamination=0.2, noise=0.2, angle=0.5, rng=rng
    )
    Q = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    turned = Q @ flags * rng.choice([-1.0, 1.0], (12, 1, 3))
    a, b = (flag_median(x, dimensions=(1, 3)) for x in (flags, turned))
    assert chordal_distances((Q @ a.basis)[None], b.basis, dimensions=(1, 3))[0] < 1e-6


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n", [6, 40])
def test_arrays(library, dtype, n):
    flags, _, centre = contaminated_flags(
        9, n, dimensions=(1, 3), contamination=0.2, noise=0.1, rng=0
    )
    flags = flags.astype(dtype)
    placed = library.place(flags)
    median = flag_median(placed, dimensions=(1, 3))
    assert library.holds(median.basis, median.values, dtype=dtype)
    assert chordal_distances(to_numpy(median.basis)[None], centre.astype(dtype))[0] < 0.3
    np.testing.assert_array_equal(to_numpy(placed), flags)


# Degenerate data


def test_a_majority_of_equal_flags_is_the_median():
    rng = np.random.default_rng(0)
    flags = np.linalg.qr(rng.standard_normal((9, 5, 2)))[0]
    flags[:6] = flags[0]
    median = flag_median(flags, dimensions=(1, 2))
    assert chordal_distances(flags[:1], median.basis, dimensions=(1, 2))[0] < 1e-6
    np.testing.assert_allclose(median.values, 1, atol=1e-4)


def test_equal_flags_and_a_single_one():
    flag = np.linalg.qr(np.random.default_rng(0).standard_normal((1, 5, 2)))[0]
    for flags in (flag, np.repeat(flag, 3, axis=0)):
        median = flag_median(flags)
        assert median.converged
        assert chordal_distances(flag, median.basis)[0] < 1e-7


def test_stopped_early_says_so():
    flags = np.linalg.qr(np.random.default_rng(0).standard_normal((9, 5, 2)))[0]
    median = flag_median(flags, dimensions=(1, 2), max_iterations=1)
    assert not median.converged
    assert median.n_iterations == 1


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"smoothing": 0.0}, r"smoothing must be a finite number in \(0, inf\], got 0.0"),
        ({"dimensions": (2, 1)}, r"dimensions must increase up to 2, got \(2, 1\)"),
        ({"max_iterations": 0}, "max_iterations must be an integer from 1 up, got 0"),
    ],
)
def test_refusals(changes, message):
    with pytest.raises(ValueError, match=message):
        flag_median(np.eye(3)[None, :, :2], **changes)
