"""The attributed block model: degrees, homophily, pairs, class means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.datasets import attributed_block_model


@given(
    seed=st.integers(0, 2**32 - 1),
    homophily=st.floats(0, 1),
    kind=st.sampled_from(["even", "paired"]),
)
def test_a_simple_graph(seed, homophily, kind):
    A, X, labels = attributed_block_model(22, 3, homophily=homophily, kind=kind, rng=seed)
    np.testing.assert_array_equal(A, A.T)
    assert set(np.unique(A)) <= {0.0, 1.0}
    assert np.all(np.diag(A) == 0)
    assert X.shape == (22, 3)
    assert np.bincount(labels).tolist() == [6, 6, 5, 5]


@pytest.mark.parametrize("kind", ["even", "paired"])
@pytest.mark.parametrize("homophily", [0.0, 0.25, 0.7, 1.0])
def test_degree_and_homophily(kind, homophily):
    n = 800
    A, _, labels = attributed_block_model(
        n, 1, mean_degree=12, homophily=homophily, kind=kind, rng=0
    )
    n_ends = A.sum()
    assert n_ends / n == pytest.approx(12, abs=6 * np.sqrt(2 * 12 / n) + 0.1)
    inside = A[labels[:, None] == labels].sum() / n_ends
    assert inside == pytest.approx(homophily, abs=6 * np.sqrt(0.25 / (n_ends / 2)) + 0.01)
    if kind == "paired":
        assert A[labels[:, None] // 2 != labels // 2].sum() == 0


def test_attributes_have_their_means():
    _, X, labels = attributed_block_model(4000, 5, signal=2.0, rng=0)
    for c in range(4):
        mean = X[labels == c].mean(axis=0)
        assert np.linalg.norm(mean) == pytest.approx(2, abs=6 * np.sqrt(5 / 1000))
    assert X[labels == 0].std(axis=0).mean() == pytest.approx(1, abs=0.05)


def test_draws_are_common_to_all_settings():
    a, b = (attributed_block_model(60, 2, homophily=h, signal=0.0, rng=1) for h in (0.3, 0.4))
    np.testing.assert_array_equal(a[1], b[1])
    np.testing.assert_array_equal(a[2], b[2])
    inside = a[2][:, None] == a[2]
    assert np.all(a[0][inside] <= b[0][inside])


def test_refusals():
    with pytest.raises(ValueError, match="n_classes must be even for pairs, got 3"):
        attributed_block_model(9, 1, n_classes=3, kind="paired")
    with pytest.raises(ValueError, match="homophily must be"):
        attributed_block_model(9, 1, homophily=1.1)
