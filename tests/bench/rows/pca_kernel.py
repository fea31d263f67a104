"""Kernel PCA, against scikit-learn's solvers."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row

BANDWIDTH, N_COMPONENTS = 14.0, 10


def cloud(quick):
    """Return a cloud with five wide directions, and the leading eigenvectors by a dense solver."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300 if quick else 3000, 50))
    X[:, :5] *= 4
    squares = (X**2).sum(axis=1)
    K = np.exp(-(squares[:, None] + squares - 2 * X @ X.T) / (2 * BANDWIDTH**2))
    K = K - K.mean(axis=0) - K.mean(axis=1)[:, None] + K.mean()
    return {"X": X, "truth": np.linalg.eigh(K)[1][:, -N_COMPONENTS:]}


def labkit(data):
    from labkit.pca.kernel_components import kernel_components

    return kernel_components(
        data["X"], n_components=N_COMPONENTS, bandwidth=BANDWIDTH
    ).training_scores


def kernel_pca(solver, tol=0):
    def fit(data):
        from sklearn.decomposition import KernelPCA

        gamma = 1 / (2 * BANDWIDTH**2)
        model = KernelPCA(
            N_COMPONENTS, kernel="rbf", gamma=gamma, eigen_solver=solver, tol=tol, random_state=0
        )
        return model.fit_transform(data["X"])

    return fit


def error(scores, data):
    from labkit.arrays import to_numpy

    truth, found = data["truth"], np.linalg.qr(to_numpy(scores))[0]
    return np.linalg.norm(found - truth @ (truth.T @ found), 2)


ROWS = [
    Row(
        name="pca/kernel",
        task="10 Gaussian-kernel components of 3000 x 50",
        peer="scikit-learn",
        data=cloud,
        labkit=labkit,
        settings={
            "auto": kernel_pca("auto"),
            "dense": kernel_pca("dense"),
            "arpack": kernel_pca("arpack"),
            "arpack, tol 1e-8": kernel_pca("arpack", 1e-8),
            "randomised": kernel_pca("randomized"),
        },
        error=error,
        error_name="sine of the largest angle to the eigenspace of a dense solver",
        as_good_as=1e-8,
    )
]
