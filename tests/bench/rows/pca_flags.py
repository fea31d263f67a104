"""Means of subspaces and flags, against Riemannian optimisers.

The authors' code is in no registry: set FLAG_AVERAGING to the path of a copy of the repository
nmank/FlagAveraging, at the commit that the settings name.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import numpy as np

from tests.bench.measure import Row

COPY = "FLAG_AVERAGING"
AUTHORS = "nmank/FlagAveraging b6f5f68, 2023-10-06"


def bundle(n_flags, n, k, noise, *, outliers=0):
    """Return flags about a centre, which is the truth, the first `outliers` scattered widely."""
    rng = np.random.default_rng(0)
    centre = np.linalg.qr(rng.standard_normal((n, k)))[0]
    size = np.where(np.arange(n_flags) < outliers, 1.0, noise)[:, None, None]
    return {
        "flags": np.linalg.qr(centre + size * rng.uniform(-0.5, 0.5, (n_flags, n, k)))[0],
        "truth": centre,
    }


def subspaces(quick):
    return bundle(10 if quick else 50, 20, 3, 0.5)


def flags(quick):
    return bundle(20 if quick else 100, 10, 3, 1.0)


def flags_with_outliers(quick):
    return bundle(20 if quick else 100, 10, 3, 0.001, outliers=2 if quick else 10)


def mean(dimensions):
    def solve(data):
        from labkit.pca.flag_mean import flag_mean

        return flag_mean(data["flags"], dimensions=dimensions).basis

    return solve


def median(data):
    from labkit.pca.flag_median import flag_median

    return flag_median(data["flags"], dimensions=(1, 3)).basis


def geomstats(method):
    def solve(data):
        from geomstats.geometry.grassmannian import Grassmannian
        from geomstats.learning.frechet_mean import FrechetMean

        flags = data["flags"]
        _, n, k = flags.shape
        estimator = FrechetMean(Grassmannian(n, k), method=method)
        projector = estimator.fit(flags @ np.swapaxes(flags, 1, 2)).estimate_
        return np.linalg.eigh(projector)[1][:, -k:]

    return solve


def pymanopt(name):
    def solve(data):
        import autograd.numpy as anp
        import pymanopt

        flags = data["flags"]
        _, n, k = flags.shape
        P = np.sum(flags @ np.swapaxes(flags, 1, 2), axis=0)
        manifold = pymanopt.manifolds.Grassmann(n, k)

        @pymanopt.function.autograd(manifold)
        def cost(point):
            return -anp.trace(point.T @ P @ point)

        optimizer = getattr(pymanopt.optimizers, name)(verbosity=0, min_gradient_norm=1e-9)
        return optimizer.run(pymanopt.Problem(manifold, cost), initial_point=flags[0]).point

    return solve


def authors(name, **options):
    def solve(data):
        folder = str(Path(os.environ[COPY]) / "PythonCode" / "scripts")
        if folder not in sys.path:
            sys.path.insert(0, folder)
        import fl_algorithms

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stack = np.transpose(data["flags"], (1, 2, 0))
            return getattr(fl_algorithms, name)(stack, [1, 3], **options)

    return solve


def to_centre(basis, data):
    """Return the largest angle between a subspace and the planted one."""
    from labkit.arrays import to_numpy
    from labkit.linalg import principal_angles

    return float(principal_angles(data["truth"], np.ascontiguousarray(to_numpy(basis)))[-1])


def excess(levels, power):
    """Return by how much the objective exceeds the lowest one known, relative."""

    def objective(basis, flags):
        squares = sum(
            np.sum((flags[:, :, a] - basis[:, a] @ (basis[:, a].T @ flags[:, :, a])) ** 2, (1, 2))
            for a in levels
        )
        return float(np.sum(squares ** (power / 2)))

    def error(basis, data):
        from labkit.arrays import to_numpy

        flags = data["flags"]
        best = (mean(None) if len(levels) == 1 else mean((1, 3)) if power == 2 else median)(data)
        lowest = objective(best, flags)
        return max(0.0, objective(to_numpy(basis), flags) / lowest - 1)

    return error


ONE, TWO = [slice(0, 3)], [slice(0, 1), slice(1, 3)]
EXCESS = "objective over labkit's, minus 1; below 1e-10 counts as equal"
ROWS = [
    Row(
        name="pca/flags-grassmann-intrinsic",
        task="mean of 50 subspaces, 3 in 20 dimensions: chordal against intrinsic",
        peer="geomstats",
        data=subspaces,
        labkit=mean(None),
        settings={name: geomstats(name) for name in ("default", "adaptive")},
        error=to_centre,
        error_name="largest angle to the planted subspace, radians: the estimators differ",
        as_good_as=0.1,
        target=1 / 50,
    ),
    Row(
        name="pca/flags-grassmann",
        task="mean of 50 subspaces, 3 in 20 dimensions, chordal",
        peer="pymanopt",
        data=subspaces,
        labkit=mean(None),
        settings={name: pymanopt(name) for name in ("TrustRegions", "ConjugateGradient")},
        error=excess(ONE, 2),
        error_name=EXCESS,
        as_good_as=1e-10,
        target=0.2,
    ),
    Row(
        name="pca/flags-mean",
        task="mean of 100 flags of dimensions (1, 3) in 10",
        peer="pymanopt",
        data=flags,
        labkit=mean((1, 3)),
        settings={f"the authors' code, {AUTHORS}": authors("flag_mean")},
        error=excess(TWO, 2),
        error_name=EXCESS,
        as_good_as=1e-10,
        target=1 / 25,
        path_variable=COPY,
    ),
    Row(
        name="pca/flags-median",
        task="median of 100 flags of dimensions (1, 3) in 10, a tenth scattered",
        peer="pymanopt",
        data=flags_with_outliers,
        labkit=median,
        settings={
            f"the authors' code, {AUTHORS}, {n} rounds": authors("flag_median", max_iters=n)
            for n in (10, 100)
        },
        error=excess(TWO, 1),
        error_name=EXCESS,
        as_good_as=1e-10,
        target=1 / 50,
        path_variable=COPY,
    ),
]
