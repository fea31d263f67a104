"""Hessian and gradient matrix of softmax regression, class by class.

Papers: high-dimensional-sgd-aligns.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.networks._softmax import check_softmax_regression, class_probabilities


@dataclass(frozen=True)
class SoftmaxBlocks:
    """The diagonal blocks of two matrices, a block for each class's weights.

    Attributes
    ----------
    hessian : Array, shape (n_classes, n_features, n_features)
        Of the mean cross-entropy.
    gradient : Array, shape (n_classes, n_features, n_features)
        The mean outer product of the gradients of single samples.
    """

    hessian: Array
    gradient: Array


def softmax_blocks(W: Array, X: Array, targets: Array) -> SoftmaxBlocks:
    r"""Return the class blocks of the Hessian and of the second moment of the gradients.

    .. math:: H_a = \frac1n \sum_i p_{ia} (1 - p_{ia}) \, x_i x_i^\top, \qquad
              G_a = \frac1n \sum_i (p_{ia} - y_{ia})^2 \, x_i x_i^\top

    Parameters
    ----------
    W : Array, shape (n_classes, n_features)
        Of the linear model; p is the softmax of W x.
    X : Array, shape (n_samples, n_features)
        Fresh samples, so that W does not depend on them: then the blocks are close to their
        expectations once n_samples is a large multiple of n_features.
    targets : Array, shape (n_samples, n_classes)
        One-hot labels y, or probabilities.

    Returns
    -------
    SoftmaxBlocks
        Symmetric, with no negative eigenvalue.

    Raises
    ------
    TypeError, ValueError
        For arrays that do not fit, and rows of targets that do not sum to 1.

    Notes
    -----
    Portable. 2 n_samples n_features^2 for each block. A ridge adds its factor to every eigenvalue
    of the Hessian and moves no eigenvector; it is left out here. So are the blocks off the
    diagonal: together with them the Hessian has one more direction without curvature for each
    feature, as all weights can be shifted at once (`labkit.networks.hessian_product` has it whole).

    Each block is a covariance with weights: its outliers are those of a spiked covariance
    (`spiked_covariance`), with one spike for each class mean.

    References
    ----------
    Ben Arous, Gheissari, Huang, Jagannath: High-dimensional SGD aligns with emerging outlier
    eigenspaces, ICLR (2024).

    Notebook: ``notebooks/spectra/07_gradient_outliers.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> blocks = softmax_blocks(np.zeros((2, 1)), np.array([[2.0]]), np.array([[1.0, 0.0]]))
    >>> blocks.hessian.ravel().tolist(), blocks.gradient.ravel().tolist()
    ([1.0, 1.0], [1.0, 1.0])
    """
    W, X, targets = check_softmax_regression(W, X, targets)
    xp = array_namespace(X)
    p = class_probabilities(X @ xp.matrix_transpose(W))
    shares = [xp.matrix_transpose(s) / X.shape[0] for s in (p * (1 - p), (p - targets) ** 2)]
    hessian, gradient = (
        xp.stack([xp.matrix_transpose(X * w[a, :, None]) @ X for a in range(w.shape[0])])
        for w in shares
    )
    return SoftmaxBlocks(hessian, gradient)
