"""Scaled weight standardisation: weights whose rows have no mean and a chosen length.

Papers: characterizing-signal-propagation-close.
"""

from __future__ import annotations

import math

from labkit.arrays import Array, array_namespace, eps
from labkit.checks import check_matrix, check_real

RELU_GAIN = math.sqrt(2 / (1 - 1 / math.pi))
"""One over the standard deviation of ``max(z, 0)`` for a standard normal z, 1.7139."""


def standardised_weights(W: Array, *, gain: float = RELU_GAIN) -> Array:
    r"""Return weights with rows of mean zero and length `gain`.

    .. math:: \hat W_{ij} = \gamma \, \frac{W_{ij} - \mu_i}{\sigma_i \sqrt N}

    with the mean and the standard deviation of row i over its N entries.

    Parameters
    ----------
    W : Array, shape (n_outputs, n_inputs)
        At least two inputs. For a convolution, one row a channel with all its entries.
    gain : float
        gamma, above 0: one over the standard deviation of the activation in front, for standard
        normal signals.

    Returns
    -------
    Array, shape (n_outputs, n_inputs)
        A new array.

    Raises
    ------
    TypeError, ValueError
        For bad values, and for a row whose entries are all equal.

    Notes
    -----
    Portable. In training it is applied at each forward pass and differentiated through.

    An activation that is not odd has a mean. Weights drawn with mean zero still have rows whose
    sum is not zero, and each unit then receives that sum times the mean, for all samples alike.
    Rows of mean zero do not see it.

    References
    ----------
    Brock, De, Smith: Characterizing signal propagation to close the performance gap in unnormalized
    ResNets, ICLR (2021), arXiv 2101.08692.

    Notebook: ``notebooks/spectra/10_width.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> standardised_weights(np.array([[1.0, 3.0]]), gain=2.0).round(3).tolist()
    [[-1.414, 1.414]]
    """
    W = check_matrix(W, "W", min_features=2)
    gain = check_real(gain, "gain", 0.0, open_low=True)
    xp = array_namespace(W)
    largest = xp.max(xp.abs(W), axis=1, keepdims=True)
    rows = W / xp.where(largest > 0, largest, xp.ones_like(largest))
    rows = rows - xp.mean(rows, axis=1, keepdims=True)
    lengths = xp.linalg.vector_norm(rows, axis=1, keepdims=True)
    flattest = float(xp.min(lengths))
    if flattest <= 4 * W.shape[1] ** 0.5 * eps(W):
        row = int(xp.argmin(lengths[:, 0]))
        raise ValueError(f"W must have rows whose entries differ, got equal ones in row {row}")
    return gain * rows / lengths
