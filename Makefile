# `make demo` runs the main job, `make lab` opens the lessons, `make test` passes the tests.
# Each makes its own virtual environment in .venv; all that is needed is Python 3.11-3.13, pip and make.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
OUT := out

.PHONY: help demo lab test study lint binder-check clean

help:
	@echo "make demo    compare two ways of governing Jinyang; ends with the path of the report"
	@echo "make lab     open the lessons in JupyterLab (LESSONS=folder to name one)"
	@echo "make test    run the tests"
	@echo "make study   run the slow studies (minutes)"
	@echo "make binder-check   what Binder would do, without building an image (minutes)"
	@echo "make clean   remove .venv and out/"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "commsim needs Python 3.11, 3.12 or 3.13; none was found. 需要 Python 3.11–3.13，没有找到。"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.lab: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lab,print]'
	@touch $@ $(VENV)/.installed

$(VENV)/.tested: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.installed $(VENV)/.lab

demo: $(VENV)/.installed
	@mkdir -p $(OUT)
	$(BIN)/commsim compare jinyang before jinyang_2016 --scale estate --days 365 --worlds 20 \
		--ledger $(OUT)/demo.sqlite --report $(OUT)/demo.html
	@echo "$(CURDIR)/$(OUT)/demo.html"

lab: $(VENV)/.lab
	$(BIN)/commsim lab $(LESSONS)

test: $(VENV)/.tested
	$(BIN)/ruff check src tests
	@echo "compiling the model once (a minute or two the first time) ..."
	@$(BIN)/python -c "from commsim import engine; engine.warm()"
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup

study: $(VENV)/.tested
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.tested
	$(BIN)/ruff check src tests

binder-check:
	binder/check

clean:
	rm -rf $(VENV) $(OUT)
