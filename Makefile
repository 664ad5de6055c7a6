# Everything from a machine with Python >= 3.11, pip and make. Each step leaves a stamp in .make/ and runs again when
# something it depends on is newer.
PYTHON ?= python3
HOME_FOLDER ?= ./.huntaze
WHAT ?= main-job
ONLY ?=
SHARD ?= 1/1
ARGS ?=
# Three processes, a file to each, since most of a test's time is waiting; in their order, so that the long ones are not the
# last. SIDE_BY_SIDE= runs one after the other
SIDE_BY_SIDE ?= -n 3 --dist loadfile --no-loadscope-reorder

BIN := .venv/bin
MADE := .make
DIST := src/huntaze/static/dist/manifest.json
FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -type f -print) \
	$(wildcard src/huntaze/locales/*/LC_MESSAGES/messages.po)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

# Hundreds of processes begin in a run of the suite: each would compile anew what it imports
unexport PYTHONDONTWRITEBYTECODE

# What was removed by hand is made again
ifeq ($(wildcard $(BIN)/python),)
$(shell rm -f $(MADE)/venv $(MADE)/install)
endif
ifeq ($(wildcard $(DIST)),)
$(shell rm -f $(MADE)/build)
endif

.PHONY: demo install build test check prove crash crash-mutants screenshots lock clean
.DEFAULT_GOAL := demo

demo: $(MADE)/build  ## try everything on this machine
	@exec $(BIN)/huntaze demo --home $(HOME_FOLDER) $(ARGS)

install: $(MADE)/install

build: $(MADE)/build

# The browser is looked for, and as root installed, before the tests cut the network off
test: $(MADE)/build  ## the whole suite; ARGS="tests/kit -k clock" runs a part
	@$(BIN)/python -m tests.browser.provide; found=$$?; \
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGS); status=$$?; \
	test $$found -eq 0 || $(BIN)/python -m tests.browser.provide --remedy; \
	exit $$(( status ? status : found ))

check: $(MADE)/build  ## format, lint, types, imports, catalogue
	@$(BIN)/python -m bench.check

prove: $(MADE)/build  ## WHAT=main-job [ONLY=figure]: measure, and hold against the targets
	@$(BIN)/python -m tests.browser.provide; $(BIN)/python -m bench prove $(WHAT) $(if $(ONLY),--only $(ONLY))

crash: $(MADE)/build  ## SHARD=i/n [ONLY=words]: kill -9 and cut calls everywhere; each post public once or proven not
	@$(BIN)/python -m tests.crash matrix --shard $(SHARD) --only "$(ONLY)"

crash-mutants: $(MADE)/build  ## [ONLY=mutant]: switch off one invariant after the other: the matrix has to turn red for each
	@$(BIN)/python -m tests.crash mutants --only "$(ONLY)"

screenshots: $(MADE)/build  ## every page in every look, into screenshots/
	@$(BIN)/python -m tests.browser.provide && HUNTAZE_ALL_LOOKS=1 $(BIN)/python -m pytest tests/browser $(ARGS)

# The one rule that needs uv
lock: $(MADE)/install  ## requirements.lock, with hashes and without addresses
	$(PIP) uv
	$(BIN)/uv export --quiet --no-emit-project --all-groups --all-extras --no-header --format requirements-txt \
		--output-file requirements.lock

clean:
	rm -rf .venv $(MADE) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf frontend/node_modules src/huntaze/static/dist dist build
	find src tests bench -name __pycache__ -prune -exec rm -rf {} +

$(MADE)/venv:
	@mkdir -p $(MADE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Huntaze needs Python 3.11 or newer: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

# Hash mode and -e need two calls
$(MADE)/install: $(MADE)/venv requirements.lock pyproject.toml
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(MADE)/build: $(MADE)/install hatch_build.py $(FRONTEND)
	$(BIN)/python hatch_build.py
	@$(BIN)/python -m compileall -q src bench
	@touch $@
