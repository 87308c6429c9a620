"""The example on each line of dbt, as a user runs it: `make test-dbt`.

Each has its own environment. Two builds, the second with nothing new, must
give no warnings and make the expected tables.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from example_tables import QUERIES, as_text, expected_text
from product_signals.builder import project_copy
from product_signals.package import consumer_project, package_root
from product_signals.runner import load_example
from warehouse import Warehouse

ROOT = Path(__file__).parents[3]
V2 = ROOT / ".venv-dbt-2"

# Each dbt, and the option that makes it stop at a warning or show them all.
VERSIONS = {
    "1.11": (Path(sys.executable).with_name("dbt"), "--warn-error"),
    "1.12": (ROOT / ".venv-dbt-1.12/bin/dbt", "--warn-error"),
    "2.0": (V2 / "bin/dbt", "--show-all-deprecations"),
}
# The file that v2 looks for on the path of drivers, by the name duckdb.
DRIVER = """
manifest_version = 1
name = "DuckDB"
[Driver]
entrypoint = "duckdb_adbc_init"
[Driver.shared]
linux_amd64 = "{library}"
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_the_example_builds_without_a_warning(
    version: str, tmp_path: Path
) -> None:
    dbt, strict = VERSIONS[version]
    assert f"{version}." in _run([dbt, "--version"])
    built = Warehouse(tmp_path)
    with duckdb.connect() as connection:
        # The driver of dbt 2 can't read a file of DuckDB 2.0.
        connection.execute(
            f"attach '{built.database}' as example (storage_version 'v1.2.0')"
        )
        connection.execute("use example")
        load_example(connection, "crm")
    package = _package(tmp_path / "package")
    (tmp_path / "duckdb.toml").write_text(
        DRIVER.format(library=V2 / "libduckdb.so"), encoding="utf-8"
    )
    with project_copy(consumer_project(), package) as project:
        built.connect(project)
        where = ["--project-dir", project, "--profiles-dir", project]
        _run([dbt, "deps", *where])
        for _ in range(2):  # everything, then with nothing new
            said = _run(
                [dbt, strict, "build", *where], ADBC_DRIVER_PATH=str(tmp_path)
            )
            assert not re.search(r"deprecat|\[warning\]|WARN=[1-9]", said), said
            for table in QUERIES.keys() - {"data_health"}:  # differs by run
                text = as_text(built.rows(QUERIES[table]))
                assert text.splitlines() == expected_text(table).splitlines()


def _package(folder: Path) -> Path:
    """Copies the package, as dbt deps installs it.

    It has a second path to its seeds, because v2 adds dbt_packages twice.
    """
    for part in ("macros", "models", "seeds"):
        shutil.copytree(package_root() / part, folder / part)
    shutil.copy(package_root() / "dbt_project.yml", folder)
    (folder / "dbt_packages").mkdir()
    (folder / "dbt_packages/product_signals").symlink_to("..")
    return folder


def _run(command: list[str | Path], **environment: str) -> str:
    """Returns the output of a command that must succeed."""
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, "DO_NOT_TRACK": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_helper_on_dbt_1_12(tmp_path: Path) -> None:
    helper = VERSIONS["1.12"][0].with_name("product-signals")
    database = tmp_path / "demo.duckdb"
    said = _run([helper, "demo", "--database", database])
    assert "Open signals: " in said
    assert database.exists()
