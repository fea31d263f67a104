"""The algebra of tubes: tensors of three ways as matrices whose entries are cyclic signals."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace


def t_product(A: Array, B: Array) -> Array:
    """Return ``A * B``: multiply slices by cyclic convolution along the last way."""
    xp = array_namespace(A, B)
    product = fourier_slices(A) @ fourier_slices(B)
    return xp.fft.irfft(xp.permute_dims(product, (1, 2, 0)), n=A.shape[2], axis=2)


def t_transpose(A: Array) -> Array:
    """Return the transpose: of every slice, and the slices after the first in reverse order."""
    xp = array_namespace(A)
    turned = xp.permute_dims(A, (1, 0, 2))
    return xp.concat([turned[:, :, :1], xp.flip(turned[:, :, 1:], axis=2)], axis=2)


def fourier_slices(A: Array) -> Array:
    """Return the slices of the Fourier transform along the tubes, half of them, frequency first."""
    xp = array_namespace(A)
    return xp.permute_dims(xp.fft.rfft(A, axis=2), (2, 0, 1))
