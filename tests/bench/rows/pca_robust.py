"""Low rank plus sparse, against pyrpca's inexact augmented Lagrangian."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row


def corrupted(quick):
    """Return a matrix of rank 10 with a tenth of its entries spoilt, and the matrix before."""
    rng = np.random.default_rng(0)
    n, rank = (120, 4) if quick else (500, 10)
    low_rank = rng.standard_normal((n, rank)) @ rng.standard_normal((rank, n))
    size = 10 * np.sqrt(rank)
    spoilt = rng.random((n, n)) < 0.1
    return {"M": low_rank + spoilt * rng.uniform(-size, size, (n, n)), "truth": low_rank}


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
        name="pca/robust",
        task="rank 10 of 500 x 500, a tenth spoilt, rank unknown",
        peer="pyrpca",
        data=corrupted,
        labkit=labkit,
        settings={f"tol {tol:g}": pyrpca(tol) for tol in (1e-6, 1e-7, 5e-8)},
        error=error,
        error_name="relative error of the low-rank part",
        as_good_as=1e-7,
        target=0.1,
    )
]
