"""Sensing problems whose answer is known."""

from __future__ import annotations

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_choice, check_count
from labkit.random import Rng, as_generator
from labkit.sensing import DenseMeasurements, RankOneMeasurements, SensingProblem

KINDS = ("symmetric", "gaussian", "rank-one")


def sensing_problem(
    singular_values: Array,
    *,
    n_rows: int,
    n_measurements: int,
    n_columns: int | None = None,
    kind: str = "symmetric",
    rng: Rng = None,
) -> SensingProblem:
    """Draw a matrix with given singular values, and random measurements of it.

    Parameters
    ----------
    singular_values : Array, shape (rank,)
        Of the truth; not negative, rank at most the smaller side.
    n_rows : int
        Of the truth.
    n_measurements : int
        m.
    n_columns : int, optional
        Of the truth; as many as rows if not given. A symmetric truth has as many.
    kind : {"symmetric", "gaussian", "rank-one"}
        ``"symmetric"``: a positive semidefinite truth, Gaussian measurement matrices made
        symmetric. ``"gaussian"``: two independent bases and Gaussian matrices. ``"rank-one"``: the
        same truth, measurement matrices that are products of two Gaussian vectors.
    rng : int, Generator or None
        Draws truth and measurements.

    Returns
    -------
    SensingProblem
        Without noise. Measurements are scaled by ``1 / sqrt(m)``: on average ``|A(X)|^2`` is
        ``|X|_F^2`` for any X, or any symmetric X.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host. `labkit.arrays.move` does not know problems: move `A`'s arrays
    and `b`.

    Examples
    --------
    >>> problem = sensing_problem([2.0, 1.0], n_rows=5, n_measurements=40, rng=0)
    >>> np.linalg.eigvalsh(problem.truth).round(12)[-2:].tolist()
    [1.0, 2.0]
    """
    s = to_numpy(check_array(singular_values, "singular_values", n_dims=1)).astype(np.float64)
    if np.any(s < 0):
        raise ValueError(f"singular_values must not be negative, got {s.min()}")
    check_choice(kind, "kind", KINDS)
    check_count(n_rows, "n_rows", len(s))
    m = check_count(n_measurements, "n_measurements", 1)
    n_columns = n_rows if n_columns is None else check_count(n_columns, "n_columns", len(s))
    if kind == "symmetric" and n_columns != n_rows:
        raise ValueError(f"n_columns must be n_rows for a symmetric truth, got {n_columns}")
    generator = as_generator(rng)
    U = np.linalg.qr(generator.standard_normal((n_rows, len(s))))[0]
    V = (
        U
        if kind == "symmetric"
        else np.linalg.qr(generator.standard_normal((n_columns, len(s))))[0]
    )
    truth = (U * s) @ V.T
    A: DenseMeasurements | RankOneMeasurements
    if kind == "rank-one":
        left = generator.standard_normal((m, n_rows)) / np.sqrt(m)
        A = RankOneMeasurements(left, generator.standard_normal((m, n_columns)))
    else:
        G = generator.standard_normal((m, n_rows, n_columns)) / np.sqrt(m)
        G = (G + G.transpose(0, 2, 1)) / 2 if kind == "symmetric" else G
        A = DenseMeasurements(G.reshape(m, -1), (n_rows, n_columns))
    return SensingProblem(A, A.apply(truth), truth)
