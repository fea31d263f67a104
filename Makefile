# Thin on purpose: every line calls pip or `python -m labkit ...`, so that Windows and macOS do the
# same without make (README.md). Another interpreter: make env PYTHON=python3.13
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-by-make

.PHONY: help env lab test browser gallery test-gpu test-stress test-oldest test-newest test-seeds bench clean

help:
	@echo "make lab    make the environment and open the notebooks in JupyterLab"
	@echo "make test   make the environment and run all tests"
	@echo "make test-gpu     compare methods on a GPU with the CPU (needs CuPy: labkit doctor)"
	@echo "make test-stress  200 notebooks that print and raise, kills and signals; minutes"
	@echo "make test-oldest  the tests with the lowest versions allowed, in .venv-oldest"
	@echo "make test-newest  the tests with the newest versions, without the lock, in .venv-newest"
	@echo "make test-seeds   all notebooks with five fresh seeds"
	@echo "make browser  open every notebook in JupyterLab and Chromium, move its sliders, time them"
	@echo "make gallery  draw every picture in colour, in greyscale and for the colour-blind"
	@echo "make bench  compare with other packages (ROWS=pca/robust, DEVICE=cuda: tests/bench/README.md)"
	@echo "make env    make the environment only, in $(VENV)"
	@echo "make clean  remove the environment and caches; workspace/, your copy, stays"

env: $(STAMP)

lab: $(STAMP)
	$(BIN)/python -m labkit lab

test: $(STAMP)
	$(BIN)/python -m pytest

test-gpu: $(STAMP)
	$(BIN)/python -m pytest -m gpu tests/backends

test-stress: $(STAMP)
	$(BIN)/python -m pytest -m "" -rP tests/stress tests/runner/test_dispatch.py

test-oldest:
	$(PYTHON) tests/environments.py oldest

test-newest:
	$(PYTHON) tests/environments.py newest

test-seeds: $(STAMP)
	$(BIN)/python tests/seeds.py

browser: $(STAMP)
	$(BIN)/python -m pytest tests/browser --browser-all

gallery: $(STAMP)
	$(BIN)/python tests/gallery.py

bench: $(STAMP)
	$(BIN)/python tests/bench/run.py $(ROWS) --device $(or $(DEVICE),cpu)

clean:
	rm -rf $(VENV) .venv-oldest .venv-newest build dist report .pytest_cache .ruff_cache .mypy_cache .hypothesis

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, $(PYTHON) is %d.%d: make env PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make environments: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	@touch $(STAMP)
