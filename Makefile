# Every target works alone on a fresh clone that has nothing but Python 3.11 or newer and make.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
# Where it is set, as in images of Python, each of the hundred processes that the tests start compiles all code again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$python; break; fi; done)
BIN := .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement
JOBS ?= 2
NATIVE = $(INSTALL) requirements-native.lock && $(BIN)/python -m joinedup.native_build

.PHONY: help demo picture up test lint types imports unit tests specs native lock clean

help: ## Say what each target does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/installed ## Start everything, send a partnership's feeds, show the figures and follow the risk stream
	@$(BIN)/python -m joinedup demo $(ARGS)

picture: .venv/installed ## Draw docs/demo.svg again: what the demonstration prints
	@$(BIN)/python -m joinedup demo --once --picture docs/demo.svg $(ARGS)

up: .venv/installed ## Run the services on this machine; ARGS="--port 8400 --data-dir .var"
	@$(BIN)/python -m joinedup up $(ARGS)

test: lint types imports tests ## Everything a change must pass: lint, types, import rules, tests

lint: .venv/installed-dev ## Style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed-dev ## Static types, strict
	$(BIN)/mypy

imports: .venv/installed-dev ## Who may import whom
	$(BIN)/lint-imports

unit: .venv/installed-dev ## The tests that need no server and no other process
	$(BIN)/python -m pytest tests/unit --numprocesses $(JOBS)

tests: .venv/installed-dev
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder --durations 30 --durations-min 5

specs: .venv/installed-dev ## Generate the JSON Schemas, AsyncAPI and OpenAPI documents from the models
	@$(BIN)/python -m joinedup.specs

native: .venv/installed ## Compile what linking spends its time in; needs a C compiler and Python's headers
	@$(NATIVE)

lock: ## Pin every dependency by hash (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
		pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
		--group dev --extra train pyproject.toml --output-file requirements-dev.lock
	uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
		--group native --constraint requirements-dev.lock --output-file requirements-native.lock

clean: ## Remove the virtual environment and what runs left behind
	rm -rf .venv .native .var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/installed: requirements.lock | .venv/bin/joinedup
	@echo "Installing what the project needs, pinned by hash (once) ..."
	@$(INSTALL) requirements.lock
	@$(NATIVE) || true
	@touch $@

.venv/installed-dev: requirements-dev.lock | .venv/bin/joinedup
	@echo "Installing what the tests need, pinned by hash (once) ..."
	@$(INSTALL) requirements-dev.lock
	@touch $@ .venv/installed

# The project runs from this folder: a .pth names it, so nothing has to be built.
.venv/bin/joinedup: Makefile
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "Python's venv module is missing: on Debian or Ubuntu run 'apt-get install python3-venv'."; exit 1; }
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/joinedup.pth"
	@printf '#!%s\nfrom joinedup.__main__ import app\n\nif __name__ == "__main__":\n    app()\n' "$(CURDIR)/$(BIN)/python" > $@
	@chmod +x $@
