"""A table of the reader's own, out of a file."""

import csv
from pathlib import Path

import numpy as np

MISSING = frozenset({"", "na", "nan", "null", "none", "?"})


def from_file(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a table of numbers from a CSV or NPY file, with its holes.

    Parameters
    ----------
    path : str or pathlib.Path
        A file whose name ends in ``.csv`` (comma, semicolon or tab between the columns; a first
        line of names is left out, columns of text are left out; empty cells, ``NA``, ``nan``,
        ``null``, ``none`` and ``?`` are holes) or in ``.npy`` (a two-dimensional array, in which
        NaN is a hole).

    Returns
    -------
    X : ndarray of float64, shape (n_samples, n_features)
        The table, zero where there is a hole.
    observed : ndarray of bool, shape (n_samples, n_features)
        False where there is a hole.

    Raises
    ------
    TypeError
        If the path is not a name.
    FileNotFoundError
        If there is no such file.
    ValueError
        For another kind of file, for lines of different lengths, and for a table without numbers.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "table.csv"
    ...     _ = file.write_text("name,height,mass\\nAda,1.6,50\\nBo,,70\\n")
    ...     X, observed = from_file(file)
    >>> X.tolist(), observed.tolist()
    ([[1.6, 50.0], [0.0, 70.0]], [[True, True], [False, True]])
    """
    if not isinstance(path, str | Path):
        raise TypeError(f"path must be the name of a file, got {path!r}")
    path = Path(path).expanduser()
    kind = path.suffix.lower()
    if kind not in (".csv", ".npy"):
        raise ValueError(f"path must end in .csv or .npy, got {path.name!r}")
    if not path.is_file():
        raise FileNotFoundError(f"path must be a CSV or NPY file, there is none at {str(path)!r}")
    if kind == ".npy":
        table = np.load(path, allow_pickle=False)
        if table.ndim != 2 or table.dtype.kind not in "biuf":
            raise ValueError(
                f"{path.name} must hold a table of real numbers, got shape {table.shape} "
                f"and dtype {table.dtype}"
            )
        X = table.astype(np.float64)
    else:
        X = _numbers(path)
    if np.isinf(X).any():
        raise ValueError(f"{path.name} must hold finite numbers, got {np.isinf(X).sum()} infinite")
    observed = ~np.isnan(X)
    if not observed.any():
        raise ValueError(f"{path.name} holds no number")
    return np.where(observed, X, 0.0), observed


def _numbers(path: Path) -> np.ndarray:
    """Return the numeric columns of a CSV file, NaN in the holes."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        first = file.readline()
        file.seek(0)
        delimiter = max(",;\t", key=first.count)
        lines = [line for line in csv.reader(file, delimiter=delimiter) if any(line)]
    lengths = {len(line) for line in lines}
    if len(lengths) != 1:
        raise ValueError(f"{path.name} must have lines of one length, got {sorted(lengths)} cells")
    if all(_number(cell) is None for cell in lines[0]):
        lines = lines[1:]
    columns = [[_number(cell) for cell in column] for column in zip(*lines, strict=True)]
    numeric = [c for c in columns if None not in c and not np.isnan(c).all()]  # type: ignore[arg-type]
    if not numeric:
        raise ValueError(f"{path.name} has no column of numbers")
    return np.array(numeric, dtype=np.float64).T


def _number(cell: str) -> float | None:
    """Return a cell as a number, NaN for a hole, None for text."""
    if cell.strip().lower() in MISSING:
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        return None
