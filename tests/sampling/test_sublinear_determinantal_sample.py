"""Sets without the whole matrix: the law by enumeration whatever the columns, bounds, costs."""

from itertools import islice

import numpy as np
import pytest

from labkit.sampling import marginal_kernel, sublinear_determinantal_sample
from tests.sampling.law import p_value


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


def draws(L, n_draws, **options):
    def block(rows, columns):
        return L[np.ix_(rows, columns)]

    return list(islice(sublinear_determinantal_sample(block, np.diag(L), **options), n_draws))


# Oracle


@pytest.mark.parametrize(
    ("n", "rank", "residual", "candidate_factor"),
    [(5, 5, 0.1, 1.0), (6, 6, 1.5, 1.0), (5, 5, 99.0, 2.0), (7, 2, 0.2, 0.7)],
)
def test_every_set_is_as_likely_as_its_determinant(n, rank, residual, candidate_factor):
    L = gram(n, rank)
    found = draws(L, 3000, residual=residual, candidate_factor=candidate_factor, rng=1)
    codes = [sum(2**i for i in draw.items) for draw in found]
    sets = [[i for i in range(n) if code >> i & 1] for code in range(2**n)]
    law = np.array([np.linalg.det(L[np.ix_(S, S)]) for S in sets]) / np.linalg.det(np.eye(n) + L)
    counts, wanted = np.bincount(codes, minlength=2**n), 3000 * law
    assert counts[law < 1e-12].sum() == 0
    rare = wanted < 5
    seen = [*counts[~rare], counts[rare].sum() + 1e-9]
    wanted = [*wanted[~rare], wanted[rare].sum() + 1e-9]
    assert p_value(seen, wanted) > 1e-6


def test_bound_is_at_least_the_mean_size_and_near_it_with_enough_columns():
    x = np.linspace(0, 1, 80)
    L = np.exp(-((x[:, None] - x) ** 2) / 0.02)
    mean = np.trace(marginal_kernel(L))
    bounds = [draws(L, 1, residual=r, rng=0)[0].bound for r in (1e-6, 0.5, 4.0)]
    assert bounds[0] == pytest.approx(mean, abs=1e-5)
    assert mean - 1e-9 <= bounds[1] <= mean + 0.5
    assert mean - 1e-9 <= bounds[2] <= mean + 4.0


def test_a_draw_costs_as_much_from_a_thousand_items_as_from_a_hundred_thousand():
    entries, columns = [], []
    for n in (10**3, 10**4, 10**5):
        x, largest = np.linspace(0, 1, n), []

        def block(rows, columns, x=x, n=n, largest=largest):
            largest.append(len(rows) * len(columns))
            return 30 / n * np.exp(-((x[rows][:, None] - x[columns][None]) ** 2) / 0.02)

        states = sublinear_determinantal_sample(block, np.full(n, 30 / n), rng=0)
        found = list(islice(states, 400))
        entries.append(np.mean([draw.n_entries for draw in found]))
        columns.append(found[0].n_pivots)
        assert max(largest) <= max(n, 30_000)  # a column, or a list by itself
    assert max(entries) < 1.25 * min(entries)  # means of 400, a few per cent
    assert max(columns) <= min(columns) + 3


def test_what_was_asked_for_is_what_is_counted():
    asked = []
    L = gram(30, 4)

    def block(rows, columns):
        asked.append(len(rows) * len(columns))
        return L[np.ix_(rows, columns)]

    states = sublinear_determinantal_sample(block, np.diag(L), residual=0.1, rng=0)
    before = sum(asked)
    draw = next(states)
    assert before == 30 * draw.n_pivots
    assert sum(asked) - before == draw.n_entries
    assert draw.n_pivots <= 4


# Degenerate data


def test_nothing_and_twins():
    assert draws(np.zeros((3, 3)), 1, rng=0)[0].items == ()
    assert max(len(d.items) for d in draws(np.full((3, 3), 5.0), 200, rng=0)) == 1


def test_a_draw_that_is_not_accepted_says_so():
    with pytest.raises(RuntimeError, match="none of 1 proposals was accepted"):
        draws(4 * gram(12, 12), 200, residual=99.0, max_iterations=1, rng=0)


# Refusals


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (lambda rows, columns: np.ones(3), r"kernel_block must return shape \(3, 1\), got \(3,\)"),
        (lambda rows, columns: np.full((3, 1), np.nan), "kernel_block must return finite numbers"),
    ],
)
def test_refusals(block, message):
    with pytest.raises(ValueError, match=message):
        sublinear_determinantal_sample(block, np.ones(3), rng=0)
