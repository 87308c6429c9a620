"""A warehouse for tests: a world goes in, tables come out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from product_signals.builder import Outcome, dbt, write_profile
from product_signals.config import Config
from product_signals.inputs import REQUIRED
from product_signals.package import package_root
from product_signals.project import write_project

Row = dict[str, Any]

# Types of the input tables; anything else is text.
TYPES = {
    "event_count": "double precision",
    "event_value": "double precision",
    "is_internal": "boolean",
    "seats": "double precision",
    "employees": "double precision",
    "mrr": "double precision",
}


class Warehouse:
    """A DuckDB file with a dbt project of its own.

    Args:
        folder: Where both live.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.database = folder / "warehouse.duckdb"

    def load(self, **inputs: list[Row]) -> None:
        """Replaces input tables.

        A table has the columns of its rows, an empty one those required.
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
                values = [[row.get(c) for c in columns] for row in rows]
                if values:
                    connection.executemany(
                        f"insert into raw.{name} values"
                        f" ({', '.join('?' * len(columns))})",
                        values,
                    )

    def configure(
        self,
        config: Config,
        inputs: list[str],
        variables: dict[str, Any] | None = None,
    ) -> None:
        """Writes the project for a configuration."""
        write_project(self.project, config, inputs, package_root(), variables)
        write_profile(
            self.project,
            {"type": "duckdb", "path": str(self.database)},
            threads=1,
        )

    def build(self, *arguments: str, **variables: Any) -> Outcome:
        """Builds everything but the data tests."""
        return dbt(
            self.project,
            "build",
            "--exclude-resource-type",
            "test",
            *arguments,
            variables=variables or None,
        )

    def execute(self, statement: str) -> None:
        """Runs a statement."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(statement)

    def rows(self, query: str) -> list[Row]:
        """The rows of a query as dicts."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            result = connection.execute(query)
            names = [column[0] for column in result.description]
            return [
                dict(zip(names, row, strict=True)) for row in result.fetchall()
            ]


def _type(column: str) -> str:
    if column.endswith("_at") or column in ("valid_from", "valid_to"):
        return "timestamp"
    return TYPES.get(column, "text")


def same(actual: Any, expected: Any) -> bool:
    """Whether figures are equal: published ones exactly, points nearly."""
    if isinstance(expected, float) and actual is not None:
        return abs(float(actual) - expected) < 1e-5 * max(1, abs(expected))
    if isinstance(expected, Decimal) and actual is not None:
        return Decimal(str(actual)) == expected
    if isinstance(expected, datetime):
        return actual == expected
    return actual == expected
