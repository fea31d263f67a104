"""Twenty components of a large matrix, against the randomised solvers of the peers."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row

RANK = 20


def reciprocal(quick):
    """Return centred data with singular values exactly 1, 1/2, 1/3 ... 1/400, and a mean."""
    rng = np.random.default_rng(0)
    n, p, r = (1500, 600, 100) if quick else (20000, 4000, 400)
    truth = 1 / np.arange(1.0, r + 1)
    U = rng.standard_normal((n, r))
    U = np.linalg.qr(U - U.mean(axis=0)).Q
    V = np.linalg.qr(rng.standard_normal((p, r))).Q
    X = (U * truth) @ V.T
    X += rng.standard_normal(p) * (0.5 * np.sqrt(np.mean(X**2)))
    return {"X": X, "truth": truth}


def labkit(data, n_power_iterations=None):
    from labkit.pca import principal_components

    given = {} if n_power_iterations is None else {"n_power_iterations": n_power_iterations}
    found = principal_components(data["X"], n_components=RANK, route="randomised", rng=1, **given)
    return found.singular_values, found.n_passes


def scikit_learn(data, n_iterations="auto"):
    from sklearn.decomposition import PCA

    model = PCA(RANK, svd_solver="randomized", iterated_power=n_iterations, random_state=1)
    n_iterations = 7 if n_iterations == "auto" else n_iterations
    # the mean, a product before, two in each and one after the iterations
    return model.fit(data["X"]).singular_values_, 2 * n_iterations + 3


def fbpca(data, n_iterations=2, width=None):
    import fbpca

    np.random.seed(1)  # noqa: NPY002 fbpca draws from it
    return fbpca.pca(data["X"], k=RANK, n_iter=n_iterations, l=width)[1], 2 * n_iterations + 3


def error(answer, data):
    from labkit.arrays import to_numpy

    s = to_numpy(answer[0] if isinstance(answer, tuple) else answer)
    return np.max(np.abs(s - data["truth"][:RANK])) / data["truth"][0]


def at(call, *arguments):
    return lambda data: call(data, *arguments)


def row(peer, call, settings, target):
    return Row(
        name=f"pca/rank-20-{peer}",
        task="20 components, 20000 x 4000, s_i = 1/i up to 400",
        peer=peer,
        data=reciprocal,
        labkit=labkit,
        settings=settings,
        error=error,
        error_name="largest error of a singular value, over the first",
        as_good_as=5e-9,  # what scikit-learn reaches at its defaults, and labkit at its own
        target=target,
        curve={
            **{f"labkit, {q} iterations": at(labkit, q) for q in (1, 2, 3, 4, 5)},
            **{f"{peer}, {q} iterations": at(call, q) for q in (1, 2, 4, 7, 10)},
        },
    )


ROWS = [
    row(
        "scikit-learn",
        scikit_learn,
        {f"{q} iterations": at(scikit_learn, q) for q in ("auto", 4, 5, 6, 8)},
        0.7,
    ),
    row(
        "fbpca",
        fbpca,
        {
            **{f"{q} iterations": at(fbpca, q) for q in (2, 7, 10)},
            **{f"{q} iterations, 30 columns": at(fbpca, q, 30) for q in (6, 7, 8, 9)},
        },
        1.15,
    ),
]
