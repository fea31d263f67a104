"""Softmax regression on a stream: every sample is used for one step and never seen again.

Papers: high-dimensional-sgd-aligns.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.arrays import Array, array_namespace
from labkit.checks import check_real
from labkit.networks._softmax import check_softmax_regression


def one_pass_softmax(
    W: Array, X: Array, targets: Array, *, step_size: float, weight_decay: float = 0.0
) -> Iterator[Array]:
    r"""Return a generator of the weights along one pass of stochastic gradient descent.

    .. math:: W_t = (1 - \eta \beta) W_{t-1} - \eta \, (p_t - y_t) \, x_t^\top, \qquad
              p_t = \operatorname{softmax}(W_{t-1} x_t)

    Parameters
    ----------
    W : Array, shape (n_classes, n_features)
        W_0, the start. There is no bias: append a constant to X for one.
    X : Array, shape (n_samples, n_features)
        The stream, first sample first.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels y, or probabilities: rows that sum to 1.
    step_size : float
        eta, above 0. In high dimension steps of the order of 1 / n_features are stable.
    weight_decay : float
        beta, from 0: adds beta / 2 times the squared norm of W to the loss. What the stream does
        not hold up decays like exp(-eta beta t).

    Returns
    -------
    iterator of Array, each of shape (n_classes, n_features)
        The start, then the weights after each sample: n_samples + 1 states.

    Raises
    ------
    TypeError, ValueError
        At the call, for bad values or arrays that do not fit.

    Notes
    -----
    Portable. Four flops a step for each weight. This is the stochastic gradient descent of Ben
    Arous and others for their one-layer network; `gradient_training` draws batches from a fixed
    sample, again and again, and trains deeper ones.

    References
    ----------
    Ben Arous, Gheissari, Huang, Jagannath: High-dimensional SGD aligns with emerging outlier
    eigenspaces, ICLR (2024).

    Notebook: ``notebooks/spectra/07_gradient_outliers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X, targets = np.eye(2), np.eye(2)
    >>> [W.tolist() for W in one_pass_softmax(np.zeros((2, 2)), X, targets, step_size=1.0)][1]
    [[0.5, 0.0], [-0.5, 0.0]]
    """
    W, X, targets = check_softmax_regression(W, X, targets)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    shrink = 1 - step_size * check_real(weight_decay, "weight_decay", 0.0)

    def states() -> Iterator[Array]:
        xp = array_namespace(W)
        current = W
        yield current
        for t in range(X.shape[0]):
            x, y = X[t, :], targets[t, :]
            logits = current @ x
            p = xp.exp(logits - xp.max(logits))
            slope = step_size * (p / xp.sum(p) - y)
            current = shrink * current - slope[:, None] * x[None, :]
            yield current

    return states()
