"""The part of a representation that stands out of the noise and that an attack moves least.

Papers: eigenshield-causal-subspace-filtering.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, to_numpy
from labkit.checks import check_count, check_matrix, check_same_device
from labkit.spectra.marchenko_pastur_fit import marchenko_pastur_fit


@dataclass(frozen=True)
class RobustSubspace:
    """A projection, and what it was chosen from.

    Attributes
    ----------
    basis : Array, shape (n_features, k)
        Orthonormal columns, the least moved direction first; k is 0 where nothing stands out.
        ``mean + (e - mean) @ basis @ basis.T`` filters an embedding e.
    mean : Array, shape (n_features,)
        Of the clean embeddings.
    eigenvalues : Array, shape (n_features,)
        Of their covariance, from the largest.
    cutoff : float
        Where the eigenvalues of noise end.
    scores : Array, shape (n_outliers,)
        How far the perturbations move each outlying direction, relative to its own variance, in
        the order of the eigenvalues. The kept ones have the lowest.
    """

    basis: Array
    mean: Array
    eigenvalues: Array
    cutoff: float
    scores: Array


def robust_subspace(embeddings: Array, perturbations: Array, *, n_kept: int) -> RobustSubspace:
    r"""Return the outlying directions of a covariance that perturbations disturb least.

    .. math:: r_i = \frac{\operatorname{mean} (v_i^\top \delta)^2}{\lambda_i}, \qquad
              \lambda_i > \sigma^2 (1 + \sqrt\gamma)^2

    Parameters
    ----------
    embeddings : Array, shape (n_samples, n_features)
        Clean ones, at least two.
    perturbations : Array, shape (n_perturbations, n_features)
        delta: what an attack added to embeddings, not those on which the filter is judged.
    n_kept : int
        Directions to keep, from 1; where fewer stand out, all of these are kept.

    Returns
    -------
    RobustSubspace
        The basis, with spectrum and scores.

    Raises
    ------
    TypeError, ValueError
        For bad values, arrays that do not fit, or embeddings of which most directions have no
        variance at all, so that there is no bulk.

    Notes
    -----
    Portable; the fit of the bulk is made on the host.

    1. Centre, and take the eigenvectors of the covariance.
    2. Fit the Marchenko-Pastur law and keep the eigenvalues beyond its edge (spiked covariance).
    3. Score, and keep the lowest.

    The authors call their score a robustness-based nonconformity score and cut it at a quantile;
    its formula was not found, this one is ours. What a filter can do follows from one angle, that
    between a classifier's weights and the subspace: an attack that does not know the filter keeps
    the squared cosine of its effect, one that does keeps the cosine.

    References
    ----------
    Darabi, Naik, Tayebati, Jayasuriya, Krishnan, Trivedi: EigenShield, arXiv 2502.14976 (2025).

    Notebook: ``notebooks/spectra/15_unseen_directions.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> E = np.random.default_rng(0).standard_normal((200, 50)) * np.repeat([5.0, 1.0], [2, 48])
    >>> found = robust_subspace(E, np.eye(50)[:1], n_kept=1)  # the first axis is attacked
    >>> len(found.scores), int(np.argmax(abs(found.basis[:, 0])))
    (2, 1)
    """
    embeddings = check_matrix(embeddings, "embeddings", min_samples=2)
    perturbations = check_matrix(perturbations, "perturbations")
    check_same_device(embeddings=embeddings, perturbations=perturbations)
    n, p = embeddings.shape
    if perturbations.shape[1] != p:
        raise ValueError(
            f"perturbations must have {p} columns, as embeddings, got {perturbations.shape[1]}"
        )
    check_count(n_kept, "n_kept", 1)
    xp = array_namespace(embeddings)
    mean = xp.mean(embeddings, axis=0)  # step 1
    centred = embeddings - mean
    values, vectors = xp.linalg.eigh(xp.matrix_transpose(centred) @ centred / (n - 1))
    values, vectors = xp.flip(values), xp.flip(vectors, axis=1)
    fit = marchenko_pastur_fit(values, aspect_ratio=p / (n - 1))  # step 2
    outliers = vectors[:, : fit.n_outliers]
    moved = xp.mean((perturbations @ outliers) ** 2, axis=0)  # step 3
    scores = moved / values[: fit.n_outliers]
    order = to_numpy(scores).argsort(kind="stable")[:n_kept].tolist()
    kept = [outliers[:, i] for i in order]
    basis = xp.stack(kept, axis=1) if kept else outliers
    return RobustSubspace(basis, mean, values, fit.cutoff, scores)
