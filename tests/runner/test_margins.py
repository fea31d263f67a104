"""Margins over seeds, and the comparison with a baseline."""

from __future__ import annotations

import copy
import json
import math

import pytest

from labkit.runner.margins import (
    compare,
    margin,
    margins,
    margins_table,
    statement_hash,
    thin,
    write_margins,
)


def claims(values, controls=None, *, statement="It is small.", notebook="a.ipynb", **changes):
    """Return a claim of a report for each value, one a seed."""
    first = {
        "paper": None, "row": None, "statement": statement, "standard_error": None,
        "at_least": None, "at_most": 1.0, "held": True, "judged": True, "passed": True,
        "refutes": False, "identity": False, "notebook": notebook, **changes,
    }  # fmt: skip
    controls = controls or [None] * len(values)
    return [
        {
            **first,
            "seed": seed,
            "measured": value,
            "control": None if control is None else {"measured": control, "held": False},
        }
        for seed, (value, control) in enumerate(zip(values, controls, strict=True))
    ]


# margin


def test_margin_by_hand():
    """The median is 0, the median deviation 1, the nearer bound 3 away."""
    assert margin([-2.0, -1.0, 0.0, 1.0, 2.0], [-4.0, 3.0], positive=False) == pytest.approx(
        3 / 1.4826
    )


def test_margin_of_positive_numbers_is_in_logarithms():
    values = [math.exp(x) for x in (-2.0, -1.0, 0.0, 1.0, 2.0)]
    assert margin(values, [math.exp(3.0)], positive=True) == pytest.approx(3 / 1.4826)


def test_margin_without_spread_is_infinite():
    assert margin([2.0, 2.0, 2.0], [3.0], positive=True) == math.inf


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_margin_of_what_is_not_finite(bad):
    assert math.isnan(margin([1.0, bad, 1.0], [3.0], positive=False))


# margins


def test_row_of_a_claim():
    (row,) = margins(claims([0.1, 0.2, 0.4], [20.0, 30.0, 60.0]))
    assert set(row) == {
        "notebook", "statement", "bound", "hash", "n_seeds", "n_passed", "judged", "margin",
        "control_margin",
    }  # fmt: skip
    assert row["bound"] == [None, 1.0]
    assert (row["n_seeds"], row["n_passed"], row["judged"]) == (3, 3, True)
    assert row["margin"] == margin([0.1, 0.2, 0.4], [1.0], positive=True)
    assert row["control_margin"] == margin([20.0, 30.0, 60.0], [1.0], positive=True)


def test_logarithms_need_every_number_positive():
    (row,) = margins(claims([0.1, 0.2, 0.4], [-20.0, 30.0, 60.0]))
    assert row["margin"] == margin([0.1, 0.2, 0.4], [1.0], positive=False)
    (row,) = margins(claims([0.1, 0.2, 0.4], at_least=0.0))
    assert row["margin"] == margin([0.1, 0.2, 0.4], [0.0, 1.0], positive=False)


def test_control_is_measured_from_the_bound_it_breaks():
    """Of an interval from 1 to 2, a control near 9 breaks the upper end."""
    low, high = {"at_least": 1.0, "at_most": 2.0}, [8.0, 9.0, 11.0]
    (row,) = margins(claims([1.4, 1.5, 1.6], high, **low))
    assert row["control_margin"] == margin(high, [2.0], positive=True)
    below = [0.1, 0.2, 0.3]
    (row,) = margins(claims([1.4, 1.5, 1.6], below, **low))
    assert row["control_margin"] == margin(below, [1.0], positive=True)
    inside = [1.4, 1.6, 1.7]
    (row,) = margins(claims([1.4, 1.5, 1.6], inside, **low))
    assert row["control_margin"] == margin(inside, [1.0, 2.0], positive=True)


def test_no_control_margin_without_control_or_for_an_identity():
    assert margins(claims([0.1, 0.2, 0.4]))[0]["control_margin"] is None
    exact = claims([0.1, 0.2, 0.4], [3.0, 4.0, 5.0], identity=True)
    assert margins(exact)[0]["control_margin"] is None


def test_claims_are_told_apart_by_notebook_and_statement():
    seen = [
        *claims([0.1, 0.2]),
        *claims([0.1, 0.2], statement="It is tiny."),
        *claims([0.1, 0.2], notebook="b.ipynb"),
    ]
    assert [(r["notebook"], r["statement"]) for r in margins(seen)] == [
        ("a.ipynb", "It is small."), ("a.ipynb", "It is tiny."), ("b.ipynb", "It is small."),
    ]  # fmt: skip


def test_hash_changes_with_statement_and_bound():
    first = statement_hash("It is small.", [None, 1.0])
    assert len(first) == 12
    assert int(first, 16) > 0
    assert statement_hash("It is small.", [None, 1.0 + 1e-9]) == first
    others = [("It is tiny.", [None, 1.0]), ("It is small.", [1.0, None])]
    others.append(("It is small.", [None, 1.001]))
    assert len({first, *(statement_hash(*other) for other in others)}) == 4


# thin


def test_thin_names_what_is_too_close():
    wide = claims([0.01, 0.0101, 0.0099], [20.0, 20.1, 19.9])
    assert thin(margins(wide)) == []
    close = claims([0.5, 0.6, 0.9], [20.0, 20.1, 19.9])
    close[2]["passed"] = False
    lines = thin(margins(close))
    assert len(lines) == 2
    assert lines[0] == "a.ipynb: 'It is small.' failed on 1 seeds"
    assert "has a margin of" in lines[1]
    assert "needed are 5" in lines[1]


def test_thin_control_and_numbers_that_are_not_finite():
    lines = thin(margins(claims([0.01, 0.0101, 0.0099], [1.1, 3.0, 9.0])))
    assert len(lines) == 1
    assert "has a control margin of" in lines[0]
    lines = thin(margins(claims([0.01, math.nan, 0.0099])))
    assert "has a margin of nan" in lines[0]


def test_thin_leaves_alone_what_is_not_judged():
    assert thin(margins(claims([0.5, 0.6, 0.9], judged=False))) == []


def test_table_of_margins():
    text = margins_table(margins([*claims([0.1, 0.2, 0.4]), *claims([0.3], judged=False)]))
    assert text.splitlines()[0].split() == ["margin", "control", "passed", "claim"]
    assert "4 of 4" in text
    unjudged = margins_table(margins(claims([0.3, 0.3], judged=False)))
    assert "(not judged)" in unjudged
    assert "inf" in unjudged


# compare


@pytest.fixture
def baseline():
    entry = {"path": "a.ipynb", "explorers": 2, "seconds": 10.0}
    measured = claims([0.5], standard_error=0.01)
    return {"notebooks": [entry], "claims": measured}


def test_nothing_got_worse(baseline):
    assert compare(copy.deepcopy(baseline), baseline) == []


def test_moved_by_standard_errors(baseline):
    report = copy.deepcopy(baseline)
    report["claims"][0]["measured"] = 0.549
    assert compare(report, baseline) == []
    report["claims"][0]["measured"] = 0.56
    (line,) = compare(report, baseline)
    assert line == "a.ipynb: 'It is small.' measured 0.56, it was 0.5: moved 6.0 spreads"


def test_moved_by_twentieths_of_the_bound(baseline):
    baseline["claims"][0]["standard_error"] = None
    report = copy.deepcopy(baseline)
    report["claims"][0]["measured"] = 0.74
    assert compare(report, baseline) == []
    report["claims"][0]["measured"] = 0.76
    assert len(compare(report, baseline)) == 1


def test_bound_of_zero_allows_no_move(baseline):
    baseline["claims"][0] |= {"standard_error": None, "at_most": 0.0}
    report = copy.deepcopy(baseline)
    assert compare(report, baseline) == []
    report["claims"][0]["measured"] = 0.51
    assert "moved inf spreads" in compare(report, baseline)[0]


def test_number_that_is_no_longer_finite(baseline):
    report = copy.deepcopy(baseline)
    report["claims"][0]["measured"] = math.nan
    assert len(compare(report, baseline)) == 1


def test_baseline_read_from_a_file(baseline, tmp_path):
    """NaN is stored as text; what was not finite and still is not is reported, not raised."""
    from labkit.runner.report import _finite

    baseline["claims"][0]["measured"] = math.nan
    stored = json.loads(json.dumps(_finite(baseline)))
    report = copy.deepcopy(baseline)
    report["claims"][0]["measured"] = 0.5
    (line,) = compare(report, stored)
    assert "it was nan" in line


def test_doubled_time(baseline):
    report = copy.deepcopy(baseline)
    report["notebooks"][0]["seconds"] = 19.9
    assert compare(report, baseline) == []
    report["notebooks"][0]["seconds"] = 20.5
    assert compare(report, baseline) == ["a.ipynb took 20.5 s, it took 10.0 s"]


def test_short_times_may_double(baseline):
    report = copy.deepcopy(baseline)
    baseline["notebooks"][0]["seconds"] = 0.5
    report["notebooks"][0]["seconds"] = 3.9
    assert compare(report, baseline) == []


def test_what_vanished(baseline):
    report = copy.deepcopy(baseline)
    report["notebooks"][0]["explorers"] = 1
    report["claims"] = []
    assert compare(report, baseline) == [
        "a.ipynb has 1 explorers, it had 2",
        "claim vanished: a.ipynb: 'It is small.'",
    ]
    assert compare({"notebooks": [], "claims": baseline["claims"]}, baseline) == [
        "a.ipynb vanished"
    ]


def test_what_is_new_is_no_complaint(baseline):
    report = copy.deepcopy(baseline)
    report["notebooks"].append({"path": "b.ipynb", "explorers": 0, "seconds": 99.0})
    report["claims"] += claims([9.0], notebook="b.ipynb")
    assert compare(report, baseline) == []


def test_several_seeds_are_compared_one_by_one(baseline):
    """A notebook that was slow on its first seed and is now slow on its last got no worse."""
    baseline["notebooks"] = [
        {"path": "a.ipynb", "explorers": 0, "seconds": s, "seed": i}
        for i, s in enumerate((3.0, 30.0))
    ]
    baseline["claims"] = claims([0.1, 0.9], standard_error=0.01)
    assert compare(copy.deepcopy(baseline), baseline) == []


# write_margins


def test_written_margins(tmp_path):
    path = tmp_path / "claims" / "margins.json"
    write_margins(margins(claims([0.1, 0.2, 0.4], notebook="b.ipynb")), path)
    write_margins(margins(claims([0.5, 0.5], [3.0, math.nan])), path)
    rows = json.loads(path.read_text("utf-8"))
    assert [row["notebook"] for row in rows] == ["a.ipynb", "b.ipynb"]
    assert rows[0]["margin"] is None  # no spread, so no finite margin
    assert rows[0]["control_margin"] is None
    assert rows[1]["margin"] == pytest.approx(1.57, abs=1e-9)
    assert rows[1]["bound"] == [None, 1.0]
    write_margins(margins(claims([0.3, 0.4], notebook="b.ipynb", statement="New.")), path)
    assert [r["statement"] for r in json.loads(path.read_text("utf-8"))] == ["It is small.", "New."]
