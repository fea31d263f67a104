"""Self-calibration: exact without noise, and with noise an eigenvector or a step to it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.sensing import self_calibration

MODELS = ("one signal", "many signals")


def draw(seed, m=12, n=4, p=3, *, model="one signal", same=False, noise=0.0):
    """Return measurements, operators, gains and signals."""
    rng = np.random.default_rng(seed)
    d, A = rng.uniform(0.5, 2, m), rng.standard_normal((p, m, n))
    if same:
        A = np.repeat(A[:1], p, axis=0)
    x = rng.standard_normal((1 if model == "one signal" else p, n))
    clean = np.einsum("lmn,ln->lm", A, np.broadcast_to(x, (p, n)))
    return d * (clean + noise * rng.standard_normal(clean.shape)), A, d, x


def system(Y, A):
    """Return B for one signal, its two blocks scaled to one mean square of their columns."""
    left = np.concatenate([np.diag(y) for y in Y])
    right = -A.reshape(-1, A.shape[2])
    scales = [np.linalg.norm(block) / np.sqrt(block.shape[1]) for block in (left, right)]
    return np.hstack([left / scales[0], right / scales[1]]), scales


def gains_of(s):
    """Return gains from inverse gains, with the stated factor."""
    s = s * np.sign(s.sum())
    return np.sqrt(np.mean(s**2)) / s


def error(found, truth):
    """Return the relative error after the best factor."""
    return np.linalg.norm(found * (found @ truth) / (found @ found) - truth) / np.linalg.norm(truth)


# Oracle


@pytest.mark.parametrize("method", ["least squares", "spectral"])
@pytest.mark.parametrize(
    ("model", "same"), [("one signal", False), ("many signals", False), ("many signals", True)]
)
def test_exact_without_noise(model, same, method):
    Y, A, d, x = draw(0, model=model, same=same)
    found = self_calibration(Y, A, model=model, method=method)
    np.testing.assert_allclose(found.gains, gains_of(1 / d), rtol=1e-10)
    np.testing.assert_allclose(
        found.gains * np.einsum("lmn,ln->lm", A, np.broadcast_to(found.signals, (3, 4))), Y,
        rtol=1e-9, atol=1e-10,
    )  # fmt: skip
    assert found.signals.shape == x.shape
    assert found.singular_values[-1] < 1e-12 < 1e-3 < found.singular_values[-2]


def test_least_squares_is_one_step_of_inverse_iteration():
    Y, A, _, _ = draw(1, noise=0.1)
    B, scales = system(Y, A)
    w = np.concatenate([np.arange(1.0, 13.0), np.zeros(4)])
    z = np.linalg.solve(B.T @ B, w)
    found = self_calibration(Y, A, direction=w[:12])
    np.testing.assert_allclose(found.gains, gains_of(z[:12] / scales[0]), rtol=1e-9)
    s = 1 / found.gains[0]
    np.testing.assert_allclose(found.signals[0], z[12:] / scales[1] * s / (z[0] / scales[0]))


def test_spectral_is_the_smallest_eigenvector():
    Y, A, _, _ = draw(2, noise=0.1)
    B, scales = system(Y, A)
    values, vectors = np.linalg.eigh(B.T @ B)
    found = self_calibration(Y, A, method="spectral")
    np.testing.assert_allclose(found.gains, gains_of(vectors[:12, 0] / scales[0]), rtol=1e-9)
    np.testing.assert_allclose(found.singular_values, np.sqrt(values[::-1]), rtol=1e-9)


@pytest.mark.parametrize("method", ["least squares", "spectral"])
def test_equations_must_be_as_many_as_unknowns(method):
    for n, exact in ((13, True), (14, False)):  # 2 * 12 equations, 12 + n - 1 unknowns
        Y, A, d, _ = draw(3, n=n, p=2)
        found = self_calibration(Y, A, method=method)
        assert bool(error(found.gains, d) < 1e-9) is exact
        assert found.singular_values.shape == (12 + n,)


# Invariance


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    factor=st.sampled_from([1e-8, 3.0, 1e8]),
    method=st.sampled_from(["least squares", "spectral"]),
)
def test_scale_order_and_known_gains(seed, factor, method):
    Y, A, _, _ = draw(seed, noise=0.01)
    before = self_calibration(Y, A, method=method)
    order = np.random.default_rng(seed).permutation(12)
    after = self_calibration(factor * Y[:, order], 7 * A[:, order], method=method)
    # the equations are the same ones; their system has a condition of at most a few hundred
    np.testing.assert_allclose(after.gains, before.gains[order], rtol=1e-6)
    np.testing.assert_allclose(
        after.signals, before.signals * factor / 7, rtol=1e-6, atol=1e-6 * factor
    )


def test_sensors_of_either_sign():
    Y, A, d, _ = draw(4)
    flipped = np.where(np.arange(12) < 4, -1.0, 1.0)
    found = self_calibration(Y * flipped, A, method="spectral")
    assert error(found.gains, d * flipped) < 1e-12
    assert np.sum(1 / found.gains) > 0


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("model", MODELS)
def test_arrays(library, dtype, model):
    Y, A, d, _ = draw(0, model=model)
    placed = library.place(Y.astype(dtype)), library.place(A.astype(dtype))
    for method in ("least squares", "spectral"):
        found = self_calibration(*placed, model=model, method=method)
        assert library.holds(found.gains, found.signals, found.singular_values, dtype=dtype)
        # rounding, over a gap of at least a hundredth
        assert error(to_numpy(found.gains).astype(float), d) < 1e3 * np.finfo(dtype).eps
    np.testing.assert_array_equal(to_numpy(placed[0]), Y.astype(dtype))


def test_integers_become_floats():
    A = np.arange(24).reshape(2, 4, 3) % 5
    found = self_calibration(2 * A @ np.array([1, 2, 3]), A.astype(float))
    assert found.gains.dtype == np.float64


# Degenerate data


@pytest.mark.parametrize("method", ["least squares", "spectral"])
def test_what_one_snapshot_or_equal_operators_leave_open(method):
    Y, A, d, _ = draw(5, p=1)
    lone = self_calibration(Y, A, method=method)
    np.testing.assert_allclose(lone.singular_values[-4:], 0, atol=1e-12)
    Y, A, d, _ = draw(5, same=True)
    equal = self_calibration(Y, A, method=method)
    np.testing.assert_allclose(equal.singular_values[-4:], 0, atol=1e-12)
    assert min(error(lone.gains, d), error(equal.gains, d)) > 0.01


def test_a_direction_orthogonal_to_the_inverse_gains_finds_nothing():
    Y, A, d, _ = draw(6)
    w = np.ones(12)
    w = w - np.sum(w / d) * (1 / d) / np.sum(d**-2.0)
    assert error(self_calibration(Y, A).gains, d) < 1e-12
    assert error(self_calibration(Y, A, direction=w).gains, d) > 0.1


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measurements": np.ones((3, 11))}, r"measurements must have shape \(3, 12\)"),
        ({"measurements": np.zeros((3, 12))}, "zero in all snapshots, got 12 sensors"),
        ({"operators": np.zeros((3, 12, 4))}, "operators must not be zero"),
        ({"direction": np.ones(5)}, "direction must have 12 entries, got 5"),
        ({"direction": np.zeros(12)}, "direction must not be zero"),
        ({"model": "two signals"}, "model must be"),
        ({"method": "guess"}, "method must be"),
    ],
)
def test_refusals(changes, message):
    Y, A, _, _ = draw(0)
    with pytest.raises(ValueError, match=message):
        self_calibration(**{"measurements": Y, "operators": A, **changes})


def test_an_inverse_gain_of_zero_is_refused():
    with pytest.raises(ValueError, match="got an inverse gain of zero"):
        self_calibration(np.ones((1, 2)), np.eye(2)[None], direction=np.array([1.0, 0.0]))
