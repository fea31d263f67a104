"""The least-volume autoencoder: principal axes, its own stationary widths, descent, the bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.pca import least_volume_autoencoder, principal_components
from labkit.trace import trace
from tests.pca.test_low_rank_autoencoder import data, variances

seeds = st.integers(0, 2**32 - 1)


def widths(state, X):
    return to_numpy(state.scores(X)).std(axis=0)


def objective(state, X, penalty, offset=1.0):
    lost = to_numpy(X) - to_numpy(state.reconstruction(X))
    volume = np.exp(np.mean(np.log(widths(state, X) + offset)))
    return np.sum(lost**2) / len(lost) + penalty * volume


def run(X, n_steps=2000, every=None, **arguments):
    states = least_volume_autoencoder(X, **arguments)
    shown = {key: arguments[key] for key in ("penalty", "offset") if key in arguments}
    record = {"objective": lambda state: objective(state, X, **shown)}
    return trace(states, n_steps=n_steps, record=record, every=every or n_steps)


# Oracle


@pytest.mark.parametrize(
    ("penalty", "offset", "bound"), [(2.0, 1.0, 1.0), (1.0, 0.5, 1.0), (1.0, 1.0, 0.5)]
)
def test_axes_are_the_principal_ones_and_widths_are_stationary(penalty, offset, bound):
    X = data()
    arguments = {"n_latents": 6, "penalty": penalty, "offset": offset, "bound": bound, "rng": 1}
    state = run(X, 4000, **arguments).last
    s = np.sort(widths(state, X))[::-1]
    order = np.argsort(widths(state, X))[::-1][:3]
    assert np.all(s[3:] == 0)
    axes = state.decoder[order]
    np.testing.assert_allclose(np.linalg.norm(axes, axis=1), bound, rtol=1e-6)
    plain = principal_components(X, n_components=3)
    cosines = np.abs(np.sum(axes / bound * plain.components, axis=1))
    np.testing.assert_allclose(cosines, 1, atol=1e-6)
    roots = np.sqrt(variances(X))
    cost = penalty * np.exp(np.mean(np.log(s + offset))) / 6
    alive = 2 * bound * (roots[:3] - bound * s[:3])
    np.testing.assert_allclose(alive, cost / (s[:3] + offset), rtol=1e-4)
    assert cost / offset >= 2 * bound * roots[3]


def test_without_a_penalty_axes_stay_unturned():
    X = data()
    state = run(X, 500, n_latents=6, penalty=0.0, rng=0).last
    assert widths(state, X).min() > 0.05
    C = np.corrcoef(state.scores(X).T)
    assert np.abs(C - np.eye(6)).max() > 0.3


def test_without_a_bound_the_volume_says_nothing():
    X = data()
    state = run(X, n_latents=6, penalty=1.0, bound=None, rng=0).last
    assert widths(state, X).max() < 0.1
    assert np.linalg.norm(state.decoder, 2) > 20
    assert np.sum((X - state.reconstruction(X)) ** 2) / len(X) < 0.1


@given(
    seed=seeds, bound=st.sampled_from([None, 1.0, 0.5]), penalty=st.floats(0.0, 5.0),
    offset=st.floats(0.05, 5.0),
)  # fmt: skip
def test_no_round_raises_the_objective(seed, bound, penalty, offset):
    X = data(seed)
    arguments = {"penalty": penalty, "offset": offset, "bound": bound, "rng": seed}
    history = run(X, 25, 1, n_latents=5, **arguments)["objective"]
    assert np.all(np.diff(history) <= 1e-12 * history[:-1])


# Invariance


@given(seed=seeds, shift=st.floats(-5, 5), factor=st.floats(1e-3, 1e3))
def test_scale_shift_and_order(seed, shift, factor):
    X, order = data(seed), np.random.default_rng(seed).permutation(80)
    a = run(X, 20, n_latents=3, penalty=0.3, rng=seed).last
    other = factor * (X[order] + shift)
    b = run(other, 20, n_latents=3, penalty=0.3 * factor, offset=factor, rng=seed).last
    np.testing.assert_allclose(b.encoder, a.encoder, atol=1e-8)
    np.testing.assert_allclose(b.decoder, a.decoder, atol=1e-8)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("bound", [None, 1.0])
def test_arrays(library, dtype, bound):
    X = data().astype(dtype)
    placed = library.place(X)
    arguments = {"n_latents": 4, "penalty": 0.3, "bound": bound, "rng": 0}
    found, exact = run(placed, 5, **arguments).last, run(data(), 5, **arguments).last
    parts = (found.encoder, found.bottleneck, found.decoder, found.mean)
    assert library.holds(*parts, dtype=dtype)
    tolerance = 1e3 * np.finfo(dtype).eps
    np.testing.assert_allclose(to_numpy(found.encoder), exact.encoder, atol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed), X)


# Degenerate data


@pytest.mark.parametrize("bound", [None, 1.0])
@pytest.mark.parametrize("penalty", [0.0, 1e6])
def test_degenerate_data(bound, penalty):
    rng = np.random.default_rng(0)
    constant = np.column_stack([rng.standard_normal((9, 2)), np.ones((9, 2))])
    for X in (rng.standard_normal((3, 4)), constant, np.ones((5, 4)), np.zeros((1, 4))):
        last = run(X, 20, n_latents=4, penalty=penalty, bound=bound, rng=0)
        assert np.isfinite(last["objective"]).all()
        if penalty:
            assert widths(last.last, X).max() < 1e-12


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_latents": 4}, "n_latents must be an integer from 1 to 3, got 4"),
        ({"penalty": -1.0}, r"penalty must be a finite number in \[0, inf\], got -1.0"),
        ({"offset": 0.0}, r"offset must be a finite number in \(0, inf\], got 0.0"),
        ({"bound": 0.0}, r"bound must be a finite number in \(0, inf\], got 0.0"),
        ({"X": 1e80 * np.eye(8, 3)}, "X must have entries of at most .*, or its variances over"),
    ],
)
def test_refusals(changes, message):
    """They come with the call, not with the first state."""
    arguments = {"X": np.eye(8, 3), "n_latents": 1, "penalty": 0.1, **changes}
    with pytest.raises(ValueError, match=message):
        least_volume_autoencoder(arguments.pop("X"), **arguments)
