"""Rules of width: the formulas, norms of drawn matrices, what does not change, refusals."""

import numpy as np
import pytest

from labkit.spectra import width_parametrisation

# Oracle


@pytest.mark.parametrize(
    ("rule", "scales", "factors"),
    [
        ("spectral", [1 / 4, 1 / 8, 1 / 64 * np.sqrt(4)], [4, 1, 1 / 16]),
        ("tangent", [1 / 4, 1 / 8, 1 / 8], [1 / 16, 1 / 64, 1 / 64]),
        ("standard", [1 / 4, 1 / 8, 1 / 8], [1, 1, 1]),
    ],
)
def test_the_formulas(rule, scales, factors):
    found = width_parametrisation((16, 64, 64, 4), rule=rule)
    np.testing.assert_allclose(found.initial_scales, scales, rtol=1e-14)
    np.testing.assert_allclose(found.step_factors, factors, rtol=1e-14)


@pytest.mark.parametrize(("n_in", "n_out"), [(400, 400), (100, 900), (900, 100), (900, 4)])
def test_spectral_norms_of_drawn_weights(n_in, n_out):
    scale = width_parametrisation((n_in, n_out)).initial_scales[0]
    W = scale * np.random.default_rng(0).standard_normal((n_out, n_in))
    ratio = np.linalg.norm(W, 2) / np.sqrt(n_out / n_in)
    # scale * (sqrt(n_in) + sqrt(n_out)) in the limit: between 1 and 2 times the wanted norm
    assert 0.95 < ratio < 2.05


# Invariance


def test_the_rule_knows_ratios_of_widths_alone():
    one, ten = (width_parametrisation([c * n for n in (4, 8, 2)]) for c in (1, 10))
    np.testing.assert_allclose(one.step_factors, ten.step_factors, rtol=1e-14)
    np.testing.assert_allclose(one.initial_scales, 10**0.5 * ten.initial_scales, rtol=1e-14)


# Refusals


def test_refusals():
    with pytest.raises(
        ValueError, match=r"widths must name inputs and outputs at least, got \(5,\)"
    ):
        width_parametrisation((5,))
    with pytest.raises(ValueError, match="widths must be"):
        width_parametrisation((5, 0))
    with pytest.raises(ValueError, match="rule"):
        width_parametrisation((5, 5), rule="muP")
