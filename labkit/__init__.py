"""A literature you can run: methods, datasets, figures, explorers and the claims of the papers."""

__version__ = "0.1.0"
