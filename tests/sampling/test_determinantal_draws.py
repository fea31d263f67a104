"""The front door: one law behind all routes, the choice of the route, what it costs."""

from itertools import combinations, islice

import array_api_strict
import numpy as np
import pytest

from labkit.sampling import _route, determinantal_draws
from tests.sampling.law import p_value


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


def gaussian(n, bandwidth, d=2, seed=0):
    x = np.random.default_rng(seed).standard_normal((n, d))
    L = np.exp(-((x[:, None] - x[None]) ** 2).sum(axis=2) / (2 * bandwidth**2))
    return x, L


# Oracle


@pytest.mark.parametrize("route", ["auto", "spectral", "low rank", "candidates"])
@pytest.mark.parametrize("size", [None, 2])
def test_every_route_has_the_law_of_the_determinants(route, size):
    L, n_draws = gram(5, 3), 2000
    sizes = range(4) if size is None else [size]
    every = [S for k in sizes for S in combinations(range(5), k)]
    expected = np.array([np.linalg.det(L[np.ix_(S, S)]) for S in every])
    expected *= n_draws / expected.sum()
    draws = islice(determinantal_draws(L, size=size, route=route, rng=1), n_draws)
    counts = dict.fromkeys(every, 0)
    for draw in draws:
        counts[draw.items] += 1
    seen = np.array(list(counts.values()))
    rare = expected < 5
    seen, expected = [*seen[~rare], seen[rare].sum()], [*expected[~rare], expected[rare].sum()]
    wanted = np.maximum(expected, 1e-9)
    assert p_value(seen, wanted) > 1e-6


@pytest.mark.parametrize("size", [None, 4])
def test_candidates_among_many_items_have_the_marginals_of_eigenvectors(size):
    _, L = gaussian(300, 0.4)
    L = L / 20
    group = np.arange(300) % 3 == 0
    means, errors = [], []
    for route in ("candidates", "spectral"):
        draws = islice(determinantal_draws(L, size=size, route=route, rng=2), 144)
        shares = [sum(group[i] for i in draw.items) for draw in draws]
        means.append(np.mean(shares))
        errors.append(np.std(shares) / 12)
    assert abs(means[0] - means[1]) < 5.5 * np.hypot(*errors)


# The choice


def test_few_items_are_drawn_by_eigenvectors():
    assert next(determinantal_draws(gram(20, 20), rng=0)).route == "spectral"


def test_a_kernel_of_low_rank_is_recognised():
    B = np.random.default_rng(0).standard_normal((3000, 5))
    draw = next(determinantal_draws(lambda r, c: B[r] @ B[c].T, np.sum(B**2, axis=1), rng=0))
    assert draw.route == "low rank"
    assert 5 <= draw.n_columns <= 8


def test_a_rough_kernel_and_a_small_set_take_lists_of_candidates():
    _, L = gaussian(1500, 0.3, d=5)
    draw = next(determinantal_draws(L, size=10, rng=0))
    assert draw.route == "candidates"
    assert len(draw.items) == 10


def test_many_sets_are_worth_the_eigenvectors():
    _, L = gaussian(400, 0.3, d=5)
    assert next(determinantal_draws(L, size=10, n_planned=10**6, rng=0)).route == "spectral"


def test_large_sets_are_drawn_by_eigenvectors():
    _, L = gaussian(400, 0.1, d=5)
    draw = next(determinantal_draws(10 * L, rng=0))
    assert draw.route == "spectral"
    assert draw.n_columns == 400
    assert "falls slowly" in draw.reason


@pytest.mark.parametrize("n", [2000, 50000])
def test_work_per_set_does_not_grow_with_the_items(n):
    x = np.random.default_rng(0).standard_normal((n, 3))

    def block(rows, columns):
        return np.exp(-((x[rows][:, None] - x[columns][None]) ** 2).sum(axis=2) / 0.5)

    draws = list(islice(determinantal_draws(block, np.ones(n), size=5, rng=0), 5))
    assert all(len(draw.items) == 5 for draw in draws)
    assert draws[0].n_columns <= 128
    assert max(draw.n_entries for draw in draws) < 2_000_000  # of 4e6 and 2.5e9


# Degenerate


def test_no_kernel_gives_empty_sets():
    assert next(determinantal_draws(np.zeros((3, 3)), rng=0)).items == ()
    empty = determinantal_draws(lambda r, c: np.zeros((len(r), len(c))), np.zeros(500), rng=0)
    assert next(empty).items == ()


def test_all_items():
    assert next(determinantal_draws(np.eye(4), size=4, rng=0)).items == (0, 1, 2, 3)


def test_one_item():
    assert next(determinantal_draws(np.ones((1, 1)), size=1, rng=0)).items == (0,)


def test_duplicates_never_come_together():
    _, L = gaussian(300, 0.5)
    twice = np.kron(L, np.ones((2, 2)))
    for route in ("candidates", "low rank"):
        for draw in islice(determinantal_draws(twice, size=3, route=route, rng=0), 10):
            assert len({i // 2 for i in draw.items}) == 3


# Arrays


def test_host_in_any_library():
    L = gram(6, 6)
    L.setflags(write=False)
    strict = array_api_strict.asarray(L, device=array_api_strict.Device("device1"))
    one, other = (next(determinantal_draws(A, rng=0)).items for A in (L, strict))
    assert one == other


# Refusals


@pytest.mark.parametrize("route", ["auto", "low rank"])
def test_refuses_a_size_above_the_rank(route):
    with pytest.raises(ValueError, match="size must be at most the rank of L, 3, got 4"):
        determinantal_draws(gram(6, 3), size=4, route=route)


def test_refuses_a_route_that_is_not_there(monkeypatch):
    monkeypatch.setattr(_route, "MOST", 3000)
    with pytest.raises(ValueError, match="'low rank' needs columns that hold L, got 11 of 300"):
        determinantal_draws(np.eye(300), route="low rank")
    with pytest.raises(ValueError, match="too slow a spectrum for 300 items"):
        determinantal_draws(1e6 * np.eye(300), route="candidates")


def test_refuses_more_items_than_eigenvectors_are_for(monkeypatch):
    monkeypatch.setattr(_route, "MOST", 2**20)
    n = 30000

    def block(rows, columns):
        return (rows[:, None] == columns[None]) + 0.0

    with pytest.raises(ValueError, match="too slow a spectrum for 30000 items"):
        determinantal_draws(block, np.ones(n), rng=0)
    with pytest.raises(ValueError, match="at most 20000 items, got 30000"):
        determinantal_draws(block, np.ones(n), route="spectral")


def test_refuses_half_a_kernel():
    with pytest.raises(TypeError, match="diagonal must hold real numbers"):
        determinantal_draws(lambda r, c: np.eye(3)[np.ix_(r, c)])
    with pytest.raises(TypeError, match="got it with an array"):
        determinantal_draws(np.eye(3), np.ones(3))
    with pytest.raises(ValueError, match=r"shape \(300, 1\), got"):
        determinantal_draws(lambda r, c: np.ones(3), np.ones(300), rng=0)
