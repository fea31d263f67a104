"""What the tests of Lipschitz bounds draw."""

from itertools import pairwise

import numpy as np


def layers(*widths, seed=0, spread=1.0):
    rng = np.random.default_rng(seed)
    return [
        (rng.standard_normal((a + b, b)), spread * rng.standard_normal(b), rng.standard_normal(b))
        for a, b in pairwise(widths)
    ]


def cast(lists, change):
    return [tuple(change(part) for part in row) for row in lists]


def inputs(n_features, seed=1):
    return 3 * np.random.default_rng(seed).standard_normal((300, n_features))
