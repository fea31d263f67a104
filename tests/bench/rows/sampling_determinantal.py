"""Determinantal sets: the front door, eigenvectors and features, against DPPy."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row

SIZE = 20
KERNELS = {"smooth": (2, 1.0), "rough": (10, 1.0)}
"""Features of the points, and the bandwidth."""
PREPARED: dict[tuple[str, int], object] = {}
"""What the warm-up prepared for the warm draws of either."""


class GaussianKernel:
    """What DPPy asks for: a function of two tables, with its diagonal."""

    def __init__(self, bandwidth):
        self.bandwidth = bandwidth

    def __call__(self, X, Y=None):
        X = np.atleast_2d(X)
        Y = X if Y is None else np.atleast_2d(Y)
        squares = np.sum(X**2, axis=1)[:, None] + np.sum(Y**2, axis=1) - 2 * X @ Y.T
        return np.exp(-np.maximum(squares, 0) / (2 * self.bandwidth**2))

    def diag(self, X):
        return np.ones(len(X))


def cloud(kind, n):
    def make(quick):
        d, bandwidth = KERNELS[kind]
        X = np.random.default_rng(0).standard_normal((300 if quick else n, d))
        L = GaussianKernel(bandwidth)(X)
        np.fill_diagonal(L, 1.0)
        return {"X": X, "L": (L + L.T) / 2, "bandwidth": np.array(bandwidth)}

    return make


def features(quick):
    return {"B": np.random.default_rng(0).standard_normal((3000 if quick else 100_000, 50))}


def front_door(data):
    from labkit.sampling import determinantal_draws

    X, kernel = data["X"], GaussianKernel(float(data["bandwidth"]))

    def block(rows, columns):
        return kernel(X[rows], X[columns])

    return next(determinantal_draws(block, np.ones(len(X)), size=SIZE, rng=0)).items


def spectral_cold(data):
    from labkit.sampling import k_determinantal_sample

    return np.nonzero(k_determinantal_sample(data["L"], size=SIZE, rng=0)[0])[0]


def spectral_warm(data):
    from labkit.sampling import determinantal_draws

    key = ("labkit", id(data))
    if key not in PREPARED:
        PREPARED[key] = determinantal_draws(data["L"], size=SIZE, route="spectral", rng=0)
    return [next(PREPARED[key]).items for _ in range(20)][-1]


def low_rank(data):
    from labkit.sampling import low_rank_determinantal_sample

    return np.nonzero(low_rank_determinantal_sample(data["B"], size=SIZE, rng=0)[0])[0]


def dppy(mode):
    def draw(data):
        from dppy.finite_dpps import FiniteDPP

        if mode in ("vfx", "alpha"):
            evaluate = GaussianKernel(float(data["bandwidth"]))
            process = FiniteDPP("likelihood", L_eval_X_data=(evaluate, data["X"]))
            return process.sample_exact_k_dpp(SIZE, mode=mode, random_state=0, verbose=False)
        process = FiniteDPP("likelihood", L=data["L"])
        return process.sample_exact_k_dpp(SIZE, mode=mode, random_state=0)

    return draw


def dppy_warm(mode):
    def draw(data):
        from dppy.finite_dpps import FiniteDPP

        key = (mode, id(data))
        if key not in PREPARED:
            PREPARED[key] = FiniteDPP("likelihood", L=data["L"])
        rng = np.random.RandomState(0)
        draws = [
            PREPARED[key].sample_exact_k_dpp(SIZE, mode=mode, random_state=rng) for _ in range(20)
        ]
        return draws[-1]

    return draw


def dppy_low_rank(data):
    from dppy.finite_dpps import FiniteDPP

    process = FiniteDPP("likelihood", L_gram_factor=data["B"].T)
    return process.sample_exact_k_dpp(SIZE, random_state=0)


def eigh(data):
    np.linalg.eigh(data["L"])
    return np.arange(SIZE)


def error(items, data):
    """Return the share of the set that is missing or there twice."""
    return 1 - len(set(np.asarray(items).tolist())) / SIZE


def row(name, task, data, labkit, settings, target):
    return Row(
        name=f"sampling/{name}", task=task, peer="dppy", data=data, labkit=labkit,
        settings=settings, error=error, error_name="share of the set missing", target=target,
    )  # fmt: skip


EXACT = {mode: dppy(mode) for mode in ("GS", "GS_bis")}
SOME = {mode: dppy(mode) for mode in ("vfx", "alpha")}
WARM = {mode: dppy_warm(mode) for mode in ("GS", "GS_bis", "KuTa12")}
ROWS = [
    *(
        row(
            f"front-door-{kind}-{n}", f"first set of {SIZE} of {n}, {kind} Gaussian kernel",
            cloud(kind, n), front_door, EXACT | SOME, 1.15,
        )
        for kind in KERNELS for n in (1000, 2000, 5000)
    ),
    row(
        "front-door-default", f"first set of {SIZE} of 5000, smooth kernel, DPPy's default",
        cloud("smooth", 5000), front_door, {"GS": dppy("GS")}, 0.1,
    ),
    row(
        "candidates-vfx", f"first set of {SIZE} of 5000, rough kernel, DPPy's vfx",
        cloud("rough", 5000), front_door, {"vfx": dppy("vfx")}, 0.1,
    ),
    row(
        "spectral-cold", f"first set of {SIZE} of 2000 by eigenvectors, against them alone",
        cloud("rough", 2000), spectral_cold, {"numpy.linalg.eigh": eigh}, 1.15,
    ),
    *(
        row(
            f"spectral-warm-{n}", f"20 more sets of {SIZE} of {n} by eigenvectors",
            cloud("rough", n), spectral_warm, WARM, 0.5,
        )
        for n in (1000, 2000)
    ),
    row(
        "low-rank", f"first set of {SIZE} of 100000 from 50 features",
        features, low_rank, {"L_gram_factor": dppy_low_rank}, 0.5,
    ),
]  # fmt: skip
