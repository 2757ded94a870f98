# Everything a newcomer needs: `make demo` and `make test`. Both set themselves up in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready

.PHONY: setup demo test browser full check bench clean help

help:
	@echo "make demo    a day of an estate in fast motion"
	@echo "make test    the whole test suite"
	@echo "make browser the board page in Chromium (brought if there is none)"
	@echo "make full    the long forms of the tests: all rows of the public ledger, all races, five times the histories"
	@echo "make check   types, style, import rules, compose file"
	@echo "make bench   benchmarks: see python -m benchmarks"

setup: $(READY)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is `$(PYTHON) -V 2>&1`. Maybe: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once, about two minutes) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(INSTALLED)

# Apart, so that the checks need not wait for it.
$(READY): $(INSTALLED)
	@$(BIN)/dispatch warm
	@touch $(READY)

demo: setup
	@$(BIN)/dispatch demo

test: setup
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not browser and not full and not alone'
	@$(BIN)/python -m pytest -m 'alone and not full and not browser'

browser: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,browser]'
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name > /dev/null && exit 0; done; \
	  $(BIN)/playwright install chromium || \
	  { echo "There is no Chromium and none could be brought. Maybe: apt-get install chromium"; exit 1; }
	@$(BIN)/python -m pytest -m browser

full: setup
	@$(BIN)/python -m pytest -m full
	@DISPATCH_HISTORIES=5 $(BIN)/python -m pytest -m 'not browser' -k histories tests/system

check: $(INSTALLED)
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

bench: setup
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist src/*.egg-info
