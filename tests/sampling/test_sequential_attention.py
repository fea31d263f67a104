"""Sequential attention: the lasso's optimum, the pursuit's choices, and what has no winner."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Lasso, orthogonal_mp

from labkit.datasets import redundant_features
from labkit.sampling import sequential_attention

seeds = st.integers(0, 2**32 - 1)


def last(*arguments, **options):
    *_, state = sequential_attention(*arguments, **options)
    return state


def table(seed, n=60, d=12):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 3)) @ rng.standard_normal((3, d)) + rng.standard_normal((n, d))
    return X, X @ rng.standard_normal(d) + rng.standard_normal(n)


# Oracle


@given(seed=seeds, slack=st.floats(0.2, 0.95))
def test_the_products_at_rest_are_the_lasso(seed, slack):
    X, y = table(seed)
    X = X / np.linalg.norm(X, axis=0)
    state = last(X, y, n_selected=1, slack=slack, tol=1e-13, max_iterations=20000)
    u = state.attention * state.coefficients * np.linalg.norm(y)
    penalty = (1 - slack) * np.abs(X.T @ y).max()
    lasso = Lasso(alpha=penalty / len(y), fit_intercept=False, tol=1e-14, max_iter=100_000)
    np.testing.assert_allclose(u, lasso.fit(X, y).coef_, atol=1e-4 * np.linalg.norm(y))


@given(seed=seeds)
def test_small_slack_is_orthogonal_matching_pursuit_where_its_winners_lead(seed):
    X, y = table(seed)
    X, slack = X / np.linalg.norm(X, axis=0), 0.01
    chosen = last(X, y, n_selected=5, slack=slack, tol=1e-6, max_iterations=3000).selected
    for i in range(5):
        S = list(chosen[:i])
        Q = np.linalg.qr(X[:, S])[0]
        left = X - Q @ (Q.T @ X)
        c = np.abs(left.T @ y)
        best, second = np.argsort(c)[::-1][:2]
        lead = 1 - c[second] / c[best]
        if lead > slack * (1 + 1 / np.linalg.norm(left[:, best])):
            assert chosen[i] == best


def test_the_same_sets_as_scikit_learn():
    X, y = table(3)
    X = X / np.linalg.norm(X, axis=0)
    chosen = last(X, y, n_selected=6, slack=0.003, max_iterations=3000).selected
    for k in range(1, 7):
        assert set(chosen[:k]) == set(np.nonzero(orthogonal_mp(X, y, n_nonzero_coefs=k))[0])


def test_residual_is_that_of_least_squares():
    X, y = table(1)
    state = last(X, y, n_selected=4)
    _, (square,), *_ = np.linalg.lstsq(X[:, list(state.selected)], y, rcond=None)
    assert state.residual == pytest.approx(np.sqrt(square) / np.linalg.norm(y), abs=1e-12)


def test_one_copy_of_each_factor():
    data = redundant_features(400, [1.0, 0.8, 0.6], n_copies=5, correlation=0.95, rng=0)
    assert set(data.groups[list(last(data.X, data.y, n_selected=3).selected)]) == {0, 1, 2}


# Invariance


@given(seed=seeds, factor=st.floats(1e-3, 1e3))
def test_order_scale_and_sign(seed, factor):
    X, y = table(seed)
    rng = np.random.default_rng(seed)
    order, signs = rng.permutation(12), rng.choice([-1.0, 1.0], 12) * np.geomspace(0.1, 10, 12)
    one = last(X, y, n_selected=3, slack=0.1).selected
    other = last((X * signs)[:, order], factor * y, n_selected=3, slack=0.1).selected
    assert one == tuple(int(order[j]) for j in other)


def test_states_grow_by_one_feature_and_attention_of_the_chosen_is_zero():
    X, y = table(2)
    states = list(sequential_attention(X, y, n_selected=3))
    sizes = np.array([len(s.selected) for s in states])
    assert sizes[0] == 0
    assert sizes[-1] == 3
    assert set(np.diff(sizes)) <= {0, 1}
    assert np.all(np.diff([s.residual for s in states]) <= 0)
    assert np.all(np.diff([s.n_solves for s in states]) == 2)
    middle = next(i for i, size in enumerate(sizes) if size == 2) + 3
    assert np.all(states[middle].attention[list(states[middle].selected)] == 0)
    assert all(np.all(s.attention >= 0) for s in states)


# Degenerate


def test_nothing_left_ends_early():
    X, _ = table(0)
    assert len(last(X, 2 * X[:, 3], n_selected=5).selected) == 1
    assert last(X, np.zeros(60), n_selected=2).selected == ()
    X[:, 4] = X[:, 3]
    assert len(last(X, X[:, 3] + X[:, 7], n_selected=5).selected) == 2


def test_a_column_of_zeros_and_extreme_scales():
    X, y = table(0)
    X[:, 0] = 0.0
    plain = last(X, y, n_selected=12 - 1).selected
    assert 0 not in plain
    assert last(X, 1e200 * y, n_selected=11).selected == plain
    assert last(1e-200 * X, y, n_selected=11).selected == plain


def test_equal_columns_are_shared_and_one_is_chosen():
    X, _ = table(0)
    X[:, 1] = X[:, 0]
    state = last(X, X[:, 0], n_selected=1)
    assert state.selected in ((0,), (1,))
    assert state.residual < 1e-12


# Arrays


def test_float32_stays():
    X, y = table(5)
    state = last(X.astype(np.float32), y.astype(np.float32), n_selected=4, slack=0.05)
    assert state.attention.dtype == np.float32
    assert state.selected == last(X, y, n_selected=4, slack=0.05).selected


# Refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": np.ones(59)}, "y must hold 60 numbers.*59"),
        ({"n_selected": 13}, "n_selected must be.*13"),
        ({"slack": 1.0}, r"slack must be.*1\.0"),
    ],
)
def test_refusals(changes, message):
    X, y = table(0)
    with pytest.raises(ValueError, match=message):
        sequential_attention(**{"X": X, "y": y, "n_selected": 2, **changes})
