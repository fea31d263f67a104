"""Low rank plus sparse, against pyrpca's inexact augmented Lagrangian."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row


def corrupted(size):
    """Return a function that makes a matrix of rank 10, a tenth of its entries spoilt."""

    def make(quick):
        rng = np.random.default_rng(0)
        n, rank = (120, 4) if quick else (size, 10)
        low_rank = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, n))
        width = 10 * np.sqrt(rank)
        spoilt = rng.random((n, n)) < 0.1
        return {"M": low_rank + spoilt * rng.uniform(-width, width, (n, n)), "truth": low_rank}

    return make


def labkit(data):
    from labkit.pca.alternating_projections import alternating_projections

    return alternating_projections(data["M"], tol=1e-7).low_rank


def pyrpca(tol):
    def solve(data):
        from pyrpca import rpca_pcp_ialm

        M = data["M"]
        return rpca_pcp_ialm(M, 1 / np.sqrt(max(M.shape)), tol=tol, verbose=False)[0]

    return solve


def error(low_rank, data):
    from labkit.arrays import to_numpy

    truth = data["truth"]
    return np.linalg.norm(to_numpy(low_rank) - truth) / np.linalg.norm(truth)


ROWS = [
    Row(
        name=name,
        task=f"rank 10 of {n} x {n}, a tenth spoilt, rank unknown",
        peer="pyrpca",
        data=corrupted(n),
        labkit=labkit,
        settings={f"tol {tol:g}": pyrpca(tol) for tol in (1e-6, 1e-7, 5e-8)},
        error=error,
        error_name="relative error of the low-rank part",
        as_good_as=1e-7,
        target=target,
    )
    for name, n, target in (("pca/robust", 500, 0.1), ("pca/robust-1000", 1000, 0.05))
]
