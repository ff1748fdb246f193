# make run     install into a virtual environment of its own and start the app
# make test    install what the tests need as well, and run them
# make check   formatting, lint, types, layers, tests
PYTHON ?= python3.11
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test slow check lint format bench screenshots clean

run: $(VENV)/.run-installed
	$(BIN)/streamlit run app.py

test: $(VENV)/.test-installed
	$(BIN)/python -m pytest

slow: $(VENV)/.test-installed
	$(BIN)/python -m pytest -m slow --dist worksteal

lint: $(VENV)/.test-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: $(VENV)/.test-installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.test-installed
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

screenshots: $(VENV)/.test-installed
	$(BIN)/python docs/take_screenshots.py
	$(BIN)/python docs/take_workbench_screenshots.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-installed: requirements.txt | $(VENV)/bin/python
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/.test-installed: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(PIP) -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
