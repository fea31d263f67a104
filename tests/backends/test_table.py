"""The table of methods is that of the code, and so is the list of calls."""

import pytest

from tests.backends import table
from tests.backends.cases import CASES, METHODS, PORTABLE_METHODS, host_reason

RECORD = {
    "device": "a GPU", "host": "a CPU", "cupy": "14.2.0", "labkit": "0.1.0",
    "methods": {
        "linalg.fix_signs": {"largest_difference": 0.0, "pays_from": 512, "sizes": [64, 512]},
        "pca.principal_components": {
            "largest_difference": 3.21e-13, "pays_from": None, "sizes": [64, 128],
        },
    },
}  # fmt: skip


def test_table_is_that_of_the_code():
    if table.FILE.read_text(encoding="utf-8") != table.text(table.recorded()):
        pytest.fail("TABLE.md is not that of the code: python -m tests.backends.table", False)


@pytest.mark.parametrize("name", PORTABLE_METHODS)
def test_portable_method_has_a_call(name):
    if name not in CASES:
        pytest.fail(f"{name} has no call in CASES of tests/backends/cases.py: add one", False)


def test_no_call_is_left_behind():
    assert set(CASES) <= set(PORTABLE_METHODS)


def test_a_method_that_has_not_run_says_so():
    rows = [line for line in table.text({}).splitlines() if line.startswith("| `")]
    assert len(rows) == len(METHODS)
    for row in rows:
        assert ("| portable | not run on a GPU | - | - |" in row) != ("| host: " in row)


def test_what_ran_is_shown():
    shown = table.text(RECORD)
    assert "GPU: a GPU (CuPy 14.2.0, labkit 0.1.0), against a CPU." in shown
    assert "| `linalg.fix_signs` | portable | n = 64 to 512 | 0.0e+00 | n = 512 |" in shown
    assert "| portable | n = 64 to 128 | 3.2e-13 | no size tried |" in shown
    assert "| `networks.forward` | portable | not run on a GPU |" in shown


def test_a_docstring_says_where_a_method_runs():
    def silent():
        """Compute."""

    def hosted():
        """Compute.

        Notes
        -----
        Host: SciPy's sparse matrices
        have no counterpart. More.
        """

    assert host_reason(hosted) == "SciPy's sparse matrices have no counterpart"
    with pytest.raises(ValueError, match="the Notes of silent must say"):
        host_reason(silent)
