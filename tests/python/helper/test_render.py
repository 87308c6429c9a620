"""Checks rendered without dbt are the checks that dbt would run."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from product_signals.builder import dbt, write_profile
from product_signals.cli import app
from product_signals.config import read_config
from product_signals.gate import INPUTS, empty_inputs
from product_signals.package import package_root, starter_config
from product_signals.project import SEED_PREFIX, write_project
from product_signals.render import render_model
from product_signals.seeds import seed_variables

CHECKS = "int_product_signals__problems"
VARIABLES = {"account_attributes": ["group"], "size_column": "seats"}


def test_dbt_compiles_the_same_text(tmp_path: Path) -> None:
    database = tmp_path / "checks.duckdb"
    with duckdb.connect(str(database)) as connection:
        empty_inputs(connection, VARIABLES, "raw", "")
    config = read_config(starter_config())
    write_project(tmp_path, config, INPUTS, package_root(), VARIABLES)
    write_profile(tmp_path, {"type": "duckdb", "path": str(database)})
    dbt(tmp_path, "build", "--select", "+int_product_signals__gate")
    compiled = (
        tmp_path / "target/compiled/product_signals/models"
        "/10_configuration" / f"{CHECKS}.sql"
    ).read_text(encoding="utf-8")
    seeds = seed_variables(
        config.model_copy(update={"seed_prefix": SEED_PREFIX})
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        rendered = render_model(CHECKS, {**seeds, **VARIABLES}, connection)
    compiled = compiled.replace('"checks"."main".', "")
    assert rendered.strip() == compiled.strip()


def test_dbt_is_not_even_imported() -> None:
    """A check is done before dbt would have started (L7)."""
    code = (
        "import sys; from product_signals.cli import app;"
        f" app(['check', {str(starter_config())!r}], standalone_mode=False);"
        " assert not any(name.startswith('dbt.cli') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_configuration_is_checked_in_under_two_seconds() -> None:
    """Of a core that sorts a million numbers as text in 0.2 seconds (L7).

    Machines differ in what a second is worth, and so does one by the minute.
    """

    def seconds(work: Callable[[], object]) -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    shares = []
    for _ in range(3):
        check = seconds(
            lambda: app(["check", str(starter_config())], standalone_mode=False)
        )
        shares.append(check / seconds(lambda: sorted(map(str, range(10**6)))))
    assert min(shares) < 2 / 0.2
