# Two commands are the whole set-up: `make demo` and `make test`. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
CDK_CLI := aws-cdk@2.1148.1
NPM := $(shell command -v npm)
MODULES := frontend/node_modules/.ready
CONSOLE := frontend/dist/index.html
CONSOLE_SOURCES = $(shell find frontend/src frontend/public frontend/index.html frontend/package.json frontend/vite.config.ts frontend/tsconfig.json -type f 2>/dev/null)
READY := $(VENV)/.ready

# Node 20 still runs the CDK's bridge; the banner about its age would bury real output.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

# A plant, a worker and a browser's server each start Python anew: compiling the same modules every time is a fifth of it.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup console demo test check format lint types imports synth console-check bench preflight deploy lock lock-training pictures openapi clean test-training

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## make the environment in .venv (the other commands do it by themselves)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Lineside needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "Setting up .venv (once; about a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

console: $(CONSOLE) ## build the operator console (the other commands do it by themselves)

$(MODULES): frontend/package-lock.json frontend/package.json
	@echo "Fetching the console's packages (once; about half a minute) ..."
	@cd frontend && npm ci --silent --no-audit --no-fund
	@touch $@

$(CONSOLE): $(MODULES) $(CONSOLE_SOURCES)
	@echo "Building the operator console ..."
	@cd frontend && npm run --silent build
	@touch $@

demo: $(READY) $(if $(NPM),$(CONSOLE),no-node) ## watch a cookie line fail and be explained, on the terminal and in the console
	@$(BIN)/lineside up --demo

test: $(READY) $(if $(NPM),$(CONSOLE),no-node) ## run the tests
	@$(BIN)/pytest --numprocesses 2 --dist loadfile --ignore tests/e2e
	@$(BIN)/pytest --numprocesses 2 --dist loadfile tests/e2e

.PHONY: no-node
no-node:
	@echo "Node 20.19 or newer (npm) is not installed: no console is built, its tests are skipped." >&2

TRAINING := .venv-training
TRAINING_READY := $(TRAINING)/.ready
TORCH := torch==2.13.0

test-training: $(TRAINING_READY) ## fine-tune a tiny model for real, on a CPU, in an environment of its own (torch)
	@OMP_NUM_THREADS=1 $(TRAINING)/bin/python -m pytest tests/training --confcutdir tests/training

# torch apart from the lock: which wheel is right depends on the machine
$(TRAINING_READY): training/requirements.txt | $(READY)
	@echo "Setting up $(TRAINING) (once; about a minute) ..."
	@test -x $(TRAINING)/bin/python || $(PYTHON) -m venv $(TRAINING)
	@VIRTUAL_ENV=$(TRAINING) $(BIN)/uv pip install --quiet --no-deps --require-hashes --requirement training/requirements.txt
	@$(TRAINING)/bin/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	@touch $@

check: $(READY) ## what CI runs: what reads the code, two at a time, and then the tests
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target types lint imports synth $(if $(NPM),console-check,no-node)
	@$(MAKE) --no-print-directory test

console-check: $(CONSOLE) ## the console's types, lint, unit tests and size
	@cd frontend && npm run --silent lint && npm run --silent client:check && npm run --silent test && npm run --silent size

format: $(READY) ## format the code and mend what ruff can
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format .

lint: $(READY)
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports

synth: $(READY) ## write the CloudFormation templates to cdk.out/, checked; offline, no credentials
	@$(BIN)/python app.py
	@$(BIN)/cfn-lint --ignore-checks W3005 -- cdk.out/*.template.json

bench: $(READY) ## speed and scores, as ratios
	@$(BIN)/python -m benchmarks

preflight: $(READY) ## ask AWS whether the models of the models file are there and stay; needs credentials
	@$(BIN)/python -m cloud.preflight

deploy: $(READY) $(CONSOLE) ## bundle the functions for arm64 and deploy the stacks to the AWS account of your credentials
	@LINESIDE_BUNDLE=1 $(BIN)/python app.py
	@npx --yes $(CDK_CLI) deploy --app cdk.out --all

lock-training: $(READY) ## compile training/requirements.txt from training/requirements.in
	@$(BIN)/uv pip compile training/requirements.in --excludes <(echo torch) --custom-compile-command "make lock-training" --universal --python-version 3.11 --generate-hashes --quiet --output-file training/requirements.txt

lock: $(READY) ## compile requirements.txt from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --all-extras --custom-compile-command "make lock" --universal --python-version 3.11 --generate-hashes --quiet --output-file requirements.txt

pictures: $(READY) $(CONSOLE) ## take the console's pictures for the README, from a real run
	@LINESIDE_PICTURES=docs $(BIN)/pytest tests/e2e/test_pictures.py

openapi: $(READY) ## write frontend/openapi.json, and the client's types from it
	@$(BIN)/python -m lineside.api.openapi > frontend/openapi.json
	@cd frontend && npm run --silent client

clean: ## remove the environment and everything generated
	@rm -rf $(VENV) $(TRAINING) cdk.out dist frontend/dist frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
