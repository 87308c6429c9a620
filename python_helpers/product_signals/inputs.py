"""Event, user and account files into DuckDB."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from product_signals.config import nearest
from product_signals.errors import UserError

# The columns that every input must have; the gate model knows the rest.
REQUIRED = {
    "events": ["event_id", "user_id", "event_name", "occurred_at"],
    "users": ["user_id", "account_id", "created_at"],
    "accounts": ["account_id", "created_at"],
    "account_history": ["account_id", "valid_from", "valid_to"],
    "memberships": ["user_id", "account_id", "valid_from"],
    "usage_limits": ["account_id", "meter", "used", "allowed"],
    "surveys": ["account_id", "answered_at", "score"],
}


@dataclass
class InputFile:
    """A file that holds one input.

    Attributes:
        path: A .parquet file, or a .csv with a header, also as .csv.gz.
        columns: Names of the input's columns -> what the file calls them.
    """

    path: Path
    columns: dict[str, str] = field(default_factory=dict)


def parse_column_map(entries: list[str]) -> dict[str, dict[str, str]]:
    """Reads entries such as events.loaded_at=received_at.

    Args:
        entries: INPUT.COLUMN=COLUMN OF THE FILE, one each.

    Returns:
        Input -> column -> column of the file.

    Raises:
        UserError: An entry has another form, or names an unknown input.
    """
    columns: dict[str, dict[str, str]] = {}
    for entry in entries:
        left, equals, right = entry.partition("=")
        name, dot, column = left.partition(".")
        if not (equals and dot and column and right):
            raise UserError(
                f'--map "{entry}" is not INPUT.COLUMN=FILE_COLUMN; write it'
                " like events.loaded_at=received_at"
            )
        if name not in REQUIRED:
            raise UserError(
                f'--map "{entry}": there is no input {name}; '
                + nearest(name, REQUIRED)
            )
        columns.setdefault(name, {})[column] = right
    return columns


def load_inputs(
    connection: duckdb.DuckDBPyConnection,
    inputs: dict[str, InputFile],
    schema: str = "raw",
) -> None:
    """Loads files as tables of one schema.

    CSVs are loaded as text: the package reads times and numbers itself and
    keeps what it can't read with a reason, and an id like 007 stays one.

    Args:
        connection: The database to load into.
        inputs: Input -> its file.
        schema: Where the tables go.

    Raises:
        UserError: A file can't be read or lacks a required column.
    """
    connection.execute(f'create schema if not exists "{schema}"')
    problems = []
    for name, given in inputs.items():
        try:
            problems += _load(connection, schema, name, given)
        except (duckdb.Error, OSError) as error:
            first_line = str(error).strip().splitlines()[0]
            problems.append(f"{given.path}: can't be read ({first_line})")
    if problems:
        raise UserError(*problems)


def _load(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    name: str,
    given: InputFile,
) -> list[str]:
    """Loads one file; returns what is wrong with it."""
    if not given.path.is_file():
        return [f"{given.path}: there is no such file"]
    suffixes = "".join(given.path.suffixes[-2:]).lower()
    path = str(given.path).replace("'", "''")
    if suffixes.endswith(".parquet"):
        source = f"read_parquet('{path}')"
    elif suffixes.endswith((".csv", ".csv.gz")):
        source = (
            f"read_csv('{path}', header = true, all_varchar = true,"
            " max_line_size = 100000000)"
        )
    else:
        return [f"{given.path}: is neither .parquet nor .csv; convert it"]
    present = [
        row[0]
        for row in connection.execute(f"describe from {source}").fetchall()
    ]
    problems = [
        f"{given.path}: has no column {column}, which --map {name}.{target}"
        f" names; {nearest(column, present)}"
        for target, column in given.columns.items()
        if column not in present
    ]
    renamed = {column: target for target, column in given.columns.items()}
    names = [renamed.get(column, column) for column in present]
    problems += [
        f"{given.path}: has no column {column}; rename it, or say which it is"
        f" with --map {name}.{column}=… ({nearest(column, present)})"
        for column in REQUIRED[name]
        if column not in [known.lower() for known in names]
    ]
    if not problems:
        selection = ", ".join(
            f'"{column}" as "{target}"'
            for column, target in zip(present, names, strict=True)
        )
        connection.execute(
            f'create or replace table "{schema}"."{name}" as'
            f" select {selection} from {source}"
        )
    return problems
