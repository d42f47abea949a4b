# The commands of the Race Equity Warehouse. Needs python3 (3.11 or newer, with venv) and make;
# test-long needs Chromium too, and test-spark a Java runtime (17 or newer).
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPARK := .venv-spark
PIP := install --quiet --disable-pip-version-check --no-input --require-hashes -r
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1

.PHONY: help run ui status bench lint test test-long test-spark clean

help: ## What can be asked for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## From files to a queryable answer
	@$(BIN)/python -m orchestration run

ui: $(VENV)/.run ## Dagster on 127.0.0.1:3000
	@$(BIN)/python -m orchestration ui

status: $(VENV)/.run ## Which feed and period has landed, was kept, is stale
	@$(BIN)/python -m orchestration status

bench: $(VENV)/.dev ## Time and memory of a run, as a table
	@$(BIN)/python -m tests.bench

lint: $(VENV)/.dev ## Style, types and SQL
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --nocolor --processes 2 dbt_project/models

test: $(VENV)/.dev ## All tests but the long ones and Spark: ten to fifteen minutes on two cores
	@$(BIN)/python -m pytest -m "not long and not spark"

test-long: $(VENV)/.dev ## Crashes, concurrent readers, a real browser
	@$(BIN)/python -m pytest -m "long"

test-spark: $(VENV)/.dev $(SPARK)/.spark ## The same marts on a second engine
	@sh tests/spark/run.sh $(BIN)/python $(SPARK)/bin/python

clean: ## Remove the environments and caches; data/ stays
	rm -rf $(VENV) $(SPARK) .mypy_cache .ruff_cache .pytest_cache .hypothesis dbt_project/target dbt_project/logs

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "python3 is older than 3.11: name a newer one with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "python3 lacks venv: install it (on Debian and Ubuntu: apt-get install python3-venv)"; exit 1; }
	@echo "Making $(VENV): this happens once and takes a minute or two ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(BIN)/python
	@[ -f $(VENV)/.dev ] && [ $(VENV)/.dev -nt requirements.lock ] || $(BIN)/python -m pip $(PIP) requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/python
	@$(BIN)/python -m pip $(PIP) requirements-dev.lock
	@touch $@

$(SPARK)/.spark: requirements-spark.lock
	@$(PYTHON) -m venv $(SPARK)
	@$(SPARK)/bin/python -m pip $(PIP) requirements-spark.lock
	@touch $@
