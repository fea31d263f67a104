"""What several methods of this package return: frozen, the answer first, then the diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, replace

from labkit.arrays import Array, array_namespace, from_numpy, to_numpy
from labkit.checks import check_matrix, check_new_samples, check_same_device
from labkit.pca._posterior import check_observed, latent_posterior


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
        X = check_new_samples(X, self.components.shape[1], components=self.components)
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
        X = check_new_samples(X, self.components.shape[1], components=self.components)
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
        X = check_new_samples(X, self.encoder.shape[0], encoder=self.encoder)
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
