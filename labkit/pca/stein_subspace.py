"""The directions of the features that a response looks at, whatever it does with them.

A response that depends on a few linear combinations of the features only, through functions that
nobody knows, still betrays the combinations: by Stein's lemma averages of the response, weighted
with the score of the features' distribution, are averages of the unknown functions' derivatives,
and those lie in the span that is looked for.

Papers: nonlinear-multiple-response-regression.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_array, check_count, check_matrix, check_same_device
from labkit.linalg import fix_signs
from labkit.pca._scale import power_of_two
from labkit.pca.results import Subspace


def stein_subspace(
    X: Array,
    Y: Array,
    *,
    n_components: int,
    order: int = 1,
    scores: Array | None = None,
    score_jacobians: Array | None = None,
) -> Subspace:
    r"""Estimate the span of B in ``y = f(B^T x) + noise`` without knowing f.

    .. math:: E[s(x)\, y^\top] = B\, E[\nabla f], \qquad
              E[\bar y\, (s s^\top - \nabla s)] = B\, E[\nabla^2 \bar f]\, B^\top, \qquad
              s(x) = -\nabla \log P(x), \quad \bar y = \tfrac1q \sum_j y_j

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The features. Without `scores` their columns must be linearly independent once centred,
        so that ``n_samples > n_features``.
    Y : Array, shape (n_samples, n_responses)
        The responses; only their deviations from their means count.
    n_components : int
        Columns of B, from 1 to ``n_features``; for order 1 no more than there are responses.
    order : {1, 2}
        First or second derivatives of f. An even f has first derivatives that average to zero, a
        linear one has no second ones: each order is blind to what the other sees best.
    scores : Array, shape (n_samples, n_features), optional
        The score s at each sample. By default that of a normal distribution with the mean and
        the covariance of X.
    score_jacobians : Array, shape (n_samples, n_features, n_features), optional
        The derivatives of s at each sample, for order 2 with `scores`.

    Returns
    -------
    Subspace
        `values` holds the singular values of the moment for order 1; for order 2 its eigenvalues,
        by magnitude, with their signs: how the mean response curves along each direction.
        The objective is the share of the columns in the sum of the squares of all, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for shapes that do not agree; for dependent columns
        of X without `scores`; for `scores` without `score_jacobians` at order 2.

    Notes
    -----
    Portable. With the QR decomposition ``Q R`` of the centred X, the default score of all samples
    is ``n Q R^-T``.

    1. Centre the responses. Neither expectation changes, since s and ``s s^T - grad s`` have mean
       zero, but the averages then have less noise; at order 2 without `scores` the constant
       ``grad s`` drops out.
    2. Order 1, Algorithm 1: the leading left singular vectors of ``M = mean_i s_i y_i^T``.
    3. Order 2, Algorithm 2: with the mean response w of each sample, the eigenvectors of largest
       magnitude of ``M = mean_i w_i (s_i s_i^T - grad s_i)``.

    The paper does not centre the responses in Algorithm 1. Its score estimators beyond the normal
    plug-in (a t or hyperbolic fit, a network) and its semi-supervised average are left out: hand
    in `scores`. At order 1 the default is least squares: the SVD of the coefficient matrix (the
    paper's Remark I.1). The default also has less error than the true score for normal X, since
    the deviations of the sample covariance cancel against those of the moment.

    Order 2 averages second derivatives over the responses, and those of opposite curvature
    cancel; pass one response at a time where signs are mixed. The paper bounds the error by
    multiples of sqrt(r p / n) at order 1 and of p r / sqrt(n) at order 2, for r directions; for
    normal x and even links the notebook derives sqrt(p r / n) at order 2 too, and measures its
    constant.
    2 n p^2 + n p q flops, and n p^2 more at order 2.

    Prefer `principal_components` where there are no responses. For normal x and y = x the paper
    (Theorem 2.4) gets the PCA space; with the default score the moment is then the identity
    matrix, and the answer arbitrary.

    References
    ----------
    Tian, Wu, Feng: Nonlinear multiple response regression and learning of latent spaces,
    arXiv 2503.21608 (2025).

    Notebook: ``notebooks/pca/10_labels.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((2000, 3))
    >>> Y = X[:, :1] ** 2  # even: invisible to order 1
    >>> found = stein_subspace(X, Y, n_components=1, order=2)
    >>> (found.basis[:, 0] ** 2).round(1).tolist()
    [1.0, 0.0, 0.0]
    """
    X, Y = check_matrix(X, "X", min_samples=2), check_matrix(Y, "Y")
    check_count(order, "order", 1, 2)
    n_samples, n_features = X.shape
    largest = min(n_features, Y.shape[1]) if order == 1 else n_features
    k = check_count(n_components, "n_components", 1, largest)
    check_same_device(X=X, Y=Y)
    if Y.shape[0] != n_samples:
        raise ValueError(f"Y must have {n_samples} rows like X, got shape {tuple(Y.shape)}")
    xp = array_namespace(X, Y)

    if score_jacobians is not None:
        shape = (n_samples, n_features, n_features)
        score_jacobians = _checked(score_jacobians, "score_jacobians", X, shape)
    if (score_jacobians is not None and scores is None) or (
        score_jacobians is None and scores is not None and order == 2
    ):
        seen = "scores alone at order 2" if score_jacobians is None else "them alone"
        raise ValueError(f"score_jacobians must come with scores, got {seen}")
    S = _normal_scores(X) if scores is None else _checked(scores, "scores", X, tuple(X.shape))

    scale = power_of_two(Y)
    Y = Y / scale
    Y = Y - xp.mean(Y, axis=0)  # step 1
    if order == 1:
        U, values, _ = xp.linalg.svd(_mean_product(S, Y), full_matrices=False)  # step 2
        basis = U[:, :k]
    else:
        w = xp.mean(Y, axis=1)
        M = _mean_product(S, S * w[:, None])  # step 3
        if score_jacobians is not None:
            M = M - xp.tensordot(w, score_jacobians, axes=1) / n_samples
        values, V = xp.linalg.eigh((M + xp.matrix_transpose(M)) / 2)
        leading = xp.argsort(xp.abs(values), descending=True, stable=True)
        basis, values = xp.take(V, leading[:k], axis=1), xp.take(values, leading)
    total = float(xp.sum(values**2))
    values = values[:k]
    share = float(xp.sum(values**2)) / total if total > 0 else 0.0
    return Subspace(
        basis=xp.matrix_transpose(fix_signs(xp.matrix_transpose(basis))),
        values=values * scale,
        objective_history=(share,),
        n_iterations=0,
        converged=True,
    )


def _normal_scores(X: Array) -> Array:
    """Return the scores of a normal distribution with the mean and the covariance of X."""
    xp = array_namespace(X)
    n_samples, n_features = X.shape
    magnitude = xp.max(xp.abs(X), axis=0)
    magnitude = xp.where(magnitude > 0, magnitude, 1.0)
    Xc = X / magnitude
    Xc = Xc - xp.mean(Xc, axis=0)
    lengths = xp.sqrt(xp.sum(Xc**2, axis=0))
    rounding = 8 * eps(X) * math.sqrt(n_samples)  # what is left of a constant column
    shortest = float(xp.min(lengths))
    if independent := n_samples > n_features and shortest > rounding:
        Q, R = xp.linalg.qr(Xc / lengths)
        s = xp.linalg.svdvals(R)
        independent = float(s[-1]) > n_features * rounding / shortest * float(s[0])
    if not independent:
        raise ValueError(
            "X must have linearly independent columns once centred, unless scores are given, got "
            f"dependent ones of shape {tuple(X.shape)}"
        )
    solved = xp.linalg.solve(R, xp.matrix_transpose(Q))
    return xp.matrix_transpose(solved) * (n_samples / (lengths * magnitude))


def _mean_product(S: Array, Y: Array) -> Array:
    return array_namespace(S, Y).matrix_transpose(S) @ Y / S.shape[0]


def _checked(x: Array, name: str, X: Array, shape: tuple[int, ...]) -> Array:
    x = check_array(x, name, n_dims=len(shape))
    check_same_device(X=X, **{name: x})
    if tuple(x.shape) != shape:
        raise ValueError(f"{name} must have shape {shape} to go with X, got shape {tuple(x.shape)}")
    return x
