# Thin on purpose: every line calls pip or `python -m labkit ...`, so that Windows and macOS do the
# same without make (README.md). Another interpreter: make env PYTHON=python3.13
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-by-make

.PHONY: help env lab test clean

help:
	@echo "make lab    make the environment and open the notebooks in JupyterLab"
	@echo "make test   make the environment and run all tests"
	@echo "make env    make the environment only, in $(VENV)"
	@echo "make clean  remove the environment and caches; workspace/, your copy, stays"

env: $(STAMP)

lab: $(STAMP)
	$(BIN)/python -m labkit lab

test: $(STAMP)
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) build dist report .pytest_cache .ruff_cache .mypy_cache .hypothesis

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, $(PYTHON) is %d.%d: make env PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make environments: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	@touch $(STAMP)
