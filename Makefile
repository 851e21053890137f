# `make run` and `make test` do everything on a machine with Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# pip itself is in the project: Debian's python3 comes without pip and without ensurepip.
PIP_WHEEL := $(firstword $(wildcard .bootstrap/pip-*.whl))
PIP = PYTHONPATH=$(PIP_WHEEL) $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate -q
# With it set, Prefect starts half as fast: see docs/operations.md.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup test proofs check bench format lock clean

run: $(VENV)/.ready
	@exec $(BIN)/cchc up

setup: $(VENV)/.ready

test: $(VENV)/.ready-dev $(VENV)/.browser
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# What chance decides, tried anew and so often that it takes a quarter of an hour more (ADR 0033).
proofs: $(VENV)/.ready-dev $(VENV)/.browser
	@CCHC_PROOFS=long $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.ready-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench

format: $(VENV)/.ready-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.ready-dev
	@$(LOCK) --extra build -o requirements.txt
	@$(LOCK) --extra build --extra dev -o requirements-dev.txt

clean:
	@rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Cần Python 3.11 trở lên (make PYTHON=python3.12 …)"; exit 3; }
	@$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.ready: requirements.txt pyproject.toml | $(BIN)/python
	@test -e $@ && echo "Cập nhật các thành phần (khoảng một phút)…" \
		|| echo "Cài đặt lần đầu (khoảng một phút)…"
	@$(PIP) install -q --no-deps --require-hashes -r requirements.txt
	@# "compat" puts this folder on the path with no import hook at each start; setuptools is locked, so its
	@# announcement that the mode will go one day can wait until the lock is renewed.
	@PYTHONWARNINGS=ignore $(PIP) install -q --no-deps --no-build-isolation \
		--config-settings editable_mode=compat -e .
	@$(BIN)/python -m compileall -q cli config domain flows models notifications services web
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	@$(PIP) install -q --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

# Debian's own chromium, for the tests of pages; without it they are left out, and their run says so at its end.
$(VENV)/.browser: | $(BIN)/python
	@command -v chromium chromium-browser >/dev/null || tests/browser/install.sh || true
	@touch $@
