"""How initial weights and step sizes must scale with the widths of a network.

Papers: spectral-condition-feature-learning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labkit.checks import check_choice
from labkit.networks.mlp import check_widths

RULES = ("spectral", "tangent", "standard")


@dataclass(frozen=True)
class WidthParametrisation:
    """One number a layer, for two things.

    Attributes
    ----------
    initial_scales : ndarray, shape (n_layers,)
        Standard deviations of the entries of the initial weights.
    step_factors : ndarray, shape (n_layers,)
        What the step size of gradient descent is multiplied by.
    """

    initial_scales: np.ndarray
    step_factors: np.ndarray


def width_parametrisation(widths: Sequence[int], *, rule: str = "spectral") -> WidthParametrisation:
    r"""Return initial scales and step factors that suit a network's widths.

    .. math:: \sigma_l = \frac{1}{\sqrt{n_{l-1}}} \min\Bigl(1, \sqrt{\tfrac{n_l}{n_{l-1}}}\Bigr),
              \qquad \eta_l = \eta \, \frac{n_l}{n_{l-1}}

    so that weights and their updates have spectral norms of the order of
    ``sqrt(n_l / n_{l-1})``.

    Parameters
    ----------
    widths : sequence of int
        n_0, ..., n_L: inputs, hidden layers, outputs.
    rule : {"spectral", "tangent", "standard"}
        The formula above; the neural tangent parametrisation, ``1 / sqrt(n_{l-1})`` and
        ``eta / n_{l-1}``; or the common habit, the same scales with one step size for all layers.

    Returns
    -------
    WidthParametrisation
        Scales and factors, in the order of the layers.

    Raises
    ------
    TypeError, ValueError
        For fewer than two widths, a width below 1, or an unknown rule.

    Notes
    -----
    Host: a formula for a handful of numbers.

    With the first rule features move by the same amount at every width, and it equals the maximal
    update parametrisation (muP). With the second, weights and features stop moving as the network
    grows (lazy training). With the third the output layer makes the gradients of the hidden ones
    too large, and the largest stable step falls.

    The factors are for gradient descent; Adam's steps have no size of their gradient's, and other
    factors. The paper's direct form, which divides weights and gradients by their spectral norms,
    is shown in the notebook.

    References
    ----------
    Yang, Simon, Bernstein: A spectral condition for feature learning, arXiv 2310.17813 (2023).

    Notebook: ``notebooks/spectra/10_width.ipynb``.

    Examples
    --------
    >>> found = width_parametrisation((16, 64, 64, 4))
    >>> found.initial_scales.tolist(), found.step_factors.tolist()
    ([0.25, 0.125, 0.03125], [4.0, 1.0, 0.0625])
    """
    check_choice(rule, "rule", RULES)
    sizes = np.array(check_widths(widths), dtype=float)
    inputs, outputs = sizes[:-1], sizes[1:]
    scales = 1 / np.sqrt(inputs)
    if rule == "spectral":
        scales = scales * np.minimum(1, np.sqrt(outputs / inputs))
        return WidthParametrisation(scales, outputs / inputs)
    factors = 1 / inputs if rule == "tangent" else np.ones_like(inputs)
    return WidthParametrisation(scales, factors)
