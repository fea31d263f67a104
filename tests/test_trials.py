"""Repetitions with common random numbers."""

import numpy as np
import pytest

from labkit.random import child_seeds
from labkit.trials import over


def test_every_grid_point_sees_the_same_seeds():
    trials = over(
        lambda seed, a, b: {"seed": seed, "product": a * b},
        seed=3,
        n_repetitions=4,
        grid={"a": [1, 2], "b": [10, 20, 30]},
    )
    assert trials["seed"].shape == (2, 3, 4)
    assert np.all(trials["seed"] == child_seeds(3, 4))
    assert trials.mean("product").tolist() == [[10, 20, 30], [20, 40, 60]]
    assert trials.grid == {"a": (1, 2), "b": (10, 20, 30)}


def test_without_a_grid_there_is_one_point():
    trials = over(lambda seed: 2.0, seed=0, n_repetitions=5)
    assert trials["value"].shape == (5,)
    assert trials.mean("value") == 2.0


def test_statistics():
    values = iter([1.0, 2.0, 6.0])
    trials = over(lambda seed: next(values), seed=0, n_repetitions=3)
    assert trials.mean("value") == 3.0
    assert trials.median("value") == 2.0
    assert trials.standard_error("value") == pytest.approx(np.sqrt(7 / 3))


def test_one_repetition_has_no_standard_error():
    trials = over(lambda seed, a: a, seed=0, n_repetitions=1, grid={"a": [1, 2]})
    assert np.isnan(trials.standard_error("value")).all()


def test_a_name_that_is_missing_somewhere_is_nan_there():
    trials = over(lambda seed, a: {f"a{a}": 1.0}, seed=0, n_repetitions=2, grid={"a": [1, 2]})
    assert np.isnan(trials["a1"][1]).all()
    assert not np.isnan(trials["a1"][0]).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": 0, "n_repetitions": 0}, "n_repetitions must be an integer from 1 up, got 0"),
        ({"seed": -1, "n_repetitions": 2}, "seed must be at least 0, got -1"),
    ],
)
def test_bad_numbers_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        over(lambda seed: 1.0, **arguments)
