# `make up` and `make test` each work first on a bare machine; `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.claude-byoc-lock
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help venv up recover destroy test lint types unit gateway bench clean lock schema

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

venv: $(STAMP) ## only make .venv, with the package and its command in it

up: $(STAMP) ## run the real engine on stack `local` against the stand-in clouds and write the rollout files
	@$(VENV)/bin/python -m tools up

recover: $(STAMP) ## put stack `local` right after an interrupted `make up`
	@$(VENV)/bin/python -m tools recover

destroy: $(STAMP) ## empty the stand-in clouds and say what real ones would keep
	@$(VENV)/bin/python -m tools destroy

test: lint types unit ## everything: lint, types, unit, property and engine tests

lint: $(STAMP) ## style, import contracts
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@PYTHONPATH=. $(VENV)/bin/lint-imports --no-cache

types: $(STAMP) ## strict type check
	@$(VENV)/bin/basedpyright

unit: $(STAMP) ## unit, property and engine tests, in parallel
	@$(VENV)/bin/python -m tools engine
	@$(VENV)/bin/python -m tools.system_packages
	@$(VENV)/bin/python -m tools.side_env aws
	@$(VENV)/bin/python -m tools.side_env azure
	@$(VENV)/bin/python -m tools.side_env google
	@$(VENV)/bin/python -m tools.side_env litellm
	@$(VENV)/bin/python -m tests.gateway.javascript_clients
	@$(VENV)/bin/python -m pytest -n auto --dist worksteal

gateway: $(STAMP) ## run the rendered gateway on loopback with a fake upstream; prints a token and a curl line
	@$(VENV)/bin/python -m tools.system_packages nginx
	@$(VENV)/bin/claude-byoc gateway run --fake --litellm "$$($(VENV)/bin/python -m tools.side_env litellm)"

bench: $(STAMP) ## time the program beside its anchors; writes out/bench.json
	@$(VENV)/bin/python -m tests.bench

schema: $(STAMP) ## write the generated reference and the frozen component schema anew
	@$(VENV)/bin/python -m tools.reference

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	@tools/lock.sh

clean: ## remove what the other targets made in this folder (the engine in the user's cache stays)
	rm -rf $(VENV) .local out .pytest_cache .hypothesis .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) tools/bootstrap.py $(VENV)
	@touch $@
