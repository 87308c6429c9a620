# `make demo` and `make test` do all their own set-up: Python 3.10 or newer is
# all that has to be there.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint seeds clean

demo: .venv/installed
	$(BIN)/product-signals demo

test: .venv/installed-test
	$(BIN)/pytest -n 2 tests/python/package
	$(BIN)/pytest -n 2 --dist load --cov=product_signals tests/python/helper

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PATH="$(CURDIR)/$(BIN):$$PATH" tests/lint.sh

# The seeds in the tree, from the configuration files they are made from.
seeds: .venv/installed
	$(BIN)/product-signals seeds python_helpers/product_signals/starter.yml
	$(BIN)/product-signals seeds tests/consumer/product_signals.yml \
		--var 'account_attributes=[country]' --out tests/consumer/seeds
	$(BIN)/product-signals schema \
		> python_helpers/product_signals/config.schema.json

clean:
	rm -rf .venv product_signals_demo.duckdb

.venv/installed: EXTRA :=
.venv/installed-test: EXTRA := [test]

# uv installs ten times faster, where it can be had.
.venv/installed .venv/installed-test: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "Python 3.10 or newer is needed: make PYTHON=..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
		&& $(BIN)/uv pip install --quiet --python $(BIN)/python -e '.$(EXTRA)' \
		|| $(BIN)/python -m pip install --quiet \
			--disable-pip-version-check -e '.$(EXTRA)'
	@touch $@
