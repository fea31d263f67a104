"""Completion of an exact low-rank matrix, against three packages."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row


def holes(size, rank):
    """Return a function that shows eight times as many entries as there are unknowns, uniformly."""

    def make(quick):
        rng = np.random.default_rng(0)
        n, k = (120, 2) if quick else (size, rank)
        left, right = rng.standard_normal((n, k)), rng.standard_normal((n, k))
        places = np.sort(rng.choice(n * n, 8 * k * (2 * n - k), replace=False))
        rows, columns = np.divmod(places, n)
        values = np.einsum("ij,ij->i", left[rows], right[columns])
        return {"rows": rows, "columns": columns, "values": values, "left": left, "right": right}

    return make


def labkit(solver, tol):
    def solve(data):
        from labkit.sensing import ObservedEntries, alternating_minimisation
        from labkit.trace import trace

        (n, k), places = data["left"].shape, (data["rows"], data["columns"])
        entries = ObservedEntries(*places, data["values"], (n, n))
        states = alternating_minimisation(entries, rank=k, solver=solver, rng=0)
        last = trace(
            states,
            n_steps=200,
            record={},
            stop=lambda state: entries.residual(state.left, state.right) < tol,
        ).last
        return last.left, last.right

    return solve


def fancyimpute(learning_rate, n_epochs):
    def solve(data):
        from fancyimpute import MatrixFactorization

        n, k = data["left"].shape
        np.random.seed(0)  # noqa: NPY002  the peer draws from the global state
        M = np.full((n, n), np.nan)
        M[data["rows"], data["columns"]] = data["values"]
        model = MatrixFactorization(k, learning_rate, max_iters=n_epochs, verbose=False)
        return model.fit_transform(M)

    return solve


def pymanopt(name, tol):
    """Return a run from the leading singular vectors, with a gradient written by hand."""

    def solve(data):
        import pymanopt
        from pymanopt.manifolds.fixed_rank import _FixedRankPoint
        from scipy.sparse import csr_matrix
        from scipy.sparse.linalg import svds

        (n, k), rows, columns = data["left"].shape, data["rows"], data["columns"]
        values = data["values"]
        manifold = pymanopt.manifolds.FixedRankEmbedded(n, n, k)

        def residual(u, s, vt):
            return np.einsum("ij,ij->i", (u * s)[rows], vt.T[columns]) - values

        @pymanopt.function.numpy(manifold)
        def cost(u, s, vt):
            return 0.5 * np.sum(residual(u, s, vt) ** 2)

        @pymanopt.function.numpy(manifold)
        def gradient(u, s, vt):
            difference = csr_matrix((residual(u, s, vt), (rows, columns)), shape=(n, n))
            return manifold.projection((u, s, vt), difference)

        seen = csr_matrix((values, (rows, columns)), shape=(n, n))
        u, s, vt = svds(seen * (n * n / len(values)), k, random_state=0)
        optimizer = getattr(pymanopt.optimizers, name)(
            verbosity=0, min_gradient_norm=tol * np.linalg.norm(values), max_time=1e9
        )
        problem = pymanopt.Problem(manifold, cost, riemannian_gradient=gradient)
        u, s, vt = optimizer.run(problem, initial_point=_FixedRankPoint(u, s, vt)).point
        return u * s, vt.T

    return solve


def spalor(data):
    from spalor.models import MC

    np.random.seed(0)  # noqa: NPY002  the peer draws its start from the global state
    places = np.stack([data["rows"], data["columns"]], axis=1)
    model = MC(n_components=data["left"].shape[1]).fit(places, data["values"])
    return model.U, model.V


def error(answer, data):
    from labkit.arrays import to_numpy

    truth = data["left"] @ data["right"].T
    if isinstance(answer, tuple):
        left, right = map(to_numpy, answer)
        answer = left @ right.T
    return np.linalg.norm(answer - truth) / np.linalg.norm(truth)


def row(peer, size, rank, settings, target):
    return Row(
        name=f"sensing/completion-{peer}",
        task=f"rank {rank} of {size} x {size} to 1e-8, entries seen: 8 for each unknown",
        peer=peer,
        data=holes(size, rank),
        labkit=labkit("exact", 2e-9),
        settings=settings,
        error=error,
        error_name="relative error of the matrix",
        as_good_as=1e-8,
        target=target,
    )


ROWS = [
    row(
        "fancyimpute",
        500,
        5,
        {
            f"rate {rate:g}, {n} rounds": fancyimpute(rate, n)
            for rate, n in ((0.01, 50), (0.03, 25), (0.03, 30))
        },
        0.01,
    ),
    row(
        "pymanopt",
        1000,
        10,
        {
            f"{name}, tol {tol:g}": pymanopt(name, tol)
            for name in ("ConjugateGradient", "SteepestDescent")
            for tol in (1e-9, 3e-9, 1e-8)
        },
        0.5,
    ),
    row("spalor", 1000, 10, {"MC": spalor}, 0.5),
]
