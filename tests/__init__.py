"""A package, so that no package of this name elsewhere on the path is found first."""
