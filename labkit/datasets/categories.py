"""Tables of categories in which some columns say something of a target, and how much is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


@dataclass(frozen=True)
class CategoricalTable:
    """A table and what its columns know.

    Attributes
    ----------
    X : ndarray of int64, shape (n_samples, n_columns)
        Categories as numbers from 0.
    y : ndarray of int64, shape (n_samples,)
        The target, 0 or 1.
    information : ndarray, shape (n_columns,)
        The mutual information of each column and the target in the law that was drawn from, in
        nats; 0 for noise.
    """

    X: np.ndarray
    y: np.ndarray
    information: np.ndarray


def categorical_table(
    informative: Sequence[int],
    uninformative: Sequence[int],
    *,
    n_samples: int,
    strength: float = 0.6,
    rng: Rng = None,
) -> CategoricalTable:
    r"""Draw a fair target, columns that lean on it, and columns that do not.

    .. math:: P(x_j = v \mid y) \propto e^{\pm s z_{jv} / 2}, \qquad y = 0, 1

    Parameters
    ----------
    informative : sequence of int
        Numbers of values of the informative columns, each from 2 up. They come first, and are
        independent given the target.
    uninformative : sequence of int
        Numbers of values of the noise columns, each from 1 up, all values alike.
    n_samples : int
        Rows, in random order.
    strength : float
        s, from 0 up: the logarithm of the odds that a value speaks for the target, for a typical
        value. Information grows with its square, at 0.6 to about 0.04 nats.
    rng : int, Generator or None
        Draws all.

    Returns
    -------
    CategoricalTable
        With the informative columns first.

    Raises
    ------
    TypeError, ValueError
        For bad values; no column at all.

    Notes
    -----
    Host: data are made on the host.

    The z of a column are evenly spaced with mean 0 and variance 1, so that columns with the same
    number of values know the same, and in random order: the numbers of categories mean nothing.

    Examples
    --------
    >>> table = categorical_table([2, 3], [50], n_samples=100, rng=0)
    >>> table.X.shape, table.information.round(3).tolist()
    ((100, 3), [0.043, 0.043, 0.0])
    """
    few = [check_count(c, "informative", 2) for c in informative]
    many = [check_count(c, "uninformative", 1) for c in uninformative]
    if not few and not many:
        raise ValueError("informative and uninformative must name at least one column, got none")
    n = check_count(n_samples, "n_samples", 1)
    s = check_real(strength, "strength", 0.0)
    draw = as_generator(rng)
    y = (draw.random(n) < 0.5).astype(np.int64)
    columns, information = [], []
    for c in few:
        z = draw.permutation(np.linspace(-1, 1, c))
        z /= z.std()
        law = np.exp(np.outer([-0.5 * s, 0.5 * s], z))
        law /= law.sum(axis=1, keepdims=True)
        information.append(float(np.sum(law * np.log(law / law.mean(axis=0))) / 2))
        columns.append(np.sum(draw.random(n)[:, None] > np.cumsum(law, axis=1)[y, :-1], axis=1))
    columns += [draw.integers(0, c, n) for c in many]
    X = np.array(columns, dtype=np.int64).reshape(len(columns), n).T
    return CategoricalTable(X, y, np.array(information + [0.0] * len(many)))
