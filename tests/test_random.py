"""Named streams that do not disturb each other."""

import numpy as np
import pytest

from labkit import random
from labkit.arrays import to_numpy


def test_a_stream_is_the_same_each_time_and_on_every_machine():
    a = random.generator(7, "noise").integers(2**32, size=4)
    np.testing.assert_array_equal(a, random.generator(7, "noise").integers(2**32, size=4))
    assert random.generator(0).integers(1000, size=3).tolist() == [850, 636, 511]


@pytest.mark.parametrize("other", [(7, "signal"), (8, "noise"), (7,), (7, "noise", 1), (7, "nois")])
def test_streams_of_different_names_or_seeds_differ(other):
    a = random.generator(7, "noise").integers(2**32, size=4)
    assert not np.array_equal(a, random.generator(*other).integers(2**32, size=4))


def test_streams_are_uncorrelated():
    n = 100_000
    a, b = (random.generator(3, name).standard_normal(n) for name in ("a", "b"))
    assert abs(a @ b) / n < 5 / np.sqrt(n)  # 5 standard errors: one failure in two million


def test_as_generator_uses_and_seeds():
    given = np.random.default_rng(0)
    assert random.as_generator(given) is given
    assert random.as_generator(4).random() == random.as_generator(np.int64(4)).random()
    assert random.as_generator(None).random() != random.as_generator(None).random()


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (-1, ValueError, "rng must be at least 0, got -1"),
        (True, TypeError, "rng must be an integer from 0 up, a Generator or None, got True"),
        (0.5, TypeError, "rng must be an integer"),
        ("seed", TypeError, "rng must be an integer"),
    ],
)
def test_bad_seeds_are_refused(bad, error, message):
    with pytest.raises(error, match=message):
        random.as_generator(bad)
    with pytest.raises(error, match="seed must be"):
        random.generator(bad)


def test_child_seeds_do_not_depend_on_how_many():
    children = random.child_seeds(5, 100)
    assert children[:3] == random.child_seeds(5, 3)
    assert len(set(children)) == 100
    assert all(0 <= child < 2**32 for child in children)


def test_standard_normal_follows_the_array(library):
    for dtype in ("float64", "float32"):
        like = library.place(np.zeros(1, dtype=dtype))
        draw = random.standard_normal(1, (2, 3), like=like)
        assert library.holds(draw, dtype=dtype)
        expected = np.random.default_rng(1).standard_normal((2, 3)).astype(dtype)
        np.testing.assert_array_equal(to_numpy(draw), expected)
