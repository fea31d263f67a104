"""The features of a graph: hops, structure, their ranks and angles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.arrays import to_numpy
from labkit.datasets import attributed_block_model
from labkit.linalg import principal_angles
from labkit.pca import GraphFeatures, graph_feature_space

seeds = st.integers(0, 2**32 - 1)


def graph(seed=0, n_samples=30, n_features=3, **options):
    return attributed_block_model(n_samples, n_features, mean_degree=8, rng=seed, **options)[:2]


# Oracle


def test_hops_are_powers_of_the_normalised_adjacency():
    A, X = graph()
    root = np.diag(A.sum(axis=1) ** -0.5)
    P = root @ A @ root
    for k, H in enumerate(graph_feature_space(A, X, n_hops=4).hops):
        power = np.linalg.matrix_power(P, k) @ X
        np.testing.assert_allclose(H, power / np.linalg.norm(power, axis=0), atol=1e-12)


def test_structure_is_the_truncated_svd():
    A, X = graph()
    U, s, _ = np.linalg.svd(A)
    S = graph_feature_space(A, X, n_hops=0, structure_rank=5).structure
    np.testing.assert_allclose(np.linalg.norm(S, axis=0), s[:5] / s[0], atol=1e-12)
    assert s[4] > s[5] + 1e-6
    np.testing.assert_allclose(S @ S.T, (U[:, :5] * (s[:5] / s[0]) ** 2) @ U[:, :5].T, atol=1e-10)


def test_effective_rank_of_known_spectra():
    columns = np.linalg.qr(np.random.default_rng(0).standard_normal((9, 4)))[0]
    alike = columns[:, [0, 0]]
    features = GraphFeatures((columns[:, :2], columns[:, 2:], alike), columns[:, :0])
    s = np.linalg.svd(np.concatenate(features.hops, axis=1), compute_uv=False)[:4]
    share = s / s.sum()
    expected = [2, 4, np.exp(-np.sum(share * np.log(share)))]
    np.testing.assert_allclose(features.effective_ranks(), expected, rtol=1e-9)


def test_canonical_correlations_are_cosines_of_angles():
    A, X = graph()
    features = graph_feature_space(A, X, n_hops=2)
    bases = [np.linalg.qr(H)[0] for H in features.hops]
    found = features.canonical_correlations()
    for k in range(2):
        expected = np.cos(principal_angles(bases[k], bases[k + 1]))
        np.testing.assert_allclose(found[k], expected, atol=1e-9)


@given(seed=seeds)
def test_power_iteration_bounds_the_smallest_angle(seed):
    A, X = graph(seed)
    A = np.maximum(A, np.eye(30, k=1) + np.eye(30, k=-1))
    hops = [np.linalg.qr(H)[0] for H in graph_feature_space(A, X, n_hops=4).hops]
    root = A.sum(axis=1) ** -0.5
    values, vectors = np.linalg.eigh(A * root * root[:, None])
    second = np.sort(np.abs(values))[-2]
    start = np.tan(principal_angles(hops[0], vectors[:, -1:])[0])
    for k in range(4):
        limit = np.arctan(start * second**k) + np.arctan(start * second ** (k + 1))
        assert principal_angles(hops[k], hops[k + 1])[0] <= limit + 1e-9


# Invariance


@given(seed=seeds)
def test_names_of_nodes_do_not_matter(seed):
    A, X = graph()
    order = np.random.default_rng(seed).permutation(30)
    a = graph_feature_space(A, X, n_hops=3)
    b = graph_feature_space(A[np.ix_(order, order)], X[order], n_hops=3)
    for H, G in zip(a.hops, b.hops, strict=True):
        np.testing.assert_allclose(G, H[order], atol=1e-12)
    np.testing.assert_allclose(a.effective_ranks(), b.effective_ranks(), rtol=1e-9)


@given(factor=st.floats(1e-150, 1e150))
def test_units_do_not_matter(factor):
    A, X = graph()
    a, b = (graph_feature_space(A, Z, n_hops=2).flattened for Z in (X, factor * X))
    np.testing.assert_allclose(a, b, atol=1e-12)


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    A, X = (x.astype(dtype) for x in graph())
    placed = library.place(A), library.place(X)
    features = graph_feature_space(*placed, n_hops=2, structure_rank=3)
    assert library.holds(*features.hops, features.structure, features.flattened, dtype=dtype)
    assert library.holds(features.effective_ranks(), features.canonical_correlations(), dtype=dtype)
    expected = np.concatenate(graph_feature_space(*graph(), n_hops=2).hops, axis=1)
    np.testing.assert_allclose(to_numpy(features.flattened)[:, :9], expected, atol=1e-5)
    np.testing.assert_array_equal(to_numpy(placed[0]), A)


# Degenerate graphs


def test_nodes_without_neighbours_say_nothing_after_a_hop():
    A, X = graph()
    A[4], A[:, 4] = 0, 0
    hops = graph_feature_space(A, X, n_hops=2).hops
    assert np.all(hops[1][4] == 0)
    assert np.all(hops[0][4] != 0)


def test_a_graph_without_edges():
    features = graph_feature_space(np.zeros((5, 5)), np.eye(5, 2), n_hops=2, structure_rank=2)
    np.testing.assert_array_equal(features.hops[2], 0)
    np.testing.assert_array_equal(features.structure, 0)
    np.testing.assert_allclose(features.effective_ranks(), 2)
    np.testing.assert_allclose(features.canonical_correlations(), 0)


def test_more_attributes_than_nodes_and_equal_columns():
    A, _ = graph(n_samples=6, n_classes=2)
    A = np.maximum(A, np.eye(6, k=1) + np.eye(6, k=-1))
    wide = graph_feature_space(A, np.ones((6, 9)), n_hops=1)
    assert wide.effective_ranks()[0] == pytest.approx(1)
    assert wide.canonical_correlations().shape == (1, 9)
    np.testing.assert_allclose(wide.canonical_correlations()[0, 1:], 0, atol=1e-12)


def test_no_hops():
    A, X = graph()
    assert graph_feature_space(A, X, n_hops=0).canonical_correlations().shape == (0, 3)


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"adjacency": np.ones((3, 4))}, r"adjacency must have shape \(4, 4\), for the 4 rows"),
        ({"adjacency": np.triu(np.ones((4, 4)))}, "adjacency must be symmetric"),
        ({"adjacency": -np.ones((4, 4))}, "adjacency must not be negative, got -1.0"),
        ({"n_hops": -1}, "n_hops must be an integer from 0 up, got -1"),
        ({"structure_rank": 5}, "structure_rank must be an integer from 0 to 4, got 5"),
    ],
)
def test_refusals(changes, message):
    arguments = {"adjacency": np.ones((4, 4)), "X": np.eye(4, 2), "n_hops": 1, **changes}
    with pytest.raises(ValueError, match=message):
        graph_feature_space(arguments.pop("adjacency"), arguments.pop("X"), **arguments)
