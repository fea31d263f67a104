"""Graphs with attributes on their nodes, whose classes are known."""

from __future__ import annotations

import numpy as np

from labkit.checks import check_choice, check_count, check_real
from labkit.random import Rng, as_generator


def attributed_block_model(
    n_samples: int,
    n_features: int,
    *,
    n_classes: int = 4,
    mean_degree: float = 10.0,
    homophily: float = 0.7,
    signal: float = 0.5,
    kind: str = "even",
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Draw a stochastic block model with Gaussian attributes.

    .. math:: P(i \sim j) = \begin{cases} c\, h / m & \text{same class} \\
              c\, (1 - h) / (n - m) & \text{else} \end{cases}, \qquad
              x_i = s\, \mu_{y_i} + \varepsilon_i

    Parameters
    ----------
    n_samples : int
        Nodes n, at least 2; in classes of size m, as equal as can be, in random order.
    n_features : int
        Attributes of a node.
    n_classes : int
        From 2 to `n_samples`.
    mean_degree : float
        Expected neighbours c of a node, 0 or larger; probabilities are cut at 1.
    homophily : float
        Expected share h of neighbours in a node's own class, from 0 to 1. At ``1 / n_classes`` the
        graph says nothing of the classes; below, neighbours avoid their own class.
    signal : float
        Length s of the class means, 0 or larger, where the noise in each attribute has standard
        deviation 1. The directions of the means are random.
    kind : {"even", "paired"}
        Whom neighbours of another class belong to: any other class alike, or always the partner
        of a class, 0 with 1, 2 with 3 and so on. For pairs `n_classes` must be even.
    rng : int, Generator or None
        All draws.

    Returns
    -------
    adjacency : ndarray, shape (n_samples, n_samples)
        Zeros and ones, symmetric, zero diagonal. Nodes without neighbours may occur.
    X : ndarray, shape (n_samples, n_features)
        The attributes.
    labels : ndarray of int, shape (n_samples,)
        The classes.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host. For one seed the draws are common to all values of
    `mean_degree`, `homophily`, `signal` and `kind`: edges come and go one by one as these move.

    References
    ----------
    Deshpande, Montanari, Mossel, Sen: Contextual stochastic block models, NeurIPS 2018.

    Examples
    --------
    >>> adjacency, X, labels = attributed_block_model(40, 3, homophily=1.0, rng=0)
    >>> different = labels[:, None] != labels
    >>> int(adjacency[different].sum())
    0
    """
    check_count(n_samples, "n_samples", 2)
    check_count(n_features, "n_features", 1)
    check_count(n_classes, "n_classes", 2, n_samples)
    mean_degree = check_real(mean_degree, "mean_degree", 0.0)
    homophily = check_real(homophily, "homophily", 0.0, 1.0)
    signal = check_real(signal, "signal", 0.0)
    check_choice(kind, "kind", ("even", "paired"))
    if kind == "paired" and n_classes % 2:
        raise ValueError(f"n_classes must be even for pairs, got {n_classes}")
    generator = as_generator(rng)
    labels = generator.permutation(np.arange(n_samples) % n_classes)
    means = generator.standard_normal((n_classes, n_features))
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    X = signal * means[labels] + generator.standard_normal((n_samples, n_features))
    size = n_samples / n_classes
    inside = min(1.0, mean_degree * homophily / size)
    others = (n_samples - size) if kind == "even" else size
    outside = min(1.0, mean_degree * (1 - homophily) / others)
    chance = np.where(labels[:, None] == labels, inside, outside)
    if kind == "paired":
        chance[labels[:, None] // 2 != labels // 2] = 0.0
    upper = np.triu(generator.random((n_samples, n_samples)) < chance, 1)
    return (upper | upper.T).astype(np.float64), X, labels
