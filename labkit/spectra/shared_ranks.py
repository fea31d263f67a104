"""One threshold for the singular values of many matrices decides the rank of each.

Papers: galore-welore-low-rank.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labkit.arrays import Array, to_numpy
from labkit.checks import check_array, check_choice, check_real

RULES = ("minmax", "raw", "uniform")


def shared_ranks(spectra: Sequence[Array], *, kept: float, rule: str = "minmax") -> tuple[int, ...]:
    r"""Return a rank for each matrix so that a given share of all ranks is kept.

    .. math:: t_i = \frac{\sigma_i - \min_j \sigma_j}{\max_j \sigma_j - \min_j \sigma_j}, \qquad
              r = \#\{i : t_i \geq k\}

    with one threshold k for all matrices.

    Parameters
    ----------
    spectra : sequence of Arrays, each of shape (n_values,)
        The singular values of each matrix, in any order, none negative.
    kept : float
        The share of the total number of singular values to keep, from 0 to 1.
    rule : {"minmax", "raw", "uniform"}
        The formula above (WeLore); the singular values as they are, which minimises the summed
        squared error of all matrices; or the same share in each.

    Returns
    -------
    tuple of int
        Ranks, that together are within one of the wanted number.

    Raises
    ------
    TypeError, ValueError
        For bad values, or no spectrum at all.

    Notes
    -----
    Host: some hundred numbers are sorted.

    The authors search for k; here the wanted number of largest t is taken, the earlier matrix first
    where they are equal. With "minmax" the scale of a matrix does not matter, and a single large
    singular value makes the others small: such a matrix counts as low-rank. A matrix whose singular
    values are all equal has t = 1 for each.

    References
    ----------
    Jaiswal and others: From low rank gradient subspace stabilization to low-rank weights, ICML
    (2025), arXiv 2407.11239.

    Notebook: ``notebooks/spectra/05_loss_aware_low_rank.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> shared_ranks([np.array([9.0, 1.0, 1.0]), np.array([3.0, 2.9, 0.0])], kept=0.5)
    (1, 2)
    """
    if not isinstance(spectra, list | tuple) or not spectra:
        raise ValueError(f"spectra must be a list of at least one array, got {spectra!r}")
    kept = check_real(kept, "kept", 0.0, 1.0)
    check_choice(rule, "rule", RULES)
    values = [to_numpy(check_array(s, "spectra", n_dims=1)).astype(float) for s in spectra]
    lowest = min(float(s.min()) for s in values)
    if lowest < 0:
        raise ValueError(f"spectra must not hold negative values, got {lowest:g}")
    if rule == "uniform":
        return tuple(round(kept * len(s)) for s in values)
    scores = values
    if rule == "minmax":
        widths = [s.max() - s.min() for s in values]
        scores = [
            (s - s.min()) / w if w > 0 else np.ones_like(s)
            for s, w in zip(values, widths, strict=True)
        ]
    owner = np.repeat(np.arange(len(values)), [len(s) for s in values])
    wanted = round(kept * len(owner))
    order = np.argsort(-np.concatenate(scores), kind="stable")[:wanted]
    return tuple(int(np.sum(owner[order] == i)) for i in range(len(values)))
