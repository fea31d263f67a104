"""Cardinality-aware scores: what a column of categories says, less what its many values would say.

The more values a column has, the more it seems to know of the target: with one value a row it
knows everything, and nothing. So the same is measured against a target that was shifted along the
rows, and only what is left counts.

Papers: outrank-speeding-up-automl.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.arrays import Array, array_namespace, from_numpy, to_numpy
from labkit.checks import check_array, check_matrix, check_same_device
from labkit.random import Rng, as_generator


@dataclass(frozen=True)
class CardinalityAwareScores:
    """Scores of columns, in nats.

    Attributes
    ----------
    scores : Array, shape (n_features,)
        About the mutual information with the target; around 0, and below it half of the time, for
        a column that knows nothing.
    mutual_information : Array, shape (n_features,)
        The plain estimate from the same counts, which grows with the number of values.
    cardinalities : Array of int64, shape (n_features,)
        Different values of each column.
    """

    scores: Array
    mutual_information: Array
    cardinalities: Array


def cardinality_aware_scores(
    X: Array, y: Array, *, permute: bool = True, rng: Rng = None
) -> CardinalityAwareScores:
    r"""Score each column by how much better it predicts the target than a shifted target.

    .. math:: s(X, Y) = H(Y' \mid X) - H(Y \mid X), \qquad
              H(Y \mid X) = - \sum_{v \,:\, n_v > 1} \sum_y \frac{n_{vy}}{n} \log \frac{n_{vy}}{n_v}

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Categories as numbers: equal numbers are one value, their size does not count. A column of
        measurements has about one value a row and scores about 0: round it first.
    y : Array, shape (n_samples,)
        The target's classes, as numbers.
    permute : bool
        Whether the rows are put in random order first. Without it the shift is no null unless they
        already are: in a table sorted by target or time, the shifted target is the target again.
    rng : int, Generator or None
        Draws the order; the scores of noise change with it by their standard deviation, below.

    Returns
    -------
    CardinalityAwareScores
        Of the caller's library and precision.

    Raises
    ------
    TypeError, ValueError
        For bad values; lengths that differ; fewer than two rows.

    Notes
    -----
    Host: counting of categories, which the array standard does not have.

    1. Put the rows in random order.
    2. For each column count how often value v and class y meet, n_vy, and value v, n_v.
    3. Shift: a row with value v gets the class that stands n_v rows above it, around the end. Count
       again.
    4. Values that occur once are left out of both entropies; score their difference. The target's
       own entropy cancels.

    n log n for a column of n rows, no matter how many values. A column of c values that knows
    nothing has a plain information of about (c - 1)(k - 1) / 2n for k classes; its score has mean 0
    and a standard deviation of about the root of (c - 1)(k - 1), over n: two draws of that
    information, subtracted. This is the score of the authors' program, where the shift by n_v is a
    fast stand-in for a permutation; there the rows stay in their order. Left out: scores of pairs
    of columns, redundancy, the heuristics that search with them, and subsampling of rows.

    scikit-learn's ``adjusted_mutual_info_score`` subtracts the exact mean under permutations, with
    less variance, at c k n; it also divides by entropies, which ranks a column with many values
    lower at the same information.

    References
    ----------
    Skrlj, Mramor: OutRank: speeding up AutoML-based model search for large sparse data sets with
    cardinality-aware feature ranking, RecSys (2023).

    Notebook: ``notebooks/sampling/08_feature_ranking.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.arange(1000) % 2
    >>> X = np.stack([y, np.arange(1000)], axis=1)  # the target itself, and a number for each row
    >>> cardinality_aware_scores(X, y, rng=0).scores.round(1).tolist()
    [0.7, 0.0]
    """
    X = check_matrix(X, "X", min_samples=2)
    y = check_array(y, "y", n_dims=1)
    check_same_device(X=X, y=y)
    n, n_features = X.shape
    if y.shape[0] != n:
        raise ValueError(f"y must have {n} entries, one for each row of X, got {y.shape[0]}")
    table, classes = to_numpy(X), np.unique(to_numpy(y), return_inverse=True)[1]
    if permute:  # step 1
        order = as_generator(rng).permutation(n)
        table, classes = table[order], classes[order]
    n_classes = int(classes.max()) + 1
    share = np.bincount(classes) / n
    entropy = -float(np.sum(share * np.log(share)))
    rows = np.arange(n)
    scores, information = np.zeros(n_features), np.zeros(n_features)
    cardinalities = np.zeros(n_features, dtype=np.int64)
    for j in range(n_features):
        value = np.unique(table[:, j], return_inverse=True)[1]
        times = np.bincount(value)
        shifted = classes[rows - times[value]]  # step 3; a negative place counts from the end
        known = _conditional_entropy(value, classes, times, n_classes)
        scores[j] = _conditional_entropy(value, shifted, times, n_classes) - known  # step 4
        information[j] = entropy - known  # a value that occurs once leaves no doubt
        cardinalities[j] = len(times)
    xp = array_namespace(X)
    return CardinalityAwareScores(
        xp.astype(from_numpy(scores, like=X), X.dtype, copy=False),
        xp.astype(from_numpy(information, like=X), X.dtype, copy=False),
        from_numpy(cardinalities, like=X),
    )


def _conditional_entropy(
    value: np.ndarray, classes: np.ndarray, times: np.ndarray, n_classes: int
) -> float:
    """Return the entropy of the classes given the value, in nats; once-only values add nothing."""
    met = np.bincount(value * n_classes + classes, minlength=len(times) * n_classes)  # step 2
    cells = np.flatnonzero(met)
    counts = met[cells]
    return float(-np.sum(counts * np.log(counts / times[cells // n_classes])) / len(value))
