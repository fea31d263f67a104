"""A signal on its way through a deep residual network of random weights, without normalisation.

Papers: characterizing-signal-propagation-close.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_matrix, check_real
from labkit.networks.standardised_weights import RELU_GAIN, standardised_weights
from labkit.random import Rng, as_generator, standard_normal


def residual_layers(
    X: Array,
    *,
    branch_scale: float = 0.2,
    gain: float = RELU_GAIN,
    centred: bool = True,
    rng: Rng = None,
) -> Iterator[Array]:
    r"""Return a generator of the activations after each residual block.

    .. math:: x_{l+1} = x_l + \alpha \, \hat W_l \max(x_l / \beta_l, 0), \qquad
              \beta_l = \sqrt{1 + l \alpha^2}

    Parameters
    ----------
    X : Array, shape (n_samples, width)
        x_0, of mean 0 and variance 1 in each unit, for which beta is right.
    branch_scale : float
        alpha, from 0.
    gain : float
        gamma, above 0: the length of the rows of the weights, in the mean.
    centred : bool
        Whether rows are standardised (`standardised_weights`); otherwise normal entries of variance
        ``gain**2 / width``.
    rng : int, Generator or None
        Draws the weights of each block.

    Returns
    -------
    iterator of Array, each (n_samples, width)
        Endless; X itself first.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call.

    Notes
    -----
    Portable; the draws are made on the host.

    1. Divide by the standard deviation that theory gives the signal.
    2. Bend, multiply, add.

    With centred rows and the gain of the activation the variance grows by ``alpha**2`` a block. The
    authors' network has several layers in a block, convolutions, and transitions that reset beta;
    one dense layer a block is left of it here.

    References
    ----------
    Brock, De, Smith: Characterizing signal propagation to close the performance gap in unnormalized
    ResNets, ICLR (2021), arXiv 2101.08692.

    Notebook: ``notebooks/spectra/10_width.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).standard_normal((500, 64))
    >>> states = residual_layers(X, branch_scale=0.5, rng=1)
    >>> [round(float(np.var(next(states), axis=0).mean()), 1) for _ in range(5)]
    [1.0, 1.2, 1.5, 1.7, 1.9]
    """
    X = check_matrix(X, min_features=2)
    branch_scale = check_real(branch_scale, "branch_scale", 0.0)
    gain = check_real(gain, "gain", 0.0, open_low=True)
    if not isinstance(centred, bool):
        raise TypeError(f"centred must be True or False, got {centred!r}")
    generator = as_generator(rng)

    def states() -> Iterator[Array]:
        xp = array_namespace(X)
        width = X.shape[1]
        x, variance = X, 1.0
        while True:
            yield x
            W = standard_normal(generator, (width, width), like=X)
            W = standardised_weights(W, gain=gain) if centred else gain * W / width**0.5
            bent = x / variance**0.5  # step 1
            bent = xp.where(bent > 0, bent, xp.zeros_like(bent))  # step 2
            x = x + branch_scale * bent @ xp.matrix_transpose(W)
            variance += branch_scale**2

    return states()
