"""The measuring code on functions without content, and what is kept. No peer is installed here."""

import itertools
import json
import math

import numpy as np
import pytest

from tests.bench import measure, run


def row(**changed):
    given = {
        "name": "none/sum",
        "task": "a sum",
        "peer": "nobody",
        "data": lambda quick: {"x": np.arange(10.0 if quick else 20.0)},
        "labkit": lambda data: float(data["x"].sum()),
        "settings": {"right": lambda data: math.fsum(data["x"]), "wrong": lambda data: 0.0},
        "error": lambda answer, data: abs(answer - math.fsum(data["x"])),
        "error_name": "distance",
    }
    return measure.Row(**(given | changed))


def test_pairs_are_interleaved_after_a_warm_up():
    calls = []
    ticks = itertools.count()
    ours, theirs = measure.interleaved_pairs(
        lambda: calls.append("a"), lambda: calls.append("b"), 3, lambda: float(next(ticks))
    )
    assert "".join(calls) == "ab" + "ab" + "ba" + "ab"
    assert ours == theirs == [1.0] * 3


def test_the_ratio_is_taken_within_each_pair():
    found = measure.summary([1.0, 2.0, 30.0], [2.0, 2.0, 10.0])
    assert (found["ratio"], found["ratio_low"], found["ratio_high"]) == (1.0, 0.5, 3.0)
    assert (found["labkit_seconds"], found["peer_seconds"]) == (2.0, 2.0)


def test_the_fastest_of_the_accurate_settings_is_the_peer():
    now = [0.0]

    def taking(seconds, error):
        def call():
            now[0] += seconds
            return error

        return call

    settings = {"slow": taking(3, 0.0), "fast": taking(1, 1e-9), "careless": taking(0.1, 1e-2)}

    def best(at_most):
        return measure.best_setting(settings, float, at_most, lambda: now[0])

    assert best(1e-6) == ("fast", 1e-9)
    assert best(0.0) == ("slow", 0.0)
    assert best(1.0) == ("careless", 1e-2)
    assert best(-1.0) == ("slow", 0.0)


def test_a_row_is_measured(monkeypatch):
    monkeypatch.setattr(measure, "peak_memory", lambda row, who, file: 1e6 * len(who))
    found = measure.measure(row(curve={"twice": lambda data: (0.0, 2)}), quick=True)
    assert found["setting"] == "right"
    assert found["labkit_error"] == found["peer_error"] == 0
    assert (found["labkit_memory"], found["peer_memory"]) == (0, 5e6)
    assert found["curve"][0][0::2] == ("twice", 2)
    assert found["curve"][0][3] == 45
    json.dumps(found)


def test_a_row_without_accuracy_is_not_a_row(monkeypatch):
    monkeypatch.setattr(measure, "peak_memory", lambda row, who, file: 0.0)
    with pytest.raises(ValueError, match="none/sum has no accuracy: nan"):
        measure.measure(row(error=lambda answer, data: math.nan), quick=True)


def test_memory_is_that_of_the_call(tmp_path):
    np.savez(tmp_path / "data.npz", x=np.zeros(10))
    large = row(labkit=lambda data: np.ones(4_000_000).sum())
    peak = measure.one_call(large, "", tmp_path / "data.npz")
    assert math.isnan(peak) or 0 <= peak < 100e6


def test_rows_are_well_formed():
    rows = measure.rows()
    assert rows
    for name, found in rows.items():
        assert found.name == name
        assert name.count("/") == 1
        assert found.settings
        assert found.error_name
        pinned = (run.HERE / "peers" / f"{found.peer}.txt").read_text(encoding="utf-8")
        lines = [line for line in pinned.splitlines() if not line.startswith("#")]
        assert all("==" in line for line in lines)
        assert any(line.startswith(f"{found.peer}==") for line in lines)


def test_results_keep_rows_that_were_not_run(tmp_path):
    found = {
        "setting": "right",
        **measure.summary([1.0], [2.0]),
        "labkit_error": 1e-9,
        "peer_error": 2e-9,
        "labkit_memory": 1e6,
        "peer_memory": 2e6,
    }
    sections = run.read(tmp_path / "missing.md")
    for name in ("b/two", "a/one"):
        sections[run.TABLE][name] = [run.table_line(name, row(), found)]
        sections[run.CURVES][name] = [f"| {name} | x | 1 | 2 | 1e-3 |"] * 2
    file = tmp_path / "RESULTS.md"
    file.write_text(run.written(sections), encoding="utf-8")
    again = run.read(file)
    assert again == sections
    assert run.written(again) == file.read_text(encoding="utf-8")


def test_every_result_has_accuracy():
    kept = run.read(run.RESULTS)
    assert kept[run.TABLE]
    for name, lines in kept[run.TABLE].items():
        (line,) = lines
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == run.HEADS[run.TABLE][0].count("|") - 1
        assert name.split(" ")[0] in measure.rows()
        assert all(math.isfinite(float(cell)) for cell in cells[7:9])
        assert kept[run.TAKEN][name]
