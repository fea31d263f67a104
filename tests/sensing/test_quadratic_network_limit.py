"""The limit of learning a quadratic network: published values, the threshold, the law behind it."""

import numpy as np
import pytest

from labkit.sensing import quadratic_network_limit
from labkit.sensing._free_sum import edges, remaining, stieltjes

# Oracle


@pytest.mark.parametrize(("alpha", "error"), [(0.1, 1.447), (0.2, 0.784), (0.3, 0.256)])
def test_values_of_the_paper(alpha, error):
    found = quadratic_network_limit(alpha, aspect_ratio=0.5)
    assert found.error == pytest.approx(error, abs=1e-3)
    assert found.error < found.linear_error == (1 - 2 * alpha) / 0.5


@pytest.mark.parametrize("kappa", [0.1, 0.5, 1.0, 2.0])
def test_few_samples_and_the_threshold(kappa):
    enough = kappa - kappa**2 / 2 if kappa < 1 else 0.5
    few, many, all_ = (
        quadratic_network_limit(share * enough, aspect_ratio=kappa).error
        for share in (1e-3, 0.999, 1.0)
    )
    assert few == pytest.approx(1 / kappa, rel=0.01)  # the variance of the prior
    assert 0 <= many < 0.01 / kappa
    assert all_ == 0
    # next to no noise: what is left of it are the free numbers of S
    assert remaining(kappa, 1e-8) / 2 == pytest.approx(enough, rel=1e-4)


@pytest.mark.parametrize(("kappa", "s2"), [(0.5, 1.0), (0.2, 0.01), (2.0, 0.3)])
def test_density_is_that_of_a_large_matrix(kappa, s2):
    rng = np.random.default_rng(0)
    d, m = 800, int(800 * kappa)
    W, Z = rng.standard_normal((d, m)), rng.standard_normal((d, d))
    values = np.linalg.eigvalsh(W @ W.T / m + (Z + Z.T) * np.sqrt(s2 / (2 * d)))
    ends = edges(kappa, s2)
    z = np.linspace(ends[0], ends[-1], 20001)
    density = stieltjes(z, kappa, s2)[1]
    law = np.cumsum(density) * (z[1] - z[0])
    assert law[-1] == pytest.approx(1, abs=1e-3)
    seen = np.searchsorted(values, z) / d
    assert np.abs(law - seen).max() < 0.02  # of order 1 / d at 800


def test_outside_the_support_it_is_the_mean_of_reciprocals():
    rng = np.random.default_rng(0)
    W, Z = rng.standard_normal((600, 120)), rng.standard_normal((600, 600))
    values = np.linalg.eigvalsh(W @ W.T / 120 + (Z + Z.T) * np.sqrt(0.01 / 1200))
    ends = edges(0.2, 0.01)
    assert len(ends) == 4
    z = np.array([ends[0] - 0.3, (ends[1] + ends[2]) / 2, ends[3] + 0.5])
    g, density = stieltjes(z, 0.2, 0.01)
    np.testing.assert_array_equal(density, 0)
    np.testing.assert_allclose(g, [np.mean(1 / (x - values)) for x in z], rtol=0.05)


# Invariance


def test_it_falls_with_the_samples():
    errors = [
        quadratic_network_limit(a, aspect_ratio=0.7).error for a in np.linspace(0.02, 0.5, 30)
    ]
    assert (np.diff(errors) <= 0).all()


# Refusals


def test_refusals():
    with pytest.raises(ValueError, match=r"sampling_ratio must be a finite number in \(0"):
        quadratic_network_limit(0.0, aspect_ratio=0.5)
