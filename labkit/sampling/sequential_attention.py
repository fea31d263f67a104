"""Select features one by one: those not yet chosen compete for attention, and the winner stays.

Every feature gets two weights that are multiplied, an attention and a coefficient, and a ridge on
both. The product of two ridges is a lasso, so nearly all features lose.

Papers: sequential-attention-feature-selection.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_array, check_count, check_matrix, check_real, check_same_device


@dataclass(frozen=True)
class AttentionState:
    """One round of `sequential_attention`.

    Attributes
    ----------
    selected : tuple of int
        Features chosen so far, in order.
    attention : Array, shape (n_features,)
        w, not negative; zero for the features chosen.
    coefficients : Array, shape (n_features,)
        beta. Feature j enters the fit with ``attention[j] * coefficients[j]``, where columns and y
        have length one.
    residual : float
        Length of what the chosen features leave of y, over that of y.
    n_solves : int
        Linear systems solved so far.
    """

    selected: tuple[int, ...]
    attention: Array
    coefficients: Array
    residual: float
    n_solves: int


def sequential_attention(
    X: Array,
    y: Array,
    *,
    n_selected: int,
    slack: float = 0.01,
    tol: float = 1e-3,
    max_iterations: int = 500,
) -> Iterator[AttentionState]:
    r"""Return a generator of rounds in which features compete, until enough are chosen.

    .. math:: \min_{w, \beta} \; \tfrac12 \| P_S (y - X (w \circ \beta)) \|^2
              + \tfrac\lambda2 \bigl( \|w\|^2 + \|\beta\|^2 \bigr), \qquad
              \lambda = (1 - s) \max_j | x_j^\top P_S y |

    with P_S the projection off the features S chosen before; they are not penalised.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        Features in columns, used at length one; no intercept, so centre them first. Columns of
        zeros are never chosen.
    y : Array, shape (n_samples,)
        Target, on the device of X.
    n_selected : int
        Features to choose, up to the smaller side of X.
    slack : float
        s, above 0 and below 1: how far the penalty lies below the one at which all attention
        vanishes. Near 0 the choice is that of orthogonal matching pursuit; far from 0 it is the
        largest coefficient of a lasso.
    tol : float
        Choose when a round changes no product ``w * beta`` by more than this times the largest.
    max_iterations : int
        Rounds before a choice is forced, at least 1.

    Returns
    -------
    iterator of AttentionState
        First the start, then one state a round; those with one more feature selected hold the
        weights that chose it. It ends when `n_selected` are chosen, or when no feature is
        correlated with what is left beyond rounding: then fewer are.

    Raises
    ------
    TypeError, ValueError
        For bad values, shapes that do not fit, or arrays on different devices.

    Notes
    -----
    Portable.

    1. Bring columns and y to length one. c = X' P_S y, ``lambda = (1 - s) max |c|``.
    2. Start all attention at ``sqrt(s max |c|)``, about the height at which the winner ends.
    3. A round: solve the ridge regression for beta at the given w, then for w at that beta.
    4. When nothing moves, choose the largest ``|w * beta|``; project its column out of X and of y;
       start again at step 1.

    Why it is a lasso: with u = w beta given, ``(w^2 + beta^2) / 2`` is least at ``|w| = |beta|``,
    where it is ``|u|``. Why the lasso is a pursuit: at ``s = 0`` all u vanish, and just below only
    the feature j with the largest |c_j| is in it, with ``u_j = s |c_j| / |P_S x_j|^2`` up to sign.
    The others stay out as long as ``|c_k| + s |c_j| / |P_S x_j| < (1 - s) |c_j|``: so the choice is
    the pursuit's, certainly, whenever its winner leads by ``1 - |c_k| / |c_j| > s (1 + 1 / |P_S
    x_j|)``.

    While all products are small a round multiplies each w_j by about ``(c_j / lambda)^2``: a power
    iteration, which is slow where two features are nearly equal. Two systems of n_features
    equations a round. As fast a way to the same features is to look at c alone.

    The regularised linear sequential attention of Yasuda et al. (2023), section 3 as summarised
    elsewhere. Their algorithm 1, which trains a network once, with a softmax of the logits of the
    features not yet chosen, is left out; descent is replaced by exact alternating minimisation.

    References
    ----------
    Yasuda, Bateni, Chen, Fahrbach, Fu, Mirrokni: Sequential attention for feature selection, ICLR
    (2023).

    Pati, Rezaiifar, Krishnaprasad: Orthogonal matching pursuit, Asilomar (1993).

    Notebook: ``notebooks/sampling/07_sequential_attention.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((50, 8))
    >>> *_, last = sequential_attention(X, 3 * X[:, 5] - 2 * X[:, 1], n_selected=2)
    >>> last.selected, round(last.residual, 6)
    ((5, 1), 0.0)
    """
    X = check_matrix(X)
    y = check_array(y, "y", n_dims=1)
    check_same_device(X=X, y=y)
    if y.shape[0] != X.shape[0]:
        raise ValueError(f"y must hold {X.shape[0]} numbers, one a sample, got {y.shape[0]}")
    check_count(n_selected, "n_selected", 1, min(X.shape))
    s = check_real(slack, "slack", 0.0, 1.0, open_low=True, open_high=True)
    tol = check_real(tol, "tol", 0.0)
    check_count(max_iterations, "max_iterations", 1)

    def states() -> Iterator[AttentionState]:
        xp = array_namespace(X)
        left, rest = _unit_columns(X), xp.astype(y, X.dtype)  # step 1
        largest_y = float(xp.max(xp.abs(rest)))
        rest = rest / (largest_y or 1.0)
        whole = math.sqrt(float(xp.sum(rest * rest)))
        rest = rest / (whole or 1.0)
        floor = 10 * math.sqrt(X.shape[0]) * eps(X)
        selected: tuple[int, ...] = ()
        residual, n_solves = (1.0 if whole > 0 else 0.0), 0
        w = beta = xp.zeros_like(left[0, :])
        while len(selected) < n_selected:
            c = xp.matrix_transpose(left) @ rest
            highest = float(xp.max(xp.abs(c)))
            w = math.sqrt(s * highest) * xp.astype(c != 0, c.dtype)  # step 2
            if not selected:
                yield AttentionState(selected, w, beta, residual, n_solves)
            if highest <= floor:
                return
            gram = xp.matrix_transpose(left) @ left
            products, at_rest, n_rounds = xp.zeros_like(c), False, 0
            while not at_rest:
                beta = _ridge(gram, c, w, (1 - s) * highest)  # step 3
                w = _ridge(gram, c, beta, (1 - s) * highest)
                before, products = products, w * beta
                n_rounds, n_solves = n_rounds + 1, n_solves + 2
                change = xp.max(xp.abs(products - before)) <= tol * xp.max(xp.abs(products))
                at_rest = n_rounds == max_iterations or bool(change)
                if not at_rest:
                    yield AttentionState(selected, w, beta, residual, n_solves)
            winner = int(xp.argmax(xp.abs(products)))  # step 4
            q = left[:, winner] / xp.sqrt(xp.sum(left[:, winner] ** 2))
            rest = rest - q * xp.sum(q * rest)
            left = _without(left, q, floor)
            selected = (*selected, winner)
            residual = math.sqrt(float(xp.sum(rest * rest)))
            yield AttentionState(selected, w, beta, residual, n_solves)

    return states()


def _unit_columns(X: Array) -> Array:
    xp = array_namespace(X)
    largest = xp.max(xp.abs(X), axis=0)
    X = X / xp.where(largest > 0, largest, xp.ones_like(largest))
    lengths = xp.sqrt(xp.sum(X * X, axis=0))
    return X / xp.where(lengths > 0, lengths, xp.ones_like(lengths))


def _ridge(gram: Array, c: Array, scale: Array, penalty: float) -> Array:
    """Return the minimiser over v of the fit with weights ``scale * v`` and a ridge on v."""
    xp = array_namespace(gram)
    system = scale[:, None] * gram * scale[None, :] + penalty * xp.eye(
        c.shape[0], dtype=c.dtype, device=device(c)
    )
    return xp.linalg.solve(system, scale * c)


def _without(left: Array, q: Array, floor: float) -> Array:
    """Project q out of the columns, twice for rounding; what is only rounding becomes zero."""
    xp = array_namespace(left)
    for _ in range(2):
        left = left - q[:, None] * (q @ left)[None, :]
    kept = xp.sum(left * left, axis=0) > floor * floor
    return xp.where(kept[None, :], left, xp.zeros_like(left))
