"""Scores files for people without a dbt project."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb

from product_signals import __version__
from product_signals.builder import (
    Outcome,
    Progress,
    dbt,
    project_copy,
    write_profile,
)
from product_signals.config import Config
from product_signals.inputs import InputFile, load_inputs
from product_signals.package import (
    consumer_project,
    package_root,
    trial_project,
)
from product_signals.project import write_project
from product_signals.stopping import temporary_folder
from product_signals.swap import prove, replacing

# Example -> its project, and the schema of the company's own data.
EXAMPLES = {
    "crm": (consumer_project, "crm"),
    "trial": (trial_project, "trestle"),
}


def run(
    config: Config,
    inputs: dict[str, InputFile],
    database: Path,
    variables: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Scores files into a DuckDB database.

    Args:
        config: The configuration.
        inputs: Input -> its file.
        database: The file to make; an existing file is replaced only after
            everything was built.
        variables: Variables of the package.
        progress: Called for every table.

    Raises:
        UserError: A file or the configuration is bad, or as in replacing().
    """
    with (
        replacing(database) as draft,
        temporary_folder(prefix="product-signals-") as project,
    ):
        with duckdb.connect(str(draft)) as connection:
            load_inputs(connection, inputs)
        write_project(project, config, inputs, package_root(), variables)
        return _build(project, draft, progress)


def run_demo(
    database: Path, progress: Progress | None = None, example: str = "crm"
) -> None:
    """Builds an example project on its data.

    A file that the same package built from the same data is left alone.

    Args:
        database: The file to make.
        progress: Called for every table.
        example: The example.

    Raises:
        UserError: As in replacing().
    """
    project_of, schema = EXAMPLES[example]
    source = project_of()
    wanted = _fingerprint(source)
    if built_from(database, schema) == wanted:
        return
    with (
        replacing(database) as draft,
        project_copy(source, package_root()) as project,
    ):
        with duckdb.connect(str(draft)) as connection:
            load_example(connection, example)
            connection.execute(
                f"create table {schema}.built_from as select ? as fingerprint",
                [wanted],
            )
        dbt(project, "deps")
        _build(project, draft, progress)


def load_example(
    connection: duckdb.DuckDBPyConnection, example: str
) -> list[str]:
    """Makes a table from each data file of an example.

    Args:
        connection: The database for the tables.
        example: The example.

    Returns:
        The tables, with their schema.
    """
    project_of, schema = EXAMPLES[example]
    connection.execute(f"create schema {schema}")
    tables = []
    for reader, pattern in (
        ("read_parquet", "*.parquet"),
        ("read_csv", "*.csv*"),
    ):
        for file in sorted((project_of() / "data").glob(pattern)):
            table = f"{schema}.{file.name.partition('.')[0]}"
            connection.execute(
                f"create table {table} as from {reader}(?)", [str(file)]
            )
            tables.append(table)
    return tables


def _build(project: Path, database: Path, progress: Progress | None) -> Outcome:
    write_profile(project, {"type": "duckdb", "path": str(database)})
    outcome = dbt(
        project,
        "build",
        "--exclude-resource-type",
        "test",
        progress=progress,
    )
    built = {
        result.node.alias
        for result in outcome.results
        if result.node.resource_type == "model"
        and result.node.alias.startswith("product_signals__")
    }
    prove(database, built)
    return outcome


def _fingerprint(project: Path) -> str:
    """A hash of everything that the demo's database depends on."""
    digest = hashlib.sha256(__version__.encode())
    root = package_root()
    for folder in (
        root / "models",
        root / "macros",
        root / "seeds",
        project / "models",
        project / "seeds",
        project / "data",
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    for path in (root / "dbt_project.yml", project / "dbt_project.yml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def built_from(database: Path, schema: str = "crm") -> str | None:
    """Returns a database's fingerprint, or None if it can't be read."""
    if not database.is_file():
        return None
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            return connection.execute(
                f"select fingerprint from {schema}.built_from"
            ).fetchall()[0][0]
    except duckdb.Error:
        return None
