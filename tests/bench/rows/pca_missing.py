"""Probabilistic PCA with missing entries, against ppca's EM algorithm."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row


def with_holes(quick):
    """Return samples near a plane of 5 dimensions of which 40 % of the entries are missing."""
    rng = np.random.default_rng(0)
    n_samples, n_features, k = (200, 20, 2) if quick else (2000, 100, 5)
    basis = np.linalg.qr(rng.standard_normal((n_features, k)))[0]
    latent = rng.standard_normal((n_samples, k)) * np.arange(k, 0, -1)
    X = latent @ basis.T * np.sqrt(n_features / 10) + rng.standard_normal(n_features)
    X = X + 0.3 * rng.standard_normal(X.shape)
    return {"X": X, "observed": rng.random(X.shape) >= 0.4, "truth": basis}


def labkit(data):
    from labkit.pca.incomplete_components import incomplete_components

    X, observed = data["X"], data["observed"]
    return incomplete_components(X, observed, n_components=data["truth"].shape[1]).components.T


def ppca(tol):
    def fit(data):
        from ppca import PPCA

        np.random.seed(0)  # noqa: NPY002  the peer draws its start from the global state
        model = PPCA()
        model.fit(np.where(data["observed"], data["X"], np.nan), d=data["truth"].shape[1], tol=tol)
        return np.linalg.qr(model.C * model.stds[:, None])[0]

    return fit


def error(basis, data):
    from labkit.arrays import to_numpy

    truth, found = data["truth"], to_numpy(basis)
    return np.linalg.norm(found - truth @ (truth.T @ found), 2)


ROWS = [
    Row(
        name="pca/missing",
        task="5 components of 2000 x 100, 40 % of the entries missing",
        peer="ppca",
        data=with_holes,
        labkit=labkit,
        settings={f"tol {tol:g}": ppca(tol) for tol in (1e-2, 1e-3, 1e-4, 1e-6)},
        error=error,
        error_name="sine of the largest angle to the planted plane",
        target=0.5,
    )
]
