# Two commands on a fresh machine: `make handbook` and `make test`. They need Python 3.11 or newer, and set up the rest in .venv.

.PHONY: help handbook test quick lint mutants bench bench-rules clean
.DELETE_ON_ERROR:

help:
	@echo "make handbook   check the example organisation's records and build the handbook"
	@echo "make test       run every test"
	@echo "make quick      run the tests of rules, reading and tracing, in under a minute, with few random rules"
	@echo "make lint       look for mistakes without running anything: ruff and mypy"
	@echo "make mutants    break the source in many places, one at a time, and see that a test notices each"
	@echo "make bench      measure, beside plain Sphinx, plain sphinx-needs, SQL by hand and other checkers of data"
	@echo "make clean      remove what was built, and .venv"

# The first Python here that is new enough.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
  $(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

# An environment is as its locks, its package and its place say; another digest is another environment.
# The tests' lock holds all of the handbook's, at the same versions, so one folder serves both.
STATE := $(shell { pwd; cat requirements/run.txt requirements/dev.txt pyproject.toml; } | cksum | cut -d ' ' -f 1)
RUN := .venv/run-$(STATE)
DEV := .venv/dev-$(STATE)
# Wheels only: building a package from source would fetch tools that no lock names.
INSTALL := .venv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r
INSTALL_OURS := .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "policykit needs Python 3.11 or newer, and finds none: install it, or say where it is with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { echo "$(PYTHON) cannot make an environment: install its venv package (on Debian: apt install python3-venv)." >&2; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv

$(RUN): .venv/bin/python
	@echo "Setting up .venv for the handbook; the first time this takes about half a minute."
	@rm -f .venv/run-* .venv/dev-*
	@rm -rf .venv/lib/python*/site-packages/policykit-*.dist-info # what an install under our former name left
	@$(INSTALL) requirements/run.txt
	@$(INSTALL_OURS)
	@touch $@

$(DEV): $(RUN)
	@echo "Setting up .venv for the tests."
	@$(INSTALL) requirements/dev.txt
	@touch $@

# The example lives: its days are moved to today's, and its ledger of runs is kept.
# Duties that are not met (1) and checks that cannot be carried out (3) belong in the handbook; bad input (2) stops here.
handbook: $(RUN)
	@.venv/bin/policykit example build/example --as-at today --replace
	@.venv/bin/policykit check --organisation build/example || case $$? in 1|3) ;; *) exit 1 ;; esac
	@.venv/bin/policykit build

test: $(DEV)
	@.venv/bin/python -m pytest --numprocesses 2 --dist loadfile

# For while you work: what changes most, without databases, browsers and built handbooks. What is random is drawn afresh.
quick: $(DEV)
	@POLICYKIT_PROPERTY_CHECKS=20 .venv/bin/python -m pytest --numprocesses 2 --dist loadfile \
	  tests/test_rules_*.py tests/test_reading_*.py tests/test_tracing_*.py

lint: $(DEV)
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy

# Only those named so in part: make mutants ONLY="waiver due"
mutants: $(DEV)
	@.venv/bin/python -m tests.mutants.run $(ONLY)

SIZES ?= 1000 5000
bench: $(DEV) bench-rules
	@.venv/bin/python -m bench.run $(SIZES)

# The peers have an environment of their own, so that nobody else downloads them.
BENCH := build/bench-venv
ROWS ?= 100000 1000000 10000000
bench-rules: $(BENCH)/bin/policykit
	@rm -rf build/bench.json build/bench-data
	@$(BENCH)/bin/python -m bench.rule_run $(ROWS)
	@$(BENCH)/bin/python -m bench.rule_page
	@rm -rf build/bench-data

$(BENCH)/bin/policykit: requirements/bench.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "policykit needs Python 3.11 or newer, and finds none." >&2; exit 1; }
	@rm -rf $(BENCH)
	@$(PYTHON) -m venv $(BENCH)
	@$(INSTALL:.venv/%=$(BENCH)/%) requirements/bench.txt
	@$(INSTALL_OURS:.venv/%=$(BENCH)/%)

clean:
	rm -rf .venv build dist
