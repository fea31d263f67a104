"""Subclass directions: eigenvectors of the Laplacian, the generalised eigenproblem, views."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import eigh
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from labkit.arrays import to_numpy
from labkit.linalg import principal_angles
from labkit.pca import subclass_directions

seeds = st.integers(0, 2**32 - 1)


def clouds(seed, n=120, p=8, n_classes=3, n_subclasses=2):
    """Return samples around random centres, their classes and subclasses, all sizes unequal."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(n_classes, n, p=np.arange(1, n_classes + 1) / sum(range(n_classes + 1)))
    subclasses = rng.integers(0, n_subclasses, n)
    groups = labels * n_subclasses + subclasses
    groups[: n_classes * n_subclasses] = np.arange(n_classes * n_subclasses)
    labels, subclasses = groups // n_subclasses, groups % n_subclasses
    centres = 2 * rng.standard_normal((n_classes * n_subclasses, p))
    return centres[groups] + rng.standard_normal((n, p)), labels, subclasses


def laplacian(labels, subclasses):
    """Return L_b by its definition, pair by pair of groups of different classes."""
    pairs = np.column_stack([labels, subclasses])
    names = np.unique(pairs, axis=0)
    member = [np.all(pairs == name, axis=1) for name in names]
    L = np.zeros((len(labels), len(labels)))
    for i, a in enumerate(member):
        for j in range(i):
            if names[i, 0] != names[j, 0]:
                b = member[j]
                difference = a / a.sum() - b / b.sum()
                L += a.mean() * b.mean() * np.outer(difference, difference)
    return L


def gap(A, B):
    return principal_angles(A, B)[-1]


# Oracle


@pytest.mark.parametrize("shape", [(2, 1), (3, 2), (2, 4), (4, 3)])
@given(seed=seeds)
def test_targets_are_all_eigenvectors_of_the_laplacian(shape, seed):
    _, labels, subclasses = clouds(seed, 60, 2, *shape)
    n = len(labels)
    found = subclass_directions(np.eye(n), labels, subclasses)  # then X.T t is t itself
    L = laplacian(labels, subclasses)
    assert found.basis.shape == (n, shape[0] * shape[1] - 1)
    np.testing.assert_allclose(L @ found.basis, found.basis * found.values / n, atol=1e-13)
    assert np.linalg.matrix_rank(L) == found.basis.shape[1]
    np.testing.assert_allclose(found.values.sum() / n, np.trace(L), rtol=1e-10)


@pytest.mark.parametrize("n", [20, 120])
@given(seed=seeds)
def test_all_directions_span_what_the_generalised_eigenproblem_spans(n, seed):
    X, labels, subclasses = clouds(seed, n)
    found = subclass_directions(X, labels, subclasses, penalty=1e-3)
    away = X - X.mean(axis=0)
    scatter = away.T @ away
    between = away.T @ laplacian(labels, subclasses) @ away
    V = eigh(between, scatter + 1e-3 * np.trace(scatter) / 8 * np.eye(8))[1][:, ::-1][:, :5]
    assert gap(np.linalg.qr(V)[0], found.basis) < 1e-6


@given(seed=seeds)
def test_wide_data_give_each_eigenspace_by_itself(seed):
    """With more features than samples X w = t can be solved, and the order is the true one."""
    X, labels, subclasses = clouds(seed, 24, 60)
    found = subclass_directions(X, labels, subclasses, penalty=1e-9)
    away = X - X.mean(axis=0)
    scores = away @ found.basis[:, :2]
    class_means = np.eye(3)[labels]
    fitted = class_means @ np.linalg.lstsq(class_means, scores, rcond=None)[0]
    np.testing.assert_allclose(scores, fitted, atol=1e-5 * np.abs(scores).max())


def test_one_subclass_a_class_is_linear_discriminant_analysis():
    X, labels, _ = clouds(0, n_subclasses=1)
    found = subclass_directions(X, labels, np.zeros(len(X)), penalty=1e-14)
    fitted = LinearDiscriminantAnalysis().fit(X, labels)
    assert gap(np.linalg.qr(fitted.scalings_[:, :2])[0], found.basis) < 1e-7


def test_both_sides_of_the_regression_agree():
    """Columns of zeros make data wide without changing the answer, up to the unit of alpha."""
    X, labels, subclasses = clouds(1, 30, 29)
    one = subclass_directions(X, labels, subclasses, penalty=0.01)
    padded = np.column_stack([X, np.zeros((30, 20))])
    other = subclass_directions(padded, labels, subclasses, penalty=0.01 * 30 / 29)
    assert gap(other.basis[:29], one.basis) < 1e-9
    np.testing.assert_array_equal(other.basis[29:], 0.0)


@given(seed=seeds)
def test_each_view_spans_what_it_spans_alone(seed):
    X, labels, subclasses = clouds(seed, 150, 16)
    cuts = np.column_stack([subclasses, np.random.default_rng(seed).integers(0, 2, 150)])
    both = subclass_directions(X, labels, cuts, view_sizes=(8, 8))
    assert both.basis.shape == (16, 12 - 2)
    np.testing.assert_allclose(both.basis.T @ both.basis, np.eye(10), atol=1e-12)
    for v, rows in enumerate((slice(0, 8), slice(8, 16))):
        alone = subclass_directions(X[:, rows], labels, cuts[:, v])
        U, s, _ = np.linalg.svd(both.basis[rows])
        assert np.sum(s > 1e-8) == 5
        assert gap(U[:, :5], alone.basis) < 1e-6


def test_views_share_their_class_coordinates():
    """The same view twice: both get the same directions for the contrasts between classes."""
    X, labels, subclasses = clouds(2)
    both = subclass_directions(
        np.hstack([X, X]), labels, np.column_stack([subclasses] * 2), view_sizes=[8, 8]
    )
    np.testing.assert_allclose(both.basis[:8, :2], both.basis[8:, :2], atol=1e-10)
    assert both.values[:2].tolist() == [1.0, 1.0]


# Invariance


@given(seed=seeds, factor=st.floats(1e-100, 1e100))
def test_scale_shift_rotation_order_and_names(seed, factor):
    X, labels, subclasses = clouds(3)
    rng = np.random.default_rng(seed)
    Q, rows = np.linalg.qr(rng.standard_normal((8, 8)))[0], rng.permutation(len(X))
    plain = subclass_directions(X, labels, subclasses)
    moved = subclass_directions(
        factor * (X[rows] @ Q + 3.0), 10.0 - 2 * labels[rows], 1 - subclasses[rows]
    )
    np.testing.assert_allclose(moved.values, plain.values)
    for k in (2, 3, 4, 5):  # each eigenvalue's space, nested
        assert gap(Q @ moved.basis[:, :k], plain.basis[:, :k]) < 1e-7


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("n", [6, 100])
def test_arrays(library, dtype, n):
    X, labels, subclasses = clouds(4, n)
    X = X.astype(dtype)
    placed = library.place(X), library.place(labels), library.place(subclasses)
    found = subclass_directions(*placed)
    assert library.holds(found.basis, found.values, dtype=dtype)
    exact = subclass_directions(X.astype(float), labels, subclasses)
    assert found.basis.shape == exact.basis.shape
    assert gap(exact.basis, to_numpy(found.basis).astype(float)) < 1e5 * np.finfo(dtype).eps
    for before, after in zip((X, labels, subclasses), placed, strict=True):
        np.testing.assert_array_equal(to_numpy(after), before)


# Degenerate data


def test_equal_group_means_lose_their_direction():
    X = np.array([[1.0, 1], [-1, -1], [1, -1], [-1, 1]])  # exclusive or: the class means agree
    found = subclass_directions(X, [0, 0, 1, 1], [0, 1, 0, 1])
    assert found.values.tolist() == [0.5, 0.5]
    with pytest.raises(ValueError, match="X must tell groups apart, got group means that are all"):
        subclass_directions(X, [0, 0, 1, 1], [0, 0, 0, 0])


def test_constant_and_repeated_columns_and_more_groups_than_features():
    X, labels, subclasses = clouds(5)
    X[:, 1], X[:, 2] = 4.0, X[:, 3]
    found = subclass_directions(X[:, :4], labels, subclasses)
    assert found.basis.shape == (4, 2)
    np.testing.assert_array_equal(found.basis[1], 0.0)
    np.testing.assert_allclose(found.basis[2], found.basis[3], atol=1e-12)


def test_every_sample_a_subclass():
    X, labels, _ = clouds(6, 12, 20)
    found = subclass_directions(X, labels, np.arange(12))
    assert found.basis.shape == (20, 11)
    assert np.isfinite(found.basis).all()


# Refusals


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"labels": np.ones(6)}, ValueError, "labels must name at least two classes, got 1"),
        ({"labels": np.ones(5)}, ValueError, r"labels must have shape \(6,\) to go with X"),
        ({"subclasses": np.ones(5)}, ValueError, r"subclasses must have shape \(6, 1\) to go"),
        ({"penalty": 0.0}, ValueError, r"penalty must be a finite number in \(0, inf\], got 0.0"),
        ({"view_sizes": (1, 1)}, ValueError, "view_sizes must sum to the 3 features of X"),
        ({"view_sizes": 3}, TypeError, "view_sizes must be a sequence of counts or None, got 3"),
        ({"view_sizes": (3, 0)}, ValueError, "view_sizes must be an integer from 1 up, got 0"),
        ({"view_sizes": (1, 2)}, ValueError, r"subclasses must have 2 dimensions, got 1"),
        ({"X": np.ones((6, 3))}, ValueError, "X must vary, got samples that are all equal"),
    ],
)
def test_refusals(changes, error, message):
    X = np.random.default_rng(0).standard_normal((6, 3))
    labels = np.array([0, 0, 0, 1, 1, 1])
    arguments = {"X": X, "labels": labels, "subclasses": np.arange(6) % 2, **changes}
    with pytest.raises(error, match=message):
        subclass_directions(**arguments)
