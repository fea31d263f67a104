"""A network that learns the leading eigenvectors of a kernel, as functions.

An eigenvector has an entry for each sample and none for a sample to come. A network whose outputs
are trained to be eigenvectors has: it is a function, and is evaluated where one likes.

Papers: learning-neural-eigenfunctions-unsupervised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_new_samples, check_real, check_same_device, check_symmetric
from labkit.clustering._adam import adam
from labkit.networks.mlp import (
    Parameters,
    check_inputs,
    unchecked_gradient,
    unchecked_outputs,
)


@dataclass(frozen=True)
class NeuralEigenfunctions:
    """A state of the training.

    Attributes
    ----------
    values : Array, shape (n_samples, n_functions)
        psi on the training samples; the mean square of each column is 1.
    eigenvalues : Array, shape (n_functions,)
        ``psi_j' K psi_j / n``: those of K, once psi_j is an eigenvector.
    parameters : list of (weights, bias)
        Of the network.
    scale : Array, shape (n_functions,)
        The root mean square by which its outputs are divided.
    temperature : float or None
        Of the softmax in front of the scale, if there is one.
    """

    values: Array
    eigenvalues: Array
    parameters: Parameters
    scale: Array
    temperature: float | None

    def at(self, X: Array) -> Array:
        """Return the functions at other samples, without the kernel and the training samples.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            With the features that the training samples had.

        Returns
        -------
        Array, shape (n_new, n_functions)
            psi there.
        """
        weights = self.parameters[0][0]
        X = check_new_samples(X, weights.shape[1], parameters=weights)
        outputs = unchecked_outputs(self.parameters, X, "tanh")[-1]
        return _softmax(outputs, self.temperature) / self.scale


def neural_eigenfunctions(
    X: Array,
    K: Array,
    parameters: Parameters,
    *,
    penalty: float,
    step_size: float,
    ordered: bool = True,
    temperature: float | None = None,
) -> Iterator[NeuralEigenfunctions]:
    r"""Return a generator of functions on the way to the leading eigenvectors of a kernel.

    .. math:: \max_\theta \; \sum_j R_{jj} - \alpha \sum_j \sum_{i < j} \hat R_{ij}^2, \qquad
              R_{ij} = \tfrac1n \psi_i^T K \psi_j, \quad
              \psi_j = \frac{f_j}{\sqrt{\tfrac1n \sum_x f_j(x)^2}}

    where f is the network and the hat keeps psi_i fixed, i < j, when the gradient is taken.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        What the network sees, at best with entries of size 1.
    K : Array, shape (n_samples, n_samples)
        The kernel, symmetric; usually an affinity scaled to ``D^{-1/2} A D^{-1/2}``, which has
        eigenvalues up to 1. Any features may be behind it, not X alone.
    parameters : list of (weights, bias)
        Where the network starts, tanh between layers; its outputs are the functions.
    penalty : float
        alpha, at least 0. With 0 all functions become the first. Function j must not gain by a part
        along an eigenvector i < j, which it does unless ``alpha >= (mu_i - mu_j) / mu_i^2``: 1 over
        the smallest eigenvalue wanted is enough.
    step_size : float
        Of Adam, above 0.
    ordered : bool
        False penalises all pairs i, j in both: the functions then share the leading subspace in
        some rotation.
    temperature : float, optional
        Above 0: outputs go through a softmax at this temperature first, so that they are shares of
        clusters, hard ones for small values. Then they are no eigenvectors, and `ordered` should be
        False: the first eigenvector is positive everywhere, and a first share without penalty takes
        all.

    Returns
    -------
    iterator of NeuralEigenfunctions
        Endless; first the start. Run it with `labkit.trace.trace`.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call; a network with an output that is zero on all samples.

    Notes
    -----
    Portable.

    1. One product ``K psi`` gives R and both slopes: ``2 K psi_j / n`` of R_jj and, with psi_i kept
       fixed, ``2 R_ij K psi_i / n`` of R_ij^2.
    2. Back through the scale, the part along psi_j falls out; through the softmax; through the
       network; a step of Adam.

    The first function feels no penalty and climbs to the first eigenvector. The second sees K less
    ``alpha K psi_1 psi_1' K / n``, in which the first eigenvector has mu_1 - alpha mu_1^2 left, and
    so on: deflation, by all at once. The span of the functions settles first; inside it psi_j turns
    to eigenvector j for a gain of mu_j - mu_{j+1} alone, so that small gaps need many steps, and
    equal eigenvalues leave only the span. Only K psi is ever needed: n^2 k a step, and nothing is
    decomposed. The paper works on batches with a running mean of the scales; here a batch is all
    samples, and the scale is exact. Its hard stage draws from a Gumbel softmax; the noise is left
    out, as are its kernels from pretrained features. `spectral_labels` is exact where all samples
    are at hand.

    References
    ----------
    Deng, Luo: Learning neural eigenfunctions for unsupervised semantic segmentation, ICCV (2023),
    arXiv 2304.02841.

    Notebook: ``notebooks/clustering/12_eigenfunctions.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.networks import initial_parameters
    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> kernel = X @ X.T / 20  # one eigenvector, the line itself
    >>> start = initial_parameters((1, 8, 1), like=X, rng=0)
    >>> states = neural_eigenfunctions(X, kernel, start, penalty=1.0, step_size=0.01)
    >>> for _, state in zip(range(300), states): pass
    >>> bool(abs(state.eigenvalues[0] - np.mean(X**2)) < 0.01)
    True
    """
    X = check_inputs(parameters, X, "tanh")
    K = check_symmetric(K, "K")
    check_same_device(X=X, K=K)
    xp = array_namespace(X)
    if K.shape[0] != X.shape[0]:
        raise ValueError(f"K must have {X.shape[0]} rows, one a sample, got {K.shape[0]}")
    penalty = check_real(penalty, "penalty", 0.0)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    if temperature is not None:
        temperature = check_real(temperature, "temperature", 0.0, open_low=True)
    first = _softmax(unchecked_outputs(parameters, X, "tanh")[-1], temperature)
    if not bool(xp.all(xp.any(first != 0, axis=0))):
        raise ValueError("parameters must give outputs that are not zero, got a column of zeros")
    K = xp.astype(K, X.dtype, copy=False) / X.shape[0]
    square = xp.ones((first.shape[1],) * 2, dtype=X.dtype, device=device(X))
    pairs = xp.triu(square, k=1) if ordered else square - xp.triu(xp.tril(square))

    def states() -> Iterator[NeuralEigenfunctions]:
        theta = parameters
        climb = adam(step_size)
        while True:
            outputs = unchecked_outputs(theta, X, "tanh")
            f = _softmax(outputs[-1], temperature)
            scale = xp.sqrt(xp.mean(f * f, axis=0))
            scale = xp.where(scale > 0, scale, xp.ones_like(scale))
            psi = f / scale
            pulled = K @ psi  # step 1
            R = xp.matrix_transpose(psi) @ pulled
            yield NeuralEigenfunctions(psi, xp.linalg.diagonal(R), theta, scale, temperature)

            slope = 2 * (pulled - penalty * (pulled @ (R * pairs)))
            slope = (slope - psi * xp.mean(slope * psi, axis=0)) / scale  # step 2
            if temperature is not None:
                slope = f * (slope - xp.sum(f * slope, axis=1, keepdims=True)) / temperature
            theta = climb(theta, unchecked_gradient(theta, outputs, slope, "tanh"))

    return states()


def _softmax(outputs: Array, temperature: float | None) -> Array:
    """Return the outputs, or their softmax by rows."""
    if temperature is None:
        return outputs
    xp = array_namespace(outputs)
    shares = xp.exp((outputs - xp.max(outputs, axis=1, keepdims=True)) / temperature)
    return shares / xp.sum(shares, axis=1, keepdims=True)
