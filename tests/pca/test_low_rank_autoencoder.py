"""The low-rank autoencoder: its optimum in closed form, descent, and how a penalty is dodged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.pca import low_rank_autoencoder
from labkit.trace import trace

seeds = st.integers(0, 2**32 - 1)


def data(seed=0, n=80, p=8, scales=(2.0, 1.5, 1.0), noise=0.1):
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((p, len(scales))))[0]
    return rng.standard_normal((n, len(scales))) * scales @ basis.T + noise * rng.standard_normal(
        (n, p)
    )


def variances(X):
    return np.linalg.eigvalsh(np.cov(X.T, bias=True))[::-1]


def spectrum(state):
    return np.linalg.svd(to_numpy(state.bottleneck), compute_uv=False)


def objective(state, X, penalty):
    lost = to_numpy(X) - to_numpy(state.reconstruction(X))
    return np.sum(lost**2) / len(lost) + penalty * spectrum(state).sum()


def run(X, n_steps=400, every=None, **arguments):
    states = low_rank_autoencoder(X, **arguments)
    record = {
        "W": lambda state: state.bottleneck,
        "objective": lambda state: objective(state, X, arguments["penalty"]),
    }
    return trace(states, n_steps=n_steps, record=record, every=every or n_steps)


# Oracle


@pytest.mark.parametrize("penalty", [0.2, 0.5, 3.0, 20.0])
def test_with_a_bound_of_one_the_optimum_is_known(penalty):
    X = data()
    eigenvalues = variances(X)
    last = run(X, n_latents=6, penalty=penalty, bound=1.0, rng=1)
    wanted = np.maximum(0, 1 - penalty / (2 * eigenvalues))[:6]
    np.testing.assert_allclose(spectrum(last.last), wanted, atol=1e-5)
    kept = 1 - np.maximum(0, 1 - penalty / (2 * eigenvalues))
    optimum = np.sum(eigenvalues * kept**2) + penalty * wanted.sum()
    assert last["objective"][-1] == pytest.approx(optimum, rel=1e-6)


@given(seed=seeds, bound=st.sampled_from([None, 1.0, 0.7]), penalty=st.floats(0.0, 4.0))
def test_no_round_raises_the_objective(seed, bound, penalty):
    X = data(seed)
    history = run(X, 25, 1, n_latents=5, penalty=penalty, bound=bound, rng=seed)["objective"]
    assert np.all(np.diff(history) <= 1e-12 * history[:-1])


def test_the_bound_holds():
    for state, _ in zip(low_rank_autoencoder(data(), n_latents=4, penalty=0.1, bound=0.5, rng=0),
                        range(20), strict=False):  # fmt: skip
        assert np.linalg.norm(state.encoder, 2) <= 0.5 + 1e-12
        assert np.linalg.norm(state.decoder, 2) <= 0.5 + 1e-12


def test_without_a_penalty_every_coordinate_lives():
    assert spectrum(run(data(), n_latents=6, penalty=0.0, rng=0).last).min() > 0.1


def test_without_a_bound_the_penalty_is_dodged():
    X = data()
    free = [run(X, n, n_latents=4, penalty=1.0, rng=0).last for n in (100, 1000)]
    sums = [spectrum(state).sum() for state in free]
    losses = [np.sum((X - s.reconstruction(X)) ** 2) / len(X) for s in free]
    assert sums[1] < sums[0] / 2
    assert losses[1] < losses[0]


# Invariance


@given(seed=seeds, shift=st.floats(-5, 5))
def test_shift_and_order(seed, shift):
    X, order = data(seed), np.random.default_rng(seed).permutation(80)
    arguments = {"n_latents": 3, "penalty": 0.3, "rng": seed}
    a, b = run(X, 20, **arguments).last, run(X[order] + shift, 20, **arguments).last
    np.testing.assert_allclose(b.bottleneck, a.bottleneck, atol=1e-9)


@given(factor=st.floats(1e-3, 1e3))
def test_scale(factor):
    X = data()
    a = run(X, 20, n_latents=3, penalty=0.3, rng=0).last
    b = run(factor * X, 20, n_latents=3, penalty=0.3 * factor**2, rng=0).last
    np.testing.assert_allclose(b.bottleneck, a.bottleneck, atol=1e-9)


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
    np.testing.assert_allclose(to_numpy(found.bottleneck), exact.bottleneck, atol=tolerance)
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
            assert spectrum(last.last).max() == 0


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_latents": 4}, "n_latents must be an integer from 1 to 3, got 4"),
        ({"penalty": -1.0}, r"penalty must be a finite number in \[0, inf\], got -1.0"),
        ({"bound": 0.0}, r"bound must be a finite number in \(0, inf\], got 0.0"),
        ({"X": 1e80 * np.eye(8, 3)}, "X must have entries of at most .*, or its variances over"),
    ],
)
def test_refusals(changes, message):
    """They come with the call, not with the first state."""
    arguments = {"X": np.eye(8, 3), "n_latents": 1, "penalty": 0.1, **changes}
    with pytest.raises(ValueError, match=message):
        low_rank_autoencoder(arguments.pop("X"), **arguments)
