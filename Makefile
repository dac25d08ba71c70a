# Every target makes .venv and installs what it needs by itself: Python and make are enough.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test test-all check fix schema docs bench

help:  ## Show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

demo: $(INSTALLED)  ## Render a sample shot, stylise it, write a before/after sheet
	$(BIN)/python examples/demo.py

test: $(INSTALLED)  ## Run the tests (no GPU, no network)
	$(BIN)/python -m pytest -n auto --dist worksteal

test-all: $(INSTALLED)  ## Run the slow and the GPU tests too
	$(BIN)/python -m pytest -n auto --dist worksteal -m "slow or gpu or not slow"

check: $(INSTALLED)  ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(INSTALLED)  ## Format, and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(INSTALLED)  ## Write presets/preset.schema.json, which editors complete presets from
	$(BIN)/python -c "import json, ganfx.preset as p; print(json.dumps(p.Preset.model_json_schema(), indent=2))" > presets/preset.schema.json

docs: $(INSTALLED)  ## Write the tables of options in docs/
	$(BIN)/python docs/options.py

bench: $(INSTALLED)  ## Measure the quicker of the README's claims
	$(BIN)/python benchmarks/help_time.py
	$(BIN)/python benchmarks/stylize.py
	$(BIN)/python benchmarks/preprocess.py

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@
