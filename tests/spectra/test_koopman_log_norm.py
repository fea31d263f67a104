"""Composition with a matrix on a Sobolev space: integrals of functions, closed forms, arrays."""

import math

import numpy as np
import pytest

from labkit.spectra import koopman_log_norm


def quotient(W, smoothness, frequency, width=0.02):
    """Compare the norms of f(W x) and f, for an f with frequencies near one."""
    side = np.linspace(-4, 4, 41) * width
    w = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2) + frequency
    density = np.exp(-(((w - frequency) / width) ** 2).sum(1))
    before = (density * (1 + (w**2).sum(1)) ** smoothness).sum()
    after = (density * (1 + ((w @ W) ** 2).sum(1)) ** smoothness).sum() / abs(np.linalg.det(W))
    return math.sqrt(after / before)


# Oracle


@pytest.mark.parametrize("smoothness", [1.0, 2.5])
@pytest.mark.parametrize("scale", [0.3, 1.0, 2.0])
def test_it_is_the_least_upper_bound_of_the_quotients(scale, smoothness):
    rng = np.random.default_rng(0)
    W = scale * rng.standard_normal((2, 2))
    norm = math.exp(koopman_log_norm(W, smoothness=smoothness))
    drawn = [quotient(W, smoothness, f) for f in 5 * rng.standard_normal((200, 2))]
    assert max(drawn) <= norm * (1 + 1e-9)
    first = np.linalg.svd(W)[0][:, 0]
    best = max(quotient(W, smoothness, 0 * first), quotient(W, smoothness, 60 * first))
    assert best == pytest.approx(norm, rel=0.01)


def test_a_line():
    assert koopman_log_norm([[0.25]], smoothness=0.5) == pytest.approx(math.log(2))
    assert koopman_log_norm([[4.0]], smoothness=0.5) == pytest.approx(0)
    assert koopman_log_norm([[4.0]], smoothness=1.0) == pytest.approx(math.log(2))


@pytest.mark.parametrize("d", [2, 8, 64])
def test_even_spectra_give_the_condition_number_to_a_quarter_of_the_width(d):
    W = np.diag(np.geomspace(1, 1 / 3, d))
    assert koopman_log_norm(W, smoothness=d / 2) == pytest.approx(d / 4 * math.log(3))


# Invariance


def test_turns_cost_nothing():
    rng = np.random.default_rng(0)
    U, V = np.linalg.qr(rng.standard_normal((2, 30, 30)))[0]
    assert koopman_log_norm(U, smoothness=15.0) == pytest.approx(0, abs=1e-12)
    W = rng.standard_normal((30, 30))
    one = koopman_log_norm(W, smoothness=15.0)
    assert koopman_log_norm(U @ W @ V, smoothness=15.0) == pytest.approx(one)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    W = np.random.default_rng(0).standard_normal((4, 4)).astype(dtype)
    found = koopman_log_norm(library.place(W), smoothness=2.0)
    exact = koopman_log_norm(W.astype(float), smoothness=2.0)
    assert found == pytest.approx(exact, abs=float(1e3 * np.finfo(dtype).eps))


# Degenerate


def test_singular_matrices_are_infinite():
    assert koopman_log_norm(np.ones((3, 3)), smoothness=1.5) == math.inf
    assert koopman_log_norm(np.zeros((3, 3)), smoothness=1.5) == math.inf
    assert koopman_log_norm(1e-3 * np.eye(400), smoothness=200.0) == pytest.approx(
        1381.55, abs=0.01
    )
