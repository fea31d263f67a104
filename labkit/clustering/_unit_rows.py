"""What the representations share: rows of norm 1, and how much of an n x n matrix is held.

Host: called by host methods only.
"""

from __future__ import annotations

import numpy as np

BLOCK_ENTRIES = 2**20
"""Entries of an n x n matrix that are held at a time: 8 MiB."""


def unit_rows(X: np.ndarray) -> np.ndarray:
    """Return the rows scaled to norm 1, rows of zeros as they are, whatever their size."""
    largest = np.abs(X).max(axis=1, keepdims=True)
    rows = X / np.where(largest > 0, largest, 1)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norms > 0, norms, 1)
