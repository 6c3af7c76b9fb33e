# make serve   set up everything and open the chat at http://127.0.0.1:7860
# make test    set up everything and run every check and test, browser tests included
# make bench   measure speed and memory; prints a table (minutes)
# make check   the quick checks only: format, lint, types, imports, corpus, cases
# make widget  build the widget for other sites anew (needs Node)
# make gate    put the dev cases to the bot; fails if answers got worse
#
# Pip's own settings pass through: make serve PIP_INDEX_URL=…, or any PIP_* in the environment.

PYTHON ?= python3
BIN := .venv/bin
CHROMIUM ?= /usr/bin/chromium
$(foreach name,$(filter PIP_%,$(.VARIABLES)),$(eval export $(name)))
export CHROMIUM

.PHONY: serve test bench check gate index browser widget widget-check clean

serve: .venv/.run index
	$(BIN)/python -m amur serve

index: .venv/.run
	$(BIN)/python -m amur index build

test: check widget-check browser
	@# the longest files come first, so that both end together; one thread each, as for the gate below
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
	@$(MAKE) --no-print-directory gate

# The index and its embeddings are kept between runs in an ignored folder, the same that the tests use.
gate: export AMUR_HOME = $(CURDIR)/.amur/test
gate: .venv/.run
	$(BIN)/python -m amur index build
	@# one question at a time: a second thread gains nothing, and costs much where the processors are busy
	OMP_NUM_THREADS=1 $(BIN)/python -m amur eval gate

check: .venv/.dev
	$(BIN)/python -m pip check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m amur corpus check
	$(BIN)/python -m amur eval cases check

bench: .venv/.bench
	$(BIN)/python -m tests.bench

# The browser tests drive a real Chromium and are never skipped.
browser:
	@if [ ! -x "$(CHROMIUM)" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	  else \
	    echo "The browser tests need Chromium: install the packages chromium and fonts-noto-cjk, or set CHROMIUM=/path/to/chromium" >&2; exit 1; \
	  fi; \
	fi

# The built widget ships, so that nobody needs Node. Its manifest is checked by the tests; where Node is, it is built again and compared.
WIDGET := bot/serve/widget
NPM_INSTALLED := $(WIDGET)/node_modules/.package-lock.json

widget: $(NPM_INSTALLED)
	cd $(WIDGET) && npm run --silent check && npm run --silent build

widget-check:
	@if ! command -v npm >/dev/null; then \
	  echo "The widget is not built again to compare: there is no Node here."; \
	elif ! $(MAKE) --no-print-directory $(NPM_INSTALLED); then \
	  echo "The widget is not built again to compare: its tools could not be installed."; \
	else \
	  cd $(WIDGET) && npm run --silent check && npm run --silent compare; \
	fi

$(NPM_INSTALLED): $(WIDGET)/package-lock.json
	cd $(WIDGET) && npm ci --no-audit --no-fund
	@touch $@

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Amur needs Python 3.11 or newer; set PYTHON=/path/to/python3") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

.venv/.dev: .venv/.run
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	@touch $@

.venv/.bench: .venv/.dev
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[bench]"
	@touch $@

clean:
	rm -rf .venv .bench build *.egg-info $(WIDGET)/node_modules
