# Two commands do everything: `make run` and `make test`. Needed: git, make, Python 3.11+ with pip and venv.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test soak bench look clean

PYTHON ?= python3
SCALE ?= 1
SEED ?= 0
BIN := .venv/bin
SAMPLE := $(BIN)/python -m harvester.sample run
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help:
	@echo "make run    harvest the sample archive, live over HTTP on loopback, into output/sample/"
	@echo "make test   style, types, import contract, tests"
	@echo "make soak   the promises at length: about eighteen minutes on two cores; SCALE=50 for a million hostile pages, SEED=N for others"
	@echo "make bench  how fast exports are, as ratios: about six minutes on two cores"
	@echo "make look   what people see, with the real tools (needs tmux, systemd, cron, Chromium, pandoc)"
	@echo "make clean  remove what these made"

.venv/run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(INSTALL) --editable .
	@touch $@

.venv/test: .venv/run
	$(INSTALL) --editable '.[dev]'
	@touch $@

run: .venv/run
	$(SAMPLE) --log .venv/sample-requests.log -- $(BIN)/harvest crawl '{url}/search' --site wilson --page-size 10 -o output/sample

test: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict harvester
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist worksteal

soak: .venv/test
	$(BIN)/python -W error -m tests.soak --scale $(SCALE) --seed $(SEED)

bench: .venv/test
	$(BIN)/python -W error -m tests.bench

look: .venv/test
	$(BIN)/pytest tests/look -o addopts= -rA

clean:
	rm -rf .venv output/sample
