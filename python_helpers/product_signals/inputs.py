"""Loads event, user and account files into DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from product_signals.config import nearest
from product_signals.csv_files import copy_csv, read_header
from product_signals.errors import UserError
from product_signals.names import alike, words
from product_signals.render import input_columns
from product_signals.sql import identifier, one_file

# The columns that each input must have; the gate model knows the rest.
REQUIRED = {
    "events": ["event_id", "user_id", "event_name", "occurred_at"],
    "users": ["user_id", "account_id", "created_at"],
    "accounts": ["account_id", "created_at"],
    "account_history": ["account_id", "valid_from", "valid_to"],
    "memberships": ["user_id", "account_id", "valid_from"],
    "usage_limits": ["account_id", "meter", "used", "allowed"],
    "surveys": ["account_id", "answered_at", "score"],
    "communications": ["account_id", "occurred_at", "direction"],
    "tickets": ["ticket_id", "account_id", "opened_at"],
    "assessments": ["account_id", "assessed_at", "rating"],
    "subscription_changes": [
        "account_id",
        "changed_at",
        "change_type",
        "mrr_before",
        "mrr_after",
    ],
    "signal_responses": ["signal_key", "responded_at", "response"],
}

# Inputs without which there is nothing to score.
NEEDED = ("events", "users", "accounts")
OPTIONAL = tuple(name for name in REQUIRED if name not in NEEDED)

_IDS = ("event_id", "user_id", "account_id", "crm_id")
# Below this, floating-point types hold every whole number exactly.
_EXACT_BELOW = {"DOUBLE": 2**53, "FLOAT": 2**24}
_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")


@dataclass
class InputFile:
    """A file that holds one input.

    Attributes:
        path: A .parquet file, or a .csv with a header, also as .csv.gz.
        columns: Column of the input -> what the file calls it, according to
            the user.
        usual: The same, found by usual names of such columns.
    """

    path: Path
    columns: dict[str, str] = field(default_factory=dict)
    usual: dict[str, str] = field(default_factory=dict)


def parse_column_map(entries: list[str]) -> dict[str, dict[str, str]]:
    """Reads entries such as events.loaded_at=received_at.

    Args:
        entries: One INPUT.COLUMN=COLUMN OF THE FILE each.

    Returns:
        Input -> column -> column of the file.

    Raises:
        UserError: An entry has another form, names an unknown input, or
            repeats a column.
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
        if not re.fullmatch(r"\w+", column):
            raise UserError(
                f'--map "{entry}": "{column}" is not a column name; write'
                " letters, digits and _"
            )
        known = columns.setdefault(name, {})
        if column.lower() in known:
            raise UserError(
                f'--map "{entry}": {name}.{column} is mapped already, to'
                f" {known[column.lower()]}; keep one of them"
            )
        known[column.lower()] = right
    return columns


def usual_names(
    inputs: dict[str, InputFile],
    attributes: dict[str, Iterable[str]] | None = None,
) -> dict[str, InputFile]:
    """Finds optional columns by their usual names.

    Args:
        inputs: Input -> its file.
        attributes: Input -> its attribute columns, which are not taken for
            others.

    Returns:
        The files, each with what was found. Columns that are mapped or have
        the contract's name stay as they are.
    """
    found = {}
    for name, given in inputs.items():
        contract = input_columns()[name]
        header = column_names(name, given)
        sliced = (attributes or {}).get(name, ())
        taken = set(_lower([*given.columns.values(), *sliced]))
        taken |= contract["required"].keys() | contract["optional"].keys()
        free = {
            alike(column): column
            for column in reversed(header)
            if column.lower() not in taken
        }
        there = set(_lower([*header, *given.columns]))
        others = words("columns").get(name, {})
        usual = {}
        for target in contract["optional"]:
            names = map(alike, [target, *others.get(target, [])])
            first = next((known for known in names if known in free), None)
            if first and target not in there:
                usual[target] = free[first]
        found[name] = replace(given, usual=usual)
    return found


def unused_columns(
    inputs: dict[str, InputFile],
    attributes: dict[str, Iterable[str]] | None = None,
) -> dict[str, list[str]]:
    """Returns input -> the columns of its file that nothing reads.

    Args:
        inputs: Input -> its file.
        attributes: Input -> its attribute columns.
    """
    unused = {}
    for name, given in inputs.items():
        contract = input_columns()[name]
        known = {*contract["required"], *contract["optional"]}
        known |= set(_lower((attributes or {}).get(name, ())))
        named = given.usual | given.columns
        used = known - set(_lower(named))
        used |= {
            column.lower()
            for target, column in named.items()
            if target.lower() in known
        }
        unused[name] = [
            column
            for column in column_names(name, given)
            if column.lower() not in used
        ]
    return unused


def column_names(name: str, given: InputFile) -> list[str]:
    """The columns of a file; none if it is unreadable, which is said later."""
    path = given.path
    try:
        if path.name.lower().endswith(".parquet"):
            rows = duckdb.sql(
                f"describe from read_parquet({one_file(path)},"
                " hive_partitioning = false)"
            )
            return [column for column, *_ in rows.fetchall()]
        wanted = [*REQUIRED[name], *given.columns.values()]
        return read_header(path, _lower(wanted)).names
    except (duckdb.Error, OSError, UserError):
        return []


def _lower(names: Iterable[str]) -> list[str]:
    return [name.lower() for name in names]


def load_inputs(
    connection: duckdb.DuckDBPyConnection,
    inputs: dict[str, InputFile],
    only: dict[str, Iterable[str]] | None = None,
) -> None:
    """Loads files as tables of the schema raw, each whole or not at all.

    CSVs are loaded as text: the package parses times and numbers itself, keeps
    what it can't parse with a reason, and leaves an id like 007 as it is. Ids
    in Parquet files are loaded as text, too, so that they match those in a
    file with another type.

    Args:
        connection: The database to load into.
        inputs: Input -> its file.
        only: Input -> the optional columns to load, if not all.

    Raises:
        UserError: A file can't be read or lacks a required column.
    """
    connection.execute("create schema if not exists raw")
    problems = []
    for name, given in inputs.items():
        try:
            _load(connection, name, given, (only or {}).get(name))
        except UserError as error:
            problems += error.problems
        except (duckdb.Error, OSError, UnicodeError) as error:
            first_line = str(error).strip().splitlines()[0]
            problems.append(
                f"{given.path}: can't be read ({first_line}); is it complete?"
                " export it again"
            )
    if problems:
        raise UserError(*problems)


def _load(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    given: InputFile,
    only: Iterable[str] | None = None,
) -> None:
    """Loads one file."""
    wanted_only = None if only is None else {*REQUIRED[name], *only}
    path = given.path
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name a file")
    if not path.exists():
        raise UserError(f"{path}: there is no such file")
    if not path.is_file():
        raise UserError(
            f"{path}: is a pipe or a device, which can't be read twice; save"
            " it as a file"
        )
    table = f"raw.{name}"
    if path.name.lower().endswith(".parquet"):
        source = f"read_parquet({one_file(path)}, hive_partitioning = false)"
        types = _parquet_columns(connection, path, source)
        columns = _wanted(_columns(name, given, list(types)), wanted_only)
        kept = {*REQUIRED[name], *_IDS, *given.columns}
        selection = ", ".join(
            _parquet_value(
                connection, path, source, column, types[column],
                target.lower() in kept, target.lower() in _IDS,
            )
            + f" as {identifier(target)}"
            for target, column in columns
        )  # fmt: skip
        # Data that is only counted needs no copy.
        kind = "table" if only is None else "view"
        connection.execute(
            f"create or replace {kind} {table} as"
            f" select {selection} from {source}"
        )
    elif path.name.lower().endswith((".csv", ".csv.gz")):
        wanted = [*REQUIRED[name], *given.columns.values()]
        file = read_header(path, _lower(wanted))
        columns = _wanted(_columns(name, given, file.names), wanted_only)
        selection = ", ".join(
            f"{identifier(column)} as {identifier(target)}"
            for target, column in columns
        )
        copy_csv(connection, file, table, selection)
    else:
        raise UserError(f"{path}: is neither .parquet nor .csv; convert it")
    if (
        name in NEEDED
        and not connection.execute(f"select 1 from {table} limit 1").fetchall()
    ):
        raise UserError(
            f"{path}: has no {name}; give a file that has"
            + (", or your users: docs/inputs.md" if name == "accounts" else "")
        )


def _wanted(
    columns: list[tuple[str, str]], wanted: set[str] | None
) -> list[tuple[str, str]]:
    """The columns of an input to load."""
    return [
        (target, column)
        for target, column in columns
        if wanted is None or target.lower() in wanted
    ]


def _columns(
    name: str, given: InputFile, present: list[str]
) -> list[tuple[str, str]]:
    """The columns of the input, and what the file calls them.

    A mapped column wins over one that already has the name, which is left out.
    What the input needs keeps its name if it is mapped to another one, too.
    """
    known: dict[str, str] = {}
    problems = []
    for column in present:
        if column.lower() in known:
            problems.append(
                f"{given.path}: has two columns {column} (upper and lower case"
                " are alike); rename one"
            )
        known[column.lower()] = column
    mapped: dict[str, list[str]] = {}
    for target, column in (given.usual | given.columns).items():
        found = known.get(column.strip().lower(), known.get(column.lower()))
        if found is None:
            problems.append(
                f"{given.path}: has no column {column}, which --map"
                f" {name}.{target} names; {nearest(column, present)}"
            )
        else:
            mapped.setdefault(found, []).append(target)
    targets = {target.lower() for target in given.columns}
    for column in present:
        if column.lower() not in targets and (
            column not in mapped or column.lower() in REQUIRED[name]
        ):
            mapped.setdefault(column, []).append(column)
    columns = [
        (target, column)
        for column in present
        for target in mapped.get(column, [])
    ]
    there = {target.lower() for target, _ in columns} | targets
    problems += [
        f"{given.path}: has no column {column}; rename it, or say which it is"
        f" with --map {name}.{column}=… ({nearest(column, present)})"
        for column in REQUIRED[name]
        if column not in there
    ]
    if problems:
        raise UserError(*problems)
    return columns


def _parquet_columns(
    connection: duckdb.DuckDBPyConnection, path: Path, source: str
) -> dict[str, str]:
    """Names and types of a Parquet file's columns."""
    types = {
        name: kind
        for name, kind, *_ in connection.execute(
            f"describe from {source}"
        ).fetchall()
    }
    names = {
        name
        for (name,) in connection.execute(
            f"select name from parquet_schema({one_file(path)})"
        ).fetchall()
    }
    # DuckDB renames the second of two columns with the same name.
    renamed = [name for name in types if name not in names]
    if renamed:
        raise UserError(
            f"{path}: has two columns {renamed[0].rpartition('_')[0]} (upper"
            " and lower case are alike); rename one"
        )
    return types


def _parquet_value(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    source: str,
    column: str,
    kind: str,
    is_kept: bool,
    is_id: bool,
) -> str:
    """Writes a column of a Parquet file as SQL.

    Ids become text, whole numbers without a decimal point. Bytes are decoded
    as text.
    """
    name = identifier(column)

    def example_of(condition: str) -> str | None:
        """Returns the first value that meets a condition, as text."""
        found = connection.execute(
            f"select left(cast({name} as text), 40) from {source}"
            f" where {condition} limit 1"
        ).fetchall()
        return found[0][0] if found else None

    if kind == "BLOB":
        unread = example_of(
            f"{name} is not null and try(decode({name})) is null"
        )
        if unread is None:
            return f"decode({name})"
        if is_kept:
            raise UserError(
                f'{path}: column {column} holds bytes ("{unread}") that spell'
                " no text; export it as text"
            )
    if is_kept and (kind.startswith(_NESTED) or kind.endswith("]")):
        raise UserError(
            f"{path}: column {column} holds {kind.partition('(')[0].lower()}"
            " values; export one value per row, as text, number or time"
        )
    if not is_id:
        return name
    if kind in _EXACT_BELOW:
        bound = _EXACT_BELOW[kind]
        rounded = example_of(f"abs({name}) >= {bound} and not isnan({name})")
        if rounded is not None:
            raise UserError(
                f"{path}: column {column} has an id {rounded} in floating"
                f" point, which is exact below {bound:,} only; export ids as"
                " text or as whole numbers"
            )
        return (
            f"case when isnan({name}) then null when {name} = trunc({name})"
            f" then cast(cast({name} as hugeint) as text)"
            f" else cast({name} as text) end"
        )
    if kind.startswith("DECIMAL") and not kind.endswith(",0)"):
        return f"rtrim(rtrim(cast({name} as text), '0'), '.')"
    return f"cast({name} as text)"
