# Two commands matter: `make run` opens the shop, `make test` proves it. Both make .venv first.
# Needs Python 3.11 or 3.12 (with venv) and make. Values can be given: make run PORT=8001 DEMO=0

SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
CODE := config buyback inventory carriers shop
JOBS ?= 2
ARGS ?=

# What `check --deploy` looks at: a real shop behind HTTPS. Nothing is contacted.
PRODUCTION := env -u VAR_DIR DEBUG=0 DEMO=0 SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
  DATABASE_URL=postgres://app:x@db/shop REDIS_URL=redis://:x@redis/0 PUBLIC_URL=https://shop.example.jp
TESTS := env DJANGO_SETTINGS_MODULE=tests.settings

.PHONY: help env run test check format lint types imports migrations deploy translations unit faults browser lock messages bench clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

env: .venv/.stamp ## Make .venv from requirements.lock (uv if there is one, else pip)

.venv/.stamp: requirements.lock
	@bash config/make_env.sh
	@touch $@

run: env ## Run the whole shop on http://127.0.0.1:8000 (PORT=…, DEMO=0 for an empty one, VAR_DIR=…)
	@exec $(PY) -m config.runner

test: env check unit faults browser ## Everything: gates, units, concurrency and faults, browser

check: env lint types imports migrations deploy translations ## The fast gates

format: env ## Put Python and templates into their one form
	$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .
	git ls-files -z 'templates/*.html' | xargs -0 .venv/bin/djade --target-version 5.2

lint:
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	git ls-files -z 'templates/*.html' | xargs -0 .venv/bin/djade --check --target-version 5.2
	$(PY) -m bandit -q -c pyproject.toml -r $(CODE)

types:
	$(PY) -m mypy $(CODE) tests manage.py

imports:
	.venv/bin/lint-imports

migrations:
	$(TESTS) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

deploy:
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

translations:
	$(PY) -m config.translations check

unit: env
	$(PY) -m pytest -q -n $(JOBS) -m "not concurrency and not faults and not browser" $(ARGS)

faults: env ## Concurrency and faults: real worker, Redis and PostgreSQL, one of them taken away
	$(PY) -m pytest -q -m "concurrency or faults" $(ARGS)

browser: env ## The stories in Chromium against the whole stack
	$(PY) -m pytest -q -m browser $(ARGS)

lock: ## Turn requirements.in into requirements.lock (needs uv and the network)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  requirements.in -o requirements.lock

messages: env ## Find every sentence for translation and add the new ones to the catalogs
	$(PY) -m config.messages

bench: env ## Measure what DESIGN promises (prints, never fails)
	@for file in bench/[a-z]*.py; do $(PY) -m "bench.$$(basename $$file .py)"; done

clean: ## Remove caches (never var/, where the shop's data is)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
