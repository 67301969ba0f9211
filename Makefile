# make demo | test | test-all | check | bench | docs | install | slurm-tools | clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCHMARKS := train_step clip_step contrast_step profile epoch extract svm_search au_search scale start prepare predict
FACES := $(wildcard ../shared/faces)
export JAXFER_REAL_FACES ?= $(abspath $(FACES))

.PHONY: demo test test-all check lint bench docs install slurm-tools clean

demo: $(STAMP)
	$(BIN)/python -m jaxfer.main --config=configs/radboud.py:standin \
	  --workdir=runs/demo

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Compiled as a run is: XLA_FLAGS that are told, if empty, tests leave alone.
test-all: $(STAMP)
	XLA_FLAGS="$$XLA_FLAGS" $(BIN)/python -m pytest -m ""

check: lint
	$(BIN)/python -m pytest -x -m "not slow and not gpu and not browser and \
	  not slurm and not pipeline"

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

# A PyTorch that is there stays: where no GPU is, its CPU build does. OpenBLAS
# chooses its own kernels.
bench: $(STAMP)
	$(BIN)/python -c 'import torch' || \
	  $(BIN)/python -m pip install --quiet -e '.[bench]'
	status=0; for name in $(BENCHMARKS); do \
	  env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE \
	    $(BIN)/python -m benchmarks.$$name || status=1; done; exit $$status

# The site opens from disk, build/site/index.html; browsers give it its search
# where it is served: python -m http.server --directory build/site.
docs: $(STAMP)
	$(BIN)/python -c 'import material, mkdocstrings' 2>/dev/null || \
	  $(BIN)/python -m pip install --quiet -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

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
