"""The flag aggregator: against its definition, against liars, and where it gives in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import worker_gradients
from labkit.pca import flag_aggregate, flag_median

seeds = st.integers(0, 2**32 - 1)


def angle(a, b):
    return np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))


# Oracle


@pytest.mark.parametrize("m", [1, 3])
@given(seed=seeds)
def test_the_rounds_by_singular_vectors_of_the_gradients(m, seed):
    G, _, _ = worker_gradients(9, 30, n_liars=3, noise=0.5, rng=seed)
    found = flag_aggregate(G, n_components=m)
    unit = G / np.linalg.norm(G, axis=1, keepdims=True)
    weights = np.ones(9)
    for _ in range(found.n_iterations + 1):
        Y = np.linalg.svd((unit * np.sqrt(weights)[:, None]).T, full_matrices=False)[0][:, :m]
        ratios = np.sum((unit @ Y) ** 2, axis=1)
        weights = 1 / np.sqrt(1 - ratios + 1e-7)
    np.testing.assert_allclose(found.reconstruction_ratios, ratios, atol=1e-8)
    assert found.objective_history[-1] == pytest.approx(np.sum(1 / weights), rel=1e-8)
    np.testing.assert_allclose(found.basis @ found.basis.T, Y @ Y.T, atol=1e-7)
    assert angle(found.gradient, Y @ Y.T @ unit.sum(axis=0)) < 1e-6


@given(seed=seeds)
def test_one_component_is_the_median_of_lines(seed):
    G, _, _ = worker_gradients(9, 30, n_liars=3, noise=0.5, rng=seed)
    line = flag_median((G / np.linalg.norm(G, axis=1, keepdims=True))[:, :, None]).basis[:, 0]
    y = flag_aggregate(G, tol=0.0).basis[:, 0]
    assert abs(line @ y) == pytest.approx(1, abs=1e-8)


def test_all_components_give_the_mean_of_the_unit_gradients():
    G, _, _ = worker_gradients(6, 20, n_liars=2, rng=0)
    found = flag_aggregate(G, n_components=6)
    unit = G / np.linalg.norm(G, axis=1, keepdims=True)
    np.testing.assert_allclose(found.reconstruction_ratios, 1, atol=1e-10)
    assert angle(found.gradient, unit.sum(axis=0)) < 1e-6


def test_the_length_is_that_of_the_true_gradient():
    G, _, g = worker_gradients(15, 2000, n_liars=4, noise=1.0, rng=0)
    found = flag_aggregate(7 * G)
    assert np.linalg.norm(found.gradient) == pytest.approx(7, rel=0.1)
    assert angle(found.gradient, g) < 1.2 * np.arctan(1 / np.sqrt(11))


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_colluders_take_over_where_the_formula_says(noise):
    share = (15 + noise**2) / (2 + noise**2)
    for n_liars, captured in ((int(share), False), (int(share) + 1, True)):
        G, honest, _ = worker_gradients(
            15, 20000, n_liars=n_liars, kind="colluding", noise=noise, rng=0
        )
        ratios = flag_aggregate(G).reconstruction_ratios
        assert (ratios[~honest].min() > 0.9) == captured


# Descent and invariance


@pytest.mark.parametrize("m", [1, 2, 4])
@given(seed=seeds)
def test_no_round_raises_the_objective(m, seed):
    G = np.random.default_rng(seed).standard_normal((8, 5))
    history = np.array(flag_aggregate(G, n_components=m).objective_history)
    assert np.max(np.diff(history), initial=0.0) <= 1e-7 * history[0]


@given(seed=seeds)
def test_the_length_of_a_lie_and_a_flipped_sign_do_not_count(seed):
    rng = np.random.default_rng(seed)
    G, honest, _ = worker_gradients(9, 30, n_liars=2, noise=0.5, rng=rng)
    plain = flag_aggregate(G)
    louder = np.where(honest[:, None], G, 1e6 * G)
    assert angle(flag_aggregate(louder).gradient, plain.gradient) < 1e-6
    flipped = flag_aggregate(G * rng.choice([-1.0, 1.0], (9, 1)))
    assert abs(flipped.basis[:, 0] @ plain.basis[:, 0]) == pytest.approx(1, abs=1e-10)


@given(seed=seeds)
def test_rotation_and_order(seed):
    rng = np.random.default_rng(seed)
    G, _, _ = worker_gradients(9, 12, n_liars=2, noise=0.5, rng=rng)
    Q = np.linalg.qr(rng.standard_normal((12, 12)))[0]
    order = rng.permutation(9)
    a, b = flag_aggregate(G, n_components=2), flag_aggregate(G[order] @ Q, n_components=2)
    np.testing.assert_allclose(b.gradient, a.gradient @ Q, atol=1e-6)
    np.testing.assert_allclose(b.reconstruction_ratios, a.reconstruction_ratios[order], atol=1e-7)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    G, honest, g = worker_gradients(9, 50, n_liars=2, noise=0.5, rng=0)
    G = G.astype(dtype)
    placed = library.place(G)
    found = flag_aggregate(placed)
    assert library.holds(found.gradient, found.reconstruction_ratios, found.basis, dtype=dtype)
    assert angle(to_numpy(found.gradient), g) < 0.3
    assert to_numpy(found.reconstruction_ratios)[honest].min() > 0.5
    np.testing.assert_array_equal(to_numpy(placed), G)


# Degenerate data


def test_rows_of_zeros_say_nothing():
    G = np.vstack([np.eye(3)[:1], np.zeros((2, 3)), 2 * np.eye(3)[:1]])
    found = flag_aggregate(G, n_components=2)
    np.testing.assert_allclose(found.reconstruction_ratios, [1, 0, 0, 1], atol=1e-12)
    assert np.isfinite(found.gradient).all()
    np.testing.assert_array_equal(found.basis[:, 1], 0)


def test_workers_who_cancel_give_no_step():
    found = flag_aggregate(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    np.testing.assert_array_equal(found.gradient, 0)


def test_huge_and_tiny_gradients():
    G, _, _ = worker_gradients(5, 8, n_liars=0, rng=0)
    plain = flag_aggregate(G).gradient
    for scale in (1e-150, 1e150):
        np.testing.assert_allclose(flag_aggregate(scale * G).gradient / scale, plain, rtol=1e-9)


def test_stopped_early_says_so():
    G, _, _ = worker_gradients(9, 30, n_liars=3, noise=0.5, rng=0)
    assert not flag_aggregate(G, max_iterations=1, tol=0.0).converged


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gradients": np.zeros((3, 2))}, "gradients must not all be zero, got zeros only"),
        ({"n_components": 3}, "n_components must be an integer from 1 to 2, got 3"),
        ({"tol": -1.0}, "tol must be a finite number"),
    ],
)
def test_refusals(changes, message):
    with pytest.raises(ValueError, match=message):
        flag_aggregate(**{"gradients": np.eye(3, 2), **changes})
