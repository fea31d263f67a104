"""Kernels that two packages or more use, one kernel a file."""

from labkit.linalg.gaussian_kernel import gaussian_kernel
from labkit.linalg.principal_angles import principal_angles
from labkit.linalg.signs import fix_signs

__all__ = ["fix_signs", "gaussian_kernel", "principal_angles"]
