"""Dictionaries of several machines made one: put together, and thinned as one stream would be.

Each machine has seen its own part of the points. Together their dictionaries stand for all points,
but say many things twice; a point that another machine's points explain loses its copies.

Papers: distributed-adaptive-sampling-kernel.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.arrays import array_namespace
from labkit.checks import check_same_device
from labkit.random import Rng, as_generator
from labkit.sampling._dictionary import Kernel, KernelDictionary, kernel_block, thinned


def merged_dictionary(
    parts: Sequence[KernelDictionary], kernel_function: Kernel, *, rng: Rng = None
) -> KernelDictionary:
    r"""Merge dictionaries of parts of a set of points into one of the whole.

    .. math:: \tilde p_i \leftarrow \min(\tilde p_i, \tilde\tau_i), \qquad
              q_i \leftarrow \operatorname{Binomial}(q_i, \text{new } \tilde p_i /
              \text{old } \tilde p_i)

    Parameters
    ----------
    parts : sequence of KernelDictionary
        One or more, of `ridge_leverage_stream` or of this function, all with one ridge and one
        number of copies. Their streams are taken one after the other: positions of later ones are
        counted on.
    kernel_function : callable
        The one they were made with.
    rng : int, Generator or None
        The coins.

    Returns
    -------
    KernelDictionary
        Of all points that the parts have seen. `n_evaluations` is the sum of theirs and of the
        entries between them.

    Raises
    ------
    TypeError, ValueError
        For bad values; dictionaries that do not fit each other.

    Notes
    -----
    Portable. The coins are thrown on the host.

    1. Unite: points, copies and probabilities as they are; kernel entries between the parts.
    2. Estimate all scores from the united dictionary, and thin it, as `ridge_leverage_stream` does
       with a new batch.

    (m1 + m2)^3 operations for two of sizes m1 and m2. Two at a time along a tree, 2^h streams take
    h merges one after the other. This is DISQUEAK of Calandriello and others (2017) for any tree:
    the caller's loop is the tree.

    References
    ----------
    Calandriello, Lazaric, Valko: Distributed adaptive sampling for kernel matrix approximation,
    AISTATS (2017), arXiv 1803.10172.

    Notebook: ``notebooks/sampling/03_streams_of_leverage.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.sampling import ridge_leverage_stream
    >>> def kernel(A, B):
    ...     return np.exp(-4 * (A - B.T) ** 2)
    >>> parts = [
    ...     list(ridge_leverage_stream([np.zeros((50, 1)) + x], kernel, ridge=5.0, rng=0))[-1]
    ...     for x in (0.0, 1.0)
    ... ]
    >>> both = merged_dictionary(parts, kernel, rng=0)
    >>> both.n_seen, sorted({float(x) for x in both.points[:, 0]})
    (100, [0.0, 1.0])
    """
    if not isinstance(parts, Sequence):
        raise TypeError(f"parts must be a list of KernelDictionary, got {type(parts).__name__}")
    if not parts:
        raise ValueError("parts must hold at least one dictionary, got none")
    for part in parts:
        if not isinstance(part, KernelDictionary):
            raise TypeError(f"parts must hold KernelDictionary only, got {type(part).__name__}")
    united = parts[0]
    for number, part in enumerate(parts[1:], 1):
        check_same_device(**{"parts[0]": united.points, f"parts[{number}]": part.points})
        for name, one, other in (
            ("ridge", united.ridge, part.ridge),
            ("n_copies", united.n_copies, part.n_copies),
            ("number of features", united.points.shape[1], part.points.shape[1]),
        ):
            if one != other:
                raise ValueError(f"parts must have one {name}, got {one} and {other}")
        united = _united(united, part, kernel_function)  # step 1
    if united.points.shape[0]:
        kernel_block(kernel_function, united.points[:1, :], united.points[:1, :])
    return thinned(united, as_generator(rng))  # step 2


def _united(one: KernelDictionary, other: KernelDictionary, kernel: Kernel) -> KernelDictionary:
    xp = array_namespace(one.points)
    cross = kernel_block(kernel, one.points, other.points)
    upper = xp.concat([one.gram, cross], axis=1)
    lower = xp.concat([xp.matrix_transpose(cross), other.gram], axis=1)
    return KernelDictionary(
        points=xp.concat([one.points, other.points], axis=0),
        positions=xp.concat([one.positions, other.positions + one.n_seen]),
        probabilities=xp.concat([one.probabilities, other.probabilities]),
        counts=xp.concat([one.counts, other.counts]),
        gram=xp.concat([upper, lower], axis=0),
        ridge=one.ridge,
        n_copies=one.n_copies,
        n_seen=one.n_seen + other.n_seen,
        n_evaluations=one.n_evaluations + other.n_evaluations + cross.shape[0] * cross.shape[1],
    )
