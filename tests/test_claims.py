"""Claims: what is recorded, how it is judged, what is refused."""

from __future__ import annotations

import importlib
import json
import math
from dataclasses import asdict

import numpy as np
import pytest

from labkit import papers
from labkit.claims import MIME_TYPE, Claim, bound_text, claim, from_json, judge

KEY = "pca-high-dimensional-random"
NAN, INF = math.nan, math.inf


def record(measured: float = 0.5, control: float | None = 3.0, **changes) -> Claim:
    """Return a claim of "at most 1" that holds."""
    defaults = {
        "paper": None, "row": None, "statement": "It holds.", "measured": measured,
        "at_least": None, "at_most": 1.0, "standard_error": None, "control": control,
        "identity": False, "refutes": False, "full_only": False, "in_range": True,
    }  # fmt: skip
    return Claim(**{**defaults, **changes})


@pytest.fixture
def shown(monkeypatch):
    """Collect what `claim` displays."""
    bundles: list[dict] = []
    module = importlib.import_module("IPython.display")
    monkeypatch.setattr(module, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


# judge


@pytest.mark.parametrize(
    ("claimed", "held", "control_held", "judged", "passed", "reason"),
    [
        (record(), True, False, True, True, "Holds."),
        (record(2.0), False, False, True, False, "FAILS: the bound is missed."),
        (record(control=0.5), True, True, True, False, "FAILS: the control meets the bound too."),
        (record(2.0, 0.5), False, True, True, False, "FAILS: the bound is missed."),
        (record(control=None), True, None, False, False, "Shown, not judged: there is no control."),
        (record(2.0, None), False, None, False, False, "Shown, not judged: there is no control."),
        (record(identity=True), True, False, True, True, "Holds."),
        (record(control=None, identity=True), True, None, True, True, "Holds."),
        (record(control=0.5, identity=True), True, True, True, True, "Holds."),
        (record(2.0, None, identity=True), False, None, True, False, "FAILS: the bound is missed."),
        (record(NAN), False, False, True, False, "FAILS: the measured number is not finite."),
        (record(-INF), False, False, True, False, "FAILS: the measured number is not finite."),
        (record(NAN, None), False, None, True, False, "FAILS: the measured number is not finite."),
        (record(control=NAN), True, False, True, False, "FAILS: the control is not finite."),
        (record(control=INF), True, False, True, False, "FAILS: the control is not finite."),
    ],
)
def test_verdicts(claimed, held, control_held, judged, passed, reason):
    verdict = judge(claimed)
    assert asdict(verdict) == {
        "held": held, "control_held": control_held, "judged": judged, "passed": passed,
        "reason": reason,
    }  # fmt: skip


@pytest.mark.parametrize("measured", [0.5, 2.0, NAN])
def test_full_only_is_not_judged_at_quick_sizes(measured):
    claimed = record(measured, full_only=True)
    quick = judge(claimed, "quick")
    assert (quick.judged, quick.reason) == (False, "Not judged at these small sizes.")
    assert judge(claimed, "full").judged
    assert judge(record(measured), "quick").judged


@pytest.mark.parametrize("measured", [0.5, 2.0, NAN])
def test_out_of_range_is_not_judged(measured):
    verdict = judge(record(measured, in_range=False, full_only=True))
    assert not verdict.judged
    assert verdict.reason == "Not judged here: the bound was derived for other parameters."


@pytest.mark.parametrize(
    ("at_least", "at_most", "measured", "held"),
    [
        (1.0, None, 1.0, True),
        (1.0, None, 0.999, False),
        (None, 1.0, 1.0, True),
        (None, 1.0, 1.001, False),
        (1.0, 2.0, 1.0, True),
        (1.0, 2.0, 2.0, True),
        (1.0, 2.0, 2.001, False),
        (1.0, 1.0, 1.0, True),
        (None, 1.0, -INF, False),
        (1.0, None, INF, False),
    ],
)
def test_ends_of_a_bound_belong_to_it(at_least, at_most, measured, held):
    assert judge(record(measured, at_least=at_least, at_most=at_most)).held is held


# claim


def test_bundle_round_trip(shown):
    claim(
        KEY, "It grows.", np.float32(2.5), between=(1, 3), standard_error=0.25, control=NAN,
        refutes=True, full_only=True, in_range=False,
    )  # fmt: skip
    (bundle,) = shown
    stored = json.loads(json.dumps(bundle[MIME_TYPE], allow_nan=False))
    back = from_json(stored)
    assert math.isnan(back.control)
    assert asdict(back) | {"control": None} == {
        "paper": KEY, "row": papers.paper(KEY).row, "statement": "It grows.", "measured": 2.5,
        "at_least": 1.0, "at_most": 3.0, "standard_error": 0.25, "control": None,
        "identity": False, "refutes": True, "full_only": True, "in_range": False,
    }  # fmt: skip


@pytest.mark.parametrize("measured", [NAN, INF, -INF, np.float64("nan")])
def test_what_is_measured_never_raises(shown, measured):
    claim(None, "It holds.", measured, at_most=1.0, control=measured, standard_error=measured)
    back = from_json(json.loads(json.dumps(shown[0][MIME_TYPE], allow_nan=False)))
    for value in (back.measured, back.control, back.standard_error):
        np.testing.assert_equal(value, float(measured))
    assert "FAILS: the measured number is not finite." in shown[0]["text/plain"]


def test_row_shown_to_the_reader(shown):
    claim(KEY, "Shares <b>& more</b>.", 0.5, at_most=1.0, standard_error=0.012, control=3.0)
    claim(None, "A fact.", 2.0, at_least=3.0, identity=True)
    claim(None, "Alone.", 2.0, at_least=1.0)
    first, second, third = (bundle["text/html"] for bundle in shown)
    row = papers.paper(KEY).row
    for text in ("✓ Holds.", "Shares &lt;b&gt;&amp; more", "0.5 ± 0.01", "at most 1", ">3<"):
        assert text in first
    assert f"row {row}: {KEY}" in first
    for text in ("✗ FAILS: the bound is missed.", "textbook", ">none<", "at least 3"):
        assert text in second
    assert "○ Shown, not judged" in third
    assert shown[1]["text/plain"] == "FAILS: the bound is missed. A fact. Measured 2."


def test_profile_comes_from_the_environment(shown, monkeypatch):
    for profile, mark in (("quick", "○"), ("full", "✓")):
        monkeypatch.setenv("LABKIT_PROFILE", profile)
        claim(None, "It holds.", 0.5, at_most=1.0, control=3.0, full_only=True)
        assert mark in shown[-1]["text/html"]


@pytest.mark.parametrize(
    ("bound", "error", "message"),
    [
        ({}, ValueError, "a claim must have a bound: at_least, at_most or between; got none"),
        ({"at_most": NAN}, ValueError, r"at_most must be a finite number .*, got nan"),
        ({"at_least": INF}, ValueError, r"at_least must be a finite number .*, got inf"),
        ({"at_most": "1"}, TypeError, r"at_most must be a finite number .*, got '1'"),
        ({"at_most": True}, TypeError, r"at_most must be a finite number .*, got True"),
        ({"between": (2, 1)}, ValueError, r"must be an interval \(low, high\), got \(2, 1\)"),
        ({"at_least": 2, "at_most": 1}, ValueError, r"interval \(low, high\), got \(2, 1\)"),
        ({"between": (NAN, 1)}, ValueError, r"at_least must be a finite number .*, got nan"),
        ({"between": (0, 1), "at_most": 1}, ValueError, "between must stand alone, got at_least"),
    ],
)
def test_bounds_that_are_refused(shown, bound, error, message):
    with pytest.raises(error, match=message):
        claim(None, "It holds.", 0.5, **bound)
    assert shown == []


def test_unknown_paper_is_refused_with_its_neighbours(shown):
    with pytest.raises(ValueError, match=f"no paper 'pca-high-dimensional'; nearest keys: .*{KEY}"):
        claim("pca-high-dimensional", "It holds.", 0.5, at_most=1.0)
    assert shown == []


@pytest.mark.parametrize(
    ("at_least", "at_most", "text"),
    [(0.598, 0.618, "0.598 to 0.618"), (2, None, "at least 2"), (None, 1e-9, "at most 1e-09")],
)
def test_bound_text(at_least, at_most, text):
    assert bound_text(at_least, at_most) == text
