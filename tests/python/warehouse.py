"""A warehouse for tests: a world goes in, tables come out."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import yaml
from product_signals.builder import Outcome, dbt, project_copy, write_profile
from product_signals.config import Config
from product_signals.inputs import REQUIRED
from product_signals.package import package_root
from product_signals.project import write_project
from product_signals.runner import EXAMPLES, load_example
from servers import CSV, Postgres, Snowflake

Row = dict[str, Any]

# The schema of private tables in a file.
PRIVATE = "main_product_signals_internal"

# What other warehouses call a type of DuckDB.
SERVER_TYPES = {"DOUBLE": "double precision", "VARCHAR": "text"}

# Types of input columns; all others are text.
TYPES = {
    "event_count": "double precision",
    "event_value": "double precision",
    "is_internal": "boolean",
    "seats": "double precision",
    "employees": "double precision",
    "mrr": "double precision",
}


class Warehouse:
    """A DuckDB file with its own dbt project.

    Args:
        folder: The folder of both.
        server: The warehouse to build in, if not the file itself. Inputs are
            copied there, and public tables back into the file.
    """

    def __init__(
        self, folder: Path, server: Postgres | Snowflake | None = None
    ) -> None:
        self.folder = folder
        self.server = server
        self.project = folder / "project"
        self.database = folder / "warehouse.duckdb"

    @property
    def output(self) -> dict[str, Any]:
        """The connection settings for dbt."""
        if self.server:
            return self.server.output
        return {"type": "duckdb", "path": str(self.database)}

    def load(self, **inputs: list[Row]) -> None:
        """Replaces input tables.

        A table has the columns of its rows; an empty one the required columns.
        """
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("create schema if not exists raw")
            for name, rows in inputs.items():
                columns = (
                    list(dict.fromkeys(key for row in rows for key in row))
                    or REQUIRED[name]
                )
                declared = ", ".join(
                    f"{column} {_type(column)}" for column in columns
                )
                connection.execute(
                    f"create or replace table raw.{name} ({declared})"
                )
                row_of = f"({', '.join('?' * len(columns))})"
                # Many rows a statement: one by one takes ten times as long.
                for first in range(0, len(rows), 200):
                    few = rows[first : first + 200]
                    connection.execute(
                        f"insert into raw.{name} values"
                        f" {', '.join([row_of] * len(few))}",
                        [row.get(c) for row in few for c in columns],
                    )
        self.send(*(f"raw.{name}" for name in inputs))

    def build_example(
        self, name: str, *options: str, variables: Row | None = None
    ) -> None:
        """Builds one of the package's examples: crm or trial."""
        with duckdb.connect(str(self.database)) as connection:
            tables = load_example(connection, name)
        self.send(*tables)
        project_of, _ = EXAMPLES[name]
        with project_copy(project_of(), package_root()) as project:
            self.connect(project)
            self.dbt(project, "deps")
            self.dbt(project, "build", *options, variables=variables)

    def send(self, *tables: str) -> None:
        """Copies input tables to the server, if there is one."""
        if not self.server:
            return
        for table in tables:
            schema, name = table.split(".")
            columns = {
                row["column_name"]: SERVER_TYPES.get(
                    row["data_type"], row["data_type"]
                )
                for row in self.rows(
                    "select column_name, data_type"
                    " from information_schema.columns"
                    f" where table_schema = '{schema}'"
                    f" and table_name = '{name}' order by ordinal_position"
                )
            }
            file = self.folder / "rows.csv"
            self.execute(f"copy {table} to '{file}' ({CSV})")
            self.server.write(table, columns, file)

    def fetch(self) -> None:
        """Copies public tables and the log from the server, if there is one."""
        if not self.server:
            return
        for table in self.server.tables():
            _, name = table.split(".")
            file = self.folder / "rows.csv"
            columns = self.server.read(table, file)
            declared = ", ".join(
                f"{key} {kind}" for key, kind in columns.items()
            )
            self.execute(f"create or replace table {name} ({declared})")
            self.execute(
                f"copy {name} from '{file}' ({CSV}, auto_detect false)"
            )

    def configure(
        self,
        config: Config,
        inputs: list[str],
        variables: dict[str, Any] | None = None,
    ) -> None:
        """Writes the project for a configuration."""
        write_project(self.project, config, inputs, package_root(), variables)
        # Tables are small, and there are as many workers as cores.
        one_thread = {} if self.server else {"config_options": {"threads": 1}}
        self.connect(self.project, threads=1, **one_thread)

    def connect(self, project: Path, **defaults: Any) -> None:
        """Makes a project build here, set up as the README says.

        Args:
            project: The folder of a dbt project.
            **defaults: Connection settings that the server may override.
        """
        write_profile(project, {**defaults, **self.output})
        if self.server:
            path = project / "dbt_project.yml"
            settings = yaml.safe_load(path.read_text(encoding="utf-8"))
            package = settings["models"].setdefault("product_signals", {})
            package |= self.server.models
            path.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def build(self, *arguments: str, **variables: Any) -> Outcome:
        """Builds everything except the data tests."""
        return self.dbt(
            self.project,
            "build",
            "--exclude-resource-type",
            "test",
            *arguments,
            variables=variables or None,
        )

    def dbt(self, project: Path, *arguments: str, **options: Any) -> Outcome:
        """Runs dbt on a project, and fetches what it built."""
        environment = self.server.environment if self.server else {}
        with patch.dict(os.environ, environment):
            outcome = dbt(project, *arguments, **options)
        self.fetch()
        return outcome

    def execute(self, statement: str) -> None:
        """Runs a statement."""
        with self._connect() as connection:
            connection.execute(statement)

    def held_open(self) -> duckdb.DuckDBPyConnection:
        """Opens the file for all that reads it until this is closed.

        Each query would open it anew, which takes twenty times as long as most
        queries. Nothing can write to it meanwhile.
        """
        return duckdb.connect(str(self.database), read_only=True)

    def rows(self, query: str) -> list[Row]:
        """The rows of a query as dicts."""
        with self._connect(read_only=True) as connection:
            result = connection.execute(query)
            names = [column[0] for column in result.description]
            return [
                dict(zip(names, row, strict=True)) for row in result.fetchall()
            ]

    def _connect(self, **options: Any) -> duckdb.DuckDBPyConnection:
        """Connects so that private tables need no schema either."""
        connection = duckdb.connect(str(self.database), **options)
        if connection.execute(
            "from duckdb_schemas() where schema_name = ?", [PRIVATE]
        ).fetchall():
            connection.execute(f"set search_path = 'main,{PRIVATE}'")
        return connection


def _type(column: str) -> str:
    if column.endswith("_at") or column in ("valid_from", "valid_to"):
        return "timestamp"
    return TYPES.get(column, "text")


def same(actual: Any, expected: Any) -> bool:
    """Whether figures are equal: published ones exactly, points roughly."""
    if isinstance(expected, float) and actual is not None:
        return abs(float(actual) - expected) < 1e-5 * max(1, abs(expected))
    if isinstance(expected, Decimal) and actual is not None:
        return Decimal(str(actual)) == expected
    return actual == expected
