# Two commands: `make live` watches live checks of faces, `make test` runs every check.
# Each makes the environment that it needs in .venv; only Python >= 3.10 and make must be there.

PYTHON ?= python3
VENV ?= .venv
SESSIONS ?= 12
PIP_FLAGS ?=

RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet $(PIP_FLAGS)

.PHONY: live test lint bench clean

live: $(VENV)/.base  ## watch simulated people and attacks being judged, without a camera
	$(RUN) -m rise_edge.capture --camera simulated --sessions $(SESSIONS)

test: lint  ## every check that a change must pass
	$(RUN) -m pytest -q

lint: $(VENV)/.dev
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy

bench: $(VENV)/.base  ## what every stage costs on this machine
	$(RUN) -m rise_edge.bench

$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "expected Python >= 3.10 as $(PYTHON), got $$($(PYTHON) --version 2>&1); try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "$(PYTHON) has no venv module; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.base: $(VENV)/.venv pyproject.toml
	$(PIP) --editable .
	@touch $@

# pip puts a CUDA build of torch on Linux; a machine without a GPU is served by the smaller one:
#   make test PIP_FLAGS="--extra-index-url https://download.pytorch.org/whl/cpu"
$(VENV)/.dev: $(VENV)/.base
	$(PIP) --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) dist build
