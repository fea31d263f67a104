"""Swivel: word vectors from a table of counts, pairs that never met included.

The logarithm of a count of zero is no number. A pair of frequent words that never meets says a lot,
a pair of rare ones says nothing: a one-sided loss knows the difference.

Papers: swivel-improving-embeddings-noticing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labkit.arrays import Array, array_namespace, device
from labkit.checks import check_count, check_matrix, check_real
from labkit.random import Rng, as_generator, standard_normal

SCALE_OF_STEPS = 0.1
"""What Adagrad's sums of squared gradients start from."""


@dataclass(frozen=True)
class WordVectors:
    """A state of `swivel_embeddings`.

    Attributes
    ----------
    row_vectors, column_vectors : Array, shape (n_words, n_dimensions)
        Their products predict the pointwise mutual information; their sum embeds a word.
    targets : Array, shape (n_words, n_words)
        The pointwise mutual information of the counts, with one in place of zero: where words never
        met, what is to stay below.
    n_cells : int
        Cells of the table worked off so far, of all steps together.
    """

    row_vectors: Array
    column_vectors: Array
    targets: Array
    n_cells: int

    @property
    def prediction(self) -> Array:
        """Return the predicted information of all pairs, shape (n_words, n_words)."""
        xp = array_namespace(self.row_vectors)
        return self.row_vectors @ xp.matrix_transpose(self.column_vectors)


def swivel_embeddings(
    counts: Array,
    *,
    n_dimensions: int,
    n_blocks: int = 1,
    step_size: float = 0.3,
    unobserved_weight: float = 1.0,
    rng: Rng = None,
) -> Iterator[WordVectors]:
    r"""Return a generator of word vectors, one state a block of the table.

    .. math:: \min_{W, C} \sum_{x_{ij} > 0} \tfrac12 h(x_{ij}) (w_i \cdot c_j - t_{ij})^2
              + \omega \sum_{x_{ij} = 0} \log\bigl(1 + e^{w_i \cdot c_j - t_{ij}}\bigr),
              \qquad t_{ij} = \log \frac{\max(x_{ij}, 1) (D + 1)}{(x_i + 1)(x_j + 1)},
              \quad h(x) = 0.1 + \tfrac14 \sqrt{x}

    Parameters
    ----------
    counts : Array, shape (n_words, n_words)
        x, how often word i met context j; not negative, not all zero.
    n_dimensions : int
        Numbers in a vector, from 1 to n_words.
    n_blocks : int
        The table is cut into n_blocks x n_blocks blocks, at most n_words; 1 takes it whole.
    step_size : float
        Of Adagrad, above 0.
    unobserved_weight : float
        omega, 1 in the paper; 0 forgets the pairs that never met.
    rng : int, Generator or None
        Draws the start and the order of the blocks.

    Returns
    -------
    iterator of WordVectors
        First the start, then one state a block, without end.

    Raises
    ------
    TypeError, ValueError
        For bad values, at the call.

    Notes
    -----
    Portable.

    1. Start from normal numbers of variance 1 / n_dimensions.
    2. Take the blocks in random order, each once a round. Block (a, b) holds every n_blocks-th row
       from a on and column from b on, so with words in order of frequency each has all kinds.
    3. Where a pair was met, pull the product to its target, the harder the more often it was met;
       where it was not, push it down while it is above: the slope is a logistic function.
    4. Move the vectors of the block by Adagrad: each number has its own step.

    A round costs 6 n_words^2 n_dimensions, the size of the table, whatever is zero in it. A zero is
    compared with the count that independence expects: ``w.c > t`` says that the pair was expected
    more than once, and e^-1 at most of such pairs are missed.

    The paper's loss and blocks (its section 3), in one process; it spreads blocks over many
    machines, without locks. Step size and the constants of h were not read in the text but in
    what was released and in later accounts.

    References
    ----------
    Shazeer, Doherty, Evans, Waterson: Swivel: improving embeddings by noticing what's missing,
    arXiv 1602.02215 (2016).

    Notebook: ``notebooks/sensing/09_word_vectors.ipynb``.

    Examples
    --------
    >>> import numpy as np
    >>> from labkit.trace import trace
    >>> counts = np.array([[9.0, 9, 0, 0], [9, 9, 0, 0], [0, 0, 9, 9], [0, 0, 9, 9]])
    >>> states = swivel_embeddings(counts, n_dimensions=2, rng=0)
    >>> found = trace(states, n_steps=200, record={}).last.prediction
    >>> bool(abs(found[0, 1] - np.log(2)) < 0.1), bool(found[0, 2] < -1)
    (True, True)
    """
    counts = check_matrix(counts, "counts")
    xp = array_namespace(counts)
    n = counts.shape[0]
    if counts.shape[1] != n:
        raise ValueError(f"counts must be square, got shape {tuple(counts.shape)}")
    smallest, largest = float(xp.min(counts)), float(xp.max(counts))
    if smallest < 0 or largest == 0:
        raise ValueError(
            f"counts must not be negative nor all zero, got {smallest:g} to {largest:g}"
        )
    k = check_count(n_dimensions, "n_dimensions", 1, n)
    check_count(n_blocks, "n_blocks", 1, n)
    step_size = check_real(step_size, "step_size", 0.0, open_low=True)
    omega = check_real(unobserved_weight, "unobserved_weight", 0.0)
    generator = as_generator(rng)
    targets = _targets(counts)
    start = [standard_normal(generator, (n, k), like=counts) / k**0.5 for _ in range(2)]  # step 1

    def states() -> Iterator[WordVectors]:
        W, C = start
        sums_W = xp.full((n, k), SCALE_OF_STEPS, dtype=W.dtype, device=device(W))
        sums_C = sums_W
        n_cells = 0
        yield WordVectors(W, C, targets, n_cells)
        while True:
            for block in generator.permutation(n_blocks**2):  # step 2
                a, b = divmod(int(block), n_blocks)
                rows, columns = slice(a, n, n_blocks), slice(b, n, n_blocks)
                W_block, C_block = W[rows, :], C[columns, :]
                x = counts[rows, columns]
                slopes = _slopes(W_block, C_block, x, targets[rows, columns], omega)  # step 3
                W, sums_W = _adagrad(W, sums_W, slopes @ C_block, rows, step_size)  # step 4
                back = xp.matrix_transpose(slopes) @ W_block
                C, sums_C = _adagrad(C, sums_C, back, columns, step_size)
                n_cells += x.shape[0] * x.shape[1]
                yield WordVectors(W, C, targets, n_cells)

    return states()


def _targets(counts: Array) -> Array:
    xp = array_namespace(counts)
    of_rows = xp.log(xp.sum(counts, axis=1) + 1)
    of_columns = xp.log(xp.sum(counts, axis=0) + 1)
    met = xp.log(xp.where(counts > 0, counts, 1.0))
    return met + xp.log(xp.sum(counts) + 1) - of_rows[:, None] - of_columns[None, :]


def _slopes(W: Array, C: Array, x: Array, targets: Array, omega: float) -> Array:
    """Return the slope of the loss in each prediction, over the root of the block's cells."""
    xp = array_namespace(W)
    excess = W @ xp.matrix_transpose(C) - targets
    logistic = 0.5 * (1 + xp.tanh(excess / 2))
    slopes = xp.where(x > 0, (0.1 + 0.25 * xp.sqrt(x)) * excess, omega * logistic)
    return slopes / (x.shape[0] * x.shape[1]) ** 0.5


def _adagrad(
    V: Array, sums: Array, gradient: Array, part: slice, step_size: float
) -> tuple[Array, Array]:
    """Return the vectors and their sums of squares after a step in a part of them."""
    xp = array_namespace(V)
    V, sums = xp.asarray(V, copy=True), xp.asarray(sums, copy=True)
    sums[part, :] = sums[part, :] + gradient * gradient
    V[part, :] = V[part, :] - step_size * gradient / xp.sqrt(sums[part, :])
    return V, sums
