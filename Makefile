# The verbs of this project; CI runs the same ones.  A fresh machine needs Python 3.11 or newer, and make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)
BIN := .venv/bin
UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' 2>/dev/null)
CATALOGUES := $(wildcard src/tocsin/web/locale/*/LC_MESSAGES/*.po)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What was compiled is kept: the tests start the program hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test check check-types check-house check-pages check-weak check-style check-imports audit sim bench soak docs screenshots lock clean

help:
	@echo "make run          start the demo: a fictional site, four links, press SOS"
	@echo "make test         every test that this machine can run"
	@echo "make check        style, types, imports, the house rules, the freshness of the docs"
	@echo "make audit        our own rules, what we ship (sbom.json), known weaknesses of it"
	@echo "make setup        .venv and the pages, without starting anything"
	@echo "make sim          200 simulated nights with faults"
	@echo "make bench        measure the figures of docs/figures.md anew (FIGURES=accept: one of them)"
	@echo "make soak         the long simulations, which go on where they stood (MINUTES=60)"
	@echo "make docs         draw the diagrams and reference pages anew"
	@echo "make screenshots  photograph the pages"
	@echo "make lock         resolve requirements.lock anew (needs uv)"

setup: $(BIN)/.installed src/tocsin/web/static/.built

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Tocsin needs Python 3.11 or newer; none was found on PATH."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments: install its venv package (Debian: python3-venv)."; exit 1; }
	"$(PYTHON)" -m venv .venv

$(BIN)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

src/tocsin/web/static/.built: $(UI_SOURCES) $(CATALOGUES) tools/build_ui.py $(BIN)/.installed
	$(BIN)/python tools/build_ui.py
	@touch $@

run: setup
	$(BIN)/tocsin demo

test: setup
	$(BIN)/python tools/run_tests.py

# Apart, so that `make -j 2 check` does two of them at a time; what takes longest comes first.
check: check-types check-house check-pages check-weak check-style check-imports

check-types: setup
	$(BIN)/mypy src/tocsin tests tools --exclude 'conftest\.py$$'
	@for each in tests/conftest.py tests/*/conftest.py; do $(BIN)/mypy --no-error-summary "$$each" || exit 1; done

check-house: setup
	$(BIN)/pytest tests/test_tidy.py tests/test_docs.py

check-pages: setup
	$(BIN)/python tools/build_ui.py check

check-weak: setup
	$(BIN)/bandit -q -c pyproject.toml -r src tools

check-style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-imports: setup
	$(BIN)/lint-imports

audit: setup
	$(BIN)/python tools/auditing.py

sim: $(BIN)/.installed
	$(BIN)/tocsin sim --seeds 200

FIGURES ?=
bench: setup
	$(BIN)/python tools/figures.py $(FIGURES)

MINUTES ?= 60
soak: $(BIN)/.installed
	$(BIN)/tocsin sim soak --minutes $(MINUTES)
	TOCSIN_FUZZ_LONGER=$(MINUTES) $(BIN)/pytest -q -n 2 -o faulthandler_timeout=0 tests/fuzz
	$(BIN)/tocsin bench outside --kills 300 --record soak-outside.jsonl && rm soak-outside.jsonl

docs: $(BIN)/.installed
	$(BIN)/python tools/state_diagrams.py
	$(BIN)/python tools/reference.py

screenshots: setup
	PYTHONPATH=tests:tests/browser:tools $(BIN)/python tools/screenshots.py

lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade --quiet -o requirements.lock
	echo semgrep | uv pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade --quiet -o tools/semgrep/requirements.lock

clean:
	rm -rf .venv .audit sbom.json ui/node_modules src/tocsin/web/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
