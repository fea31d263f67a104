"""What the kernel dictionaries share: the state, its features, and the step that thins it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labkit.arrays import Array, all_finite, array_namespace, device, from_numpy, to_numpy
from labkit.checks import check_new_samples

Kernel = Callable[[Array, Array], Array]
ACCURACY = 0.5
"""Epsilon of the paper: estimates are this factor below what the dictionary says."""


@dataclass(frozen=True)
class KernelDictionary:
    """A few points of a stream that stand for all, with weights.

    Attributes
    ----------
    points : Array, shape (n_points, n_features)
        Those that are kept, in the order of the stream.
    positions : Array of int, shape (n_points,)
        Their places in the stream, from 0.
    probabilities : Array, shape (n_points,)
        The smallest estimate so far of each point's ridge leverage score, at most 1.
    counts : Array of int, shape (n_points,)
        Copies that are left, from 1 to n_copies.
    gram : Array, shape (n_points, n_points)
        The kernel of the points.
    ridge, n_copies : float, int
        As given.
    n_seen : int
        Points of the stream so far.
    n_evaluations : int
        Entries of the kernel matrix that were computed so far.
    """

    points: Array
    positions: Array
    probabilities: Array
    counts: Array
    gram: Array
    ridge: float
    n_copies: int
    n_seen: int
    n_evaluations: int

    @property
    def weights(self) -> Array:
        """Return how many points of the stream each one stands for."""
        xp = array_namespace(self.points)
        counts = xp.astype(self.counts, self.points.dtype)
        return counts / (self.n_copies * self.probabilities)

    def features(self, X: Array, kernel_function: Kernel) -> Array:
        """Return rows whose inner products are the regularised Nystrom approximation.

        Parameters
        ----------
        X : Array, shape (n_samples, n_features)
            Any points.
        kernel_function : callable
            As given to the method.

        Returns
        -------
        Array, shape (n_samples, n_points)
            F with ``F F' = K_xm R (R K_mm R + ridge I)^-1 R K_mx``, R the roots of the weights.
        """
        X = check_new_samples(X, self.points.shape[1], points=self.points)
        xp = array_namespace(X)
        if self.points.shape[0] == 0:
            return xp.zeros((X.shape[0], 0), dtype=X.dtype, device=device(X))
        roots = xp.sqrt(self.weights)
        values, vectors = xp.linalg.eigh(roots[:, None] * self.gram * roots)
        scale = 1 / xp.sqrt(xp.clip(values, min=0.0) + self.ridge)
        return (kernel_block(kernel_function, X, self.points) * roots) @ (vectors * scale)


def kernel_block(kernel_function: Any, A: Array, B: Array) -> Array:
    """Return the kernel between two sets of points, checked.

    Parameters
    ----------
    kernel_function : callable
        ``kernel_function(A, B)`` of shape (n, m).
    A, B : Array, shapes (n, n_features) and (m, n_features)
        The points.

    Returns
    -------
    Array, shape (n, m)
        Of the points' library, device and dtype.

    Raises
    ------
    TypeError
        If it is no function.
    ValueError
        For a wrong shape, or values that are not finite.
    """
    if not callable(kernel_function):
        raise TypeError(f"kernel_function must be callable, got {kernel_function!r}")
    block = kernel_function(A, B)
    shape = (A.shape[0], B.shape[0])
    if tuple(getattr(block, "shape", ())) != shape:
        seen = getattr(block, "shape", None) or block
        raise ValueError(f"kernel_function must return shape {shape}, got {seen}")
    block = array_namespace(A).astype(block, A.dtype, copy=False)
    if not all_finite(block):
        raise ValueError("kernel_function must return finite numbers, got NaN or infinity")
    return block


def thinned(dictionary: KernelDictionary, draw: Any) -> KernelDictionary:
    """Estimate all ridge leverage scores from the dictionary alone, and drop copies accordingly.

    Parameters
    ----------
    dictionary : KernelDictionary
        With new points, which have the probability 1.
    draw : numpy.random.Generator
        One binomial number a point.

    Returns
    -------
    KernelDictionary
        Every weight has kept its expectation.
    """
    xp = array_namespace(dictionary.points)
    if dictionary.points.shape[0] == 0:
        return dictionary
    weights = dictionary.weights
    roots = xp.sqrt(weights)
    A = roots[:, None] * dictionary.gram * roots
    identity = xp.eye(A.shape[0], dtype=A.dtype, device=device(A))
    # k_ii - k_i' R (A + ridge I)^-1 R k_i, over ridge, is this diagonal over the weight.
    share = xp.linalg.diagonal(xp.linalg.solve(A + dictionary.ridge * identity, A))
    estimate = (1 - ACCURACY) * xp.clip(share, min=0.0) / weights
    probabilities = xp.minimum(estimate, dictionary.probabilities)
    chances = to_numpy(probabilities / dictionary.probabilities).astype(float).clip(0.0, 1.0)
    left = draw.binomial(to_numpy(dictionary.counts), chances)
    kept = from_numpy(left.nonzero()[0], like=dictionary.points)
    return KernelDictionary(
        points=xp.take(dictionary.points, kept, axis=0),
        positions=xp.take(dictionary.positions, kept, axis=0),
        probabilities=xp.take(probabilities, kept, axis=0),
        counts=from_numpy(left[left > 0], like=dictionary.points),
        gram=xp.take(xp.take(dictionary.gram, kept, axis=0), kept, axis=1),
        ridge=dictionary.ridge,
        n_copies=dictionary.n_copies,
        n_seen=dictionary.n_seen,
        n_evaluations=dictionary.n_evaluations,
    )
