"""Kernels that two packages or more use, one kernel a file."""

from labkit.linalg.gaussian_kernel import gaussian_kernel
from labkit.linalg.lanczos import LanczosResult, lanczos
from labkit.linalg.principal_angles import principal_angles
from labkit.linalg.signs import fix_signs

__all__ = ["LanczosResult", "fix_signs", "gaussian_kernel", "lanczos", "principal_angles"]
