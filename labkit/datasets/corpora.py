"""Counts of words that meet: drawn from a known law, or read in a manual that Python brings."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from labkit.checks import check_count, check_real
from labkit.random import Rng, as_generator


def log_bilinear_counts(
    n_words: int,
    *,
    n_dimensions: int,
    n_pairs: int,
    strength: float = 2.0,
    rng: Rng = None,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw counts of pairs of words whose mutual information is known.

    .. math:: P_{ij} \propto \frac{1}{i\,j} \exp(v_i \cdot v_j), \qquad
              \mathrm{pmi}_{ij} = \log \frac{P_{ij}}{\sum_j P_{ij} \sum_i P_{ij}}

    Parameters
    ----------
    n_words : int
        Words, the most frequent first.
    n_dimensions : int
        Of the normal vectors v behind them.
    n_pairs : int
        Pairs drawn, each counted in both directions.
    strength : float
        Mean square length of the vectors, not negative.
    rng : int, Generator or None
        All draws. With the same integer the vectors do not depend on `n_pairs`.

    Returns
    -------
    counts : ndarray, shape (n_words, n_words)
        Symmetric; their sum is twice n_pairs.
    pmi : ndarray, shape (n_words, n_words)
        The truth, exact.

    Raises
    ------
    TypeError, ValueError
        For bad values.

    Notes
    -----
    Host: data are made on the host.

    Examples
    --------
    >>> counts, pmi = log_bilinear_counts(20, n_dimensions=3, n_pairs=1000, rng=0)
    >>> counts.sum().item(), bool(np.allclose(pmi, pmi.T))
    (2000.0, True)
    """
    check_count(n_words, "n_words", 1)
    check_count(n_dimensions, "n_dimensions", 1)
    check_count(n_pairs, "n_pairs", 1)
    strength = check_real(strength, "strength", 0.0)
    generator = as_generator(rng)
    vectors = generator.standard_normal((n_words, n_dimensions)) * (strength / n_dimensions) ** 0.5
    exponent = vectors @ vectors.T
    rank = np.arange(1, n_words + 1)
    P = np.exp(exponent - exponent.max()) / np.outer(rank, rank)
    P /= P.sum()
    p = P.sum(axis=1)
    drawn = generator.multinomial(n_pairs, P.ravel()).reshape(P.shape).astype(np.float64)
    return drawn + drawn.T, np.log(P / np.outer(p, p))


def python_manual(n_words: int = 300, *, window: int = 5) -> tuple[np.ndarray, list[str]]:
    """Count which words stand near each other in the language reference of Python.

    Parameters
    ----------
    n_words : int
        The most frequent words of two letters or more; other words are skipped.
    window : int
        Two words meet when at most this many places apart, before words are skipped; a pair
        d places apart counts 1 / d.

    Returns
    -------
    counts : ndarray, shape (n_words, n_words)
        Symmetric.
    words : list of str
        The most frequent first.

    Raises
    ------
    TypeError, ValueError
        For bad values, or more words than there are.
    ModuleNotFoundError
        Where Python was installed without its help texts.

    Notes
    -----
    Host: a text is read. It is that of `pydoc_data.topics` in the standard library (licence of
    Python), about 65 000 words, and changes a little from version to version of Python.

    Examples
    --------
    >>> counts, words = python_manual(50)
    >>> words[0], counts.shape
    ('the', (50, 50))
    """
    check_count(n_words, "n_words", 1)
    check_count(window, "window", 1)
    from pydoc_data.topics import topics

    tokens = re.findall(r"[a-z]{2,}", " ".join(topics.values()).lower())
    frequencies = Counter(tokens).most_common(n_words)
    if len(frequencies) < n_words:
        raise ValueError(f"n_words must be at most {len(frequencies)}, got {n_words}")
    words = [word for word, _ in frequencies]
    place = {word: i for i, word in enumerate(words)}
    index = np.array([place.get(token, -1) for token in tokens])
    counts = np.zeros((n_words, n_words))
    for apart in range(1, window + 1):
        left, right = index[:-apart], index[apart:]
        both = (left >= 0) & (right >= 0)
        np.add.at(counts, (left[both], right[both]), 1 / apart)
    return counts + counts.T, words
