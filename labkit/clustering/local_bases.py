"""Local bases: a small linear basis for each cluster of functions instead of one large for all.

A pulse that travels needs many modes, because no few functions span it at all its places. Cut its
way into pieces, and each piece needs few.

Papers: optimal-piecewise-linear-data, physics-informed-cluster-analysis.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device, eps
from labkit.checks import check_array, check_count, check_new_samples, check_same_device
from labkit.clustering._inner_product import check_functions, factor, unit_rows


@dataclass(frozen=True)
class LocalBases:
    """One basis a cluster.

    Attributes
    ----------
    bases : Array, shape (n_clusters, n_components, n_features)
        Functions in rows, orthonormal in the inner product of M, the most important first. Rows of
        zeros where a cluster spans fewer dimensions, or is empty.
    singular_values : Array, shape (n_clusters, n_components)
        Of the cluster's functions, each scaled to norm 1; zeros as above.
    mass : Array or None
        M.
    """

    bases: Array
    singular_values: Array
    mass: Array | None

    def relative_errors(self, snapshots: Array) -> Array:
        """Return what each basis misses of each function, relative to the function's norm.

        Parameters
        ----------
        snapshots : Array, shape (n_new, n_features)
            Functions, none of them zero, on the device of the bases.

        Returns
        -------
        Array, shape (n_new, n_clusters)
            Between 0 and 1. The smallest of a row is what the best basis achieves (the oracle);
            for a rule that chooses the basis beforehand take the entry of its choice.
        """
        snapshots = check_new_samples(snapshots, self.bases.shape[2], bases=self.bases)
        snapshots, mass = check_functions(self.mass, snapshots=snapshots)
        xp = array_namespace(snapshots, self.bases)
        C = factor(mass)
        U = unit_rows(snapshots, C)
        errors = []
        for index in range(self.bases.shape[0]):
            basis = self.bases[index, :, :]
            W = basis if C is None else basis @ C
            errors.append(xp.linalg.vector_norm(U - (U @ xp.matrix_transpose(W)) @ W, axis=1))
        return xp.stack(errors, axis=1)


def local_bases(
    snapshots: Array, labels: Array, *, n_components: int, mass: Array | None = None
) -> LocalBases:
    r"""Return the best linear basis of each cluster for the relative error.

    .. math:: \min_{\Phi_c} \sum_{i: \, l_i = c}
              \frac{\| u_i - \Phi_c \Phi_c^\top M u_i \|^2}{\| u_i \|^2},
              \qquad \Phi_c^\top M \Phi_c = I_N, \qquad \| u \|^2 = u^\top M u

    Parameters
    ----------
    snapshots : Array, shape (n_samples, n_features)
        One function a row; none may be zero.
    labels : Array, shape (n_samples,)
        The cluster of each, whole numbers from 0. A number that does not occur gives an empty
        basis. One cluster for all is the global basis.
    n_components : int
        N, from 1 to n_features. With all of a cluster's dimensions its error is 0.
    mass : Array, shape (n_features, n_features), optional
        M, symmetric and positive definite; by default the identity.

    Returns
    -------
    LocalBases
        Of the snapshots' library and precision.

    Raises
    ------
    TypeError, ValueError
        For bad values; a function that is zero; labels that are not whole or not one a row.

    Notes
    -----
    Portable.

    1. With M = C C^T the functions times C, each scaled to norm 1.
    2. The first N right singular vectors of each cluster's rows: its proper orthogonal
       decomposition. Values below ``max(shape) eps`` times the largest count as zero.
    3. Back to functions by solving with C.

    n_samples^2 n_features flops for one cluster, less for several. Without step 1 large functions
    would rule the basis and the error made small would be the absolute one: the papers weigh
    errors relative to the function, so does this; how they weigh snapshots inside of a cluster's
    decomposition was not read. The reduced equations that one would solve in the bases, and a
    classifier that chooses one from the parameters, are left out.

    References
    ----------
    Daniel, Casenave, Akkari, Ketata, Ryckelynck: Physics-informed cluster analysis and a priori
    efficiency criterion for the construction of local reduced-order bases, arXiv 2103.13683 (2021).

    Notebook: ``notebooks/clustering/03_local_bases.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> snapshots = np.array([[1.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 3.0, 4.0]])
    >>> local = local_bases(snapshots, np.array([0, 0, 1]), n_components=1)
    >>> local.relative_errors(snapshots).round(6).tolist()
    [[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]
    """
    snapshots, mass = check_functions(mass, snapshots=snapshots)
    labels = check_array(labels, "labels", n_dims=1)
    check_same_device(snapshots=snapshots, labels=labels)
    xp = array_namespace(snapshots)
    if labels.shape[0] != snapshots.shape[0]:
        raise ValueError(f"labels must have {snapshots.shape[0]} entries, got {labels.shape[0]}")
    smallest = float(xp.min(labels))
    if smallest < 0 or not bool(xp.all(labels == xp.round(labels))):
        raise ValueError(f"labels must be whole numbers from 0, got {_first_bad(labels):g}")
    N = check_count(n_components, "n_components", 1, snapshots.shape[1])
    C = factor(mass)
    U = unit_rows(snapshots, C)  # step 1
    bases, values = [], []
    for cluster in range(int(xp.max(labels)) + 1):
        W, s = _decomposition(xp.take(U, xp.nonzero(labels == cluster)[0], axis=0), N)  # step 2
        if C is not None:  # step 3
            W = xp.matrix_transpose(xp.linalg.solve(xp.matrix_transpose(C), xp.matrix_transpose(W)))
        bases.append(W)
        values.append(s)
    return LocalBases(xp.stack(bases), xp.stack(values), mass)


def _first_bad(labels: Array) -> float:
    xp = array_namespace(labels)
    return float(labels[(labels < 0) | (labels != xp.round(labels))][0])


def _decomposition(rows: Array, N: int) -> tuple[Array, Array]:
    """Return N orthonormal rows and singular values, zeros where the rows span fewer dimensions."""
    xp = array_namespace(rows)
    like = {"dtype": rows.dtype, "device": device(rows)}
    W, values = xp.zeros((N, rows.shape[1]), **like), xp.zeros((N,), **like)
    if rows.shape[0] == 0:
        return W, values
    _, s, Vh = xp.linalg.svd(rows, full_matrices=False)
    kept = xp.astype(s > max(rows.shape) * eps(rows) * s[0], rows.dtype)
    k = min(N, s.shape[0])
    W[:k, :] = (Vh * kept[:, None])[:k, :]
    values[:k] = (s * kept)[:k]
    return W, values
