# Everything a fresh machine with Python 3.11+ and make needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint bench generated clean

help:
	@echo "make demo      trace, classify and report over sample_data/; prints the path of the HTML report"
	@echo "make test      lint, types, import layers and all tests but the slow ones"
	@echo "make test-all  the same with the slow tests (large inputs, flat memory)"
	@echo "make lint      ruff, mypy --strict, import-linter"
	@echo "make bench     measurements, as ratios against a peer in one run"
	@echo "make generated writes what is generated and checked in: schemas, rule pages, witnesses"

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mxlens needs Python 3.11 or newer; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.developer: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev
	@touch $@

demo: $(VENV)/.installed
	@BIN=$(BIN) OUT=$(OUT) sh sample_data/demo.sh

test: lint
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile

test-all: lint
	$(BIN)/python -m pytest

lint: $(VENV)/.developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.developer
	@for script in $(filter-out bench/generate_%,$(wildcard bench/*.py)); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

generated: $(VENV)/.developer
	@for name in attempt explain original problem trace; do $(BIN)/mxlens schema $$name > docs/schemas/$$name.json; done
	rm -rf docs/rules && $(BIN)/mxlens rules docs docs/rules
	$(BIN)/python tests/classification/witnesses.py

clean:
	rm -rf $(VENV) $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
