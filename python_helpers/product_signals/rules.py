"""Checks the rules of a configuration against a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from product_signals.config import Condition, Config, config_message
from product_signals.errors import UserError
from product_signals.sql import identifier

RECENT_DAYS = 90

# Entity -> the table with its metrics.
_METRICS = {"account": "account_figures", "user": "user_figures"}

_COMPARISONS = {
    "in": "in ?",
    "not_in": "not in ?",
    "is_null": "is null",
    "is_not_null": "is not null",
    "!=": "<> ?",
}


def check_rules(
    config: Config, path: Path, database: Path, schema: str | None = None
) -> list[str]:
    """Finds rules that held never or always in the last 90 days.

    Args:
        config: The configuration; its metrics have been checked.
        path: Its file, for messages.
        database: A DuckDB file that the package was built in.
        schema: As in connect().

    Returns:
        A warning for each such rule, with the counts, and for each with a
        metric that the database doesn't have yet.

    Raises:
        UserError: As in connect().
    """
    warnings = []
    with connect(database, schema) as connection:
        known = {
            entity: {
                column
                for column, *_ in connection.execute(
                    f"describe int_product_signals__{table}"
                ).fetchall()
            }
            for entity, table in _METRICS.items()
        }
        for name, signal in config.signals.items():
            # A rule about the whole product may rightly never hold.
            if not signal.is_enabled or signal.entity == "product":
                continue
            unbuilt = {
                condition.metric
                for group in signal.groups
                for condition in group
            } - known[signal.entity]
            if unbuilt:
                warnings.append(
                    config_message(
                        path,
                        ("signals", name),
                        "",
                        f"asks for {', '.join(sorted(unbuilt))}, which"
                        f" {database} doesn't have yet",
                        "build it first",
                    )
                )
                continue
            values: list[Any] = []
            groups = " or ".join(
                "("
                + " and ".join(
                    _comparison(condition, values) for condition in group
                )
                + ")"
                for group in signal.groups
            )
            held, rows = connection.execute(
                f"select count(*) filter (where {groups}), count(*)"
                f" from int_product_signals__{_METRICS[signal.entity]}"
                " where as_of_date > (select max(as_of_date) from"
                " product_signals__accounts_daily)"
                f" - {RECENT_DAYS}",
                values,
            ).fetchall()[0]
            if rows and held in (0, rows):
                warnings.append(
                    config_message(
                        path,
                        ("signals", name),
                        "",
                        f"held on {held:,} of {rows:,} rows of the"
                        f" {signal.entity}s' metrics in the last"
                        f" {RECENT_DAYS} days",
                        "it may be too strict, or look at something your"
                        " inputs lack"
                        if held == 0
                        else "it says nothing; make it stricter",
                    )
                )
    return warnings


def connect(
    database: Path, schema: str | None = None, option: str = "--schema"
) -> duckdb.DuckDBPyConnection:
    """Opens a database that the package was built in, for reading.

    Args:
        database: The DuckDB file.
        schema: The schema of its tables; may be left out if there is only one.
        option: The option that gives the schema, for messages.

    Raises:
        UserError: The file doesn't exist, or has no tables of the package, or
            has them in several schemas.
    """
    if not database.is_file():
        raise UserError(
            f"{database}: there is no such file; build one with"
            " product-signals run"
        )
    try:
        connection = duckdb.connect(str(database), read_only=True)
    except duckdb.Error as error:
        if "Could not set lock" in str(error):
            raise UserError(
                f"{database}: is open in another program; close it there"
                f" ({error})"
            ) from error
        raise UserError(
            f"{database}: can't be opened as a DuckDB file ({error}); name one"
            " that product-signals run or dbt made"
        ) from error
    try:
        found = _schema(connection, database, schema, option)
    except UserError:
        connection.close()
        raise
    path = [found, *_private_schema(connection, found)]
    connection.execute("set search_path = ?", [",".join(map(identifier, path))])
    return connection


def _schema(
    connection: duckdb.DuckDBPyConnection,
    database: Path,
    wanted: str | None,
    option: str,
) -> str:
    """Finds the schema of the package's tables."""
    found = [
        name
        for (name,) in connection.execute(
            "select table_schema from information_schema.tables"
            " where table_name = 'product_signals__signals' order by 1"
        ).fetchall()
    ]
    if not found:
        raise UserError(
            f"{database}: has no table product_signals__signals; build the"
            " package in it first"
        )
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted in found:
        return wanted
    missed = f", not in {wanted}" if wanted else ""
    raise UserError(
        f"{database}: has the package's tables in {' and '.join(found)}"
        f"{missed}; give one with {option}"
    )


def _private_schema(
    connection: duckdb.DuckDBPyConnection, public: str
) -> list[str]:
    """Finds the schema of the tables that the public ones are made from.

    A project may have given it any name, if there is only one.
    """
    found = [
        name
        for (name,) in connection.execute(
            "select table_schema from information_schema.tables"
            " where table_name = 'int_product_signals__runs' order by 1"
        ).fetchall()
    ]
    expected = f"{public}_product_signals_internal"
    known = [name for name in (expected, public) if name in found]
    return known[:1] or (found if len(found) == 1 else [])


def _comparison(condition: Condition, values: list[Any]) -> str:
    """Writes a condition as SQL, and adds the value it compares with."""
    comparison = _COMPARISONS.get(condition.operator, f"{condition.operator} ?")
    if "?" in comparison:
        value = condition.value
        if condition.operator in ("in", "not_in"):
            value = (
                value
                if isinstance(value, list)
                else [part.strip() for part in str(value).split("|")]
            )
        values.append(value)
    return f"{identifier(condition.metric)} {comparison}"
