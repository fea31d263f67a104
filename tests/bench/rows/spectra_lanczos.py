"""The density of a Hessian's eigenvalues from products alone, against all eigenvalues."""

from __future__ import annotations

from functools import partial

import numpy as np

from tests.bench.measure import Row

PORTION = 200  # products at a time, so that what is kept between layers stays small


def network(quick):
    """Return a network on digits at its start, and the density that its eigenvalues have."""
    from labkit.datasets import digits
    from labkit.networks import initial_parameters

    images = digits()
    X = (images.X[:500] - images.X.mean(axis=0)) / images.X.std() / 4
    targets = 0.9 * np.eye(10)[images.labels[:500]] + 0.01
    widths = (64, 8 if quick else 32, 10)
    (W, b), (V, c) = initial_parameters(widths, like=X, rng=0)
    data = {"W": W, "b": b, "V": V, "c": c, "X": X, "targets": targets}
    values = exact(data, smooth=False)
    width = np.ptp(values) / 50
    grid = np.linspace(values[0] - 4 * width, values[-1] + 4 * width, 400)
    return {**data, "grid": grid, "width": width, "truth": smoothed(values, grid, width)}


def smoothed(values, grid, width):
    bumps = np.exp(-(((grid[:, None] - values) / width) ** 2) / 2)
    return bumps.mean(axis=1) / (width * np.sqrt(2 * np.pi))


def layers(data):
    return [(data["W"], data["b"]), (data["V"], data["c"])]


def product(data):
    from labkit.networks import hessian_product

    return partial(hessian_product, layers(data), data["X"], data["targets"])


def exact(data, *, smooth=True):
    """Form the whole matrix and diagonalise it."""
    from labkit.networks import flatten

    identity = np.eye(len(flatten(layers(data))))
    rows = [
        product(data)(part.T).T
        for part in np.split(identity, range(PORTION, len(identity), PORTION))
    ]
    values = np.linalg.eigvalsh(np.concatenate(rows))
    return smoothed(values, data["grid"], float(data["width"])) if smooth else values


def labkit(data, n_probes=8, n_steps=60):
    from labkit.networks import flatten
    from labkit.spectra import lanczos_density

    found = lanczos_density(
        product(data), flatten(layers(data)), grid=data["grid"], resolution=float(data["width"]),
        n_probes=n_probes, n_steps=n_steps, rng=1,
    )  # fmt: skip
    return found.density


def error(answer, data):
    """Return the area between the densities: 0 to 2."""
    answer = answer[0] if isinstance(answer, tuple) else answer
    return np.sum(np.abs(answer - data["truth"])) * (data["grid"][1] - data["grid"][0])


def at(n_probes, n_steps):
    return lambda data: (labkit(data, n_probes, n_steps), n_probes * n_steps)


ROWS = [
    Row(
        name="spectra/lanczos-density",
        task="density of the 2410 eigenvalues of a network's Hessian",
        peer="scikit-learn",
        data=network,
        labkit=labkit,
        settings={"all products, then LAPACK": exact},
        error=error,
        error_name="area between the density and the exact one",
        as_good_as=0.1,
        target=0.5,
        curve={
            f"labkit, {m} starts of {k} products": at(m, k)
            for m, k in ((1, 60), (2, 60), (4, 60), (16, 60), (8, 15), (8, 30), (8, 120))
        },
    )
]
