"""Matrix subspace projection: an autoencoder whose code keeps labelled attributes in a plane.

The code of a picture is asked to say its labels through a small matrix, and to hold nothing else
in that matrix's row space. What is left, its null space, can then be kept while an attribute is
changed.

Papers: latent-space-factorisation-manipulation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import (
    check_count,
    check_matrix,
    check_new_samples,
    check_real,
    check_same_device,
)
from labkit.random import Rng, as_generator, standard_normal


@dataclass(frozen=True)
class FactoredAutoencoder:
    """A linear autoencoder with a matrix that reads labelled attributes off its code.

    Attributes
    ----------
    encoder : Array, shape (n_components, n_features)
        E: the code of a sample is ``E (x - mean)``.
    decoder : Array, shape (n_features, n_components)
        D: the sample of a code is ``D z + mean``.
    attribute_map : Array, shape (n_attributes, n_components)
        M: the attributes of a code are ``M z + label_mean``. Its null space is the rest of the
        code.
    mean : Array, shape (n_features,)
        Of the data.
    label_mean : Array, shape (n_attributes,)
        Of the labels.
    objective : float
        What the method minimises, at this state.
    """

    encoder: Array
    decoder: Array
    attribute_map: Array
    mean: Array
    label_mean: Array
    objective: float

    def codes(self, X: Array) -> Array:
        """Return the codes of samples.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples, on the device of the encoder.

        Returns
        -------
        Array, shape (n_new, n_components)
            ``(X - mean) @ E.T``.

        Raises
        ------
        ValueError
            For a wrong number of features.
        TypeError
            For samples on another device.
        """
        X = check_new_samples(X, self.encoder.shape[1], encoder=self.encoder)
        xp = array_namespace(X, self.encoder)
        return (X - self.mean) @ xp.matrix_transpose(self.encoder)

    def attributes(self, X: Array) -> Array:
        """Return the attributes that the codes of samples say.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples.

        Returns
        -------
        Array, shape (n_new, n_attributes)
            ``codes(X) @ M.T + label_mean``.

        Raises
        ------
        ValueError, TypeError
            See `codes`.
        """
        xp = array_namespace(self.attribute_map)
        return self.codes(X) @ xp.matrix_transpose(self.attribute_map) + self.label_mean

    def null_codes(self, X: Array) -> Array:
        """Return the codes of samples in the null space of M, on an orthonormal basis of it.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples.

        Returns
        -------
        Array, shape (n_new, n_components - n_attributes)
            What is kept when all attributes are changed.

        Raises
        ------
        ValueError, TypeError
            See `codes`.
        """
        xp = array_namespace(self.attribute_map)
        n_attributes = self.attribute_map.shape[0]
        basis = xp.linalg.qr(xp.matrix_transpose(self.attribute_map), mode="complete").Q
        return self.codes(X) @ basis[:, n_attributes:]

    def edited(self, X: Array, labels: Array) -> Array:
        """Return samples decoded with other attributes, the null space of their codes kept.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples.
        labels : Array, shape (n_new, n_attributes)
            The attributes wanted. To change one only, change one column of ``attributes(X)``.

        Returns
        -------
        Array, shape (n_new, n_features)
            The sample of the code ``z + pinv(M) (labels - label_mean - M z)``.

        Raises
        ------
        ValueError, TypeError
            See `codes`; labels of another shape.
        """
        codes, wanted = self.codes(X), check_matrix(labels, "labels")
        check_same_device(labels=wanted, encoder=self.encoder)
        shape = (codes.shape[0], self.attribute_map.shape[0])
        if wanted.shape != shape:
            raise ValueError(f"labels must have shape {shape}, got {tuple(wanted.shape)}")
        xp = array_namespace(codes, wanted)
        M = self.attribute_map
        change = wanted - self.label_mean - codes @ xp.matrix_transpose(M)
        codes = codes + change @ xp.matrix_transpose(xp.linalg.pinv(M))
        return codes @ xp.matrix_transpose(self.decoder) + self.mean


def matrix_subspace_projection(
    X: Array,
    labels: Array,
    *,
    n_components: int,
    weight: float | None = None,
    null_weight: float | None = None,
    step_size: float | None = None,
    rng: Rng = None,
) -> Iterator[FactoredAutoencoder]:
    r"""Return a generator of linear autoencoders, trained together with their attribute matrix.

    .. math:: \min_{E, D, M} \frac1n \sum_i \|x_i - D z_i\|^2 + w_1 \|M z_i - y_i\|^2
              + w_2 \|z_i - M^\top y_i\|^2, \qquad z_i = E x_i

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The data x, at least two samples; their mean is taken out.
    labels : Array, shape (n_samples, n_attributes)
        The attributes y, usually plus and minus one; their mean is taken out. No attribute may be
        constant.
    n_components : int
        Dimensions of the code z, from n_attributes up; beyond ``n_features`` some stay unused.
    weight : float, optional
        w_1, above 0; by default the paper's ``n_features / (n_attributes + n_components)``.
    null_weight : float, optional
        w_2, 0 or larger; by default `weight`. With 0 nothing keeps attributes out of the null
        space, and M is a plain regression of the labels on the code.
    step_size : float, optional
        Of gradient steps, above 0. Without it each step minimises exactly, see Notes.
    rng : int, Generator or None
        Draws the start.

    Returns
    -------
    iterator of FactoredAutoencoder
        Endless; first the random start, then one for each step. Run it with `labkit.trace.trace`.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, and for constant attributes.

    Notes
    -----
    Portable. Data and labels enter through their second moments only, with ``S_zy`` for that of
    codes and labels.

    1. Once: second moments, and the least-squares prediction B of the labels from the data.
    2. Start from Gaussian E, D, M, about as large as keeps pictures and labels their size.
    3. With a step size: one gradient step of the objective in E, D and M at once.
    4. Without: D is the least-squares decoder of the present codes.
    5. Then M solves ``w_1 M S_zz + w_2 S_yy M = (w_1 + w_2) S_yz``, a Sylvester equation, in the
       eigenbases of the two symmetric matrices.
    6. Then E solves ``(D^T D + w_1 M^T M + w_2 I) E = D^T + (w_1 + w_2) M^T B``.

    Each of 4 to 6 minimises the objective in one of its three matrices, so it never rises. A step
    costs O(p^2 d) for p features and d components, whatever the number of samples; step 1 costs
    O(n p^2 + p^3).

    The paper trains deep encoders and decoders by Adam on batches, for pictures a variational
    autoencoder with a discriminator; the loss is its Equation for L_rec + w (L_1 + L_2), w
    included. Here both maps are linear, there is no discriminator and no noise in the code, means
    are taken out instead of learnt, and steps 4 to 6, which are ours, replace the gradient unless
    a step size is given.

    M is not constrained. For w_1 = w_2 a stationary pair of M and codes that ignores the decoder
    has ``M M^T + I = 2 (S_yy^-1 # S_pp)`` with S_pp the second moment of the predicted labels and
    # the geometric mean of matrices: the identity if the labels are linear in the data, ``2 R - 1``
    for one attribute of multiple correlation R, and M = 0 below R = 1/2. The code of the null space
    may be scaled down for free while the decoder grows, and w_2 makes it so, about as one over the
    number of steps: watch ratios, not the size of the code. An edit then adds the regression of the
    data on all labels together, so correlated labels are told apart. By gradient steps the rest of
    the code forgets the labels last, long after M reads them. Components beyond the rank of the
    data hold rounding errors, which a probe without a tolerance may still read.

    References
    ----------
    Li, Lin, Li, Wang, Guerin: Latent space factorisation and manipulation via matrix subspace
    projection, ICML 2020.

    Notebook: ``notebooks/pca/11_attributes.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> labels = np.array([[1.0], [1.0], [-1.0], [-1.0]])
    >>> X = labels @ [[2.0, 0.0]] + [[0.0, 1.0], [0.0, -1.0]] * 2
    >>> states = matrix_subspace_projection(X, labels, n_components=2, rng=0)
    >>> for _ in range(60):
    ...     model = next(states)
    >>> model.edited(X[:1], [[-1.0]]).round(2)
    array([[-2.,  1.]])
    """
    X = check_matrix(X, "X", min_samples=2)
    Y = check_matrix(labels, "labels", min_samples=2)
    check_same_device(X=X, labels=Y)
    if X.shape[0] != Y.shape[0]:
        raise ValueError(f"labels must have {X.shape[0]} rows, as X has, got {Y.shape[0]}")
    n_attributes, n_features = Y.shape[1], X.shape[1]
    d = check_count(n_components, "n_components", n_attributes, 10**6)
    w_1 = n_features / (n_attributes + d)
    if weight is not None:
        w_1 = check_real(weight, "weight", 0.0, open_low=True)
    w_2 = w_1 if null_weight is None else check_real(null_weight, "null_weight", 0.0)
    if step_size is not None:
        step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    generator = as_generator(rng)
    xp = array_namespace(X, Y)
    Y = xp.astype(Y, X.dtype)
    if bool(xp.any(xp.max(Y, axis=0) == xp.min(Y, axis=0))):
        raise ValueError(f"labels must vary, got a constant attribute among {n_attributes}")

    mean, label_mean = xp.mean(X, axis=0), xp.mean(Y, axis=0)
    Xc, Yc = X - mean, Y - label_mean
    n_samples = X.shape[0]
    S_xx = xp.matrix_transpose(Xc) @ Xc / n_samples  # step 1
    S_yx = xp.matrix_transpose(Yc) @ Xc / n_samples
    S_yy = xp.matrix_transpose(Yc) @ Yc / n_samples
    B = S_yx @ xp.linalg.pinv(S_xx, rtol=n_features * eps(X))

    def states() -> Iterator[FactoredAutoencoder]:
        identity = xp.eye(d, dtype=X.dtype, device=device(X))
        spread = math.sqrt(float(xp.linalg.trace(S_xx))) or 1.0
        E = standard_normal(generator, (d, n_features), like=X) / spread  # step 2
        D = standard_normal(generator, (n_features, d), like=X) * spread / math.sqrt(n_features * d)
        M = standard_normal(generator, (n_attributes, d), like=X) / math.sqrt(d)
        while True:
            S_xz = S_xx @ xp.matrix_transpose(E)
            S_zz, S_yz = E @ S_xz, S_yx @ xp.matrix_transpose(E)
            yield FactoredAutoencoder(
                encoder=E,
                decoder=D,
                attribute_map=M,
                mean=mean,
                label_mean=label_mean,
                objective=float(
                    xp.linalg.trace(S_xx)
                    - 2 * xp.sum(D * S_xz)
                    + xp.sum((D @ S_zz) * D)
                    + w_1 * (xp.sum((M @ S_zz) * M) - 2 * xp.sum(M * S_yz) + xp.linalg.trace(S_yy))
                    + w_2 * (xp.linalg.trace(S_zz) - 2 * xp.sum(M * S_yz) + xp.sum((S_yy @ M) * M))
                ),
            )
            if step_size is None:
                D = S_xz @ _inverse(S_zz)  # step 4
                M = _sylvester(w_2 * S_yy, w_1 * S_zz, (w_1 + w_2) * S_yz)  # step 5
                inner = xp.matrix_transpose(D) @ D + w_1 * xp.matrix_transpose(M) @ M
                target = xp.matrix_transpose(D) + (w_1 + w_2) * xp.matrix_transpose(M) @ B
                E = _inverse(inner + w_2 * identity) @ target  # step 6
            else:  # step 3
                to_E = xp.matrix_transpose(D) @ (D @ E @ S_xx - S_xx)
                to_E = to_E + w_1 * xp.matrix_transpose(M) @ (M @ E @ S_xx - S_yx)
                to_E = to_E + w_2 * (E @ S_xx - xp.matrix_transpose(M) @ S_yx)
                to_D = D @ S_zz - S_xz
                to_M = w_1 * (M @ S_zz - S_yz) + w_2 * (S_yy @ M - S_yz)
                E, D, M = (
                    A - 2 * step_size * slope for A, slope in ((E, to_E), (D, to_D), (M, to_M))
                )

    return states()


def _inverse(A: Array) -> Array:
    """Return the pseudo-inverse of a symmetric matrix without negative eigenvalues."""
    xp = array_namespace(A)
    return xp.linalg.pinv(A, rtol=A.shape[0] * eps(A))


def _sylvester(A: Array, C: Array, right: Array) -> Array:
    """Return the smallest M with A M + M C = right, A and C symmetric and not negative."""
    xp = array_namespace(A)
    a, U = xp.linalg.eigh(A)
    c, V = xp.linalg.eigh(C)
    sums = xp.clip(a, min=0.0)[:, None] + xp.clip(c, min=0.0)
    turned = xp.matrix_transpose(U) @ right @ V
    solvable = sums > xp.max(sums) * A.shape[0] * C.shape[0] * eps(A)
    turned = xp.where(solvable, turned / xp.where(solvable, sums, xp.ones_like(sums)), 0.0 * turned)
    return U @ turned @ xp.matrix_transpose(V)
