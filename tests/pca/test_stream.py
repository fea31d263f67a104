"""What all methods that read a stream keep: their door, their memory, any cut into batches."""

import tracemalloc

import array_api_strict
import numpy as np
import pytest

from labkit import pca
from labkit.arrays import to_numpy
from labkit.pca._stream import in_blocks, orthonormal
from labkit.trace import trace

N_FEATURES = 40
METHODS = {
    "oja_components": {"n_components": 3, "step_size": 0.3, "rng": 0},
    "block_power_stream": {"n_components": 3, "block_size": 50, "rng": 0},
    "heavy_row_power": {"n_heavy": 5, "block_size": 50, "rng": 0},
    "frequent_directions": {"sketch_size": 6},
    "incremental_components": {"n_components": 3, "route": "moments"},
    "incremental_components merged": {"n_components": 3, "route": "merged"},
    "filtered_stream": {"contamination": 0.05, "rng": 0},
}
NO_START = ("frequent_directions", "incremental_components", "incremental_components merged")


def states(name, batches, **changes):
    return getattr(pca, name.split()[0])(batches, **{**METHODS[name], **changes})


def rows(n, seed=0):
    """Return a stream of batches of 100 rows that is never in memory as a whole."""
    rng = np.random.default_rng(seed)
    spread = np.linspace(3, 1, N_FEATURES)
    return (rng.standard_normal((100, N_FEATURES)) * spread for _ in range(n // 100))


def peak(name, n):
    """Return the peak of bytes allocated over a stream of n rows, and the last state."""
    tracemalloc.start()
    last = trace(states(name, rows(n)), n_steps=n, every=n, record={}).last
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return used, last


@pytest.mark.parametrize("name", METHODS)
def test_memory_does_not_grow_with_the_stream(name):
    peak(name, 500)  # imports and caches
    short, few = peak(name, 1000)
    long, many = peak(name, 10_000)
    assert long <= 1.1 * short + 4096  # bytes: a few Python objects
    assert (few.n_samples, many.n_samples) == (1000, 10_000)
    if name == "filtered_stream":
        assert many.n_stored <= 51 * (N_FEATURES + 1)
    elif name == "frequent_directions":
        assert many.n_stored <= 12 * N_FEATURES
    else:
        assert many.n_stored == few.n_stored


@pytest.mark.parametrize("name", METHODS)
def test_first_the_start_then_a_state_for_each_batch(name):
    seen = [state.n_samples for state in states(name, rows(300))]
    assert seen == ([] if name in NO_START else [0]) + [100, 200, 300]


@pytest.mark.parametrize("name", METHODS)
def test_a_matrix_is_a_stream_of_its_rows(name):
    X = next(rows(100))[:7]
    *_, whole = states(name, X)
    *_, single = states(name, [row[None, :] for row in X])
    assert whole.n_samples == single.n_samples == 7
    basis = "mean" if name.startswith("incremental") else "basis"
    np.testing.assert_array_equal(getattr(whole, basis), getattr(single, basis))


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    ("later", "error", "message"),
    [
        (np.ones((2, 3)), ValueError, r"batches\[1\] must have 40 features .* got 3"),
        (np.full((2, N_FEATURES), np.nan), ValueError, r"batches\[1\] must be finite, got 80"),
        (np.ones((0, N_FEATURES)), ValueError, r"batches\[1\] must have shape at least \(1, 1\)"),
        ("abc", TypeError, r"batches\[1\] must hold real numbers"),
        (array_api_strict.ones((2, N_FEATURES)), TypeError, r"batches\[1\]: array_api_strict"),
    ],
)
def test_a_bad_batch_is_named_when_it_comes(name, later, error, message):
    running = states(name, iter([next(rows(100)), later]))
    with pytest.raises(error, match=message):
        list(running)


@pytest.mark.parametrize("name", METHODS)
def test_zeros_and_constant_rows_leave_no_nan(name):
    for value in (0.0, 2.0):
        *_, last = states(name, [np.full((60, N_FEATURES), value)] * 3)
        found = last.components.components.T if hasattr(last, "components") else last.basis
        assert np.isfinite(found).all()
        np.testing.assert_allclose(found.T @ found, np.eye(found.shape[1]), atol=1e-10)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arrays(name, library, dtype):
    whole = np.concatenate(list(rows(300))).astype(dtype)
    batches = np.split(whole, [1, 4, 110, 112])
    placed = [library.place(batch) for batch in batches]
    *_, here = states(name, batches)
    *_, there = states(name, placed)
    if hasattr(here, "components"):
        assert library.holds(there.mean, there.components.components, dtype=dtype)
        a, b = here.components.components.T, to_numpy(there.components.components).T
    else:
        assert library.holds(there.basis, there.values, dtype=dtype)
        a, b = here.basis[:, :3], to_numpy(there.basis)[:, :3]
    np.testing.assert_allclose(np.abs(np.sum(a * b, axis=0)), 1, atol=1e-4)
    for before, after in zip(batches, placed, strict=True):
        np.testing.assert_array_equal(to_numpy(after), before)


def test_a_later_batch_takes_the_precision_of_the_first():
    first, second = rows(200)
    *_, last = states("oja_components", [first.astype(np.float32), second])
    assert last.basis.dtype == np.float32


def test_blocks_are_cut_where_they_end():
    batches = [np.arange(n)[:, None] for n in (3, 5, 1)]
    pieces = [(len(piece), block, batch) for piece, block, batch in in_blocks(batches, 4)]
    assert pieces == [
        (3, False, True),
        (1, True, False),
        (4, True, True),
        (1, False, True),
    ]


def test_orthonormal_columns_keep_their_side():
    A = np.random.default_rng(0).standard_normal((6, 3))
    Q, lengths = orthonormal(A)
    np.testing.assert_allclose(Q.T @ Q, np.eye(3), atol=1e-15)
    triangle = Q.T @ A
    np.testing.assert_allclose(np.diag(triangle), lengths, rtol=1e-14)
    assert (lengths > 0).all()


@pytest.mark.parametrize("batches", [3, "abc", None])
def test_no_stream(batches):
    with pytest.raises(TypeError, match="batches must be an iterable of arrays, got"):
        states("oja_components", batches)
