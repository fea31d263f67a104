"""The algebra of tubes: tensors of three ways as matrices whose entries are cyclic signals."""

from __future__ import annotations

from labkit.arrays import Array, array_namespace


def t_product(A: Array, B: Array) -> Array:
    """Return ``A * B``: multiply slices by cyclic convolution along the last way."""
    xp = array_namespace(A, B)
    n_slices = A.shape[2]
    A_hat, B_hat = xp.fft.rfft(A, axis=2), xp.fft.rfft(B, axis=2)
    slices = [A_hat[:, :, j] @ B_hat[:, :, j] for j in range(A_hat.shape[2])]
    return xp.fft.irfft(xp.stack(slices, axis=2), n=n_slices, axis=2)


def t_transpose(A: Array) -> Array:
    """Return the transpose: of every slice, and the slices after the first in reverse order."""
    xp = array_namespace(A)
    turned = xp.permute_dims(A, (1, 0, 2))
    return xp.concat([turned[:, :, :1], xp.flip(turned[:, :, 1:], axis=2)], axis=2)


def tube_sizes(A: Array) -> Array:
    """Return the norms of the singular tubes, descending; as many as the smaller side."""
    xp = array_namespace(A)
    n_slices = A.shape[2]
    A_hat = xp.fft.rfft(A, axis=2)
    total = 0.0 * xp.linalg.svdvals(A[:, :, 0])
    for j in range(A_hat.shape[2]):
        twice = 2.0 if 0 < j < n_slices - j else 1.0  # its conjugate is not stored
        total = total + twice * xp.linalg.svdvals(A_hat[:, :, j]) ** 2
    return xp.sqrt(total / n_slices)
