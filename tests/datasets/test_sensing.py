"""Sensing problems: the planted truth, and measurements that keep its length on average."""

import numpy as np
import pytest

from labkit.datasets import sensing_problem


@pytest.mark.parametrize("kind", ["symmetric", "gaussian", "rank-one"])
def test_truth_and_scale(kind):
    problem = sensing_problem([3.0, 1.0], n_rows=6, n_measurements=4000, kind=kind, rng=0)
    s = np.linalg.svd(problem.truth, compute_uv=False)
    np.testing.assert_allclose(s, [3, 1, 0, 0, 0, 0], atol=1e-12)
    # 4000 squares of relative variance 2 (8 for products): six standard errors
    spread = 6 * np.sqrt((8 if kind == "rank-one" else 2) / 4000)
    assert np.sum(problem.b**2) == pytest.approx(10, rel=spread)
    if kind == "symmetric":
        matrices = problem.A.matrices.reshape(-1, 6, 6)
        np.testing.assert_array_equal(matrices, matrices.transpose(0, 2, 1))
        np.testing.assert_allclose(problem.truth, problem.truth.T, atol=1e-15)


def test_a_matrix_that_is_not_square():
    problem = sensing_problem(
        [1.0], n_rows=3, n_columns=5, n_measurements=7, kind="gaussian", rng=0
    )
    assert problem.truth.shape == (3, 5)
    assert problem.b.shape == (7,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"singular_values": [1.0, -1.0]}, "not be negative, got -1"),
        ({"n_rows": 1}, "n_rows"),
        ({"n_columns": 7}, "n_columns must be n_rows"),
        ({"kind": "sparse"}, "kind"),
    ],
)
def test_refusals(change, message):
    arguments = {"singular_values": [2.0, 1.0], "n_rows": 5, "n_measurements": 9} | change
    with pytest.raises(ValueError, match=message):
        sensing_problem(arguments.pop("singular_values"), **arguments)
