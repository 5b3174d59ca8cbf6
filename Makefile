# The two commands are `make up` and `make test`. Everything below needs Python 3.11+ and make, nothing else.

PYTHON ?= python3
STATE ?= .devcloud
VENV := .venv
BIN := $(VENV)/bin
DEVCLOUD := $(BIN)/python -m devcloud

.DEFAULT_GOAL := help
.PHONY: help setup up down destroy status preview env toolchain test check policy fast-test cluster-test lock bench-preview bench-regions bench-up bench-freeze bench-seasons bench-pricing bench-policies

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Install what the project needs into .venv

$(VENV)/.ready: requirements.lock bootstrap.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || \
		{ echo "There is no $(PYTHON). Install Python 3.11+, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than Python 3.11. Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "$(PYTHON) cannot make a virtual environment: install its venv package (Debian: apt install python3-venv)" >&2; exit 1; }
	@echo "installing the Python packages of requirements.lock"
	@{ $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock && \
		$(BIN)/uv pip sync --quiet --system-certs --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock && \
		$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --no-deps --no-build-isolation -e . ; } || \
		{ echo "The packages could not be installed. Is a package index reachable? Then run the same command again." >&2; exit 1; }
	@touch $@

up: setup ## Start the embedded cloud and bring up the stacks (REGIONS=all|us-east-1,...)
	@$(DEVCLOUD) up --state $(STATE) --regions '$(REGIONS)'

down: setup ## Stop the embedded cloud, keeping its state
	@$(DEVCLOUD) down --state $(STATE)

destroy: setup ## Stop the embedded cloud and remove every trace of it
	@$(DEVCLOUD) destroy --state $(STATE)

status: setup ## Show what runs
	@$(DEVCLOUD) status --state $(STATE)

preview: setup ## Show what `make up` would change
	@$(DEVCLOUD) preview --state $(STATE)

env: setup ## Print shell commands that point pulumi and kubectl at the embedded cloud
	@$(DEVCLOUD) env --state $(STATE)

toolchain: setup ## Find or build every tool
	@$(DEVCLOUD) toolchain

test: check toolchain ## Run every check and every test
	@$(BIN)/python -m pytest

check: setup ## Lint, types, import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports

policy: setup ## Ask every policy about every stack of every environment, without a cloud
	@$(BIN)/wedops policy check

fast-test: setup ## Run the tests that need no engine, API server or PostgreSQL
	@$(BIN)/python -m pytest -m 'not cluster'

LOCKED := --quiet --system-certs --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11
SCALER := services/season_scaler

lock: setup ## Resolve pyproject.toml into requirements.lock, and that into the images' own
	@$(BIN)/uv pip compile $(LOCKED) --all-extras pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile $(LOCKED) -c requirements.lock $(SCALER)/requirements.in -o $(SCALER)/requirements.lock

bench-preview: setup ## Preview time and memory against a flat program with the same resources
	@$(BIN)/python -m bench.preview

bench-regions: setup ## Preview time and memory of 1, 4, 12 and 24 generated regions
	@$(BIN)/python -m bench.regions

bench-freeze: setup ## Time of a freeze check, in the process and as a command
	@$(BIN)/python -m bench.freeze

bench-seasons: setup ## Time of a year's plan for 100 regions
	@$(BIN)/python -m bench.seasons

bench-pricing: setup ## Time to price 2,000 resources
	@$(BIN)/python -m bench.pricing

bench-policies: setup ## What the policy pack adds to a preview
	@$(BIN)/python -m bench.policies

bench-up: setup ## Time of a warm `make up`
	@$(BIN)/python -m bench.warm_up
