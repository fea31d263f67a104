"""What a deep network of random weights makes of its inputs, layer by layer.

Papers: some-theoretical-results-layerwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_choice, check_count, check_matrix, check_real
from labkit.random import Rng, as_generator, standard_normal

KINDS = ("normal", "orthogonal")


def random_layers(
    X: Array, *, width: int, slope: float = 0.0, kind: str = "normal", rng: Rng = None
) -> Iterator[Array]:
    r"""Return a generator of the activations of a random network, one layer after the other.

    .. math:: H_0 = X, \qquad H_{l+1} = \phi(H_l W_l^\top), \qquad \phi(z) = \max(z, a z)

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The inputs.
    width : int
        Units of every layer, at least 1.
    slope : float
        a, from 0, which is a ReLU, to 1, which is linear; between, a leaky one.
    kind : {"normal", "orthogonal"}
        Of the weights: independent normal entries, of variance ``2 / (1 + a^2)`` over the number of
        inputs of the layer, or a random matrix with orthonormal rows or columns on the same scale.
        Both keep the mean square of the activations, on average.
    rng : int, Generator or None
        Draws the weights. There are no biases.

    Returns
    -------
    iterator of Array, the first (n_samples, n_features), then (n_samples, width)
        Endless; X itself first.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call.

    Notes
    -----
    Portable; the draws are made on the host.

    1. Draw a matrix of normal numbers; for orthogonal weights keep Q of its QR decomposition, with
       the signs that make it uniform.
    2. Multiply, and bend.

    Makwana (2025) states that the expected rank of m samples is ``m (1 - (1 - 2 / pi)^l)`` after l
    layers. It is not: see the notebook. His neural setting was read in the abstract only, so that
    the scale of the weights, which does not change a rank, is ours.

    References
    ----------
    Makwana: Some theoretical results on layerwise effective dimension oscillations in finite width
    ReLU networks (2025), arXiv 2507.07675.

    Notebook: ``notebooks/spectra/13_ranks_of_layers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> states = random_layers(np.eye(3), width=8, rng=0)
    >>> [next(states).shape for _ in range(3)]
    [(3, 3), (3, 8), (3, 8)]
    """
    X = check_matrix(X, "X")
    width = check_count(width, "width", 1)
    slope = check_real(slope, "slope", 0.0, 1.0)
    check_choice(kind, "kind", KINDS)
    draw = as_generator(rng)
    gain = math.sqrt(2 / (1 + slope**2))

    def states() -> Iterator[Array]:
        xp = array_namespace(X)
        H = X
        yield H
        while True:
            n_in = H.shape[1]
            shape = (max(width, n_in), min(width, n_in))
            W = standard_normal(draw, shape, like=X)  # step 1, the longer side first
            if kind == "orthogonal":
                Q, R = xp.linalg.qr(W)
                W = Q * xp.sign(xp.linalg.diagonal(R))[None, :]
                W = W * max(1.0, math.sqrt(width / n_in))
            else:
                W = W / math.sqrt(n_in)
            W = xp.matrix_transpose(W) if W.shape != (width, n_in) else W
            Z = gain * (H @ xp.matrix_transpose(W))  # step 2
            H = xp.where(Z > 0, Z, slope * Z)
            yield H

    return states()
