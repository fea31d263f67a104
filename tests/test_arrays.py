"""The one module that knows array libraries."""

import array_api_strict
import numpy as np
import pytest

from labkit import arrays


def test_a_namespace_is_shared_and_none_is_ignored(library):
    x = library.place(np.ones(2))
    xp = arrays.array_namespace(x, None, x)
    assert xp.asarray([1.0]).dtype == xp.float64
    assert xp is arrays.array_namespace(x)


def test_mixed_libraries_are_refused_by_name():
    with pytest.raises(
        TypeError, match=r"one array library, got array_api_strict.*, numpy.ndarray"
    ):
        arrays.array_namespace(np.ones(2), array_api_strict.asarray([1.0]))


def test_lists_are_not_arrays():
    with pytest.raises(TypeError, match=r"builtins\.list"):
        arrays.array_namespace([1.0])


def test_is_array(library):
    assert arrays.is_array(library.place(np.ones(2)))
    assert not arrays.is_array([1.0])
    assert not arrays.is_array(np.float64(1.0))
    assert not arrays.is_array("text")


def test_as_array_keeps_arrays_and_converts_lists(library):
    x = library.place(np.ones(2))
    assert arrays.as_array(x) is x
    assert isinstance(arrays.as_array([[1, 2], [3, 4]]), np.ndarray)
    assert arrays.as_array(np.float64(2.0)).shape == ()


def test_there_and_back(library):
    x = np.arange(6.0).reshape(2, 3)
    there = library.place(x)
    back = arrays.to_numpy(there)
    assert isinstance(back, np.ndarray)
    np.testing.assert_array_equal(back, x)
    again = arrays.from_numpy(x.astype(np.float32), like=there)
    assert library.holds(again, dtype="float32")
    np.testing.assert_array_equal(arrays.to_numpy(again), x)


def test_to_numpy_takes_numbers_and_lists():
    assert arrays.to_numpy(1.5) == 1.5
    assert arrays.to_numpy([1, 2]).tolist() == [1, 2]


def test_numpy_passes_through_uncopied():
    x = np.ones(3)
    assert arrays.to_numpy(x) is x
    assert arrays.from_numpy(x, like=x) is x
    assert arrays.move(x, "cpu") is x


def test_move_names_its_devices():
    with pytest.raises(ValueError, match="device must be one of cpu, cuda, got 'gpu'"):
        arrays.move(np.ones(2), "gpu")


def test_move_without_cupy_says_what_to_do(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cupy", None)
    with pytest.raises(ModuleNotFoundError, match="labkit doctor"):
        arrays.move(np.ones(2), "cuda")


def test_eps(library):
    assert arrays.eps(library.place(np.ones(1))) == 2.0**-52
    assert arrays.eps(library.place(np.ones(1, dtype=np.float32))) == 2.0**-23


def test_all_finite(library):
    largest = np.finfo(np.float64).max
    for entries, finite in (
        ([], True),
        ([1.0, -2.0], True),
        ([largest, largest], True),  # their sum is not
        ([1.0, np.nan], False),
        ([np.inf, -np.inf], False),
    ):
        assert arrays.all_finite(library.place(np.array(entries))) is finite
