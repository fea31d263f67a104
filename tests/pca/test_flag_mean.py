"""The mean of flags: eigenvectors, many starts, no step down."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import contaminated_flags
from labkit.pca import chordal_distances, flag_mean

seeds = st.integers(0, 2**32 - 1)


def random_flags(rng, n_flags, n, k):
    return np.linalg.qr(rng.standard_normal((n_flags, n, k)))[0]


def gradient(flags, basis, ends):
    """Return what is left of the gradient along the Stiefel manifold, relative."""
    G = np.concatenate(
        [
            np.einsum("jia,jka->ik", flags[:, :, a:b], flags[:, :, a:b]) @ basis[:, a:b]
            for a, b in zip((0, *ends[:-1]), ends, strict=True)
        ],
        axis=1,
    )
    inner = basis.T @ G
    return np.linalg.norm(G - basis @ (inner + inner.T) / 2) / np.linalg.norm(G)


# Oracle


@given(seed=seeds)
def test_one_level_is_the_eigenvectors_of_the_mean_projector(seed):
    flags = random_flags(np.random.default_rng(seed), 6, 5, 2)
    values, V = np.linalg.eigh((flags @ flags.mT).mean(axis=0))
    mean = flag_mean(flags)
    np.testing.assert_allclose(mean.values, values[:2:-1], atol=1e-12)
    assert chordal_distances(mean.basis[None], V[:, 3:])[0] < 1e-7 / (values[3] - values[2])
    assert mean.objective_history[-1] == pytest.approx(6 * (2 - values[3:].sum()), abs=1e-10)


@pytest.mark.parametrize(("n", "dimensions"), [(3, (1, 2)), (6, (2, 3)), (5, (1, 2, 4))])
@pytest.mark.parametrize("noise", [0.5, 5.0])
def test_no_start_of_many_gets_lower(n, dimensions, noise):
    flags, _, _ = contaminated_flags(
        40, n, dimensions=dimensions, contamination=0.0, noise=noise, rng=0
    )
    mean = flag_mean(flags, dimensions=dimensions)
    starts = random_flags(np.random.default_rng(1), 20, n, dimensions[-1])
    others = [flag_mean(flags, dimensions=dimensions, start=s, max_iterations=5000) for s in starts]
    lowest = min(other.objective_history[-1] for other in others)
    assert mean.converged
    assert mean.objective_history[-1] <= lowest + 1e-9 * 40
    assert gradient(flags, mean.basis, dimensions) < 1e-7


def test_a_general_optimiser_finds_no_lower():
    flags, _, _ = contaminated_flags(
        20, 3, dimensions=(1, 2), contamination=0.3, noise=0.3, angle=0.8, rng=2
    )

    def objective(x):
        Q = np.linalg.qr(x.reshape(3, 2))[0]
        return np.sum(chordal_distances(flags, Q, dimensions=(1, 2)) ** 2)

    starts = np.random.default_rng(0).standard_normal((5, 6))
    lowest = min(scipy.optimize.minimize(objective, x).fun for x in starts)
    mean = flag_mean(flags, dimensions=(1, 2))
    assert mean.objective_history[-1] == pytest.approx(lowest, abs=1e-6)


def test_lines_in_the_plane_have_the_mean_of_doubled_angles():
    angles = np.random.default_rng(0).uniform(-0.6, 0.9, 12)
    lines = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, :, None]
    v = flag_mean(lines).basis[:, 0]
    assert np.arctan(v[1] / v[0]) == pytest.approx(np.angle(np.exp(2j * angles).mean()) / 2)


# Descent and invariance


@given(seed=seeds)
def test_no_step_raises_the_objective(seed):
    rng = np.random.default_rng(seed)
    flags = random_flags(rng, 8, 6, 4)
    mean = flag_mean(
        flags, rng.random(8) + 0.1, dimensions=(1, 2, 4), start=random_flags(rng, 1, 6, 4)[0]
    )
    history = np.array(mean.objective_history)
    assert np.max(np.diff(history)) <= 1e-13 * history[0]
    assert len(history) == mean.n_iterations + 1


@given(seed=seeds)
def test_rotation_order_and_choice_of_columns(seed):
    rng = np.random.default_rng(seed)
    flags, _, _ = contaminated_flags(
        12, 5, dimensions=(1, 3), contamination=0.0, noise=0.5, rng=rng
    )
    Q = random_flags(rng, 1, 5, 5)[0]
    turned = Q @ flags[rng.permutation(12)] * rng.choice([-1.0, 1.0], (12, 1, 3))
    a = flag_mean(flags, dimensions=(1, 3))
    b = flag_mean(turned, dimensions=(1, 3))
    assert chordal_distances((Q @ a.basis)[None], b.basis, dimensions=(1, 3))[0] < 1e-7
    np.testing.assert_allclose(a.values, b.values, atol=1e-7)


def test_weights_count_repetitions():
    flags = random_flags(np.random.default_rng(0), 4, 5, 2)
    twice = flag_mean(np.concatenate([flags, flags[:1]]), dimensions=(1, 2))
    weighted = flag_mean(flags, [2.0, 1, 1, 1], dimensions=(1, 2))
    assert chordal_distances(twice.basis[None], weighted.basis, dimensions=(1, 2))[0] < 1e-7
    assert twice.objective_history[-1] == pytest.approx(weighted.objective_history[-1])


def test_few_flags_of_a_large_space_stay_in_their_span():
    flags = random_flags(np.random.default_rng(0), 3, 60, 2)
    mean = flag_mean(flags, dimensions=(1, 2))
    direct = flag_mean(flags, dimensions=(1, 2), start=mean.basis)
    assert direct.n_iterations <= 1
    np.testing.assert_allclose(mean.basis.T @ mean.basis, np.eye(2), atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n", [6, 40])
def test_arrays(library, dtype, n):
    flags, _, centre = contaminated_flags(
        9, n, dimensions=(1, 3), contamination=0.0, noise=0.2, rng=0
    )
    flags = flags.astype(dtype)
    placed = library.place(flags)
    mean = flag_mean(placed, library.place(np.ones(9, dtype=dtype)), dimensions=(1, 3))
    assert library.holds(mean.basis, mean.values, dtype=dtype)
    assert mean.converged
    assert chordal_distances(to_numpy(mean.basis)[None], centre.astype(dtype))[0] < 0.3
    np.testing.assert_array_equal(to_numpy(placed), flags)


# Degenerate data


def test_equal_flags_are_their_mean():
    flag = random_flags(np.random.default_rng(0), 1, 5, 3)
    mean = flag_mean(np.repeat(flag, 4, axis=0), dimensions=(1, 2, 3))
    assert mean.objective_history[-1] == pytest.approx(0, abs=1e-12)
    assert chordal_distances(flag, mean.basis, dimensions=(1, 2, 3))[0] < 1e-7
    np.testing.assert_allclose(mean.values, 1, atol=1e-12)


def test_flags_of_the_whole_space():
    flags = random_flags(np.random.default_rng(0), 6, 3, 3)
    whole = flag_mean(flags)
    assert whole.objective_history[-1] == pytest.approx(0, abs=1e-12)
    nested = flag_mean(flags, dimensions=(1, 2, 3))
    assert nested.converged
    assert np.isfinite(nested.basis).all()


def test_one_flag_and_orthogonal_flags():
    flag = random_flags(np.random.default_rng(0), 1, 4, 2)
    assert chordal_distances(flag, flag_mean(flag).basis)[0] < 1e-12
    crossed = np.stack([np.eye(4)[:, :2], np.eye(4)[:, 2:]])
    mean = flag_mean(crossed, dimensions=(1, 2))
    assert mean.objective_history[-1] == pytest.approx(2, abs=1e-12)
    assert np.isfinite(mean.basis).all()


def test_stopped_early_says_so():
    flags = random_flags(np.random.default_rng(0), 5, 4, 2)
    start = random_flags(np.random.default_rng(1), 1, 4, 2)[0]
    mean = flag_mean(flags, dimensions=(1, 2), start=start, max_iterations=1)
    assert not mean.converged
    assert mean.n_iterations == 1


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"weights": [1.0, -1.0]}, ValueError, "weights must not be negative nor all zero"),
        ({"weights": [1.0]}, ValueError, "weights must be 2, one a flag, got 1"),
        ({"start": np.eye(3)}, ValueError, r"start must have shape \(3, 2\), got \(3, 3\)"),
        ({"max_iterations": 0}, ValueError, "max_iterations must be an integer from 1 up, got 0"),
    ],
)
def test_refusals(changes, error, message):
    arguments = {"flags": np.stack([np.eye(3)[:, :2]] * 2), **changes}
    with pytest.raises(error, match=message):
        flag_mean(**arguments)
