# Rastro: the commands. `make` alone lists them.
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes
# Variables of .env, if there is one; those of the command line win.
WITH_ENV := $(if $(wildcard .env),$(BIN)/python -m dotenv --file .env run --no-override --)
TEMPLATES := $(wildcard templates)

# The tests drive the Chromium of the distribution; Playwright brings none of its own.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = 1

.DEFAULT_GOAL := help
.PHONY: help run test drill bench check lint format lock clean

help: ## List the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.runtime ## Start Rastro on http://127.0.0.1:8000 (PORT=... changes it)
# exec: the supervisor takes the shell's place, so that it gets every signal itself.
	@exec $(WITH_ENV) $(BIN)/python app/supervisor.py

test: $(VENV)/.dev ## Run every test on SQLite and on PostgreSQL
	@sh tools/chromium.sh
	@bash tools/test.sh

# DRILL="--only kills --times 10", BENCH="--database postgresql": what else these programs take.
drill: $(VENV)/.dev ## Kill, stop and start the jobs' processes in every way, on both databases
	@$(BIN)/python -m tests.drills $(DRILL)

bench: $(VENV)/.dev ## Measure the jobs beside plain Huey; best on a machine that is idle
	@$(BIN)/python -m tests.bench.jobs $(BENCH)

check: lint ## Check format, style, types, imports and templates
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(if $(TEMPLATES),$(BIN)/djlint --quiet --lint $(TEMPLATES))
	$(if $(TEMPLATES),$(BIN)/djlint --quiet --check $(TEMPLATES))

lint: $(VENV)/.dev ## Check format and style only
	$(BIN)/ruff format --check
	$(BIN)/ruff check

format: $(VENV)/.dev ## Format the code and the templates, and mend what can be mended
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format
	-$(if $(TEMPLATES),$(BIN)/djlint --quiet --reformat $(TEMPLATES))

# LOCK_OPTIONS=--upgrade takes the newest versions that pyproject.toml allows.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate $(LOCK_OPTIONS)

lock: ## Write requirements*.lock from pyproject.toml
	@test -x $(BIN)/uv || $(MAKE) --no-print-directory $(VENV)/.dev
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --constraints requirements.lock --output-file requirements-dev.lock

clean: ## Remove what the commands above made, but never the data in instance/
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov tests/artifacts
	find . -name __pycache__ -type d -not -path './instance/*' -prune -exec rm -rf {} +

# The virtual environment: made once, filled again when a lock file changes.
$(VENV)/pyvenv.cfg:
	@sh tools/venv.sh $(VENV)

$(VENV)/.runtime: $(VENV)/pyvenv.cfg requirements.lock
	@echo "Instalando las bibliotecas en $(VENV); la primera vez tarda cerca de un minuto..."
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.dev: $(VENV)/pyvenv.cfg requirements.lock requirements-dev.lock
	@echo "Installing the libraries and the tools for tests in $(VENV)..."
	@$(PIP) -r requirements-dev.lock
	@touch $(VENV)/.runtime $@
