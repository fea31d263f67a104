"""Matrix subspace projection: its three exact steps, its gradient, what it converges to."""

from itertools import islice

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.pca import FactoredAutoencoder, matrix_subspace_projection

seeds = st.integers(0, 2**32 - 1)


def planted(seed=0, n_samples=60, n_features=8, n_attributes=2, noise=0.1):
    """Return data that hold their labels, correlated ones, and styles beside them."""
    rng = np.random.default_rng(seed)
    Y = np.where(rng.random((n_samples, n_attributes)) < 0.5, -1.0, 1.0)
    Y[:, -1] = Y[:, 0] * np.where(rng.random(n_samples) < 0.8, 1, -1)
    Y[:2] = [[1.0], [-1.0]] * np.ones(n_attributes)
    styles = rng.standard_normal((n_samples, 3))
    X = Y @ rng.standard_normal((n_attributes, n_features))
    X += styles @ rng.standard_normal((3, n_features))
    return X + noise * rng.standard_normal(X.shape) + 5, Y, styles


def state(X, Y, n_steps, **options):
    options = {"n_components": 6, "rng": 0, **options}
    return next(islice(matrix_subspace_projection(X, Y, **options), n_steps, None))


def loss(X, Y, E, D, M, w_1, w_2):
    Xc, Yc = X - X.mean(axis=0), Y - Y.mean(axis=0)
    Z = Xc @ E.T
    return (
        np.sum((Xc - Z @ D.T) ** 2)
        + w_1 * np.sum((Z @ M.T - Yc) ** 2)
        + w_2 * np.sum((Z - Yc @ M) ** 2)
    ) / len(X)


def leak(model, X, Y):
    """Return the share of each label's variance that is linear in the rest of the code."""
    rest = model.null_codes(X)
    rest = rest - rest.mean(axis=0)
    centred = Y - Y.mean(axis=0)
    left = centred - rest @ np.linalg.lstsq(rest, centred, rcond=1e-6)[0]
    return 1 - np.sum(left**2, axis=0) / np.sum(centred**2, axis=0)


# Oracle


@pytest.mark.parametrize(("w_1", "w_2"), [(2.0, 2.0), (0.5, 3.0), (1.0, 0.0)])
def test_the_objective_is_the_papers_sum(w_1, w_2):
    X, Y, _ = planted()
    for n_steps in (0, 1, 4):
        m = state(X, Y, n_steps, weight=w_1, null_weight=w_2)
        by_hand = loss(X, Y, m.encoder, m.decoder, m.attribute_map, w_1, w_2)
        assert m.objective == pytest.approx(by_hand, rel=1e-10)


def test_a_round_solves_three_linear_systems():
    X, Y, _ = planted()
    before, after = state(X, Y, 0, weight=2.0), state(X, Y, 1, weight=2.0)
    Z, Xc, Yc = before.codes(X), X - X.mean(axis=0), Y - Y.mean(axis=0)
    D = np.linalg.lstsq(Z, Xc, rcond=None)[0].T
    M = scipy.linalg.solve_sylvester(Yc.T @ Yc, Z.T @ Z, 2 * Yc.T @ Z)
    B = np.linalg.lstsq(Xc, Yc, rcond=None)[0].T
    E = np.linalg.solve(D.T @ D + 2 * (M.T @ M + np.eye(6)), D.T + 4 * M.T @ B)
    np.testing.assert_allclose(after.decoder, D, atol=1e-9)
    np.testing.assert_allclose(after.attribute_map, M, atol=1e-9)
    np.testing.assert_allclose(after.encoder, E, atol=1e-9)


@pytest.mark.parametrize("part", ["encoder", "decoder", "attribute_map"])
def test_gradient_steps_follow_finite_differences(part):
    X, Y, _ = planted()
    step, weights = 1e-3, (1.5, 0.7)
    options = {"weight": 1.5, "null_weight": 0.7, "step_size": step}
    start, after = state(X, Y, 0, **options), state(X, Y, 1, **options)
    parts = {k: getattr(start, k) for k in ("encoder", "decoder", "attribute_map")}
    moved = (parts[part] - getattr(after, part)) / step
    slope, h = np.zeros_like(moved), 1e-5
    for index in np.ndindex(*slope.shape):
        ends = []
        for sign in (1, -1):
            changed = {k: v.copy() for k, v in parts.items()}
            changed[part][index] += sign * h
            ends.append(loss(X, Y, *changed.values(), *weights))
        slope[index] = (ends[0] - ends[1]) / (2 * h)
    np.testing.assert_allclose(moved, slope, rtol=1e-5, atol=1e-5 * np.abs(slope).max())


def test_gradient_and_exact_steps_lead_to_the_same_attribute_plane():
    _, Y, styles = planted()  # by gradient steps the leak closes last, so only M is compared
    X = np.concatenate([Y, styles], axis=1)
    exact, slow = (state(X, Y, n, weight=1.0, step_size=h) for n, h in ((100, None), (4000, 0.1)))
    for model in (exact, slow):
        gram = model.attribute_map @ model.attribute_map.T
        np.testing.assert_allclose(gram, np.eye(2), atol=0.01)
    assert leak(exact, X, Y).max() < 1e-3
    assert exact.objective < slow.objective


@given(seed=seeds, wrong=st.floats(0.0, 0.15))
@settings(max_examples=20)
def test_rows_of_m_follow_the_geometric_mean(seed, wrong):
    X, Y, _ = planted(seed, n_samples=200)
    flips = np.random.default_rng(seed).random(Y.shape) < wrong
    Y = np.where(flips, -Y, Y)
    m = state(X, Y, 400, weight=50.0, n_components=8)
    Xc, Yc = X - X.mean(axis=0), Y - Y.mean(axis=0)
    predicted = Xc @ np.linalg.lstsq(Xc, Yc, rcond=None)[0]
    root = np.real(scipy.linalg.sqrtm(np.linalg.inv(Yc.T @ Yc)))
    back = np.linalg.inv(root)
    middle = np.real(scipy.linalg.sqrtm(back @ predicted.T @ predicted @ back))
    theory = 2 * root @ middle @ root - np.eye(2)
    if np.linalg.eigvalsh(theory)[0] > 0.1:
        np.testing.assert_allclose(m.attribute_map @ m.attribute_map.T, theory, atol=0.02)


def test_an_edit_paints_the_partial_pattern_of_correlated_labels():
    X, Y, _ = planted(n_samples=400, noise=0.0)
    m = state(X, Y, 200, weight=4.0, n_components=5)
    said = m.attributes(X)
    change = m.edited(X, said + np.asarray([2.0, 0.0])) - m.edited(X, said)
    design = np.column_stack([Y, np.ones(len(Y))])
    patterns = np.linalg.lstsq(design, X, rcond=None)[0][:2]
    np.testing.assert_allclose(change[0], 2 * patterns[0], atol=0.01 * np.abs(patterns[0]).max())


def test_without_the_second_loss_the_rest_keeps_the_labels():
    X, Y, _ = planted()
    assert leak(state(X, Y, 60), X, Y).max() < 0.01
    assert leak(state(X, Y, 60, null_weight=0.0), X, Y).max() > 0.3


# Invariance


@given(seed=seeds, null=st.sampled_from([None, 0.0, 0.3]))
def test_no_step_raises_the_objective(seed, null):
    X, Y, _ = planted(seed)
    states = matrix_subspace_projection(X, Y, n_components=5, null_weight=null, rng=seed)
    history = [m.objective for m in islice(states, 1, 25)]
    assert np.all(np.diff(history) <= 1e-9 * history[0])


@given(seed=seeds)
def test_turned_and_shifted_data_are_edited_alike(seed):
    X, Y, _ = planted()
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    shift = rng.standard_normal(8)
    a, b = (state(data, Y, 300, weight=4.0) for data in (X, X @ Q + shift))
    wanted = -Y
    turned = b.edited(X @ Q + shift, wanted)
    np.testing.assert_allclose(turned, a.edited(X, wanted) @ Q + shift, atol=0.05)


# Arrays


@pytest.mark.parametrize("step_size", [None, 1e-3])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype, step_size):
    X, Y, _ = planted()
    X, Y = X.astype(dtype), Y.astype(dtype)
    placed, labels = library.place(X), library.place(Y)
    m = state(placed, labels, 3, step_size=step_size)
    assert library.holds(m.encoder, m.decoder, m.attribute_map, m.mean, m.label_mean, dtype=dtype)
    assert library.holds(m.codes(placed), m.attributes(placed), m.null_codes(placed), dtype=dtype)
    assert library.holds(m.edited(placed, labels), dtype=dtype)
    here = state(X.astype("float64"), Y.astype("float64"), 3, step_size=step_size)
    np.testing.assert_allclose(
        to_numpy(m.attributes(placed)), here.attributes(X.astype("float64")), atol=1e-2
    )
    np.testing.assert_array_equal(to_numpy(placed), X)
    np.testing.assert_array_equal(to_numpy(labels), Y)


# Degenerate data


@pytest.mark.parametrize("n_components", [2, 8, 20])
def test_fewer_samples_than_features_and_codes_of_any_size(n_components):
    X, Y, _ = planted(n_samples=6, n_features=12)
    X[:, 3] = 1.0
    m = state(X, Y, 20, n_components=n_components)
    assert m.null_codes(X).shape == (6, n_components - 2)
    assert np.isfinite(m.edited(X, Y)).all()


def test_constant_data_say_nothing():
    m = state(np.ones((6, 3)), planted(n_samples=6)[1], 5, n_components=3)
    assert np.isfinite(m.objective)
    np.testing.assert_allclose(m.attribute_map, 0, atol=1e-12)


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"labels": np.ones((8, 1))}, ValueError, "labels must vary, got a constant"),
        ({"labels": np.eye(7, 1)}, ValueError, "labels must have 8 rows, as X has, got 7"),
        ({"n_components": 0}, ValueError, "n_components must be an integer from 1"),
        ({"weight": 0.0}, ValueError, r"weight must be a finite number in \(0, inf\], got 0.0"),
        ({"null_weight": -1.0}, ValueError, "null_weight must be"),
        ({"step_size": 0.0}, ValueError, "step_size must be"),
    ],
)
def test_refusals(changes, error, message):
    arguments = {"X": np.eye(8, 3), "labels": np.eye(8, 1), "n_components": 2, **changes}
    with pytest.raises(error, match=message):
        matrix_subspace_projection(arguments.pop("X"), arguments.pop("labels"), **arguments)


def test_refusals_of_the_result():
    m = FactoredAutoencoder(np.eye(2), np.eye(2), np.eye(1, 2), np.zeros(2), np.zeros(1), 0.0)
    with pytest.raises(ValueError, match="X must have 2 features, as when fitted, got 3"):
        m.codes(np.ones((1, 3)))
    with pytest.raises(ValueError, match=r"labels must have shape \(1, 1\), got \(1, 2\)"):
        m.edited(np.ones((1, 2)), np.ones((1, 2)))
