# Everything runs in a virtual environment that the first command makes.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Each process gets a stretch of neighbouring tests, which share servers, and then helps the others. Many tests wait for something:
# two processes more than there are cores keep these busy.
TEST_PROCESSES ?= $(shell expr $$(nproc) + 2)
# How much `make soak` has people do on three servers while messages are lost and servers die. Before, every law is tried
# on all the examples that it names: `make test` takes a fifth of them.
ACTS ?= 20000

# Servers and commands that tests start by the hundred would compile themselves anew each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run installed test browser coverage lint bench soak clean

# What the web application is built of; `make` builds it again when something of it has changed.
WEB := $(wildcard web/package*.json) $(shell find web/src web/public -type f) $(wildcard web/*.ts web/*.html web/*.py)

run: $(VENV)/.web
	$(BIN)/archypix serve --data data

installed: $(VENV)/.installed-dev $(VENV)/.web

test: installed lint
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal --durations=40 -m 'not alone'
	$(BIN)/python -m pytest -s -m alone tests/web

# The stories in a browser, without all else that `make test` tries.
browser: installed
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not alone' tests/web
	$(BIN)/python -m pytest -s -m alone tests/web

# Half as long again as `make test`, which it is otherwise.
coverage: installed
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal -m 'not alone' --cov --cov-report=term:skip-covered

lint: installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: installed
	$(BIN)/python -m tests.benchmarks

soak: installed
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal -m hypothesis --hypothesis-profile=soak
	ARCHYPIX_CHAOS_ACTS=$(ACTS) $(BIN)/python -m pytest tests/e2e/sharing/test_chaos.py -x -s

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	touch $@

# The package's build builds the web application; where node is missing, it asks for a wheel that brings it.
$(VENV)/.web: $(VENV)/.installed $(WEB)
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info web/node_modules archypix/webapp/dist
