"""Each portable method elsewhere and on the host: on a GPU, and on the stand-in without one."""

from __future__ import annotations

import json
import platform

import numpy as np
import pytest

import labkit
from labkit.arrays import array_namespace
from tests.backends import table
from tests.backends.cases import CASES, arrays, call, compare, place
from tests.backends.stand_in import namespace as stand_in
from tests.conftest import LIBRARIES

SIZES = (64, 128, 256, 512, 1024, 2048)
LIMIT = 2.0
"""Seconds of a call on the host beyond which no larger size is tried."""
TOLERANCE = 1e-6
"""Relative, in float64: two iterations that end at 1e-7 may end one step apart. What does not
iterate is far better, and the table says by how much."""


@pytest.mark.parametrize("name", CASES)
def test_stand_in_agrees_with_numpy(name):
    """NumPy is behind both, so the numbers are the same but for the order of sums."""
    run = compare(name, stand_in.asarray, sizes=(5, 12))
    assert run["largest_difference"] <= 2.0**-40
    assert run["sizes"] == [5, 12]


@pytest.mark.parametrize("name", CASES)
def test_results_stay_where_the_data_are(name):
    result = call(name, place(CASES[name](6), stand_in.asarray))
    leaves = list(arrays(result))
    found = [a for a in leaves if not isinstance(a, float)]
    if not found:  # numbers alone: Python's own, as one of NumPy's would tell of work on the host
        assert leaves
        assert all(type(a) is float for a in leaves)
    assert all(array_namespace(a) is stand_in for a in found)


def test_sizes_end_where_the_host_is_slow():
    assert compare("linalg.fix_signs", np.array, sizes=(4, 8), limit=0.0)["sizes"] == [4]


@pytest.fixture(scope="module")
def cupy():
    """Return CuPy, or skip; what ran is kept, and the table written anew."""
    (library,) = (library for library in LIBRARIES if library.name == "cupy")
    library.place(np.zeros(1))
    import cupy

    return cupy


@pytest.fixture(scope="module")
def record(cupy):
    properties = cupy.cuda.runtime.getDeviceProperties(0)
    record = {
        "device": properties["name"].decode(),
        "host": platform.machine(),
        "cupy": cupy.__version__,
        "labkit": labkit.__version__,
        "methods": {},
    }
    yield record
    table.RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    table.write()


@pytest.mark.gpu
@pytest.mark.parametrize("name", CASES)
def test_gpu_agrees_with_the_cpu(name, cupy, record):
    run = compare(name, cupy.asarray, SIZES, cupy.cuda.runtime.deviceSynchronize, LIMIT)
    print(name, run)
    assert run["largest_difference"] <= TOLERANCE
    record["methods"][name] = run
