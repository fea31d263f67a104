"""Where the bytes lie: labkit's own data files, and files inside other installed packages."""

from importlib.util import find_spec
from pathlib import Path


def data_file(name: str) -> Path:
    """Path of one of labkit's own data files.

    An installed wheel keeps them in ``labkit/_data``; a checkout keeps them in ``data/`` beside the
    package.

    Parameters
    ----------
    name : str
        File name, such as ``"flags.npz"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If the file is in neither place.

    Examples
    --------
    >>> data_file("flags.npz").name
    'flags.npz'
    """
    package = Path(__file__).resolve().parent.parent
    places = (package / "_data" / name, package.parent / "data" / name)
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(
        f"labkit's data file {name!r} is neither at {places[0]} nor at {places[1]}; "
        "install labkit again."
    )


def package_file(module: str, *parts: str, install: str) -> Path:
    """Path of a data file inside another installed package, which is not imported.

    Parameters
    ----------
    module : str
        Top-level module, such as ``"sklearn"``.
    *parts : str
        Folders and file name below it.
    install : str
        Name under which pip installs the package, after the options that pip needs for it.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ModuleNotFoundError
        If the package is not installed.
    FileNotFoundError
        If the installed version does not carry the file.

    Examples
    --------
    >>> package_file("sklearn", "datasets", "data", "iris.csv", install="scikit-learn").name
    'iris.csv'
    """
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"This data set lies in the package {install.split()[-1]}, which is not installed: "
            f"pip install {install}",
            name=module,
        )
    path = Path(spec.submodule_search_locations[0]).joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(
            f"The installed {install} does not carry {'/'.join(parts)}; "
            f"pip install --upgrade {install} or report the version to labkit."
        )
    return path
