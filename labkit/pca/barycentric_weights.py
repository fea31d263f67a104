"""With which weights is a point the mean of given points? In flat and in curved space.

A point x is a weighted mean of reference points where the weighted tangents that lead from x to
them cancel. In flat space the weights are affine coordinates; on a sphere and in hyperbolic space
they are linear coordinates times one simple factor, and the points that have such weights fill the
sphere, or the plane, that the references span.

Papers: barycentric-subspace-analysis-manifolds.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_same_device
from labkit.pca._constant_curvature import check_points, metric, squared_distances


def barycentric_weights(X: Array, references: Array, *, geometry: str = "euclidean") -> Array:
    r"""Return the weights that make each point the mean of the references, as far as it can be.

    .. math:: \sum_i w_i \log_x(x_i) = 0, \qquad
              w_i \propto c_i \, \frac{\sin d_i}{d_i}, \quad x = \sum_i c_i x_i

    with d_i the distance of x and x_i, sinh in hyperbolic space, and 1 for the quotient in flat
    space.

    Parameters
    ----------
    X : Array, shape (n_points, n_coordinates)
        The points: any for ``"euclidean"``, unit vectors for ``"sphere"``; for ``"hyperbolic"``
        vectors of the hyperboloid ``-x[0]^2 + x[1]^2 + ... = -1`` with ``x[0] > 0``.
    references : Array, shape (n_references, n_coordinates)
        Independent points: no one of them in the span of the others.
    geometry : {"euclidean", "sphere", "hyperbolic"}
        The space.

    Returns
    -------
    Array, shape (n_points, n_references)
        Of unit length, since weights are homogeneous, and with a sum that is not negative. Divide
        by the sum where it is not zero. Points off the span get the weights of the nearest point
        of the span; zeros where every point of the span is as near.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`; for points off the sphere or the hyperboloid; for
        references that are dependent.

    Notes
    -----
    Portable.

    1. Linear coordinates c by least squares, in the inner product of the space (for flat space
       among coordinates that sum to one).
    2. The tangent from x to x_i is ``(d / sin d) (x_i - cos(d) x)`` on the sphere, with hyperbolic
       functions in hyperbolic space. Weighted, they cancel exactly if x is a combination of the
       x_i with coefficients w_i d_i / sin d_i, up to a factor. Hence w_i = c_i sin(d_i) / d_i.
    3. Scale to length one, the sum not negative.

    So the exponential barycentric subspace of the paper (its definition 3) lies in the linear span
    of the references, cut with the sphere or hyperboloid, and fills it but for two exceptions.
    On the sphere the weight of a reference vanishes at its antipode, where its tangent is not
    defined (its cut locus); and weights that sum to zero are no means. The paper completes the
    set with these points and calls it the affine span. Which of the points are minima of the
    weighted sum of squared distances, locally or globally (Karcher and Frechet barycentric
    subspaces), the weights alone do not say.

    References
    ----------
    Pennec: Barycentric subspace analysis on manifolds, Annals of Statistics 46 (2018).

    Notebook: ``notebooks/pca/07_barycentric_subspaces.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> east, north = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]
    >>> middle = [[np.cos(0.3), np.sin(0.3), 0.0]]
    >>> w = barycentric_weights(np.array(middle), np.array([east, north]), geometry="sphere")
    >>> bool(abs(w[0, 1] / w.sum() - 0.3 / (np.pi / 2)) < 1e-12)
    True
    """
    X = check_points(X, "X", geometry)
    references = check_points(references, "references", geometry)
    check_same_device(X=X, references=references)
    if X.shape[1] != references.shape[1]:
        raise ValueError(
            f"references must have {X.shape[1]} coordinates like X, got {references.shape[1]}"
        )
    xp = array_namespace(X, references)
    signs = metric(references, geometry)

    targets, basis = X, references
    if geometry == "euclidean":
        targets, basis = X - references[0, :], references[1:, :] - references[0, :]
    gram = (basis * signs) @ xp.matrix_transpose(basis)
    products = (targets * signs) @ xp.matrix_transpose(basis)
    _check_independent(gram)
    coordinates = xp.matrix_transpose(
        xp.linalg.solve(gram, xp.matrix_transpose(products))
    )  # step 1
    if geometry == "euclidean":
        first = 1 - xp.sum(coordinates, axis=1, keepdims=True)
        weights = xp.concat([first, coordinates], axis=1)
    else:
        onto = coordinates @ basis  # the nearest point of the span, but for its length
        length = xp.sqrt(xp.abs(xp.sum(onto * signs * onto, axis=1, keepdims=True)))
        small = length <= 100 * eps(X)
        coordinates = xp.where(
            small, 0 * coordinates, coordinates / xp.where(small, xp.ones_like(length), length)
        )
        distance = xp.sqrt(squared_distances(coordinates @ gram, geometry))
        weights = coordinates * _sine_ratio(distance, geometry)  # step 2
    total = xp.sum(weights, axis=1, keepdims=True)
    size = xp.sqrt(xp.sum(weights * weights, axis=1, keepdims=True))
    turned = xp.where(total < 0, -weights, weights)
    return turned / xp.where(size > 0, size, xp.ones_like(size))  # step 3


def _check_independent(gram: Array) -> None:
    xp = array_namespace(gram)
    if gram.shape[0] == 0:
        return
    values = xp.abs(xp.linalg.eigvalsh(gram))
    if float(xp.min(values)) <= 100 * gram.shape[0] * eps(gram) * float(xp.max(values)):
        raise ValueError("references must be independent, got one in the span of the others")


def _sine_ratio(distance: Array, geometry: str) -> Array:
    """Return sin(d) / d or sinh(d) / d, which is 1 at 0."""
    xp = array_namespace(distance)
    tiny = distance < eps(distance) ** 0.5
    safe = xp.where(tiny, xp.ones_like(distance), distance)
    sine = xp.sin(safe) if geometry == "sphere" else xp.sinh(safe)
    return xp.where(tiny, xp.ones_like(distance), sine / safe)
