"""How branch multiplier and step sizes of a residual network follow its depth and width.

Papers: depthwise-hyperparameter-transfer-residual, don-t-lazy-completep.
"""

from __future__ import annotations

from dataclasses import dataclass

from labkit.checks import check_choice, check_count, check_real
from labkit.networks.residual_training import OPTIMIZERS


@dataclass(frozen=True)
class DepthParametrisation:
    """What `depth_parametrisation` returns.

    Attributes
    ----------
    branch_multiplier : float
        By which to multiply the branch multiplier that was chosen at the base depth.
    step_sizes : tuple of three floats
        By which to multiply one step size to have those of embedding, blocks and readout.
    """

    branch_multiplier: float
    step_sizes: tuple[float, float, float]


def depth_parametrisation(
    depth: int,
    width: int,
    *,
    branch_exponent: float | None,
    base_depth: int,
    optimizer: str = "sgd",
) -> DepthParametrisation:
    r"""Return the multipliers of a residual network of a given depth and width.

    .. math:: \beta \propto m^{-\alpha}, \qquad
              \eta_{\text{blocks}} \propto
              \begin{cases} N\, m^{2 \alpha - 1} & \text{gradient descent} \\
              N^{-1/2}\, m^{\alpha - 1} & \text{Adam} \end{cases}, \qquad m = L / L_0

    Parameters
    ----------
    depth : int
        L, the number of blocks, from 1.
    width : int
        N, from 1.
    branch_exponent : float or None
        alpha, from 0 to 1. At 1/2 the rule of Bordelon and others, whose gradient descent needs no
        other step in deeper networks; at 1 CompleteP, whose Adam needs none. Below 1/2 the signal
        explodes with depth at the start. None leaves depth alone, as the parametrisation by width
        does (muP): branch and steps stay.
    base_depth : int
        L_0, from 1, the depth at which all exponents agree.
    optimizer : {"sgd", "adam"}
        Adam divides the size of the gradient out, so its steps follow another rule.

    Returns
    -------
    DepthParametrisation
        Multipliers, for weights of unit variance as in `labkit.networks.residual_network`.

    Raises
    ------
    TypeError, ValueError
        For counts, exponents or names that are not allowed.

    Notes
    -----
    Host: arithmetic with four numbers. One condition gives all of them: a step shall change each
    h_l, and each output, by an amount that depends neither on width nor on depth.

    1. The blocks, gradient descent. The derivative of an output by the weights of one block has
       a square of the size beta^2 / N, so L blocks together change the output by
       eta L beta^2 / N.
    2. The blocks, Adam. Every weight moves by eta. The entries of the move agree in sign with the
       signal, so N of them add up: a block changes by beta N^(1/2) eta, and L of them by L times
       that, for their changes point the same way.
    3. Embedding and readout are one layer each and know nothing of the depth. A readout divided by
       N has a gradient of 1 / N, hence the N of gradient descent.

    Dey and others also have rules for weight decay, biases, normalisation and Adam's small number;
    networks here have none of these.

    References
    ----------
    Dey and eight others: Don't be lazy: CompleteP enables compute-efficient deep transformers,
    NeurIPS (2025), arXiv 2505.01618.

    Notebook: ``notebooks/spectra/11_depth.ipynb``.

    Examples
    --------
    >>> depth_parametrisation(64, 100, branch_exponent=0.5, base_depth=4)
    DepthParametrisation(branch_multiplier=0.25, step_sizes=(100.0, 100.0, 100.0))
    >>> depth_parametrisation(64, 100, branch_exponent=1.0, base_depth=4, optimizer="adam")
    DepthParametrisation(branch_multiplier=0.0625, step_sizes=(1.0, 0.1, 1.0))
    """
    m = check_count(depth, "depth", 1) / check_count(base_depth, "base_depth", 1)
    N = float(check_count(width, "width", 1))
    a = (
        None
        if branch_exponent is None
        else check_real(branch_exponent, "branch_exponent", 0.0, 1.0)
    )
    check_choice(optimizer, "optimizer", OPTIMIZERS)
    branch = 1.0 if a is None else m**-a
    if optimizer == "sgd":
        by_depth = 1.0 if a is None else m ** (2 * a - 1)  # step 1
        return DepthParametrisation(branch, (N, N * by_depth, N))
    by_depth = 1.0 if a is None else m ** (a - 1)  # step 2
    return DepthParametrisation(branch, (1.0, by_depth / N**0.5, 1.0))
