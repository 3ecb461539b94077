# Everything runs in a virtual environment that the first command makes.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Each process gets a stretch of neighbouring tests, which share servers, and then helps the others. Many tests wait for something:
# one process more than there are cores keeps these busy.
TEST_PROCESSES ?= $(shell expr $$(nproc) + 1)
# How much `make soak` has people do on three servers while messages are lost and servers die. Before, every law is tried
# on all the examples that it names: `make test` takes a third of them.
ACTS ?= 20000

# Servers and commands that tests start by the hundred would compile themselves anew each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run installed test coverage lint bench soak clean

run: $(VENV)/.installed
	$(BIN)/archypix serve --data data

installed: $(VENV)/.installed-dev

test: $(VENV)/.installed-dev lint
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal --durations=40

# Half as long again as `make test`, which it is otherwise.
coverage: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal --cov --cov-report=term:skip-covered

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.benchmarks

soak: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal -m hypothesis --hypothesis-profile=soak
	ARCHYPIX_CHAOS_ACTS=$(ACTS) $(BIN)/python -m pytest tests/e2e/sharing/test_chaos.py -x -s

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
