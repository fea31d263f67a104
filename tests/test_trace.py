"""Watching a method that evolves."""

import numpy as np
import pytest

from labkit.trace import trace


def halving(x=1.0):
    while True:
        yield x
        x = x / 2


def test_it_records_the_start_each_step_and_the_last():
    run = trace(halving(), n_steps=5, record={"x": float, "pair": lambda x: [x, -x]}, every=2)
    assert run.steps.tolist() == [0, 2, 4, 5]
    assert run["x"].tolist() == [1.0, 0.25, 0.0625, 0.03125]
    assert run["pair"].shape == (4, 2)
    assert run.last == 0.03125
    assert not run.stopped


def test_no_steps_is_the_start_alone():
    run = trace(halving(), n_steps=0, record={"x": float})
    assert run.steps.tolist() == [0]


def test_it_takes_no_state_too_many():
    taken = []

    def states():
        for i in range(100):
            taken.append(i)
            yield i

    trace(states(), n_steps=7, record={})
    assert taken == list(range(8))


def test_it_stops_when_told_and_keeps_that_state():
    run = trace(halving(), n_steps=50, record={"x": float}, every=10, stop=lambda x: x < 0.2)
    assert run.steps.tolist() == [0, 3]
    assert run.stopped
    assert run.last == 0.125


def test_it_ends_with_its_states():
    run = trace(iter([3, 2, 1]), n_steps=50, record={"x": float})
    assert run.steps.tolist() == [0, 1, 2]
    assert not run.stopped


def test_records_do_not_change_when_a_state_does():
    def states():
        x = np.zeros(2)
        while True:
            yield x
            x += 1

    run = trace(states(), n_steps=2, record={"x": lambda x: x})
    assert run["x"][:, 0].tolist() == [0, 1, 2]


def test_records_come_to_the_host(library):
    run = trace(halving(library.place(np.ones(3))), n_steps=2, record={"x": lambda x: x})
    assert isinstance(run["x"], np.ndarray)
    np.testing.assert_array_equal(run["x"][:, 0], [1, 0.5, 0.25])


def test_progress_goes_to_stderr(capsys):
    trace(halving(), n_steps=20, record={}, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "step 20 of 20"
    assert len(err.splitlines()) == 11


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_steps": -1}, ValueError, "n_steps must be an integer from 0 up, got -1"),
        ({"n_steps": 1.5}, TypeError, "n_steps must be an integer"),
        ({"n_steps": 1, "every": 0}, ValueError, "every must be an integer from 1 up, got 0"),
    ],
)
def test_bad_counts_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        trace(halving(), record={}, **arguments)


def test_no_state_is_refused():
    with pytest.raises(ValueError, match="at least one state, got none"):
        trace(iter([]), n_steps=3, record={})
