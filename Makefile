# What developers and operators do, a word for each. `make help` lists them.
#
# Two marks in .venv say what is installed: .run what the product needs, .dev what tests need besides.

PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PYTHON := $(PYTHON)
UV ?= $(shell command -v uv 2>/dev/null)
UV := $(UV)
HOST ?= 127.0.0.1
PORT ?= 8000
DEMO ?= 0
ARGS ?=

BIN := .venv/bin
SHIPPED = sqlite:///./data/$(if $(filter-out 0,$(DEMO)),demo,perhekeskus).db
SPEC := openapi/v1.json
PEERS := .cache/bench-peers
NODE_TOOLS := tests/js/node_modules/.installed

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types arch pytest spectral openapi bench bench-peers lock clean

help: ## List these words
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: .venv/.dev ## Install what the product and its tests need into .venv

run: .venv/.run ## Serve at http://127.0.0.1:8000 (PORT=8001, HOST=0.0.0.0, DEMO=1 for invented data)
	@mkdir -p data; \
	export PERHEKESKUS_DATABASE_URL="$${PERHEKESKUS_DATABASE_URL:-$(SHIPPED)}"; \
	$(BIN)/perhekeskus migrate && \
	$(BIN)/perhekeskus load-plan $(if $(filter-out 0,$(DEMO)),--demo) && \
	$(BIN)/perhekeskus user first-admin && \
	exec $(BIN)/perhekeskus serve --host $(HOST) --port $(PORT)

test: lint types arch spectral pytest ## Everything that CI runs, on SQLite and on PostgreSQL

lint: .venv/.dev ## Style and likely bugs (ruff)
	@$(BIN)/ruff check

types: .venv/.dev ## Types (mypy, strict)
	@$(BIN)/mypy

arch: .venv/.dev ## Who may import whom (import-linter)
	@$(BIN)/lint-imports

# Tests of rooms and of core share nothing with the others, and run beside them. They are shown last.
ALONE := $(addprefix tests/,accounts areas core evaluations feeds follow_up front indicators materials meetings migrations \
	networks organisations places plan programme statistics stories transfer year_clock test_cli.py)

pytest: .venv/.dev ## The tests alone (ARGS="-k places -x")
	@if [ -n '$(ARGS)' ]; then exec $(BIN)/python -m pytest $(ARGS); fi; \
	told=`mktemp`; $(BIN)/python -m pytest -p no:cacheprovider $(ALONE) >"$$told" 2>&1 & rooms=$$!; \
	$(BIN)/python -m pytest $(ALONE:%=--ignore=%); others=$$?; \
	wait $$rooms; status=$$?; cat "$$told"; rm -f "$$told"; \
	[ $$status != 0 ] || status=$$others; exit $$status

spectral: ## The API description, by Spectral; needs Node.js
	@if ! command -v npm >/dev/null 2>&1; then echo "spectral: not run, Node.js with npm is not installed"; \
	elif ! $(MAKE) -s --no-print-directory $(NODE_TOOLS); then echo "spectral: not run, npm could not install tests/js"; \
	else tests/js/node_modules/.bin/spectral lint --ruleset tests/js/.spectral.yaml --fail-severity=hint $(SPEC); fi

openapi: .venv/.dev ## Write the API description anew into openapi/v1.json
	@mkdir -p $(dir $(SPEC))
	@$(BIN)/perhekeskus openapi $(SPEC)

bench: .venv/.dev ## Ratios beside bare Starlette and the textbook form, into benchmarks/results.md (ARGS="--runs 2")
	@$(BIN)/python -m benchmarks.bench $(ARGS)

bench-peers: .venv/.dev $(PEERS)/.installed ## The same, beside Datasette and Django REST Framework as well
	@$(BIN)/python -m benchmarks.bench --peers $(PEERS)/bin/python $(ARGS)

lock: ## Write the lock files anew from pyproject.toml, and that of the peers; needs uv
	@test -n "$(UV)" || { echo "make lock needs uv."; exit 1; }
	$(UV) $(COMPILE) pyproject.toml -o requirements.lock
	$(UV) $(COMPILE) pyproject.toml --extra dev -o requirements-dev.lock
	$(UV) $(COMPILE) benchmarks/peers/requirements.in -o benchmarks/peers/requirements.txt

clean: ## Remove what the above has made, but no data
	rm -rf .venv .cache build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tests/js/node_modules
	find app migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

.venv/.run: requirements.lock
	@$(call install,requirements.lock)
	@touch $@

.venv/.dev: requirements-dev.lock
	@$(call install,requirements-dev.lock)
	@touch .venv/.run $@

# What the bench measures ours against, apart from what the product needs.
$(PEERS)/.installed: benchmarks/peers/requirements.txt
	@if [ -n "$(UV)" ]; then \
		$(UV) venv --quiet --clear --python $(PYTHON) $(PEERS) && \
		$(UV) pip install --quiet --python $(PEERS)/bin/python --require-hashes -r $<; \
	else \
		$(PYTHON) -m venv --clear $(PEERS) && \
		$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<; \
	fi
	@touch $@

# Install a lock file and then the product itself, editable. The build backend is in the lock: nothing is fetched
# that has no hash there. uv does in a second what pip does in twenty; a .venv made by uv has no pip of its own.
define install
	if [ -z "$(PYTHON)" ]; then \
		echo "Perhekeskus needs Python 3.11 or newer; none of python3.13, python3.12, python3.11, python3 is." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Perhekeskus needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version 2>&1`." >&2; exit 1; }; \
	if [ -n "$(UV)" ]; then \
		[ -x $(BIN)/python ] || $(UV) venv --quiet --python $(PYTHON) .venv || exit 1; \
		$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && \
		$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .; \
	else \
		$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || { \
			echo "$(PYTHON) can't make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(1) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .; \
	fi
endef

$(NODE_TOOLS): tests/js/package-lock.json
	@cd tests/js && SCARF_ANALYTICS=false npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@
