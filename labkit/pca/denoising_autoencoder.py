"""The best linear denoiser through a narrow door, in closed form: which subspace noise teaches.

An autoencoder sees a corrupted sample and must return the clean one. If all maps are linear, the
optimum needs no training, and one can ask what the kind of corruption does to what is learned.

Papers: learning-reconstruction-produces-uninformative.
"""

from __future__ import annotations

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_array, check_count, check_matrix, check_real, check_same_device
from labkit.linalg import fix_signs
from labkit.pca._linear_autoencoder import mean_and_covariance
from labkit.pca.results import LinearAutoencoder


def denoising_autoencoder(
    X: Array,
    *,
    n_latents: int,
    noise_variance: float = 0.0,
    drop_probability: float = 0.0,
    groups: Array | None = None,
) -> LinearAutoencoder:
    r"""Return the linear autoencoder that best restores samples from noise and dropped features.

    .. math:: \min_{V, W} \; \frac1n \sum_i \mathbb{E}\,\bigl\| x_i - \tilde x_i V W \bigr\|^2,
              \qquad \tilde x = m \circ x + \varepsilon

    Samples are rows and centred; m is 0 on dropped features and 1 elsewhere, and the noise
    epsilon has mean zero and variance `noise_variance` in each feature.

    Parameters
    ----------
    X : Array, shape (n_samples, n_features)
        The clean data.
    n_latents : int
        Width of the code, from 1 to ``n_features``.
    noise_variance : float
        In the squared unit of the data. With 0, and nothing dropped, the answer is PCA.
    drop_probability : float
        p, from 0 to below 1: how often a feature is replaced by its mean.
    groups : Array, shape (n_features,), optional
        Features of equal entries are dropped together, different groups independently: patches of
        an image. By default each feature is a group of its own.

    Returns
    -------
    LinearAutoencoder
        `decoder` has orthonormal rows, signs by `linalg.fix_signs`; `bottleneck` is diagonal,
        descending: its squares are the parts of the variance that are restored. `encoder` makes
        codes of corrupted samples that are uncorrelated, with variance 1. Columns of the encoder
        beyond the rank of the data are zero.

    Raises
    ------
    TypeError, ValueError
        For bad values, see `labkit.checks`, for entries whose variances overflow, and for groups
        of another length.

    Notes
    -----
    Portable.

    1. S = covariance of the data. The corrupted data have the second moment
       ``M = S * P + noise_variance * I``, where P, entry by entry, is the probability that both
       features are seen: ``1 - p`` in a group, ``(1 - p)**2`` across; and the cross moment with
       the clean data is ``(1 - p) S``.
    2. T = the eigenvectors of M over the roots of their eigenvalues, so ``T' M T = I``.
    3. ``T' (1 - p) S = Q diag(s) R'``, a singular value decomposition. Encoder ``T Q``, bottleneck
       ``diag(s)``, decoder ``R'``: the problem is a regression on the whitened codes of reduced
       rank, and Eckart and Young give its optimum.

    Noise of equal variance commutes with S: the subspace is that of PCA for every variance, and
    with l the eigenvalues of S the squares of the bottleneck are ``l**2 / (l + noise_variance)``.
    So do masks of single features when all features have one variance, since ``S * P`` is then
    ``(1 - p)**2 S`` plus a multiple of the identity. Other masks turn the subspace, towards
    patterns that can be inferred from what is left.

    The paper's closed form takes the encoder from a generalised eigenvalue problem of the two
    moments, which breaks down where M is singular; step 2 leaves such directions out. Here the
    mean is subtracted first, so a dropped feature becomes its mean. The paper's joint problem of
    reconstruction and classification and its experiments with deep networks are left out. Cost
    O(n p^2 + p^3) with p features, and no pass over corrupted data. For plain PCA use
    `principal_components`, which does not square the condition number.

    References
    ----------
    Balestriero, LeCun: How learning by reconstruction produces uninformative features for
    perception, ICML (2024), arXiv 2402.11337.

    Notebook: ``notebooks/pca/09_reconstruction.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> found = denoising_autoencoder(X, n_latents=1, noise_variance=4.5)
    >>> found.decoder.tolist(), round(float(found.bottleneck[0, 0]) ** 2, 2)
    ([[1.0, 0.0]], 2.25)
    """
    X = check_matrix(X, "X")
    n_features = X.shape[1]
    k = check_count(n_latents, "n_latents", 1, n_features)
    added = check_real(noise_variance, "noise_variance", 0.0)
    kept = 1.0 - check_real(drop_probability, "drop_probability", 0.0, 1.0, open_high=True)
    xp = array_namespace(X)
    if groups is None:
        names = xp.arange(n_features, device=device(X))
    else:
        names = check_array(groups, "groups", n_dims=1)
        check_same_device(X=X, groups=names)
        if names.shape[0] != n_features:
            raise ValueError(
                f"groups must have {n_features} entries, one a feature, got {names.shape[0]}"
            )

    mean, covariance = mean_and_covariance(X)  # step 1
    identity = xp.eye(n_features, dtype=X.dtype, device=device(X))
    together = xp.astype(names[:, None] == names[None, :], X.dtype)
    seen = kept**2 + (kept - kept**2) * together
    corrupted = covariance * seen + added * identity

    eigenvalues, vectors = xp.linalg.eigh(corrupted)  # step 2
    usable = eigenvalues > n_features * eps(X) * xp.max(xp.abs(eigenvalues))
    roots = xp.sqrt(xp.where(usable, eigenvalues, xp.ones_like(eigenvalues)))
    whitening = vectors * xp.where(usable, 1 / roots, xp.zeros_like(roots))

    cross = kept * (xp.matrix_transpose(whitening) @ covariance)  # step 3
    Q, s, Rh = xp.linalg.svd(cross, full_matrices=False)
    decoder = fix_signs(Rh[:k, :])
    flipped = xp.sum(decoder * Rh[:k, :], axis=1) < 0
    encoder = whitening @ Q[:, :k]
    return LinearAutoencoder(
        encoder=xp.where(flipped, -encoder, encoder),
        bottleneck=s[:k, None] * identity[:k, :k],
        decoder=decoder,
        mean=mean,
    )
