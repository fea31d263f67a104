"""Bend curves straight and cluster them at once, without knowing which point is on which curve.

A small network moves the points on a sphere. It is paid for three things: neighbours stay together,
the whole takes much room, and what belongs together takes little. Who belongs together is learned
in the same run.

Papers: unsupervised-manifold-linearizing-clustering.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_count, check_real, check_same_device, check_symmetric
from labkit.clustering._adam import adam
from labkit.clustering.coding_rate_reduction import rates
from labkit.clustering.doubly_stochastic_membership import gradient_by_similarity, projected
from labkit.networks.mlp import (
    Parameters,
    check_inputs,
    unchecked_gradient,
    unchecked_outputs,
)

TOLERANCE = 1e-4
"""Of the row sums of the membership while it is learned."""


@dataclass(frozen=True)
class LinearizedManifold:
    """A state of the training.

    Attributes
    ----------
    features : Array, shape (n_samples, n_outputs)
        Z, rows of norm 1.
    membership : Array, shape (n_samples, n_samples)
        G, doubly stochastic.
    parameters : list of (weights, bias)
        Of the network behind the features.
    head : list of (weights, bias)
        Of the network behind the membership.
    """

    features: Array
    membership: Array
    parameters: Parameters
    head: Parameters


def manifold_linearization(
    X: Array,
    affinity: Array,
    parameters: Parameters,
    *,
    entropy: float,
    distortion: float,
    locality: float,
    n_start: int,
    step_size: float,
) -> Iterator[LinearizedManifold]:
    r"""Return a generator of features and memberships on the way to orthogonal subspaces.

    .. math:: \max_{\theta, \phi} \; R(Z) - R_c(Z, G)
              + \lambda \sum_{ij} \frac{A_{ij}}{\sum A} z_i \cdot z_j, \qquad
              Z = f_\theta(X), \quad G = P_\eta(C C^T), \; C = f_\phi(X)

    R and R_c as in `coding_rate_reduction`, P as in `doubly_stochastic_membership`, both networks
    with rows scaled to norm 1.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The points, at best with entries of size 1.
    affinity : Array, shape (n_samples, n_samples)
        A, symmetric and not negative: who is a neighbour of whom. All zeros: nobody.
    parameters : list of (weights, bias)
        Where f starts, tanh between layers, see `labkit.networks.initial_parameters`.
    entropy : float
        eta, above 0. Small: G is the identity, R_c a constant, and the run goes on as it started.
        Large: G is uniform, R_c = R, and the features collapse.
    distortion : float
        epsilon of the rates, above 0.
    locality : float
        lambda, at least 0. With 0 nothing ties the features to the data but the start.
    n_start : int
        Steps of the start, which leave R_c out.
    step_size : float
        Of Adam, above 0.

    Returns
    -------
    iterator of LinearizedManifold
        Endless; first the start. Run it with `labkit.trace.trace`.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; a network that maps a sample to zero.

    Notes
    -----
    Portable.

    1. Start: steps on R and locality alone, both networks one; then the head is a copy. This stands
       for self-supervised training, with neighbours in place of augmented pictures.
    2. Then each step takes the gradient of R - R_c by Z, with the locality, for the features,
    3. and the gradient of -R_c by G, through the projection, for the head: one n x n system.

    The objective alone has maximisers that know nothing of the data: a flexible network can send
    any split of the points to orthogonal subspaces. Locality comes from the start in the paper;
    here it also stays as a term, as a run this small forgets it otherwise. k groups have the
    largest rate reduction in d / k dimensions each, so the width of the output decides how many
    dimensions a curve unfolds into. The paper's mini-batches, deep networks, augmentations and
    optimiser are left out. n^2 d^2 + n^3 a step. Labels: `spectral_labels` of the membership.

    References
    ----------
    Ding, Tong, Chan, Dai, Ma, Haeffele: Unsupervised manifold linearizing and clustering, ICCV
    (2023), arXiv 2301.01805.

    Notebook: ``notebooks/clustering/11_linearizing.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.networks import initial_parameters
    >>> X = np.repeat(np.eye(2), 3, axis=0)
    >>> start = initial_parameters((2, 8, 2), like=X, rng=0)
    >>> states = manifold_linearization(
    ...     X, np.kron(np.eye(2), np.ones((3, 3))), start,
    ...     entropy=0.2, distortion=0.5, locality=1.0, n_start=50, step_size=0.01,
    ... )
    >>> for _, state in zip(range(100), states): pass
    >>> bool(abs(state.features[0] @ state.features[5]) < 0.1)
    True
    """
    X = check_inputs(parameters, X, "tanh")
    affinity = check_symmetric(affinity, "affinity")
    check_same_device(X=X, affinity=affinity)
    xp = array_namespace(X)
    if affinity.shape[0] != X.shape[0]:
        raise ValueError(
            f"affinity must have {X.shape[0]} rows, one a sample, got {affinity.shape[0]}"
        )
    if (least := float(xp.min(affinity))) < 0:
        raise ValueError(f"affinity must not be negative, got an entry of {least:g}")
    entropy = check_real(entropy, "entropy", 0.0, open_low=True)
    distortion = check_real(distortion, "distortion", 0.0, open_low=True)
    locality = check_real(locality, "locality", 0.0)
    check_count(n_start, "n_start", 0)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    lengths = xp.linalg.vector_norm(unchecked_outputs(parameters, X, "tanh")[-1], axis=1)
    if n_lost := int(xp.sum(xp.astype(lengths == 0, xp.int64))):
        raise ValueError(
            f"parameters must have nonzero outputs, got a start that maps {n_lost} samples to zero"
        )
    total = float(xp.sum(affinity))
    A = xp.astype(affinity, X.dtype, copy=False) * (2 * locality / total if total > 0 else 0.0)

    def states() -> Iterator[LinearizedManifold]:
        theta = phi = parameters
        climb_theta, climb_phi = adam(step_size), adam(step_size)
        potential = xp.zeros_like(X[:, 0])
        nobody = xp.zeros_like(X[:, :1])  # an empty group costs nothing
        n_steps = 0
        while True:
            outputs = unchecked_outputs(theta, X, "tanh")
            Z, lengths = _on_sphere(outputs[-1])
            started = n_steps >= n_start
            below = unchecked_outputs(phi, X, "tanh") if started else outputs
            C, head_lengths = _on_sphere(below[-1])
            found = projected(C, entropy, potential, TOLERANCE, 200)
            G, potential = found.membership, found.potential
            yield LinearizedManifold(Z, G, theta, phi)

            slopes = rates(Z, G if started else nobody, distortion)  # steps 1 and 2
            uphill = _tangent(Z, lengths, slopes.gradient + A @ Z)
            theta = climb_theta(theta, unchecked_gradient(theta, outputs, uphill, "tanh"))
            if started:  # step 3
                by_similarity = gradient_by_similarity(G, slopes.membership_gradient, entropy)
                uphill = _tangent(C, head_lengths, 2 * by_similarity @ C)
                phi = climb_phi(phi, unchecked_gradient(phi, below, uphill, "tanh"))
            else:
                phi = theta
            n_steps += 1

    return states()


def _on_sphere(H: Array) -> tuple[Array, Array]:
    """Return the rows scaled to norm 1, and their norms; a row of zeros stays zero."""
    xp = array_namespace(H)
    lengths = xp.linalg.vector_norm(H, axis=1, keepdims=True)
    lengths = xp.where(lengths > 0, lengths, xp.ones_like(lengths))
    return H / lengths, lengths


def _tangent(Z: Array, lengths: Array, gradient: Array) -> Array:
    """Return the gradient by the rows before they were scaled."""
    xp = array_namespace(Z)
    return (gradient - Z * xp.sum(gradient * Z, axis=1, keepdims=True)) / lengths
