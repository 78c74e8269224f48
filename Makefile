# make site · make test · make test-fast · make serve · make docs: each creates what it needs in .venv; make test-js in node_modules
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# a process for each core, which takes a module at a time: so each starts one browser at most
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist loadscope --no-loadscope-reorder
SITE := $(VENV)/.installed-site
TOOLS := $(VENV)/.installed-tools

.PHONY: site test test-fast test-js test-survival test-mutants serve docs clean-environment

site: $(SITE)
	$(BIN)/reportgen build

# mypy runs beside the tests, and says what it found when they are through
test: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/mypy > $(VENV)/types.txt 2>&1 & types=$$!; \
	$(BIN)/python -m pytest $(SIDE_BY_SIDE); tests=$$?; \
	wait $$types; types=$$?; \
	echo "mypy:"; cat $(VENV)/types.txt; \
	exit $$((tests || types))

# for the loop while coding: without builds, trainings, processes and the browser
test-fast: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow and not survival"

# the page's scripts: types, lint, tests; needs node and npm, which nothing else does
test-js: node_modules/.package-lock.json
	npm test --silent

# kills, full disks, damaged files, hostile input: about half an hour; SURVIVAL_KILLS=10 for a few minutes
test-survival: $(TOOLS)
	$(BIN)/python -m pytest -m survival tests/survival

# small bugs put in at random: would the tests notice? About half an hour; writes docs/mutants.md
test-mutants: $(TOOLS) node_modules/.package-lock.json
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[mutants]"
	$(BIN)/python scripts/mutants --seed 1 2 --write

serve: $(SITE)
	$(BIN)/reportgen serve

# docs/ as a small site in docs-out/; a link that leads nowhere stops it
docs: $(TOOLS)
	$(BIN)/mkdocs build --strict

# -c constraints.txt pins every version that was tested; the project itself declares ranges
$(SITE): pyproject.toml constraints.txt
	@echo "Installing PyTorch, Altair and some 40 other packages into $(VENV): 1.5 GB, on Linux with CUDA several GB; a few minutes, once."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt torch -e .
	touch $@

$(TOOLS): $(SITE)
	@echo "Installing what the tests need into $(VENV): some 40 packages, 300 MB."
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	touch $@

# exactly the versions of package-lock.json
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	touch $@

clean-environment:
	rm -rf $(VENV) node_modules
