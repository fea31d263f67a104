"""What the methods of this package return: frozen, the answer first, then the diagnostics."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from functools import cached_property

from labkit.arrays import Array, array_namespace, device, eps, from_numpy, to_numpy
from labkit.checks import check_array, check_matrix, check_same_device
from labkit.linalg import fix_signs
from labkit.pca._kernels import kernel_matrix
from labkit.pca._nonnegative import nonnegative_amounts
from labkit.pca._posterior import check_observed, latent_posterior
from labkit.pca._right_svd import right_svd


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
        How it was computed: ``"covariance"``, ``"gram"``, ``"exact"`` or ``"randomised"``; from a
        stream ``"moments"`` or ``"merged"``.
    n_samples : int
        Rows of the data.
    residual : float
        ``||Xc^T Xc v - s^2 v|| / s_1^2`` with the centred data Xc, measured after the fact: the
        largest over all returned components on the randomised route, and that of the last
        component on the direct routes, which are accurate to rounding. On the covariance route
        the matrix as computed stands for ``Xc^T Xc``. Zero for constant data. From a stream that
        was merged it is a bound, the sum of what was cut over s_1^2.
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

    def completion(self, X: Array, observed: Array) -> Array:
        """Return samples with their holes filled by what the model expects there.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples; finite also where nothing was observed.
        observed : Array of bool, shape (n_new, n_features)
            True where the entry was observed, at least one in each sample.

        Returns
        -------
        Array, shape (n_new, n_features)
            X where it was observed; elsewhere the mean given what was observed.

        Raises
        ------
        TypeError, ValueError
            For a mask or samples that do not fit.
        """
        X = check_matrix(X, "X")
        check_same_device(X=X, components=self.components)
        n_features = self.components.shape[1]
        if X.shape[1] != n_features:
            raise ValueError(
                f"X must have {n_features} features, as the model has, got {X.shape[1]}"
            )
        mask = check_observed(X, observed)
        xp = array_namespace(X)
        z, _, _ = latent_posterior(X * mask, mask, self.mean, self.loadings, self.noise_variance)
        return xp.where(mask > 0, X, self.mean + z @ self.loadings)


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
class KernelComponents:
    """Principal components in the feature space of a kernel.

    Attributes
    ----------
    eigenvalues : Array, shape (n_components,)
        Of the centred kernel matrix, descending; divided by ``n_samples - 1`` they are variances.
    vectors : Array, shape (n_samples, n_components)
        Its orthonormal eigenvectors, the entry of largest magnitude positive.
    training_scores : Array, shape (n_samples, n_components)
        ``vectors * sqrt(eigenvalues)``: the coordinates of the training samples.
    X : Array, shape (n_samples, n_features)
        The training samples, which new ones are compared with.
    row_means : Array, shape (n_samples,)
        Of the kernel matrix, for centring.
    kernel : str
        Which kernel.
    bandwidth : float
        Its h.
    degree : int
        Of the polynomial kernel.
    """

    eigenvalues: Array
    vectors: Array
    training_scores: Array
    X: Array
    row_means: Array
    kernel: str
    bandwidth: float
    degree: int

    def scores(self, X: Array) -> Array:
        """Return the coordinates of samples on the components.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples, on the device of the training samples.

        Returns
        -------
        Array, shape (n_new, n_components)
            Zero for components of eigenvalue zero.

        Raises
        ------
        ValueError, TypeError
            For a wrong number of features, or samples on another device.
        """
        X = check_matrix(X, "X")
        check_same_device(X=X, training=self.X)
        n_features = self.X.shape[1]
        if X.shape[1] != n_features:
            raise ValueError(
                f"X must have {n_features} features, as the training samples have, got {X.shape[1]}"
            )
        xp = array_namespace(X, self.X)
        K = kernel_matrix(X, self.X, self.kernel, self.bandwidth, self.degree)
        K = K - xp.mean(K, axis=1)[:, None] - self.row_means + xp.mean(self.row_means)
        roots = xp.sqrt(self.eigenvalues)
        usable = roots > 0
        return (
            K
            @ self.vectors
            * (xp.astype(usable, K.dtype) / xp.where(usable, roots, xp.ones_like(roots)))
        )


@dataclass(frozen=True)
class StreamedDirections:
    """Orthonormal directions after a part of a stream.

    Attributes
    ----------
    basis : Array, shape (n_features, n_components)
        Orthonormal columns, the leading one first.
    values : Array, shape (n_components,)
        Estimated mean squares along the columns, zeros before there is one.
    n_samples : int
        Rows seen so far.
    n_stored : int
        Numbers that the method keeps until the next batch, this state included.
    """

    basis: Array
    values: Array
    n_samples: int
    n_stored: int


@dataclass(frozen=True)
class RowSketch:
    """A few rows B that stand for all rows A of a stream: ``B.T @ B`` is nearly ``A.T @ A``.

    Attributes
    ----------
    rows : Array, shape (at most 2 sketch_size, n_features)
        The sketch B.
    lost : float
        No direction has lost more: ``0 <= |A v|^2 - |B v|^2 <= lost`` for each unit vector v.
    n_samples : int
        Rows seen so far.
    """

    rows: Array
    lost: float
    n_samples: int

    @property
    def n_stored(self) -> int:
        """Return how many numbers are kept until the next batch."""
        return math.prod(self.rows.shape)

    @cached_property
    def basis(self) -> Array:
        """Return the right singular vectors of the sketch as columns, computed when asked for."""
        return self._svd[1]

    @cached_property
    def values(self) -> Array:
        """Return its squared singular values, each too small by at most `lost`, descending."""
        return self._svd[0] ** 2

    @cached_property
    def _svd(self) -> tuple[Array, Array]:
        s, Vh = right_svd(self.rows)
        return s, array_namespace(Vh).matrix_transpose(Vh)


@dataclass(frozen=True)
class StreamedMoments:
    """What incremental PCA knows of a stream: its mean, and its squares or a few rows for them.

    Attributes
    ----------
    mean : Array, shape (n_features,)
        Of the rows seen.
    squares : Array, shape (n_features, n_features), or None
        ``Xc.T @ Xc`` of the centred rows, on the moments route.
    rows : Array, shape (at most n_components + oversampling, n_features), or None
        Rows B with ``B.T @ B`` nearly ``Xc.T @ Xc``, on the merged route.
    sum_of_squares : float
        ``|Xc|_F^2``.
    cut : float
        No direction has lost more of its sum of squares; zero on the moments route.
    n_samples : int
        Rows seen so far.
    n_components : int
        As asked for.
    """

    mean: Array
    squares: Array | None
    rows: Array | None
    sum_of_squares: float
    cut: float
    n_samples: int
    n_components: int

    @property
    def n_stored(self) -> int:
        """Return how many numbers are kept until the next batch."""
        kept = (x for x in (self.mean, self.squares, self.rows) if x is not None)
        return sum(math.prod(x.shape) for x in kept)

    @cached_property
    def components(self) -> PrincipalComponents:
        """Return the principal components so far, computed when asked for."""
        xp = array_namespace(self.mean)
        if self.squares is None:
            s, Vh = right_svd(self.rows)
            V = xp.matrix_transpose(Vh)
            residual = self.cut / float(s[0]) ** 2 if float(s[0]) > 0 else 0.0
        else:
            eigenvalues, V = xp.linalg.eigh(self.squares)
            s, V = xp.flip(xp.sqrt(xp.clip(eigenvalues, min=0.0))), xp.flip(V, axis=1)
            residual = 0.0
        k = min(self.n_components, self.n_samples, s.shape[0])
        s, V = s[:k], V[:, :k]
        if self.squares is not None and float(s[0]) > 0:
            defect = self.squares @ V[:, k - 1 :] - V[:, k - 1 :] * s[k - 1] ** 2
            residual = float(xp.linalg.vector_norm(defect)) / float(s[0]) ** 2
        variance = s * s / max(self.n_samples - 1, 1)
        total = self.sum_of_squares
        return PrincipalComponents(
            components=fix_signs(xp.matrix_transpose(V)),
            singular_values=s,
            explained_variance=variance,
            explained_variance_ratio=s * s / total if total > 0 else xp.zeros_like(s),
            mean=self.mean,
            total_variance=total / max(self.n_samples - 1, 1),
            route="merged" if self.squares is None else "moments",
            n_samples=self.n_samples,
            residual=residual,
            n_passes=1,
        )


@dataclass(frozen=True)
class FilteredDirection:
    """A direction of large variance, and the samples that it was found from.

    Attributes
    ----------
    basis : Array, shape (n_features, 1)
        A unit vector.
    value : float
        The mean square of the selected samples along it.
    selected : Array, shape (n_samples,), bool
        False for the samples that were filtered out.
    n_iterations : int
        Directions looked along.
    n_products : int
        Products of the data matrix, or its transpose, with a vector.
    converged : bool
        Whether the last direction passed; false where the filter had to give up.
    """

    basis: Array
    value: float
    selected: Array
    n_iterations: int
    n_products: int
    converged: bool


@dataclass(frozen=True)
class FlagTest:
    """A test of a candidate for all principal subspaces together.

    Attributes
    ----------
    p_value : float
        The probability of a larger statistic for the true subspaces, as the sample grows.
    statistic : float
        Half the sum of `pairs`.
    degrees_of_freedom : int
        Of the limiting chi-squared distribution: the dimension of the flag manifold.
    corrected_p_value : float
        With the statistic divided by ``1 + mean_excess / degrees_of_freedom``.
    mean_excess : float
        By how much the mean of the statistic exceeds `degrees_of_freedom`, to first order in one
        over the number of samples, at the estimated variances.
    basis : Array, shape (n_features, n_features)
        The estimate: eigenvectors as columns, largest variance first, signs by `linalg.fix_signs`.
        Within a block only their span means something.
    variances : Array, shape (n_blocks,)
        The mean eigenvalue of each block.
    pairs : Array, shape (n_blocks, n_blocks)
        How far block i of the candidate is turned towards block j of the estimate, in squared
        standard deviations; zero diagonal.
    """

    p_value: float
    statistic: float
    degrees_of_freedom: int
    corrected_p_value: float
    mean_excess: float
    basis: Array
    variances: Array
    pairs: Array


@dataclass(frozen=True)
class BarycentricSubspaces:
    """Samples whose weighted means form nested subspaces near all samples.

    Attributes
    ----------
    references : Array of int, shape (n_references,)
        Rows of the data, in order: the first i + 1 of them span subspace i.
    unexplained_variances : Array, shape (n_references,)
        The mean squared distance of the samples from each subspace, descending.
    accumulated_unexplained_variance : float
        Their sum, the criterion.
    n_evaluations : int
        Subspaces whose unexplained variance was computed.
    """

    references: Array
    unexplained_variances: Array
    accumulated_unexplained_variance: float
    n_evaluations: int


@dataclass(frozen=True)
class AggregatedGradient:
    """One gradient out of those of many workers.

    Attributes
    ----------
    gradient : Array, shape (n_parameters,)
        What to step along.
    reconstruction_ratios : Array, shape (n_workers,)
        How much of each worker's unit gradient lies in the subspace, from 0 to 1; 0 for a worker
        who sent zeros.
    basis : Array, shape (n_parameters, n_components)
        Orthonormal columns of the subspace; columns of zeros where the gradients span less.
    objective_history : tuple of float
        The objective after each reweighting.
    n_iterations : int
        Reweightings after the first fit.
    converged : bool
        Whether the objective came to rest.
    """

    gradient: Array
    reconstruction_ratios: Array
    basis: Array
    objective_history: tuple[float, ...]
    n_iterations: int
    converged: bool


@dataclass(frozen=True)
class SparseComponents:
    """Components with few entries that are not zero, and the scores of the data on them.

    Attributes
    ----------
    components : Array, shape (n_components, n_features)
        Rows of norm 1, or 0 for a component that is not used; signs by `linalg.fix_signs`. They
        are not orthogonal.
    scores : Array, shape (n_samples, n_components)
        ``scores @ components + mean`` describes the data; the largest norm of a column first.
    mean : Array, shape (n_features,)
        What was subtracted.
    objective_history : tuple of float
        The objective after each sweep; it never rises.
    n_iterations : int
        Sweeps.
    converged : bool
        Whether the objective came to rest before the limit.
    """

    components: Array
    scores: Array
    mean: Array
    objective_history: tuple[float, ...]
    n_iterations: int
    converged: bool


@dataclass(frozen=True)
class LinearAutoencoder:
    """Linear maps to a few latent coordinates and back, with a square map between them.

    A sample becomes ``(x - mean) @ encoder @ bottleneck @ decoder + mean``.

    Attributes
    ----------
    encoder : Array, shape (n_features, n_latents)
        One column for each latent coordinate.
    bottleneck : Array, shape (n_latents, n_latents)
        The map between encoder and decoder; the identity where the method has none.
    decoder : Array, shape (n_latents, n_features)
        What each latent coordinate paints, one row each.
    mean : Array, shape (n_features,)
        What is subtracted first and added last.
    """

    encoder: Array
    bottleneck: Array
    decoder: Array
    mean: Array

    def scores(self, X: Array) -> Array:
        """Return the latent coordinates of samples, behind the bottleneck.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples, on the device of the encoder.

        Returns
        -------
        Array, shape (n_new, n_latents)
            ``(X - mean) @ encoder @ bottleneck``.

        Raises
        ------
        ValueError
            For a wrong number of features.
        TypeError
            For samples on another device.
        """
        X = check_matrix(X, "X")
        check_same_device(X=X, encoder=self.encoder)
        n_features = self.encoder.shape[0]
        if X.shape[1] != n_features:
            raise ValueError(
                f"X must have {n_features} features, as the encoder has, got {X.shape[1]}"
            )
        return (X - self.mean) @ (self.encoder @ self.bottleneck)

    def reconstruction(self, X: Array) -> Array:
        """Return what comes out for samples that go in.

        Parameters
        ----------
        X : Array, shape (n_new, n_features)
            Samples, on the device of the encoder.

        Returns
        -------
        Array, shape (n_new, n_features)
            ``scores(X) @ decoder + mean``.

        Raises
        ------
        ValueError, TypeError
            See `scores`.
        """
        return self.scores(X) @ self.decoder + self.mean


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


@dataclass(frozen=True)
class NonnegativeFactors:
    """Spectra as mixtures: nonnegative endmembers times nonnegative abundances.

    The pixels are ``(endmembers @ abundances).T``, up to noise.

    Attributes
    ----------
    endmembers : Array, shape (n_bands, n_endmembers)
        The pure spectra, in the units of the data.
    abundances : Array, shape (n_endmembers, n_pixels)
        The share of each in each pixel. The shares of a pixel sum to about 1.
    objective_history : tuple of tuple of float
        For each stage, the objective at its start and after each round.
    n_iterations : int
        Rounds, over all stages.
    converged : bool
        Whether every stage came to rest before its limit.
    guidance : Array, shape (n_pixels,), or None
        How pure each pixel looks, where the method learns it.
    """

    endmembers: Array
    abundances: Array
    objective_history: tuple[tuple[float, ...], ...]
    n_iterations: int
    converged: bool
    guidance: Array | None = None

    def aligned(self, endmembers: Array, *, bands: Array | None = None) -> NonnegativeFactors:
        """Return the same factors in the order of known endmembers.

        Parameters
        ----------
        endmembers : Array, shape (n_bands, n_endmembers)
            The order wanted, on the device of the factors.
        bands : Array of bool, shape (n_bands,), optional
            Which bands count; all by default.

        Returns
        -------
        NonnegativeFactors
            The assignment, of all, with the smallest sum of spectral angles.

        Raises
        ------
        ValueError
            For another shape.

        Notes
        -----
        Host: the assignment is SciPy's.
        """
        from scipy.optimize import linear_sum_assignment

        angles = _spectral_angles(endmembers, self.endmembers, bands)
        order = linear_sum_assignment(to_numpy(angles))[1]
        xp = array_namespace(self.endmembers)
        places = from_numpy(order, like=self.endmembers)
        return replace(
            self,
            endmembers=xp.take(self.endmembers, places, axis=1),
            abundances=xp.take(self.abundances, places, axis=0),
        )

    def spectral_angles(self, endmembers: Array, *, bands: Array | None = None) -> Array:
        """Return the angle of each endmember to a known one, in radians.

        Parameters
        ----------
        endmembers : Array, shape (n_bands, n_endmembers)
            In the same order, see `aligned`.
        bands : Array of bool, shape (n_bands,), optional
            Which bands count; all by default.

        Returns
        -------
        Array, shape (n_endmembers,)
            From 0 to pi / 2; blind to the scale of a spectrum.

        Raises
        ------
        ValueError
            For another shape.
        """
        return array_namespace(self.endmembers).linalg.diagonal(
            _spectral_angles(endmembers, self.endmembers, bands)
        )


def _spectral_angles(known: Array, found: Array, bands: Array | None) -> Array:
    known = check_matrix(known, "endmembers")
    if known.shape != found.shape:
        raise ValueError(f"endmembers must have shape {found.shape}, got {known.shape}")
    check_same_device(endmembers=known, factors=found)
    xp = array_namespace(known, found)
    if bands is not None:
        kept = xp.astype(bands, found.dtype)[:, None]
        known, found = known * kept, found * kept
    units = [A / xp.sqrt(xp.clip(xp.sum(A * A, axis=0), min=1e-30)) for A in (known, found)]
    return xp.acos(xp.clip(xp.matrix_transpose(units[0]) @ units[1], min=0.0, max=1.0))


@dataclass(frozen=True)
class ConceptExplanation:
    """Feature maps written as amounts of a few concepts, and how faithful that is.

    Attributes
    ----------
    concepts : Array, shape (n_concepts, n_channels)
        One vector of channels each.
    mean : Array, shape (n_channels,)
        Added at every place; zero but for PCA.
    reducer : str
        ``"nmf"``, ``"pca"`` or ``"k-means"``.
    maps : Array, shape (n_images, height, width, n_concepts)
        How much of each concept is where. Its mean over the places is the concept's score.
    weights : Array, shape (n_concepts, n_classes)
        What a unit of the concept at every place adds to each logit.
    relative_error : float
        Of the winning logit after reduction and reconstruction.
    agreement : float
        The share of images whose winning class stays.
    """

    concepts: Array
    mean: Array
    reducer: str
    maps: Array
    weights: Array
    relative_error: float
    agreement: float

    def transform(self, features: Array) -> Array:
        """Return how much of each concept is where.

        Parameters
        ----------
        features : Array, shape (n_new, height, width, n_channels)
            Feature maps, not negative for NMF.

        Returns
        -------
        Array, shape (n_new, height, width, n_concepts)
            Nonnegative least squares, scores, or membership, see `reducer`.

        Raises
        ------
        ValueError
            For another number of channels or negative features with NMF.
        """
        features = check_array(features, "features", n_dims=4)
        if features.shape[-1] != self.concepts.shape[1]:
            raise ValueError(
                f"features must have {self.concepts.shape[1]} channels, got {features.shape[-1]}"
            )
        check_same_device(features=features, concepts=self.concepts)
        xp = array_namespace(features)
        P = self.concepts
        rows = xp.reshape(features, (-1, P.shape[1]))
        if self.reducer == "pca":
            amounts = (rows - self.mean) @ xp.matrix_transpose(P)
        elif self.reducer == "k-means":
            squared = xp.sum(P * P, axis=1) - 2 * rows @ xp.matrix_transpose(P)
            member = xp.argmin(squared, axis=1)
            columns = [xp.astype(member == k, rows.dtype) for k in range(P.shape[0])]
            amounts = xp.stack(columns, axis=1)
        else:
            if float(xp.min(rows)) < 0:
                raise ValueError(f"features must not be negative for nmf, got {xp.min(rows):g}")
            amounts = nonnegative_amounts(rows, P)
        return xp.reshape(amounts, (*features.shape[:3], P.shape[0]))

    def inverse(self, maps: Array) -> Array:
        """Return the feature maps that amounts of concepts stand for.

        Parameters
        ----------
        maps : Array, shape (n_new, height, width, n_concepts)
            As `transform` returns them.

        Returns
        -------
        Array, shape (n_new, height, width, n_channels)
            ``maps @ concepts + mean``.
        """
        return maps @ self.concepts + self.mean
