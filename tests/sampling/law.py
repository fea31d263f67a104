"""What tests of samplers share: do the counts of sets agree with the law that was written down?"""

from __future__ import annotations

import numpy as np
import scipy.stats
from numpy.typing import ArrayLike


def p_value(seen: ArrayLike, wanted: ArrayLike) -> float:
    """Return that of Pearson's test; `wanted` may add up to another number than `seen`."""
    seen, wanted = np.asarray(seen, dtype=float), np.asarray(wanted, dtype=float)
    return float(scipy.stats.chi2.sf(np.sum((seen - wanted) ** 2 / wanted), len(seen) - 1))
