"""Concept explanation: a network's feature maps as a few concepts, and back again.

A layer's channels are many and mean nothing alone. A reducer writes the vector of channels at each
place as a combination of a few concepts; since the combination can be undone, the rest of the
network tells how faithful the concepts are, and what each is worth to each class.

Papers: invertible-concept-based-explanations.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labkit.arrays import (
    Array,
    array_namespace,
    from_numpy,
    to_numpy,
)
from labkit.checks import (
    check_array,
    check_choice,
    check_count,
    check_same_device,
)
from labkit.pca._nonnegative import nonnegative_amounts
from labkit.random import Rng, as_generator

REDUCERS = ("nmf", "pca", "k-means")


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


def concept_explanation(
    features: Array,
    head: Callable[[Array], Array],
    *,
    n_concepts: int,
    reducer: str = "nmf",
    rng: Rng = None,
) -> ConceptExplanation:
    r"""Reduce feature maps to concepts and measure what the head loses by it.

    .. math:: F \approx S P + \mathbf{1} m^\top, \qquad
              w_{kj} = \frac{1}{n} \sum_i
              \frac{f_j(F_i + \varepsilon p_k) - f_j(F_i - \varepsilon p_k)}{2 \varepsilon}

    Parameters
    ----------
    features : Array, shape (n_images, height, width, n_channels)
        What a layer says at each place of each image. Not negative for ``"nmf"``: take them after
        a ReLU.
    head : callable
        The rest of the network: ``head(features)`` gives logits, shape (n_images, n_classes), for
        any number of images.
    n_concepts : int
        From 1 to the number of channels, and of places.
    reducer : {"nmf", "pca", "k-means"}
        Nonnegative parts; orthonormal directions about the mean, signed; or one centre a place.
    rng : int, Generator or None
        Starts of k-means.

    Returns
    -------
    ConceptExplanation
        Concepts, maps, weights; `relative_error` and `agreement` compare the head on the features
        with the head on their reconstruction.

    Raises
    ------
    TypeError, ValueError
        For bad values, negative features with ``"nmf"``, and logits of a wrong shape.

    Notes
    -----
    Host: the reducers are scikit-learn's, and the head may be any function of arrays.

    1. Flatten to one row of channels for each place of each image.
    2. Fit the reducer. Rows of zeros, where the ReLU is silent everywhere, take part.
    3. Maps: nonnegative least squares for NMF (not a projection), the scores for PCA, membership
       for k-means, which knows no amplitude.
    4. Run the head on the reconstruction. The error is that of the logit that wins on the features,
       mean absolute difference over absolute mean.
    5. The weight of a concept for a class is the central difference of the mean logit along the
       concept, added at every place; exact, up to rounding, if the head is linear.

    As in the authors' program, with the step 1e-4 relative to the largest feature, and the error
    pooled over the images rather than averaged over classes; the human study is left out. PCA has
    the smallest error of reconstruction of all reducers of as many concepts (Eckart and Young), so
    NMF cannot win there: what it offers is concepts that are parts. The cost is that of the
    reducer, and 2 n_concepts + 2 calls of the head.

    References
    ----------
    Zhang, Madumal, Miller, Ehinger, Rubinstein: Invertible concept-based explanations for CNN
    models with non-negative concept activation vectors, AAAI 2021, arXiv 2006.15417.

    Notebook: ``notebooks/pca/14_concepts.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> parts = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    >>> amounts = np.array([[[[1, 0], [2, 0], [0, 3]]], [[[0, 1], [0, 0], [1, 0]]]], dtype=float)
    >>> pooled = lambda maps: maps.mean(axis=(1, 2)) @ np.array([[1.0], [0.0], [1.0]])
    >>> found = concept_explanation(amounts @ parts, pooled, n_concepts=2)
    >>> found.relative_error < 1e-3, found.agreement
    (True, 1.0)
    """
    features = check_array(features, "features", n_dims=4)
    check_choice(reducer, "reducer", REDUCERS)
    n_images, height, width, n_channels = features.shape
    n_places = n_images * height * width
    check_count(n_concepts, "n_concepts", 1, min(n_channels, n_places))
    generator = as_generator(rng)
    rows = to_numpy(features).reshape(n_places, n_channels)  # step 1
    if reducer == "nmf" and rows.min() < 0:
        raise ValueError(f"features must not be negative for nmf, got {rows.min():g}")

    concepts, mean = _fit(rows, n_concepts, reducer, generator)  # step 2
    partial = ConceptExplanation(
        concepts=from_numpy(concepts.astype(rows.dtype), like=features),
        mean=from_numpy(mean.astype(rows.dtype), like=features),
        reducer=reducer,
        maps=features,
        weights=features,
        relative_error=0.0,
        agreement=0.0,
    )
    maps = partial.transform(features)  # step 3

    logits = _logits(head, features)
    rebuilt = _logits(head, partial.inverse(maps))  # step 4
    winner = logits.argmax(axis=1)
    target, reached = (values[np.arange(n_images), winner] for values in (logits, rebuilt))
    lost, scale = np.mean(np.abs(target - reached)), abs(np.mean(target))
    relative_error = float(lost / scale) if scale > 0 else (0.0 if lost == 0 else float("inf"))

    step = 1e-4 * max(float(np.abs(rows).max()), np.finfo(rows.dtype).tiny)  # step 5
    weights = np.stack(
        [
            (_logits(head, features + move) - _logits(head, features - move)).mean(axis=0)
            / (2 * step)
            for move in (step * partial.concepts[k, :] for k in range(n_concepts))
        ]
    )
    return ConceptExplanation(
        concepts=partial.concepts,
        mean=partial.mean,
        reducer=reducer,
        maps=maps,
        weights=from_numpy(weights.astype(rows.dtype), like=features),
        relative_error=relative_error,
        agreement=float(np.mean(winner == rebuilt.argmax(axis=1))),
    )


def _fit(
    rows: np.ndarray, n_concepts: int, reducer: str, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return concepts, shape (n_concepts, n_channels), and what is added to each place."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import NMF, PCA
    from sklearn.exceptions import ConvergenceWarning

    zero = np.zeros(rows.shape[1])
    largest = float(np.abs(rows).max())
    if largest == 0:
        return np.zeros((n_concepts, rows.shape[1])), zero
    rows = rows / largest  # the tolerances of the reducers are absolute
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a stop at the limit is still a fit
        if reducer == "pca":
            fitted = PCA(n_concepts, svd_solver="full").fit(rows)
            return fitted.components_, largest * fitted.mean_
        if reducer == "k-means":
            seed = int(generator.integers(2**31))
            fitted = KMeans(n_concepts, n_init=3, random_state=seed).fit(rows)
            return largest * fitted.cluster_centers_, zero
        fitted = NMF(n_concepts, init="nndsvda", max_iter=400, tol=1e-5).fit(rows)
        return largest * fitted.components_, zero


def _logits(head: Callable[[Array], Array], features: Array) -> np.ndarray:
    logits = to_numpy(head(features)).astype(np.float64)
    if logits.ndim != 2 or logits.shape[0] != features.shape[0]:
        raise ValueError(
            f"head must return logits of shape ({features.shape[0]}, n_classes), got {logits.shape}"
        )
    return logits
