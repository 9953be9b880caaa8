# Onebook 一本. Two commands: `make run` starts the product, `make test` checks everything. Both set up what they need.
.DEFAULT_GOAL := help
.PHONY: help run test bench check docs clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
WORKERS ?= 2
SITE := onebook/entrypoints/http/site/index.html
MODULES := web/node_modules/.package-lock.json
PAGES := $(shell find web -path web/node_modules -prune -o -type f -print)

help: ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Onebook needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || { echo "== virtual environment"; $(PYTHON) -m venv $(VENV); }
	@echo "== dependencies"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(MODULES): web/package-lock.json | $(STAMP)
	@echo "== packages of the pages"
	@tools/npm ci --loglevel error
	@touch $@

$(SITE): $(MODULES) $(PAGES) | $(STAMP)
	@echo "== pages"
	@tools/npm run --silent build -- --logLevel warn

run: $(STAMP) $(SITE) ## Start the product on http://127.0.0.1:8000 (ONEBOOK_HOME, ONEBOOK_DATABASE_URL, ONEBOOK_PORT)
	@exec $(BIN)/python -m examples.precision_parts serve

test: $(STAMP) $(SITE) ## Everything: style, types, layers, tests
	@tools/browser
	@echo "== ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@echo "== mypy"
	@$(BIN)/mypy --no-error-summary
	@echo "== import-linter"
	@$(BIN)/lint-imports --no-logo
	@echo "== biome"
	@tools/npm run --silent check
	@echo "== vitest"
	@tools/npm run --silent test
	@echo "== pytest"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

bench: $(STAMP) $(SITE) ## Speed, as ratios against hand-made minimums in the same run
	@$(BIN)/python -m bench

docs: $(STAMP) ## Bring the generated parts of docs/ up to date
	@$(BIN)/python tools/charters.py

clean: ## Remove what was made here; data folders stay
	@rm -rf $(VENV) web/node_modules $(dir $(SITE)) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info build
