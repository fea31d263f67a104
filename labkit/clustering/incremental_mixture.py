"""An incremental Gaussian mixture: clusters that grow with a stream, each point seen once.

A point that no component expects becomes a component. Any other point moves all components a
little, each by its share in the point. The inverse of a covariance is all that a component needs,
and it is kept up to date directly: a matrix of rank one is added, and nothing is ever inverted.

Papers: fast-incremental-gaussian-mixture, scalable-incremental-learning-gaussian.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, array_namespace, to_numpy
from labkit.checks import check_array, check_choice, check_matrix, check_real, check_same_device

ROUTES = ("one step", "two steps", "covariance")
RULES = ("guarded", "exact", "paper")
TURN = (3 - 5**0.5) / 2
"""Where 1 - 3 w + w^2 becomes negative, 0.382."""


@dataclass(frozen=True)
class IncrementalMixture:
    """A Gaussian mixture after some points of a stream.

    Attributes
    ----------
    means : Array, shape (n_components, n_features)
        In the order in which the components were made.
    precisions : Array, shape (n_components, n_features, n_features)
        Inverse covariances.
    log_determinants : Array, shape (n_components,)
        Logarithms of the absolute determinants of the covariances.
    signs : Array, shape (n_components,)
        Signs of the determinants. Minus one, possible only with the paper's rule, belongs to a
        matrix with a negative eigenvalue: no covariance, and no density.
    weights : Array, shape (n_components,)
        Points that each component has taken up, in shares; they add up to n_samples.
    covariances : Array, shape (n_components, n_features, n_features), or None
        On the covariance route alone.
    n_samples : int
        Points seen.
    n_multiplications : int
        Spent so far; the Notes of `incremental_mixture` say how they are counted.
    """

    means: Array
    precisions: Array
    log_determinants: Array
    signs: Array
    weights: Array
    covariances: Array | None
    n_samples: int
    n_multiplications: int


def incremental_mixture(
    X: Array,
    *,
    initial_variances: Array,
    gate: float | None = None,
    route: str = "one step",
    rule: str = "guarded",
    mixture: IncrementalMixture | None = None,
) -> Iterator[IncrementalMixture]:
    r"""Return a generator of mixtures, one after each point.

    .. math:: \mu \leftarrow \mu + w e, \qquad
              \Lambda^{-1} \leftarrow (1 - w) \Lambda^{-1} + a\, e e^\top,
              \qquad a = w (1 - 3 w + w^2), \quad e = x - \mu

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The stream, in the order in which it comes.
    initial_variances : Array, shape (n_features,)
        Diagonal of the covariance of a new component. With one tenth of a column's spread,
        squared, components are many and small; with the variances of the data they are few.
    gate : float, optional
        A point whose squared Mahalanobis distance to every component is at least this becomes a
        component, as all points do with 0. A quantile of chi squared, n_features degrees of
        freedom, is what a component expects. None: never, one Gaussian for the whole stream.
    route : {"one step", "two steps", "covariance"}
        Change the precision by one matrix of rank one, by two, or invert the covariance anew.
    rule : {"guarded", "exact", "paper"}
        The number a. ``"exact"`` is w (1 - w), which gives the sample covariance. ``"paper"`` is
        as above; it is negative for w > 0.382, as at the second point of a component, and what is
        left need not be a covariance. ``"guarded"`` is the paper's up to there, exact beyond.
    mixture : IncrementalMixture, optional
        Where to go on: the last state of an earlier part of the stream.

    Returns
    -------
    iterator of IncrementalMixture
        One state for each point of X.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; with the paper's rule, at a point that leaves a singular
        matrix.

    Notes
    -----
    Portable. For each point x:

    1. Squared distances e^T Lambda e to all K components. Beyond the gate of each: a new component
       at x, with the initial variances and weight 1, and nothing else changes.
    2. Shares p of the components in x, from logarithms of densities times weights. Weights grow by
       p; w = p / weight.
    3. Means move by w e.
    4. One step: Lambda e is known from step 1, and by Sherman and Morrison the new Lambda is
       ``(Lambda - a / ((1 - w) f) Lambda e e^T Lambda) / (1 - w)``, f = 1 + a d^2 / (1 - w);
       the determinant is multiplied by (1 - w)^n_features f.
    5. Two steps: the same for + w e* e*^T, e* = (1 - w) e, and then for - delta delta^T, delta =
       w e; with the exact rule for + (1 - w) delta delta^T.
    6. Covariance: the formula above, an inverse and a determinant.

    Multiplications a point and component, D = n_features: D^2 + 2 D for steps 1 and 3; then
    2 D^2 + D, or 5 D^2 + 6 D, or D^3 + 2 D^2 + D, where the inverse is taken for D^3 and the
    determinant comes with it. Memory K D^2.

    The first paper (row 2) has the two steps, the second (row 326) the single one. All components
    learn from all points, as in the papers; the authors' program lets the likeliest learn alone.
    Pruning of old components with little weight is left out: drop their rows, and go on from what
    is left by ``mixture``. The guard is ours. `sklearn.mixture.GaussianMixture` fits the same model
    with all data in memory, better, in many passes.

    References
    ----------
    Pinto, Engel: A fast incremental Gaussian mixture model, PLOS ONE 10 (2015).

    Pinto, Engel: Scalable and incremental learning of Gaussian mixture models, arXiv 1701.03940
    (2017).

    Notebooks: ``notebooks/clustering/07_incremental_mixture.ipynb``,
    ``notebooks/clustering/08_streaming_regression.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [9.0], [1.0], [8.0], [2.0]])
    >>> *_, last = incremental_mixture(X, initial_variances=np.ones(1), gate=9.0)
    >>> last.means.round(2).tolist(), last.weights.round(2).tolist()
    ([[1.0], [8.5]], [3.0, 2.0])
    """
    X = check_matrix(X, "X")
    variances = check_array(initial_variances, "initial_variances", n_dims=1)
    check_same_device(X=X, initial_variances=variances)
    xp = array_namespace(X)
    D = X.shape[1]
    variances = _checked_variances(variances, X)
    gate = None if gate is None else check_real(gate, "gate", 0.0)
    check_choice(route, "route", ROUTES)
    check_choice(rule, "rule", RULES)
    if mixture is not None:
        check_mixture(mixture)
        check_same_device(X=X, mixture=mixture.means)
        if mixture.means.shape[1] != D:
            raise ValueError(f"mixture must have {D} features like X, got {mixture.means.shape[1]}")
        if route == "covariance" and mixture.covariances is None:
            raise ValueError("mixture must hold covariances on the covariance route, got None")
        X = xp.astype(X, mixture.means.dtype, copy=False)
        variances = xp.astype(variances, X.dtype, copy=False)

    def states() -> Iterator[IncrementalMixture]:
        state = mixture
        for i in range(X.shape[0]):
            x = X[i : i + 1, :]
            if state is None:
                state = _component(x, variances, route)
            else:
                e = x - state.means
                Le = (state.precisions @ e[:, :, None])[:, :, 0]
                distances = xp.sum(e * Le, axis=1)  # step 1
                if gate is not None and float(xp.min(distances)) >= gate:
                    state = _joined(state, _component(x, variances, route))
                else:
                    state = _updated(state, e, Le, distances, route, rule, i)
            yield state

    return states()


def check_mixture(mixture: Any) -> IncrementalMixture:
    """Return a mixture, or say what came instead of it.

    Parameters
    ----------
    mixture : object
        What a caller gave.

    Returns
    -------
    IncrementalMixture
        The same.

    Raises
    ------
    TypeError
        For anything else.
    """
    if not isinstance(mixture, IncrementalMixture):
        seen = " ".join(repr(mixture).split())[:60]
        raise TypeError(f"mixture must be an IncrementalMixture, got {seen}")
    return mixture


def _checked_variances(variances: Array, X: Array) -> Array:
    """Return variances in the precision of X, none so small that squares of X overflow."""
    xp = array_namespace(X)
    if variances.shape[0] != X.shape[1]:
        raise ValueError(
            f"initial_variances must have one entry a feature, {X.shape[1]}, "
            f"got {variances.shape[0]}"
        )
    finest = float(xp.finfo(X.dtype).smallest_normal) ** 0.5
    low, high = float(xp.min(variances)), float(xp.max(variances))
    if low < finest or high > 1 / finest:
        wrong = low if low < finest else high
        raise ValueError(
            f"initial_variances must lie in [{finest:.1g}, {1 / finest:.1g}], got {wrong:g}"
        )
    variances = xp.astype(variances, X.dtype, copy=False)
    furthest = float(xp.max(xp.abs(X) / variances**0.5))
    if furthest > finest**-0.5:
        raise ValueError(
            f"X must lie within {finest**-0.5:.1g} initial standard deviations of 0, "
            f"got {furthest:.1e}"
        )
    return variances


def _component(x: Array, variances: Array, route: str) -> IncrementalMixture:
    """Return a mixture of one component at a point."""
    xp = array_namespace(x)
    identity = xp.eye(x.shape[1], dtype=x.dtype, device=x.device)
    one = xp.ones_like(x[:, 0])
    return IncrementalMixture(
        means=x,
        precisions=(identity / variances)[None, :, :],
        log_determinants=xp.sum(xp.log(variances)) * one,
        signs=one,
        weights=one,
        covariances=(identity * variances)[None, :, :] if route == "covariance" else None,
        n_samples=1,
        n_multiplications=0,
    )


def _joined(state: IncrementalMixture, new: IncrementalMixture) -> IncrementalMixture:
    xp = array_namespace(new.means)
    K, D = state.means.shape
    old_covariances, new_covariances = state.covariances, new.covariances
    both = None
    if old_covariances is not None and new_covariances is not None:
        both = xp.concat([old_covariances, new_covariances])
    return IncrementalMixture(
        means=xp.concat([state.means, new.means]),
        precisions=xp.concat([state.precisions, new.precisions]),
        log_determinants=xp.concat([state.log_determinants, new.log_determinants]),
        signs=xp.concat([state.signs, new.signs]),
        weights=xp.concat([state.weights, new.weights]),
        covariances=both,
        n_samples=state.n_samples + 1,
        n_multiplications=state.n_multiplications + K * (D * D + D),
    )


def _updated(
    state: IncrementalMixture,
    e: Array,
    Le: Array,
    distances: Array,
    route: str,
    rule: str,
    i: int,
) -> IncrementalMixture:
    """Return the mixture after a point that it expected."""
    xp = array_namespace(e)
    K, D = e.shape
    log_p = xp.log(state.weights) - (state.log_determinants + distances) / 2
    p = xp.exp(log_p - xp.max(log_p))
    p = p / xp.sum(p)
    weights = state.weights + p
    w = p / weights  # step 2
    means = state.means + w[:, None] * e  # step 3
    rest = 1 - w
    a = w * rest
    if rule != "exact":
        a = xp.where((w > TURN) & (rule == "guarded"), a, w * (1 - 3 * w + w * w))
    covariances = state.covariances
    logs, signs = state.log_determinants, state.signs
    if route == "one step":
        factor = _nonzero(1 + a / rest * distances, rule, i)
        pull = a / (rest * factor)
        precisions = _minus(state.precisions, pull, Le) / rest[:, None, None]  # step 4
        logs = logs + D * xp.log1p(-w) + xp.log(xp.abs(factor))
        signs = signs * xp.sign(factor)
        cost = 2 * D * D + D
    elif route == "two steps":
        precisions = state.precisions / rest[:, None, None]
        logs = logs + D * xp.log1p(-w)
        second = rest if rule == "exact" else -xp.ones_like(w)
        if rule == "guarded":
            second = xp.where(w > TURN, rest, second)
        for b, v in ((w, rest[:, None] * e), (second, w[:, None] * e)):  # step 5
            Lv = (precisions @ v[:, :, None])[:, :, 0]
            factor = _nonzero(1 + b * xp.sum(v * Lv, axis=1), rule, i)
            precisions = _minus(precisions, b / factor, Lv)
            logs, signs = logs + xp.log(xp.abs(factor)), signs * xp.sign(factor)
        cost = 5 * D * D + 6 * D
    else:
        covariances = _minus(rest[:, None, None] * covariances, -a, e)
        signs, logs = xp.linalg.slogdet(covariances)
        _nonzero(signs, rule, i)
        precisions = xp.linalg.inv(covariances)  # step 6
        cost = D**3 + 2 * D * D + D
    return IncrementalMixture(
        means=means,
        precisions=precisions,
        log_determinants=logs,
        signs=signs,
        weights=weights,
        covariances=covariances,
        n_samples=state.n_samples + 1,
        n_multiplications=state.n_multiplications + K * (D * D + 2 * D + cost),
    )


def _minus(matrices: Array, b: Array, v: Array) -> Array:
    """Return ``M - b v v^T`` for each component."""
    return matrices - (b[:, None] * v)[:, :, None] * v[:, None, :]


def _nonzero(factor: Array, rule: str, i: int) -> Array:
    """Return what divides, or say at which point the paper's rule divides by zero."""
    if rule == "paper" and not to_numpy(factor).all():
        raise ValueError(f"rule 'paper' leaves a singular matrix at X[{i}], got determinant 0")
    return factor
