"""What the methods of this package return: frozen, the answer first, then the diagnostics."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_matrix, check_same_device


@dataclass(frozen=True)
class PrincipalComponents:
    """The principal components of a data matrix.

    Attributes
    ----------
    components : Array, shape (n_components, n_features)
        Orthonormal rows, the direction of largest variance first, signs by `linalg.fix_signs`.
    singular_values : Array, shape (n_components,)
        Of the centred data, descending.
    explained_variance : Array, shape (n_components,)
        ``singular_values**2 / (n_samples - 1)``.
    explained_variance_ratio : Array, shape (n_components,)
        The share of the total variance. Zeros when the total variance is zero.
    mean : Array, shape (n_features,)
        What was subtracted.
    total_variance : float
        Over all features, returned components or not; divided by ``n_samples - 1``.
    route : str
        How it was computed: ``"covariance"``, ``"gram"``, ``"exact"`` or ``"randomised"``.
    n_samples : int
        Rows of the data.
    residual : float
        ``||Xc^T Xc v - s^2 v|| / s_1^2`` with the centred data Xc, measured after the fact: the
        largest over all returned components on the randomised route, and that of the last
        component on the direct routes, which are accurate to rounding. On the covariance route
        the matrix as computed stands for ``Xc^T Xc``. Zero for constant data.
    n_passes : int
        Readings of the whole data matrix: one to centre it and one for each product with it or
        factorisation of it. The two products that measure `residual` are not counted.
    """

    components: Array
    singular_values: Array
    explained_variance: Array
    explained_variance_ratio: Array
    mean: Array
    total_variance: float
    route: str
    n_samples: int
    residual: float
    n_passes: int

    @property
    def loadings(self) -> Array:
        """Return the components times their standard deviations, shape (n_components, n_features).

        The convention of factor analysis: the loadings' outer product ``loadings.T @ loadings`` is
        the part of the covariance matrix that the components explain. Others call the components
        themselves loadings.
        """
        xp = array_namespace(self.components)
        return self.components * xp.sqrt(self.explained_variance)[:, None]

    def scores(self, X: Array) -> Array:
        """Return the coordinates of samples on the components.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples, on the device of the components.

        Returns
        -------
        Array, shape (n_new, n_components)
            ``(X - mean) @ components.T``.

        Raises
        ------
        ValueError
            For a wrong number of features.
        TypeError
            For samples on another device.
        """
        X = check_matrix(X, "X")
        check_same_device(X=X, components=self.components)
        n_features = self.components.shape[1]
        if X.shape[1] != n_features:
            raise ValueError(
                f"X must have {n_features} features, as the components have, got {X.shape[1]}"
            )
        xp = array_namespace(X, self.components)
        return (X - self.mean) @ xp.matrix_transpose(self.components)

    def reconstruction(self, X: Array) -> Array:
        """Return the nearest points to samples in the affine span of the components.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples, on the device of the components.

        Returns
        -------
        Array, shape (n_new, n_features)
            ``scores(X) @ components + mean``.

        Raises
        ------
        ValueError, TypeError
            See `scores`.
        """
        return self.scores(X) @ self.components + self.mean


@dataclass(frozen=True)
class TrajectorySpectrum:
    """What PCA sees in a walk through infinitely many dimensions.

    Attributes
    ----------
    explained_variance_ratio : ndarray, shape (n_states - 1,)
        The share of the variance over time that each component carries, descending.
    curves : ndarray, shape (n_states - 1, n_states)
        The walk's projection on each component as a function of time: unit norm, mean zero, the
        first entry not negative.
    eigenvalues : ndarray, shape (n_states - 1,)
        Of the centred Gram matrix divided by the number of dimensions, for steps of variance 1 in
        each dimension. The component's scores are ``sqrt(n_dimensions * eigenvalue) * curve``.
    """

    explained_variance_ratio: Array
    curves: Array
    eigenvalues: Array


@dataclass(frozen=True)
class ProbabilisticComponents:
    """A Gaussian model of data: a few directions with variances of their own, equal noise in all.

    A sample is ``mean + loadings.T @ z + noise`` with z standard normal and the noise of variance
    `noise_variance` in each feature.

    Attributes
    ----------
    components : Array, shape (n_components, n_features)
        Orthonormal rows, the direction of largest variance first, signs by `linalg.fix_signs`.
    loadings : Array, shape (n_components, n_features)
        The components times the square root of their variance beyond the noise.
    mean : Array, shape (n_features,)
        Of the selected samples, weighted.
    noise_variance : float
        Per feature.
    log_likelihoods : Array, shape (n_samples,)
        The log density of each sample, selected or not, in nats. Infinite where the model is
        singular, see the method.
    selected : Array, shape (n_samples,), bool
        The samples that the model was fitted to.
    objective_history : tuple of tuple of float
        For each stage, that is for each threshold, the objective before the first step and after
        each step.
    n_iterations : int
        Model fits.
    converged : bool
        Whether the selection came to rest in every stage.
    """

    components: Array
    loadings: Array
    mean: Array
    noise_variance: float
    log_likelihoods: Array
    selected: Array
    objective_history: tuple[tuple[float, ...], ...]
    n_iterations: int
    converged: bool


@dataclass(frozen=True)
class LowRankPlusSparse:
    """A matrix split into a matrix of low rank and a sparse one.

    Attributes
    ----------
    low_rank, sparse : Array, shape (m, n)
        Their sum is the matrix, up to the last residual.
    rank : int
        Of `low_rank`.
    converged : bool
        Whether the residual came below the tolerance.
    n_iterations : int
        Rounds.
    residual_history : tuple of float
        A relative distance after each round; the method says of what.
    n_singular_value_decompositions : int
        Full decompositions of an m x n matrix.
    n_products : int
        Products of an m x n matrix, or its transpose, with a vector; a matrix put together from r
        pairs of singular vectors counts as r.
    """

    low_rank: Array
    sparse: Array
    rank: int
    converged: bool
    n_iterations: int
    residual_history: tuple[float, ...]
    n_singular_value_decompositions: int
    n_products: int


@dataclass(frozen=True)
class Subspace:
    """Orthonormal directions found in data, with what orders them and how they were found.

    Attributes
    ----------
    basis : Array, shape (n_features, n_components)
        Orthonormal columns, the leading one first; the method says what orders them. Within a tie
        only their span means something.
    values : Array, shape (n_components,)
        What orders the columns, the method says which: variances, eigenvalues, singular values.
    objective_history : tuple of float
        The objective at the start and after each iteration; a single entry for a closed form.
    n_iterations : int
        Rounds; the method says of what. Zero for a closed form.
    converged : bool
        Whether the rounds came to rest before their limit.
    """

    basis: Array
    values: Array
    objective_history: tuple[float, ...]
    n_iterations: int
    converged: bool


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
        X = check_matrix(X, "X")
        check_same_device(X=X, encoder=self.encoder)
        if X.shape[1] != self.encoder.shape[1]:
            raise ValueError(
                f"X must have {self.encoder.shape[1]} features, as the encoder has, "
                f"got {X.shape[1]}"
            )
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


@dataclass(frozen=True)
class GraphFeatures:
    """What a graph network can see before any weight is learnt.

    Attributes
    ----------
    hops : tuple of Array, each of shape (n_samples, n_features)
        The attributes after 0, 1, ... hops; columns of unit norm, or zero.
    structure : Array, shape (n_samples, structure_rank)
        The graph's own components: left singular vectors of the adjacency matrix times singular
        values, relative to the largest.
    """

    hops: tuple[Array, ...]
    structure: Array

    @property
    def flattened(self) -> Array:
        """Return all hops and the structure side by side."""
        xp = array_namespace(self.structure)
        return xp.concat([*self.hops, self.structure], axis=1)

    def effective_ranks(self) -> Array:
        """Return the effective rank of the hops so far, side by side, after each hop.

        Returns
        -------
        Array, shape (n_hops + 1,)
            The exponential of the entropy of ``s / sum(s)`` with s the singular values (Roy and
            Vetterli 2007): from 1 to the number of columns, 0 if all are zero.
        """
        xp = array_namespace(self.structure)
        found = []
        for k in range(len(self.hops)):
            s = xp.linalg.svdvals(xp.concat(list(self.hops[: k + 1]), axis=1))
            total = xp.sum(s)
            share = s / xp.where(total > 0, total, xp.ones_like(total))
            logs = xp.log(xp.where(share > 0, share, xp.ones_like(share)))
            found.append(xp.exp(-xp.sum(share * logs)) * xp.astype(total > 0, s.dtype))
        return xp.stack(found)

    def canonical_correlations(self) -> Array:
        """Return the canonical correlations, uncentred, between each hop and the next.

        Returns
        -------
        Array, shape (n_hops, n_features)
            Cosines of the angles between the spans of hop k and k + 1, descending; zeros stand
            for the dimensions that a hop lacks to working accuracy.
        """
        xp = array_namespace(self.structure)
        bases = [_span(H) for H in self.hops]
        rows = []
        for one, other in itertools.pairwise(bases):
            cosines = xp.clip(xp.linalg.svdvals(xp.matrix_transpose(one) @ other), max=1.0)
            rows.append(cosines)
        if not rows:
            return self.hops[0][:0, :]
        return xp.stack(rows)


def _span(H: Array) -> Array:
    """Return orthonormal columns that span those of H, and zeros for what is missing."""
    xp = array_namespace(H)
    if H.shape[1] > H.shape[0]:
        missing = xp.zeros((H.shape[1] - H.shape[0], H.shape[1]), dtype=H.dtype, device=device(H))
        return _span(xp.concat([H, missing], axis=0))
    U, s, _ = xp.linalg.svd(H, full_matrices=False)
    present = s > max(H.shape) * eps(H) * s[0]
    return U * xp.astype(present, H.dtype)


@dataclass(frozen=True)
class SharedHopWeights:
    """One number for each hop and one matrix of weights for all of them.

    Attributes
    ----------
    hop_weights : Array, shape (n_hops,)
        theta, of unit norm.
    weights : Array, shape (n_features, n_targets)
        W: the prediction is ``sum_k theta_k H_k W``.
    objective_history : tuple of float
        After each round.
    n_iterations : int
        Rounds.
    converged : bool
        Whether the objective came to rest.
    """

    hop_weights: Array
    weights: Array
    objective_history: tuple[float, ...]
    n_iterations: int
    converged: bool
