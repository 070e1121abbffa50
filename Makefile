# Two commands matter: `make demo` and `make test`. Each does its whole set-up first; a second run finds it done.

PYTHON ?= python3
SEED ?= 1
BIN := .venv/bin
SETUP := .venv/.set-up
PACKAGES := .venv/.system-packages

.PHONY: demo test guarantees check bench bench-matching lock clean

demo: $(SETUP)
	$(BIN)/cheiron demo --fresh

test: $(SETUP) $(PACKAGES)
	$(BIN)/python scripts/test.py

guarantees: $(SETUP) $(PACKAGES)
	$(BIN)/python scripts/test.py --guarantees

check: $(SETUP)
	$(BIN)/ruff format --check src tests bench scripts
	$(BIN)/ruff check src tests bench scripts
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=cheiron.settings $(BIN)/python -m django makemigrations --check --dry-run cheiron

bench: $(SETUP) bench-matching
	$(BIN)/python bench/command_line.py
	$(BIN)/python bench/studio.py
	$(BIN)/python bench/pages.py
	$(BIN)/python bench/many_people.py
	$(BIN)/python bench/imports.py
	$(BIN)/python bench/letters.py

bench-matching: $(SETUP)
	$(BIN)/python bench/matching_table.py --seed $(SEED)

lock: $(SETUP)
	$(BIN)/uv pip compile pyproject.toml --extra all --generate-hashes --universal --python-version 3.11 \
	  --no-header --no-annotate --no-emit-index-url --quiet -o requirements/all.lock

clean:
	rm -rf .venv node_modules var src/cheiron/static/vendor

$(SETUP): scripts/set_up.py requirements/all.lock package-lock.json scripts/vendor.py
	$(PYTHON) scripts/set_up.py

$(PACKAGES): scripts/system_packages.py scripts/postgresql.py $(SETUP)
	$(BIN)/python scripts/system_packages.py
