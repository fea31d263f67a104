"""The stand-in refuses what CuPy refuses, and computes what NumPy computes."""

import operator

import numpy as np
import pytest

from labkit import arrays
from tests.backends.stand_in import Device, ndarray
from tests.backends.stand_in import namespace as xp

X = np.arange(6.0).reshape(2, 3)


@pytest.fixture
def x():
    return xp.asarray(X)


def test_array_namespace_and_device_find_it(x):
    assert arrays.array_namespace(x, x) is xp
    assert arrays.is_array(x)
    assert arrays.device(x) == Device()
    with pytest.raises(TypeError, match=r"one array library, got cupy_stand_in\.ndarray, numpy"):
        arrays.array_namespace(x, X)


def test_get_is_the_way_to_the_host(x):
    back = arrays.to_numpy(x)
    np.testing.assert_array_equal(back, X)
    back[0, 0] = 9
    assert float(x[0, 0]) == 0


@pytest.mark.parametrize("function", [np.asarray, np.array, np.linalg.svd, np.sqrt])
def test_nothing_is_converted_silently(x, function):
    with pytest.raises(TypeError, match=r"Implicit conversion|does not support ufuncs"):
        function(x)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow", "matmul", "lt", "eq"])
def test_numpy_operands_are_refused_from_both_sides(x, name):
    operate = getattr(operator, name)
    for pair in ((x, X), (X, x), (x, X.tolist())):
        with pytest.raises(TypeError, match="Unsupported type"):
            operate(*pair)


def test_numbers_are_taken(x):
    for number in (2, 2.0, np.float64(2), np.int64(2), True):
        np.testing.assert_array_equal((x * number).get(), X * number)
        np.testing.assert_array_equal((number * x).get(), X * number)


def test_numpy_arguments_values_and_indices_are_refused(x):
    for call in (
        lambda: xp.linalg.svd(X),
        lambda: xp.concat([x, X]),
        lambda: xp.where(x > 1, x, X),
        lambda: x[np.array([0, 1])],
        lambda: operator.setitem(x, 0, X[0]),
    ):
        with pytest.raises(TypeError, match="Unsupported type"):
            call()


def test_arrays_are_no_lengths(x):
    two = xp.asarray(2)
    for call in (
        lambda: range(two),
        lambda: x[:two],
        lambda: xp.zeros(two),
        lambda: xp.ones((two, 1)),
        lambda: xp.reshape(x, (3, two)),
    ):
        with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
            call()
    assert range(int(two)) == range(2)


def test_names_that_cupy_lacks_are_absent(x):
    for module, name in ((xp, "block"), (xp, "einsum_path"), (xp.linalg, "multi_dot")):
        assert hasattr(np if module is xp else np.linalg, name)
        assert not hasattr(module, name)
    for name in ("to_device", "data", "__index__", "__dlpack__", "_array"):
        assert not hasattr(x, name)


def test_single_entries_and_sums_stay_arrays_and_entries_are_views(x):
    assert isinstance(xp.sum(x), ndarray)
    assert isinstance(x.sum(), ndarray)
    assert all(isinstance(entry, ndarray) for entry in x[0])
    entry = x[1, 2]
    entry += 1
    assert float(x[1, 2]) == 6


def test_only_its_own_device(x):
    assert xp.zeros(2, device=Device()).shape == (2,)
    for device in ("cpu", "cuda"):
        with pytest.raises(TypeError, match="Unsupported device"):
            xp.asarray(X, device=device)
        with pytest.raises(TypeError, match="Unsupported device"):
            xp.zeros(2, device=device)


def test_it_computes_what_numpy_computes(x):
    U, s, Vh = xp.linalg.svd(x, full_matrices=False)
    np.testing.assert_allclose(((U * s) @ Vh).get(), X, atol=1e-14)
    assert type(xp.linalg.qr(x)).__name__ == "QRResult"
    x /= 2
    x[0, :] = 7.0
    np.testing.assert_array_equal(x.get(), [[7, 7, 7], [1.5, 2, 2.5]])
    np.testing.assert_array_equal(x.mT.get(), x.get().T)
    assert (x.dtype, x.shape, x.ndim, len(x)) == (np.float64, (2, 3), 2, 2)
    assert repr(x) == repr(x.get())
    assert xp.astype(x, xp.float32).dtype == xp.float32
    assert bool(xp.all(xp.isfinite(x)))
    assert (int(x[1, 1]), complex(x[1, 1])) == (2, 2 + 0j)
