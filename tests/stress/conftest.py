"""The stress tests write the same small notebooks as the tests of the runner."""

from tests.runner.conftest import write_notebook

__all__ = ["write_notebook"]
