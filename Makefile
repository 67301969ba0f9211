# make demo | test | test-all | check | install | slurm-tools | clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FACES := $(wildcard ../shared/faces)
export JAXFER_REAL_FACES ?= $(abspath $(FACES))

.PHONY: demo test test-all check lint install slurm-tools clean

demo: $(STAMP)
	$(BIN)/python -m jaxfer.main --config=configs/radboud.py:standin \
	  --workdir=runs/demo

test: $(STAMP)
	$(BIN)/python -m pytest

test-all: $(STAMP)
	$(BIN)/python -m pytest -m ""

check: lint
	$(BIN)/python -m pytest -x -m "not slow and not gpu and not browser and \
	  not slurm and not pipeline"

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

install: $(STAMP)

# Reinstalled when what is to be installed changes, and only then.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(\
	  "jaxfer needs Python 3.11 or newer: make PYTHON=python3.12")'
	@echo "installing into $(VENV), once"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@$(BIN)/python -m pip install --quiet -e '.[test]'
	@touch $(STAMP)

# What tests/test_slurm.py starts on this machine; Debian, as root.
slurm-tools:
	apt-get update
	apt-get install --yes --no-install-recommends slurm-wlm munge

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
