"""The chain of swaps: its steps by enumeration, the law at the end, the theorem, refusals."""

from itertools import combinations, islice

import numpy as np
import pytest

from labkit.arrays import to_numpy
from labkit.sampling import greedy_determinantal_subset, swap_chain
from tests.sampling.law import p_value


def gram(n, rank, seed=0):
    X = np.random.default_rng(seed).standard_normal((n, rank))
    return X @ X.T / rank


def transitions(L, k):
    """Return all sets of k items, their law, and the matrix of one step."""
    n = len(L)
    every = list(combinations(range(n), k))
    volumes = np.array([max(np.linalg.det(L[np.ix_(S, S)]), 0.0) for S in every])
    volumes[volumes < 1e-12] = 0.0
    P = np.zeros((len(every), len(every)))
    for a, S in enumerate(every):
        for b, T in enumerate(every):
            if len(set(S) & set(T)) == k - 1 and volumes[a] > 0:
                P[a, b] = min(1.0, volumes[b] / volumes[a]) / (2 * k * (n - k))
    return every, volumes / volumes.sum(), P + np.diag(1 - P.sum(axis=1))


def numbered(sets, every):
    numbers = {sum(2**i for i in S): number for number, S in enumerate(every)}
    return np.array([numbers[code] for code in (sets @ 2 ** np.arange(sets.shape[1])).tolist()])


def marks(items, n):
    return np.isin(np.arange(n), items)


# Oracle


@pytest.mark.parametrize(
    ("n", "rank", "k"), [(6, 6, 2), (5, 5, 1), (7, 4, 4), (5, 5, 4), (8, 8, 3)]
)
def test_steps_follow_the_matrix_of_transitions(n, rank, k):
    L = gram(n, rank)
    every, law, P = transitions(L, k)
    first = int(law.argmin()) if law.min() > 0 else int(law.argmax())
    chain = swap_chain(L, size=k, start=marks(every[first], n), n_chains=40000, rng=0)
    after = np.eye(len(every))[first]
    for step, sets in zip(range(6), chain, strict=False):
        expected = 40000 * after
        counts = np.bincount(numbered(sets, every), minlength=len(every))
        assert counts[expected == 0].sum() == 0
        if step:
            rare = expected < 5
            seen = [*counts[~rare], counts[rare].sum() + 1e-9]
            wanted = [*expected[~rare], expected[rare].sum() + 1e-9]
            assert p_value(seen, wanted) > 1e-7
        after = after @ P


def test_the_law_at_the_end_and_its_pairs():
    L, n, k = gram(8, 8), 8, 3
    every, law, _ = transitions(L, k)
    start = sorted(greedy_determinantal_subset(L, size=k).items)
    n_steps = int(2 * k * n * np.log(1 / (1e-4 * law[every.index(tuple(start))])))
    *_, sets = islice(swap_chain(L, size=k, n_chains=20000, rng=1), n_steps + 1)
    counts = np.bincount(numbered(sets, every), minlength=len(every))
    off = np.abs(counts / 20000 - law).sum() / 2
    # Jensen's bound on the mean, what is left of mixing, and five deviations (McDiarmid)
    assert off < np.sqrt(law * (1 - law) / 20000).sum() / 2 + 1e-4 + 5 / np.sqrt(4 * 20000)
    for i, j in combinations(range(n), 2):
        together = law[[i in S and j in S for S in every]].sum()
        assert abs(np.mean(sets[:, i] & sets[:, j]) - together) < 6 * np.sqrt(together / 20000)


@pytest.mark.parametrize("seed", range(20))
def test_the_gap_of_the_theorem(seed):
    n, k = [(6, 3), (7, 2), (8, 4), (5, 4)][seed % 4]
    _, law, P = transitions(gram(n, n, seed), k)
    root = np.sqrt(law)
    values = np.linalg.eigvalsh(root[:, None] * P / root[None, :])
    assert 1 - values[-2] >= (1 - 1e-9) / (2 * k * (n - k))
    assert values[0] >= -1e-12


def test_starts_with_the_greedy_set_or_where_it_is_told():
    L = gram(9, 9)
    first = next(swap_chain(L, size=4, n_chains=2, rng=0))
    assert set(np.flatnonzero(first[1])) == set(greedy_determinantal_subset(L, size=4).items)
    start = marks([0, 8], 9).astype(float)
    np.testing.assert_array_equal(next(swap_chain(L, size=2, start=start, rng=0))[0], start == 1)


# Invariance


@pytest.mark.parametrize("exponent", [-1000, 900])
def test_scale(exponent):
    L = gram(20, 20)
    one = list(islice(swap_chain(L, size=5, n_chains=3, rng=0), 30))
    other = list(islice(swap_chain(np.ldexp(L, exponent), size=5, n_chains=3, rng=0), 30))
    np.testing.assert_array_equal(one, other)


# Degenerate


def test_all_items_and_one_item():
    assert all(sets.all() for sets in islice(swap_chain(gram(4, 4), size=4, n_chains=3), 5))
    assert next(swap_chain(np.ones((1, 1)), size=1)).all()


def test_twins_never_come_together():
    L = np.kron(np.diag([9.0, 5.0, 2.0, 1.0]), np.ones((2, 2)))
    for sets in islice(swap_chain(L, size=3, n_chains=50, rng=0), 60):
        assert sets.sum(axis=1).tolist() == [3] * 50
        assert sets.reshape(50, 4, 2).sum(axis=2).max() == 1


# Arrays


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(library, dtype):
    L = gram(7, 6).astype(dtype)
    placed, start = library.place(L), library.place(marks([0, 2, 5], 7))
    sets = list(islice(swap_chain(placed, size=3, start=start, n_chains=4, rng=0), 8))
    assert all(library.holds(state, dtype="bool") for state in sets)
    here = list(islice(swap_chain(L, size=3, start=marks([0, 2, 5], 7), n_chains=4, rng=0), 8))
    np.testing.assert_array_equal([to_numpy(state) for state in sets], here)
    np.testing.assert_array_equal(to_numpy(placed), L)


# Refusals


def test_bad_starts():
    L = gram(5, 3)
    with pytest.raises(ValueError, match="start must have 2 items, as size says, got 3"):
        swap_chain(L, size=2, start=np.array([1, 1, 1, 0, 0]))
    with pytest.raises(ValueError, match="start must hold 5 zeros and ones, got 4 numbers"):
        swap_chain(L, size=2, start=np.array([1, 1, 0, 0]))
    with pytest.raises(ValueError, match=r"start must hold 5 zeros and ones, got 5 .* 0 to 2"):
        swap_chain(L, size=2, start=np.array([2, 0, 0, 0, 0]))
    twins = np.kron(np.eye(2), np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"items that can come together, got \[0, 1\]"):
        swap_chain(twins, size=2, start=np.array([1, 1, 0, 0]))


def test_sizes_above_the_rank():
    with pytest.raises(ValueError, match="size must be at most the rank of L, 3, got 4"):
        swap_chain(gram(6, 3), size=4)
    with pytest.raises(ValueError, match="size must be at most the rank of L, 0, got 1"):
        swap_chain(np.zeros((3, 3)), size=1)
