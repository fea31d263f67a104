"""Incremental PCA: exact or nearly exact principal components of data that come in batches.

Where the matrix of squares fits in memory it is enough to add it up; else a few rows are carried
along that stand for all before them.

Every streaming method of this package can be compared with it; its own sources are the references.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from labkit.arrays import Array, array_namespace, frobenius_norm
from labkit.checks import check_choice, check_count
from labkit.linalg import fix_signs
from labkit.pca._right_svd import right_svd
from labkit.pca._stream import opened
from labkit.pca.results import PrincipalComponents

ROUTES = ("auto", "moments", "merged")
LARGEST_SQUARE = 2000
MEAN_SHARE = 0.9


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


def incremental_components(
    batches: Iterable[Array], *, n_components: int, route: str = "auto", oversampling: int = 10
) -> Iterator[StreamedMoments]:
    r"""Return a generator of what is known of the principal components after each batch.

    .. math:: X_c^\top X_c \leftarrow X_c^\top X_c + B_c^\top B_c
              + \frac{n\,b}{n + b}\,(\mu - \mu_B)(\mu - \mu_B)^\top

    Parameters
    ----------
    batches : iterable of Array, each of shape (n_rows, n_features) or (n_features,)
        The stream; a matrix is a stream of its rows. Nothing has to be centred.
    n_components : int
        From 1 to n_features.
    route : {"auto", "moments", "merged"}
        Keep the n_features x n_features matrix, or a few rows instead. ``"auto"`` keeps the matrix
        up to 2000 features, that is 32 MB.
    oversampling : int
        Rows beyond `n_components` that the merged route keeps.

    Returns
    -------
    iterator of StreamedMoments
        One state for each batch. Its `components` are the `PrincipalComponents` of all rows so far,
        at most as many as rows; they are computed when they are asked for.

    Raises
    ------
    TypeError, ValueError
        For bad values and for a bad first batch, at the call; for a later batch, when it comes.

    Notes
    -----
    Portable. For a batch of b rows B with mean mu_B after n rows with mean mu:

    1. Centre the batch by its own mean. What the two means differ by counts as one more row, of
       weight n b / (n + b).
    2. Moments route: add the squares of these rows. Exact in one pass, for any batch size and any
       order: b n_features^2 flops a batch, and one ``eigh`` of 9 n_features^3 for each state whose
       components are asked for. The mean is taken out after squaring, without a copy of the batch,
       unless it carries more than nine tenths of the sum of squares.
    3. Merged route: append these rows to those that are kept, take the singular value
       decomposition, keep the leading n_components + oversampling. With r = kept + b rows that is
       4 n_features r^2 flops or 4 r n_features^2, whichever is less. The largest square that was
       cut is added to `cut`; ``cut / s_1^2`` bounds the residual of the components, because
       the matrix they are exact for lies below the true one by at most `cut`.

    The moments route squares: s_i has an absolute error of about eps s_1^2 / (2 s_i), so singular
    values below sqrt(eps) s_1 are lost (1.5e-8 s_1 in float64, 3e-4 s_1 in float32), and the angle
    between directions i and j has the error eps s_1^2 / (s_i^2 - s_j^2). `principal_components` is
    accurate beyond that, with all data in memory. The merged route does not square. What it cuts
    depends on the order: give it batches of several times n_components rows.

    scikit-learn's IncrementalPCA merges, keeps `n_components` rows, and takes a full singular value
    decomposition of each batch, by default of 5 n_features rows.

    References
    ----------
    Chan, Golub, LeVeque: Algorithms for computing the sample variance, American Statistician 37
    (1983).

    Levy, Lindenbaum: Sequential Karhunen-Loeve basis extraction and its application to images,
    IEEE Trans. Image Processing 9 (2000).

    Ross, Lim, Lin, Yang: Incremental learning for robust visual tracking, Int. J. Computer Vision
    77 (2008).

    Notebook: ``notebooks/pca/04_streams.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.pca import principal_components
    >>> X = np.random.default_rng(0).standard_normal((1000, 5)) + 3
    >>> for state in incremental_components(np.split(X, 10), n_components=2):
    ...     pass  # the last state
    >>> whole = principal_components(X, n_components=2)
    >>> bool(np.allclose(state.components.components, whole.components)), state.n_samples
    (True, 1000)
    """
    first, stream = opened(batches)
    n_features = first.shape[1]
    k = check_count(n_components, "n_components", 1, n_features)
    check_choice(route, "route", ROUTES)
    n_kept = k + check_count(oversampling, "oversampling", 0)
    moments = route == "moments" or (route == "auto" and n_features <= LARGEST_SQUARE)

    def states() -> Iterator[StreamedMoments]:
        xp = array_namespace(first)
        n_samples, total, cut = 0, 0.0, 0.0
        mean, rows = xp.zeros_like(first[0, :]), first[:0, :]
        squares: Array | None = None
        for batch in stream:
            n_rows = batch.shape[0]
            batch_mean = xp.mean(batch, axis=0)  # step 1
            shift = batch_mean - mean
            weight = n_samples * n_rows / (n_samples + n_rows)
            n_samples += n_rows
            mean = mean + shift * (n_rows / n_samples)
            if moments:  # step 2
                added = _shifted_squares(batch, batch_mean, weight, shift)
                if squares is not None:
                    added += squares
                squares = added
                total = float(xp.linalg.trace(squares))
                yield StreamedMoments(mean, squares, None, total, 0.0, n_samples, k)
            else:  # step 3
                centred = batch - batch_mean
                total += frobenius_norm(centred) ** 2 + weight * frobenius_norm(shift) ** 2
                s, Vh = right_svd(xp.concat([rows, centred, weight**0.5 * shift[None, :]], axis=0))
                if s.shape[0] > n_kept:
                    cut += float(s[n_kept]) ** 2
                    s, Vh = s[:n_kept], Vh[:n_kept, :]
                rows = s[:, None] * Vh
                yield StreamedMoments(mean, None, rows, total, cut, n_samples, k)

    return states()


def _shifted_squares(batch: Array, mean: Array, weight: float, shift: Array) -> Array:
    """Return the squares of the centred rows and of the shift.

    Rows are copied for it only where the mean is large. All that is taken out or added beside the
    product of the rows is one product of two columns: each pass over the square costs.
    """
    xp = array_namespace(batch)
    n_rows = batch.shape[0]
    squares = xp.matrix_transpose(batch) @ batch
    energy = n_rows * float(mean @ mean)
    if energy > MEAN_SHARE * float(xp.linalg.trace(squares)):
        batch = batch - mean
        squares = xp.matrix_transpose(batch) @ batch
        mean = xp.zeros_like(mean)
    rows = xp.stack([mean, shift])
    weighted = xp.stack([-n_rows * mean, weight * shift])
    squares += xp.matrix_transpose(weighted) @ rows
    return squares
