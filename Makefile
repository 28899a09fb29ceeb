# `make live` watches live checks of faces, `make test-fast` runs before every commit, `make test` is every
# check that a change must pass. Each makes the environment that it needs in .venv, from the lock files in
# requirements/; only Python >= 3.10, git and make must be there, and a C++ compiler for `make test`.

PYTHON ?= python3
VENV ?= .venv
SESSIONS ?= 12
PIP_FLAGS ?=
# STRICT=1: a tool that a test needs and that is missing is an error.
STRICT ?=
# Processes that run tests at the same time; `auto` is one more than there are processors.
WORKERS ?= auto
PYTEST_FLAGS ?=
UPGRADE ?=
TEST_LOCK ?= requirements/test.txt
COVERED ?= 85
OLDEST_PYTHON ?= python3.10

RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet $(PIP_FLAGS)
LOCKED := $(PIP) --no-deps --require-hashes --requirement
# The lock files hold the build backend too, so that nothing is fetched without a hash.
PACKAGE := $(PIP) --no-deps --no-build-isolation --editable .
PYTEST := $(RUN) -m pytest -q $(if $(STRICT),--strict-tools) $(PYTEST_FLAGS)
LINT := $(RUN) -m ruff format --check .; $(RUN) -m ruff check .; $(RUN) -m mypy; \
	git ls-files -z | xargs -0 $(RUN) -m codespell_lib
SIDE_BY_SIDE := --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder

# Tests start hundreds of interpreters and workers: without its bytecode, each would compile the project again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: live test test-fast test-native test-browser test-oldest test-coverage lint lock bench clean

live: $(VENV)/.base  ## watch simulated people and attacks being judged, without a camera
	$(RUN) -m rise_edge.capture --camera simulated --sessions $(SESSIONS)

test: $(VENV)/.dev  ## every check that a change must pass; lint runs beside the tests and is told after them
	@(set -ex; $(LINT)) >$(VENV)/lint.txt 2>&1 & lint=$$!; \
	  $(PYTEST) $(SIDE_BY_SIDE) -m "not serial and not sanitizers"; tested=$$?; \
	  wait $$lint; linted=$$?; cat $(VENV)/lint.txt; exit $$((tested + linted))
	$(PYTEST) -m "serial and not sanitizers" $$(grep -rl --include='test_*.py' 'mark\.serial' tests)

test-fast: $(VENV)/.test  ## what needs no torch, no compiler and no browser
	$(PYTEST) --fast $(SIDE_BY_SIDE)

test-native: $(VENV)/.dev  ## C++ and Kotlin, and the C++ library once more with sanitizers
	$(PYTEST) $(SIDE_BY_SIDE) -m "native or sanitizers"

test-browser: $(VENV)/.dev  ## the pages, in Chromium
	$(PYTEST) -m browser

test-coverage: $(VENV)/.dev  ## every test again, slower, with the share of lines that they run
	$(PYTEST) $(SIDE_BY_SIDE) -m "not sanitizers" --cov --cov-report=term --cov-fail-under=$(COVERED)

test-oldest:  ## test-fast with the oldest versions that pyproject.toml allows
	$(MAKE) PYTHON=$(OLDEST_PYTHON) VENV=$(VENV)-oldest TEST_LOCK=requirements/oldest.txt test-fast

lint: $(VENV)/.dev
	@set -ex; $(LINT)

lock: $(VENV)/.dev  ## write requirements/*.txt from pyproject.toml; UPGRADE=--upgrade takes the newest versions
	$(RUN) requirements/compile.py $(UPGRADE)

bench: $(VENV)/.base  ## what every stage costs on this machine
	$(RUN) -m rise_edge.bench

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "expected Python >= 3.10 as $(PYTHON), got $$($(PYTHON) --version 2>&1); try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "$(PYTHON) has no venv module; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.base: $(VENV)/.venv pyproject.toml requirements/base.txt
	$(LOCKED) requirements/base.txt
	$(PACKAGE)
	@touch $@

$(VENV)/.test: $(VENV)/.venv pyproject.toml $(TEST_LOCK)
	$(LOCKED) $(TEST_LOCK)
	$(PACKAGE)
	@touch $@

$(VENV)/.dev: $(VENV)/.venv pyproject.toml requirements/dev.txt requirements/torch-cpu.txt
	$(LOCKED) requirements/dev.txt
	$(PIP) --retries 1 --no-deps --require-hashes --requirement requirements/torch-cpu.txt
	$(PACKAGE)
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-oldest dist build
