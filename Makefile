# `make demo` and `make test` do all their own set-up: Python 3.10 to 3.13 is
# all that has to be there. (dbt-core 1.11 crashes on 3.14.)
PYTHONS := python3 python3.13 python3.12 python3.11 python3.10 python
SUITABLE := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in $(PYTHONS); do \
	$$python -c '$(SUITABLE)' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
# Whoever forbids Python to keep what it compiled waits two seconds more for
# each dbt.
export PYTHONDONTWRITEBYTECODE :=
WORKERS = 3
SHARED = tests/python/package/test_golden.py \
	tests/python/package/test_consumer.py \
	tests/python/package/test_trial.py \
	tests/python/package/test_incremental.py \
	tests/python/package/test_values.py \
	tests/python/package/test_empty.py \
	tests/python/package/test_suggested_weights.py \
	tests/python/package/test_mappings.py \
	tests/python/helper/test_compare.py \
	tests/python/helper/test_explain.py \
	tests/python/$(@:test-%=%)

.PHONY: demo test test-duckdb test-helper test-golden-postgres test-long \
	test-postgres test-snowflake test-browser test-dbt test-semantic fuzz \
	bench bench-postgres lint seeds truth pages vega clean

demo: .venv/installed
	$(BIN)/product-signals demo

# The package on DuckDB and, by the same expected files, on a Postgres server
# that the tests start; and the helper. The server's tests wait for one world,
# so that they run beside the others.
test: .venv/installed-test
	$(MAKE) -j 2 test-duckdb test-golden-postgres

test-duckdb: .venv/installed-test
	$(BIN)/pytest -n 2 -m "not long" tests/python/package
	$(MAKE) test-helper

test-helper: .venv/installed-test
	$(BIN)/pytest -n 2 -m "not long" --cov=product_signals tests/python/helper

test-golden-postgres: .venv/installed-test
	$(BIN)/pytest --engine postgres \
		tests/python/package/test_golden.py \
		tests/python/package/test_mappings.py

# More of the same kinds of proof, each of which builds many times over.
test-long: .venv/installed-test
	$(BIN)/pytest -n $(WORKERS) -m long tests/python/package tests/python/helper

# All that is shared between warehouses, batches of arrivals included.
test-postgres: .venv/installed-test
	$(BIN)/pytest -n $(WORKERS) --engine postgres $(SHARED) \
		tests/python/package/test_crm.py

# What stands in for Snowflake needs Python 3.11.
test-snowflake: .venv-snowflake/installed
	PATH="$(CURDIR)/.venv-snowflake/bin:$$PATH" \
		pytest -n $(WORKERS) --engine snowflake $(SHARED)

# The example on each line of dbt.
test-dbt: .venv/installed-test .venv-dbt-1.12/installed .venv-dbt-2/installed
	$(BIN)/pytest tests/python/versions

# The page in Chromium, which the system has to have (Debian: apt-get install
# chromium), or CHROMIUM names it.
test-browser: .venv/installed-browser
	$(BIN)/pytest tests/python/browser

# The metrics that the helper writes, by MetricFlow and by dbt v2.
test-semantic: .venv/installed-test .venv-metricflow/installed \
		.venv-dbt-2/installed
	$(BIN)/pytest -n 1 tests/python/semantic

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PATH="$(CURDIR)/$(BIN):$$PATH" tests/lint.sh

# Random histories in random batches, against a full build, and another world
# against the oracle: some minutes.
WORLD ?= 9
fuzz: .venv/installed-test
	$(BIN)/pytest tests/python/fuzz
	$(BIN)/pytest --world $(WORLD) tests/python/package/test_definitions.py

bench: .venv/installed-test
	$(BIN)/product-signals bench --json bench.json

bench-postgres: .venv/installed-test
	$(BIN)/python tests/python/postgres/bench.py

# The seeds in the tree, from the configuration files they are made from.
seeds: .venv/installed
	$(BIN)/product-signals seeds python_helpers/product_signals/starter.yml
	$(BIN)/product-signals seeds tests/consumer/product_signals.yml \
		--var 'account_attributes=[country]' --out tests/consumer/seeds
	$(BIN)/product-signals schema \
		> python_helpers/product_signals/config.schema.json

# What the signals were worth on histories that `product-signals run` built, and
# the pages that say so. DATABASES is their folder; a file is named as a history.
truth: .venv/installed-test
	$(BIN)/product-signals truth $(DATABASES) --out docs/signals
	$(MAKE) pages

pages: .venv/installed-test
	$(BIN)/product-signals pages docs/signals

# The script of the page that `report` writes, from npm.
vega:
	python_helpers/product_signals/report/vega/build.sh

clean:
	rm -rf .venv .venv-* product_signals_demo.duckdb \
		product_signals_trial.duckdb product_signals_demo.html \
		product_signals_trial.html

# The stub stands for what 1.12 downloads from GitHub, and does without.
.venv-dbt-1.12/installed: tests/python/versions/parser_stub/pyproject.toml
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet ./$(<D) 'dbt-core==1.12.*' -e .
	@touch $@

# The last of 2.0 that is a wheel on PyPI, and the DuckDB that it drives.
DUCKDB := duckdb-node-bindings-linux-x64-1.5.6-r.1.tgz
.venv-dbt-2/installed:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet dbt==2.0.0rc196
	cd $(@D) && npm pack --silent @duckdb/node-bindings-linux-x64@1.5.6-r.1 \
		&& tar -xzf $(DUCKDB) --strip-components 1 package/libduckdb.so
	@touch $@

.venv/installed: EXTRA := [report]
.venv/installed-test: EXTRA := [test]
.venv/installed-browser: EXTRA := [test,test-browser]
.venv-snowflake/installed: EXTRA := [test-snowflake]
.venv-metricflow/installed: EXTRA := [test-metricflow]

# dbt 1.12 brings a parser that downloads from GitHub when it is installed.
DBT := 'dbt-core<1.12'

# uv installs ten times faster, where it can be had.
.venv/installed .venv/installed-test .venv/installed-browser \
		.venv-snowflake/installed .venv-metricflow/installed: pyproject.toml
	@$(or $(PYTHON),false) -c '$(SUITABLE)' || { echo "Python 3.10 to 3.13" \
		"is needed: install one, or name it: make PYTHON=..."; exit 1; }
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@echo "Installing into $(@D) ..."
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check uv \
		&& $(@D)/bin/uv pip install --quiet --python $(@D)/bin/python \
			-e '.$(EXTRA)' $(DBT) \
		|| $(@D)/bin/python -m pip install --quiet \
			--disable-pip-version-check -e '.$(EXTRA)' $(DBT)
	@touch $@
