"""A basis for the states of a layer that does not depend on how the layer is written down.

Between two linear maps any invertible matrix and its inverse can be put, and nothing that the
network computes changes, while its units become others. What data do and what the outputs need
fixes a basis all the same.

Papers: degeneracy-loss-landscape-mechanistic.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.arrays import Array, array_namespace
from labkit.checks import check_array, check_matrix, check_real, check_same_device


@dataclass(frozen=True)
class InteractionBasis:
    """What `interaction_basis` returns.

    Attributes
    ----------
    directions : Array, shape (n_units, n_directions)
        C; the coordinates of states A are ``A @ C``.
    weights : Array, shape (n_directions,)
        How much the outputs depend on each coordinate, on average, falling.
    coordinates : Array, shape (n_samples, n_directions)
        Of the given states. Their signs are free.
    """

    directions: Array
    weights: Array
    coordinates: Array


def interaction_basis(
    hidden: Array, output_gradients: Array, *, tol: float = 1e-9
) -> InteractionBasis:
    r"""Return directions that are uncorrelated on the data and on which the outputs act apart.

    .. math:: \mathbb{E}\, a a^\top = U D U^\top, \quad R = U D^{-1/2}, \qquad
              D^{1/2} U^\top\, \mathbb{E}[g g^\top]\, U D^{1/2} = V \Lambda V^\top, \qquad
              C = R V \Lambda^{1/2}

    Parameters
    ----------
    hidden : Array, shape (n_samples, n_units)
        a, the states of a layer, one for each sample. Not centred; append a column of ones to have
        a bias take part.
    output_gradients : Array, shape (n_samples, n_outputs, n_units)
        g, derivatives of each output of the network by the states, at the same samples.
    tol : float
        Eigenvalues of either matrix up to tol times its largest are left out, from 0, below 1.

    Returns
    -------
    InteractionBasis
        As many directions as data and outputs use; none if the outputs use nothing.

    Raises
    ------
    TypeError, ValueError
        For bad values; shapes that do not fit.

    Notes
    -----
    Portable.

    1. Second moments of the states; directions that no sample uses are left out.
    2. Whiten: on R' a the states are uncorrelated with variance one.
    3. Second moments of the gradients in these coordinates, over samples and outputs; directions
       that no output notices are left out.
    4. Turn to their eigenvectors, and scale each by the root of its eigenvalue.

    Put T between the layers: a becomes T a and g becomes T^-T g. Whitened states change by a
    rotation, which step 4 takes back, so the coordinates stay, up to signs where the weights are
    distinct. This is the local interaction basis of Bushnaq and others (2024) with Jacobians, for
    one layer with the network's outputs behind it; their recursion through the layers, integrated
    gradients and the search for sparse interactions are left out.

    References
    ----------
    Bushnaq and others: Using degeneracy in the loss landscape for mechanistic interpretability
    (2024), arXiv 2405.10927.

    Notebook: ``notebooks/spectra/14_degeneracy.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> states, gradients = rng.standard_normal((50, 4)), rng.standard_normal((50, 2, 4))
    >>> gradients[:, :, 3] = 0  # nobody looks at the last unit
    >>> interaction_basis(states, gradients).coordinates.shape
    (50, 3)
    """
    A = check_matrix(hidden, "hidden")
    g = check_array(output_gradients, "output_gradients", n_dims=3)
    check_same_device(hidden=A, output_gradients=g)
    n, q = A.shape
    if (g.shape[0], g.shape[2]) != (n, q):
        raise ValueError(
            f"output_gradients must have shape ({n}, n_outputs, {q}), as hidden has {(n, q)}, got "
            f"{tuple(g.shape)}"
        )
    tol = check_real(tol, "tol", 0.0, 1.0, open_high=True)
    xp = array_namespace(A)
    D, U = _eigen(xp.matrix_transpose(A) @ A / n, tol)  # step 1
    roots = xp.sqrt(D)
    seen = xp.reshape(g, (-1, q)) @ (U * roots)  # steps 2 and 3
    weights, V = _eigen(xp.matrix_transpose(seen) @ seen / n, tol)
    C = ((U / roots) @ V) * xp.sqrt(weights)  # step 4
    return InteractionBasis(C, weights, A @ C)


def _eigen(matrix: Array, tol: float) -> tuple[Array, Array]:
    """Return eigenvalues above the tolerance, falling, and their eigenvectors."""
    xp = array_namespace(matrix)
    if matrix.shape[0] == 0:
        return xp.reshape(matrix, (0,)), matrix
    values, vectors = xp.linalg.eigh((matrix + xp.matrix_transpose(matrix)) / 2)
    values, vectors = xp.flip(values), xp.flip(vectors, axis=1)
    kept = int(xp.sum(xp.astype(values > tol * values[0], xp.int64)))
    return values[:kept], vectors[:, :kept]
