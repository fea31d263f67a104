"""A table of one's own: what is read, what is a hole, what is refused."""

import numpy as np
import pytest

from labkit.datasets import from_file


def written(folder, text, name="table.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_names_text_and_holes(tmp_path, between):
    lines = [["city", "x", "y"], ["Oslo", "1", "NA"], ["Bern", "-2.5e1", "4"], ["Rome", "?", "5"]]
    X, observed = from_file(written(tmp_path, "\n".join(between.join(line) for line in lines)))
    np.testing.assert_array_equal(X, [[1, 0], [-25, 4], [0, 5]])
    np.testing.assert_array_equal(observed, [[True, False], [True, True], [False, True]])


def test_without_names(tmp_path):
    X, observed = from_file(written(tmp_path, "\ufeff1,2\n3,4\n\n"))
    np.testing.assert_array_equal(X, [[1, 2], [3, 4]])
    assert observed.all()


def test_array(tmp_path):
    table = np.array([[1.0, np.nan], [2.0, 3.0]])
    np.save(tmp_path / "table.npy", table)
    X, observed = from_file(str(tmp_path / "table.npy"))
    np.testing.assert_array_equal(X, [[1, 0], [2, 3]])
    np.testing.assert_array_equal(observed, ~np.isnan(table))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3\n", r"lines of one length, got \[1, 2\] cells"),
        ("a,b\nx,y\n", "no column of numbers"),
        ("a,b\n1,inf\n", "finite numbers, got 1 infinite"),
        ("", r"lines of one length, got \[\] cells"),
    ],
)
def test_refuses_tables(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        from_file(written(tmp_path, text))


def test_refuses_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is none at"):
        from_file(tmp_path / "no.csv")
    with pytest.raises(ValueError, match=r"must end in .csv or .npy, got 'table.txt'"):
        from_file(written(tmp_path, "1,2", name="table.txt"))
    np.save(tmp_path / "cube.npy", np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="a table of real numbers"):
        from_file(tmp_path / "cube.npy")
    np.save(tmp_path / "empty.npy", np.full((2, 2), np.nan))
    with pytest.raises(ValueError, match="holds no number"):
        from_file(tmp_path / "empty.npy")
