"""The robust subspace: planted spikes, scores by hand, rotations, arrays, refusals."""

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.spectra import marchenko_pastur_fit, robust_subspace


def problem(seed=0, dtype="float64", n=400, p=80):
    rng = np.random.default_rng(seed)
    E = rng.standard_normal((n, p)) * np.append([6.0, 4.0, 3.0], np.ones(p - 3)) + 5
    attacks = rng.standard_normal((9, p)) * np.append([0.1, 5.0, 0.1], np.ones(p - 3))
    return E.astype(dtype), attacks.astype(dtype)


# Oracle


def test_planted_directions():
    found = robust_subspace(*problem(), n_kept=2)
    assert len(found.scores) == 3
    assert found.basis.shape == (80, 2)
    # the second axis is the attacked one; the others are kept. Overlaps of spikes of variance
    # t = 35 and 8 at gamma = 0.2: (1 - gamma / t^2) / (1 + gamma / t) is above 0.97 for both
    assert np.linalg.norm(found.basis[[0, 2]], 2) > 0.95
    assert np.linalg.norm(found.basis[1]) < 0.2


def test_scores_by_hand():
    E, attacks = problem()
    found = robust_subspace(E, attacks, n_kept=3)
    values, vectors = np.linalg.eigh(np.cov(E.T))
    fit = marchenko_pastur_fit(values, aspect_ratio=80 / 399)
    np.testing.assert_allclose(found.eigenvalues, values[::-1], rtol=1e-12)
    assert found.cutoff == pytest.approx(fit.cutoff)
    expected = np.mean((attacks @ vectors[:, :-4:-1]) ** 2, axis=0) / values[:-4:-1]
    np.testing.assert_allclose(found.scores, expected, rtol=1e-9)
    order = np.argsort(expected)
    overlaps = np.abs(np.sum(found.basis * vectors[:, ::-1][:, order], axis=0))
    np.testing.assert_allclose(overlaps, 1, atol=1e-12)


# Invariance


def test_rotation_and_shift():
    E, attacks = problem()
    U = np.linalg.qr(np.random.default_rng(1).standard_normal((80, 80)))[0]
    one, other = (
        robust_subspace(E, attacks, n_kept=2),
        robust_subspace(E @ U - 3, attacks @ U, n_kept=2),
    )
    np.testing.assert_allclose(other.scores, one.scores, rtol=1e-9)
    projections = (b @ b.T for b in (U.T @ one.basis, other.basis))
    np.testing.assert_allclose(*projections, rtol=0, atol=1e-10)


def test_scale():
    E, attacks = problem()
    one, other = robust_subspace(E, attacks, n_kept=2), robust_subspace(10 * E, attacks, n_kept=2)
    np.testing.assert_allclose(other.scores, one.scores / 100, rtol=1e-9)


# Edge cases


def test_noise_alone_keeps_nothing():
    E = np.random.default_rng(3).standard_normal((300, 60))
    found = robust_subspace(E, E[:5], n_kept=4)
    assert found.basis.shape == (60, 0)
    assert found.scores.shape == (0,)


def test_fewer_samples_than_features():
    E, attacks = problem(n=60, p=120)
    found = robust_subspace(E, attacks, n_kept=10)
    assert 1 <= found.basis.shape[1] <= 3
    assert np.all(np.isfinite(found.scores))


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    E, attacks = problem(dtype=dtype)
    placed = library.place(E), library.place(attacks)
    found = robust_subspace(*placed, n_kept=2)
    assert library.holds(found.basis, dtype=dtype)
    assert library.holds(found.scores, dtype=dtype)
    expected = robust_subspace(E.astype(float), attacks.astype(float), n_kept=2)
    tolerance = 2000 * float(np.finfo(dtype).eps)  # sums of hundreds of numbers
    np.testing.assert_allclose(to_numpy(found.scores), expected.scores, rtol=tolerance)
    np.testing.assert_array_equal(to_numpy(placed[0]), E)


# Refusals


def test_refusals():
    E, attacks = problem()
    with pytest.raises(ValueError, match=r"perturbations must have 80 columns, .* got 79"):
        robust_subspace(E, attacks[:, :79], n_kept=1)
    with pytest.raises(ValueError, match="n_kept"):
        robust_subspace(E, attacks, n_kept=0)
    with pytest.raises(ValueError, match="embeddings"):
        robust_subspace(E[:1], attacks, n_kept=1)
