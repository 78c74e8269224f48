# make site · make test · make serve · make docs: each creates what it needs in .venv
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

.PHONY: site test test-survival serve docs clean-environment

site: $(READY)
	$(BIN)/reportgen build

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest

# kills, full disks, damaged files, hostile input: about half an hour; SURVIVAL_KILLS=10 for a few minutes
test-survival: $(READY)
	$(BIN)/python -m pytest -m survival tests/survival

serve: $(READY)
	$(BIN)/reportgen serve

# docs/ as a small site in docs-out/; a link that leads nowhere stops it
docs: $(READY)
	$(BIN)/mkdocs build --strict

# -c constraints.txt pins every version that was tested; the project itself declares ranges
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt torch -e ".[dev]"
	touch $(READY)

clean-environment:
	rm -rf $(VENV)
