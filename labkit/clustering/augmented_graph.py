"""Augmented graph: a column of labels becomes vertices, and having a label becomes an edge.

Who shares a label is then two steps apart, as who shares a friend. Whatever reads a graph, reads
the labels with it.

Papers: extending-bootstrap-amg-clustering.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from labkit.arrays import Array, as_array, from_numpy, to_numpy
from labkit.checks import check_matrix, check_real, check_same_device
from labkit.clustering._graphs import checked_graph


@dataclass(frozen=True)
class AugmentedGraph:
    """A graph with its attributes as vertices.

    Attributes
    ----------
    adjacency : csr_array, shape (n_vertices + n_values, n_vertices + n_values)
        The vertices as they were, then one more for each value of each attribute.
    value_vertices : Array of int, shape (n_vertices, n_attributes)
        The vertex that stands for what each vertex has. Rows of coordinates at
        ``value_vertices[:, j]`` are what attribute j says of where a vertex lies.
    """

    adjacency: Any
    value_vertices: Array


def augmented_graph(
    affinity: Array, attributes: Array, *, edge_weight: float = 1.0
) -> AugmentedGraph:
    r"""Add a vertex for each value of each attribute, joined to those who have it.

    .. math:: \begin{pmatrix} A & \beta F \\ \beta F^T & 0 \end{pmatrix}, \qquad
              F_{iv} = 1 \text{ if vertex } i \text{ has value } v

    Parameters
    ----------
    affinity : Array or SciPy sparse, shape (n_vertices, n_vertices)
        A, symmetric and not negative; the diagonal is left out.
    attributes : Array, shape (n_vertices, n_attributes)
        Categories as numbers, a column for each attribute. Equal numbers are one value; put a
        continuous attribute into bins first, or each vertex has a value of its own and the
        attribute says nothing.
    edge_weight : float
        beta, above 0. The paper has 1. With a small one the graph decides, with a large one
        the attributes do.

    Returns
    -------
    AugmentedGraph
        The adjacency sparse on the host, `value_vertices` of the library of the attributes.

    Raises
    ------
    TypeError, ValueError
        For bad values; an affinity that is not symmetric or has a negative entry; another number
        of rows.

    Notes
    -----
    Host: a sparse matrix, which the array standard does not have.

    1. Number the values, column by column.
    2. Join each vertex with its values.

    One pass over the edges, one sort a column. These are the vertices of Zhou, Cheng and Yu (2009),
    which D'Ambra, Vassilevski and Cutillo take over with weight 1 and without the random walks on
    them; the weight is ours. Their vector-valued distance compares the coordinates of vertices and
    those of their values, block by block, and adds the squares: k-means on
    ``[x_i, x_(v_1(i)), x_(v_2(i)), ...]``.

    References
    ----------
    D'Ambra, Vassilevski, Cutillo: Extending bootstrap AMG for clustering of attributed graphs,
    Applied Mathematics and Computation 447 (2023).

    Zhou, Cheng, Yu: Graph clustering based on structural/attribute similarities, VLDB (2009).

    Notebook: ``notebooks/clustering/06_attributed_graphs.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> pair = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> augmented_graph(pair, np.array([[7], [7]])).adjacency.toarray().tolist()
    [[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """
    from scipy import sparse

    A = checked_graph(affinity)
    attributes = check_matrix(attributes, "attributes")
    if not sparse.issparse(affinity):
        check_same_device(affinity=as_array(affinity), attributes=attributes)
    n = A.shape[0]
    if attributes.shape[0] != n:
        raise ValueError(f"attributes must have {n} rows, got {attributes.shape[0]}")
    edge_weight = check_real(edge_weight, "edge_weight", 0.0, open_low=True)
    values = to_numpy(attributes)
    numbers, n_values = np.empty(values.shape, dtype=int), 0
    for j, column in enumerate(values.T):  # step 1
        found, number = np.unique(column, return_inverse=True)
        numbers[:, j] = n_values + number
        n_values += len(found)
    who = np.repeat(np.arange(n), values.shape[1])  # step 2
    F = sparse.csr_array(
        (np.full(numbers.size, edge_weight), (who, numbers.ravel())), shape=(n, n_values)
    )
    whole = sparse.csr_array(sparse.block_array([[A, F], [F.T, None]]))
    return AugmentedGraph(whole, from_numpy(n + numbers, like=attributes))
