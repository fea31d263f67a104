"""All directions that tell twenty subclasses apart, against linear discriminants of subclasses."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row


def clouds(quick):
    """Return four classes of five clouds each, and the span that separates them."""
    rng = np.random.default_rng(0)
    n, p = (2000, 60) if quick else (20000, 500)
    groups = rng.integers(0, 20, n)
    X = rng.standard_normal((20, p))[groups] + rng.standard_normal((n, p)) * np.linspace(1, 3, p)
    X += rng.standard_normal(p)
    centred = X - X.mean(axis=0)
    indicators = np.eye(20)[groups]
    solved = np.linalg.lstsq(centred, indicators - indicators.mean(axis=0), rcond=None)[0]
    U, s, _ = np.linalg.svd(solved, full_matrices=False)
    return {"X": X, "labels": groups // 5, "subclasses": groups % 5, "truth": U[:, s > 1e-8 * s[0]]}


def labkit(data):
    from labkit.pca import subclass_directions

    found = subclass_directions(data["X"], data["labels"], data["subclasses"], penalty=1e-12)
    return found.basis


def discriminants(solver):
    def solve(data):
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

        model = LinearDiscriminantAnalysis(solver=solver)
        return model.fit(data["X"], 5 * data["labels"] + data["subclasses"]).scalings_[:, :19]

    return solve


def error(directions, data):
    from labkit.arrays import to_numpy
    from labkit.linalg import principal_angles

    return float(principal_angles(data["truth"], np.linalg.qr(to_numpy(directions))[0])[-1])


ROWS = [
    Row(
        name="pca/subclasses",
        task="all directions of 20 subclasses, 20000 x 500",
        peer="scikit-learn",
        data=clouds,
        labkit=labkit,
        settings={solver: discriminants(solver) for solver in ("svd", "eigen")},
        error=error,
        error_name="largest angle to the span of all directions",
        as_good_as=1e-9,
        target=0.7,
    )
]
