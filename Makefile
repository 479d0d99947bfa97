# Roundtable: what can be done here. `make` alone lists it. The set-up itself is in tools/.
PYTHON ?= python3
PORT ?= 8000
# Two processes: the reference machine has two cores, and each browser test drives a browser of its own.
WORKERS ?= 2
READY = $(PYTHON) -m tools.ensure

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test lint types bench wheel texts lock clean

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build what is missing and start the demo (PORT=8000); Ctrl-C stops it
	@$(READY) run
	@ROUNDTABLE_PORT=$(PORT) exec .venv/bin/roundtable demo

test: ready-to-test lint types ## Install what the tests need and run everything: lint, types, tests
	.venv/bin/python -m pytest -n $(WORKERS)

lint: ready-to-check ## Check style, templates, imports and dependencies
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint --lint --quiet templates
	.venv/bin/lint-imports --no-logo
	.venv/bin/deptry .

types: ready-to-check ## Check the types
	.venv/bin/mypy

bench: ready-to-check ## Measure speed, as ratios to bare versions of the same work
	.venv/bin/python -m benches

wheel: ## Build the wheel into dist/
	@$(READY) build
	.venv/bin/uv build --wheel --no-build-isolation --out-dir dist

texts: ready-to-check ## Collect the texts to translate into review_app/translations
	.venv/bin/python -m tools.catalogues

lock: ## Lock all dependencies anew
	@$(READY) build
	.venv/bin/python -m tools.lock

clean: ## Remove what was built and installed here; var/ with its data stays
	rm -rf .venv node_modules review_app/static/dist review_app/static/dist.new dist build
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: ready-to-test ready-to-check
ready-to-test:
	@$(READY) test

ready-to-check:
	@$(READY) check
