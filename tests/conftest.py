"""What all tests share: the array libraries, and one setting of hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import array_api_strict
import hypothesis
import numpy as np
import pytest

from labkit.arrays import array_namespace, device
from tests.backends.stand_in import namespace as cupy_stand_in

hypothesis.settings.register_profile("labkit", deadline=None, max_examples=30)
hypothesis.settings.load_profile("labkit")


@dataclass(frozen=True)
class Library:
    """One array library: how to place a NumPy array there, and how to see that a result is there.

    Attributes
    ----------
    name : str
        What the test is called.
    place : callable
        Moves a NumPy array to the library, and to a device that is not the default one where the
        library has several.
    """

    name: str
    place: Callable[[np.ndarray], Any]

    def holds(self, *results: Any, dtype: str = "float64") -> bool:
        """Tell whether all results are arrays of this library, on its device, of that dtype."""
        example = self.place(np.zeros(1))
        xp = array_namespace(example)
        return all(
            array_namespace(result) is xp
            and device(result) == device(example)
            and result.dtype == getattr(xp, dtype)
            for result in results
        )


def _read_only(x: np.ndarray) -> np.ndarray:
    x = np.array(x)
    x.flags.writeable = False
    return x


def _strict(x: np.ndarray) -> Any:
    return array_api_strict.asarray(np.array(x), device=array_api_strict.Device("device1"))


def _cupy(x: np.ndarray) -> Any:
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    try:
        n_devices = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError:
        n_devices = 0
    if n_devices == 0:
        pytest.skip("there is no GPU")
    return cupy.asarray(x)


LIBRARIES = (
    Library("numpy", np.array),
    Library("numpy-read-only", _read_only),
    Library("array-api-strict", _strict),
    Library("cupy-stand-in", cupy_stand_in.asarray),
    Library("cupy", _cupy),
)


@pytest.fixture(params=LIBRARIES, ids=lambda library: library.name)
def library(request: pytest.FixtureRequest) -> Library:
    """Run the test once for each array library; CuPy is skipped where it cannot run."""
    request.param.place(np.zeros(1))
    return request.param
