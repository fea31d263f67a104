"""All principal components, against scikit-learn's best solver for the shape."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row


def planted(n, p, singular_values, *, mean, constant=0, seed=0):
    """Return data with a decaying spectrum and a mean, and their trusted singular values.

    The last columns are constant where asked for. Trusted is LAPACK's SVD of the centred data,
    through QR (for n >= p); a constant column is centred exactly.
    """
    rng = np.random.default_rng(seed)
    k = min(n, p)
    if n >= p:
        rotation = np.linalg.qr(rng.standard_normal((p, p))).Q
        X = (rng.standard_normal((n, p)) * singular_values) @ rotation
    else:
        X = rng.standard_normal((n, p)) * singular_values[:, None]
    X += mean * rng.standard_normal(p)
    if constant:
        X[:, p - constant :] = 0.3
    Xc = X - np.where(np.ptp(X, axis=0) == 0, X[0], X.mean(axis=0))
    triangle = np.linalg.qr(Xc if n >= p else Xc.T, mode="r")
    return {"X": X, "truth": np.linalg.svd(triangle, compute_uv=False)[:k]}


def benign(quick):
    n, p = (2000, 80) if quick else (20000, 784)
    return planted(n, p, np.linspace(1, 0.05, p), mean=0.5)


def images(quick):
    """Return data with the spectrum of images: a long tail down to nothing, constant columns."""
    n, p = (2000, 80) if quick else (20000, 784)
    return planted(n, p, 1 / np.arange(1.0, p + 1) ** 1.1, mean=0.05, constant=p // 40)


def tall(quick):
    n, p = (5000, 20) if quick else (100000, 50)
    return planted(n, p, np.linspace(1, 0.05, p), mean=0.5)


def wide(quick):
    n, p = (50, 1000) if quick else (200, 20000)
    return planted(n, p, np.linspace(1, 0.1, n), mean=0.5)


def labkit(data, **arguments):
    from labkit.pca import principal_components

    return principal_components(data["X"], **arguments).singular_values


def covariance(data):
    return labkit(data, route="covariance")


def solver(name):
    def fit(data):
        from sklearn.decomposition import PCA

        return PCA(svd_solver=name).fit(data["X"]).singular_values_

    return fit


def error(singular_values, data):
    from labkit.arrays import to_numpy

    truth = data["truth"]
    return np.max(np.abs(to_numpy(singular_values) - truth)) / truth[0]


def row(name, task, data, solvers, *, ours=labkit, as_good_as=1e-12):
    return Row(
        name=f"pca/full-{name}",
        task=task,
        peer="scikit-learn",
        data=data,
        labkit=ours,
        settings={s: solver(s) for s in solvers},
        error=error,
        error_name="largest error of a singular value, over the first",
        as_good_as=as_good_as,
    )


DENSE = ("auto", "full", "covariance_eigh")
ROWS = [
    row("20000x784", "all components, 20000 x 784, s from 1 to 1/20", benign, DENSE),
    row("20000x784-images", "the same, s_i = i^-1.1, 19 constant columns", images, DENSE),
    row(
        "20000x784-images-fast",
        "the same, labkit's covariance route against any solver",
        images,
        DENSE,
        ours=covariance,
        as_good_as=1e-7,
    ),
    row("100000x50", "all components, 100000 x 50, s from 1 to 1/20", tall, DENSE),
    # covariance_eigh would need a matrix of 20000 x 20000
    row("200x20000", "all components, 200 x 20000", wide, ("auto", "full", "randomized")),
]
