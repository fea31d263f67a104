"""Power-law tails with the scan for the cutoff, against powerlaw and powerlawrs."""

from __future__ import annotations

import numpy as np

from tests.bench.measure import Row


def spectrum(n):
    """Return a tail with exponent 2.5 above a body that is none."""

    def make(quick):
        rng = np.random.default_rng(0)
        n_values = 300 if quick else n
        body = rng.uniform(0.2, 1.0, n_values // 4)
        return {"x": np.concatenate([body, 1 + rng.pareto(1.5, n_values - len(body))])}

    return make


def labkit(data):
    from labkit.spectra import power_law_fit

    fit = power_law_fit(data["x"])
    return fit.tail_exponent, fit.cutoff


def powerlaw(data):
    import powerlaw

    fit = powerlaw.Fit(data["x"], verbose=False)  # 2.5 lies in its range, which ends at 3
    return fit.alpha, fit.xmin


def powerlawrs(data):
    import powerlawrs

    fit = powerlawrs.fit(data["x"]).ParetoFit
    return fit.alpha + 1, fit.x_min


def distance(answer, data):
    """Return the largest distance between the tail and its law, on both sides of each step."""
    alpha, cutoff = answer
    tail = np.sort(data["x"][data["x"] >= cutoff])
    law = 1 - (tail / cutoff) ** (1 - alpha)
    ranks = np.arange(len(tail) + 1) / len(tail)
    return max(np.max(ranks[1:] - law), np.max(law - ranks[:-1]))


def row(n, peer, call, target):
    return Row(
        name=f"spectra/tail-{n}-{peer}", task=f"exponent and cutoff of the tail of {n} values",
        peer="powerlaw", data=spectrum(n), labkit=labkit, settings={f"{peer}, default": call},
        error=distance, error_name="Kolmogorov distance of the tail from its law", target=target,
    )  # fmt: skip


ROWS = [
    row(5000, "powerlaw", powerlaw, 1 / 20),
    row(5000, "powerlawrs", powerlawrs, 1 / 5),
    row(50_000, "powerlawrs", powerlawrs, 1 / 5),
]
