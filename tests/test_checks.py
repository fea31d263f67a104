"""Bad input meets its error at the door."""

import array_api_strict
import numpy as np
import pytest
import scipy.sparse

from labkit import checks


def test_good_arrays_pass_as_they_are(library):
    x = library.place(np.ones((2, 3)))
    assert checks.check_matrix(x) is x
    single = library.place(np.ones((2, 3), dtype=np.float32))
    assert checks.check_matrix(single) is single


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool"])
def test_whole_numbers_become_float64(library, dtype):
    x = library.place(np.eye(2).astype(dtype))
    assert library.holds(checks.check_matrix(x))


def test_lists_become_arrays():
    assert checks.check_array([1, 2], "x", n_dims=1).dtype == np.float64


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (np.ma.masked_array([1.0], [True]), TypeError, "X must be a plain array, got a masked"),
        (scipy.sparse.csr_array(np.eye(2)), TypeError, "X must be a dense array, got csr_array"),
        (np.array(["a"]), TypeError, "X must hold real numbers, got dtype <U1"),
        (np.array([1j]), TypeError, "X must hold real numbers, got dtype complex128"),
        (array_api_strict.asarray([1j]), TypeError, "X must hold real numbers"),
        (np.array([None]), TypeError, "X must hold real numbers, got dtype object"),
        ([[1.0], [1.0, 2.0]], ValueError, "X must be a rectangular array of numbers"),
        (np.ones(3), ValueError, r"X must have 2 dimensions, got 1: shape \(3,\)"),
        (np.ones((0, 3)), ValueError, r"X must have shape at least \(1, 1\), got \(0, 3\)"),
        (np.array([[np.nan, 1, -np.inf]]), ValueError, "X must be finite, got 2 entries"),
    ],
)
def test_bad_arrays_are_refused(bad, error, message):
    with pytest.raises(error, match=message):
        checks.check_matrix(bad)


def test_matrices_can_be_too_small():
    with pytest.raises(ValueError, match=r"M must have shape at least \(3, 2\), got \(2, 2\)"):
        checks.check_matrix(np.eye(2), "M", min_samples=3, min_features=2)


def test_one_device_only():
    on_first = array_api_strict.asarray([1.0])
    on_second = array_api_strict.asarray([1.0], device=array_api_strict.Device("device1"))
    checks.check_same_device(a=on_first, b=on_first)
    with pytest.raises(TypeError, match=r"arrays must be on one device, got a: .*, b: .*device1"):
        checks.check_same_device(a=on_first, b=on_second)
    with pytest.raises(TypeError, match=r"a: array_api_strict on .*, b: numpy on cpu"):
        checks.check_same_device(a=on_first, b=np.ones(1))


def test_counts():
    assert checks.check_count(np.int64(3), "n", 1) == 3
    assert type(checks.check_count(np.int64(3), "n", 1)) is int
    assert checks.check_count(4, "n", 1, 4) == 4


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (True, TypeError, "n must be an integer from 1 to 4, got True"),
        (2.0, TypeError, "n must be an integer from 1 to 4, got 2.0"),
        ("2", TypeError, "got '2'"),
        (0, ValueError, "n must be an integer from 1 to 4, got 0"),
        (5, ValueError, "n must be an integer from 1 to 4, got 5"),
    ],
)
def test_bad_counts_are_refused(bad, error, message):
    with pytest.raises(error, match=message):
        checks.check_count(bad, "n", 1, 4)


def test_counts_without_an_upper_end():
    assert checks.check_count(10**9, "n", 1) == 10**9
    with pytest.raises(ValueError, match="n must be an integer from 1 up, got 0"):
        checks.check_count(0, "n", 1)


def test_reals():
    assert checks.check_real(1, "a", 0, 1) == 1.0
    assert type(checks.check_real(np.float32(0.5), "a")) is float


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (False, TypeError, r"a must be a finite number in \[0, 1\), got False"),
        ("x", TypeError, "got 'x'"),
        (float("nan"), ValueError, "got nan"),
        (1.0, ValueError, r"a must be a finite number in \[0, 1\), got 1.0"),
        (-0.1, ValueError, "got -0.1"),
    ],
)
def test_bad_reals_are_refused(bad, error, message):
    with pytest.raises(error, match=message):
        checks.check_real(bad, "a", 0.0, 1.0, open_high=True)


def test_open_ends():
    with pytest.raises(ValueError, match=r"a must be a finite number in \(0, inf\], got 0.0"):
        checks.check_real(0.0, "a", 0.0, open_low=True)
    with pytest.raises(ValueError, match="got inf"):
        checks.check_real(float("inf"), "a")


def test_choices():
    assert checks.check_choice("a", "route", ("a", "b")) == "a"
    for bad in ("c", None, ["a"]):
        with pytest.raises(ValueError, match="route must be one of 'a', 'b', got"):
            checks.check_choice(bad, "route", ("a", "b"))


def test_symmetric_up_to_rounding_at_any_size():
    M = np.array([[2.0, 1.0], [1.0 + 1e-15, 3.0]])
    for scale in (1e-300, 1.0, 5e307):
        assert np.array_equal(checks.check_symmetric(scale * M, "M"), scale * M)
    with pytest.raises(ValueError, match=r"M must be symmetric, got entries that differ by 1e-05"):
        checks.check_symmetric(M + np.array([[0, 1e-5], [0, 0]]), "M")
    with pytest.raises(ValueError, match=r"M must be square, got shape \(2, 1\)"):
        checks.check_symmetric(M[:, :1], "M")
