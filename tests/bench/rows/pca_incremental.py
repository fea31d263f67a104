"""Principal components from batches, against scikit-learn's IncrementalPCA."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row


def batches(X, size):
    return (X[i : i + size] for i in range(0, len(X), size))


def images(quick):
    """Return data of the size of MNIST with the spectrum of images, and 50 exact components."""
    n, p, k = (3000, 100, 10) if quick else (60000, 784, 50)
    rng = np.random.default_rng(0)
    V = np.linalg.qr(rng.standard_normal((p, p))).Q
    X = rng.standard_normal((n, p)) * (1 / np.arange(1.0, p + 1) ** 1.1) @ V
    X += 0.05 * rng.standard_normal(p)
    return {"X": X, "truth": exact(X, k)}


def wide(quick):
    """Return few rows of many features, s_i = 1/i up to 500, and 20 exact components."""
    n, p, r, k = (300, 1000, 50, 5) if quick else (3000, 10000, 500, 20)
    rng = np.random.default_rng(0)
    V = np.linalg.qr(rng.standard_normal((p, r))).Q
    X = rng.standard_normal((n, r)) * (1 / np.arange(1.0, r + 1)) @ V.T
    X += 0.01 * rng.standard_normal(p)
    return {"X": X, "truth": exact(X, k)}


def exact(X, k):
    """Return the components by LAPACK's SVD of the centred data, through QR."""
    Xc = X - X.mean(axis=0)
    if len(X) >= X.shape[1]:
        return np.linalg.svd(np.linalg.qr(Xc, mode="r"), full_matrices=False).Vh[:k]
    Q, R = np.linalg.qr(Xc.T)
    return (Q @ np.linalg.svd(R.T, full_matrices=False).Vh[:k].T).T


def labkit(size):
    def fit(data):
        from labkit.pca import incremental_components
        from labkit.trace import trace

        states = incremental_components(batches(data["X"], size), n_components=len(data["truth"]))
        state = trace(states, n_steps=len(data["X"]), record={}).last
        return state.components.components

    return fit


def scikit_learn(size):
    def fit(data):
        from sklearn.decomposition import IncrementalPCA

        return IncrementalPCA(len(data["truth"]), batch_size=size).fit(data["X"]).components_

    return fit


def settings(*sizes):
    return {f"batches of {size or '5 n_features'}": scikit_learn(size) for size in sizes}


def error(components, data):
    """Return the sine of the largest angle to the exact components' span."""
    from labkit.arrays import to_numpy

    V, W = data["truth"], to_numpy(components)
    return float(np.linalg.norm(V - V @ W.T @ W, 2))


def row(name, task, data, ours, peers, target):
    return Row(
        name=f"pca/incremental-{name}",
        task=task,
        peer="scikit-learn",
        data=data,
        labkit=ours,
        settings=peers,
        error=error,
        error_name="sine of the largest angle to the span of the exact components",
        target=target,
    )


ROWS = [
    row(
        "60000x784",
        "50 components from batches of 6000, 60000 x 784, s_i = i^-1.1",
        images,
        labkit(6000),
        settings(1000, None, 20000),
        0.1,
    ),
    row(
        "3000x10000",
        "20 components from batches of 200, 3000 x 10000, s_i = 1/i up to 500",
        wide,
        labkit(200),
        settings(200, 500, 1000),
        0.5,
    ),
]
