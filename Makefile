# equipoise: `make demo` and `make test` need only Python >= 3.11 (with venv) and make.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if $$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; then echo $$p; break; fi; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test lint types floors browser check validate bench docs lock clean python

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

python:
	@test -n "$(PYTHON)" || { echo "equipoise needs Python 3.11, 3.12 or 3.13 with venv (Debian: apt install python3-venv)." >&2; exit 1; }

$(BIN)/python: | python
	@$(PYTHON) -m venv $(VENV)

# Each stamp stands for one set of installed requirements.
$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(BIN)/python
	@echo "setting up $(VENV) (once) ..."
	@$(PIP) install -r requirements/demo.txt
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "setting up $(VENV) for development (once) ..."
	@$(PIP) install -r requirements/dev.txt
	@$(PIP) install --no-deps --editable .
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo ## the main job on virtual patients whose truth is known: demo-study/report.html
	@$(BIN)/equipoise demo --out demo-study

test: $(VENV)/.dev ## all tests but the browser's
	@$(BIN)/python -m pytest -q -m "not browser" -n auto --maxprocesses 8 --dist loadfile

browser: $(VENV)/.dev ## the report in a real browser (needs Debian's chromium)
	@$(BIN)/python -m pytest -q -m browser

lint: $(VENV)/.dev ## ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.dev ## basedpyright, strict on src
	@$(BIN)/basedpyright

floors: $(VENV)/.dev ## imports only go down
	@$(BIN)/lint-imports

check: lint types floors test ## everything but the browser

validate: $(VENV)/.dev ## long simulations; writes docs/validation.md
	@$(BIN)/python -m validation

bench: $(VENV)/.dev ## speed and memory against peers; writes docs/benchmarks.md
	@$(PIP) install "comprisk>=0.8" "greenwood>=0.8" "scikit-survival>=0.23" "lifelines>=0.30"
	@test -x .venv-peers/bin/python || $(BIN)/python -m venv .venv-peers  # peers that need other versions than ours
	@.venv-peers/bin/python -m pip install --quiet "pySEQTarget>=0.14.3" "clone-censor-weight>=0.1"
	@$(BIN)/python -m bench

docs: $(VENV)/.dev ## rebuild the generated pages of docs/
	@$(BIN)/python docs/build.py

lock: ## renew the lock files (needs uv)
	@mkdir -p requirements
	@uv pip compile pyproject.toml --universal --python-version 3.11 --extra demo --no-header --no-emit-index-url --quiet --output-file requirements/demo.txt
	@uv pip compile pyproject.toml --universal --python-version 3.11 --extra dev --no-header --no-emit-index-url --quiet --output-file requirements/dev.txt

clean: ## remove what can be made again
	@rm -rf $(VENV) demo-study .pytest_cache .hypothesis .ruff_cache
