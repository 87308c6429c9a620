"""Checks a configuration with the package's own gate, in memory.

The rules are in SQL, so that they apply to every configuration. This module
runs them for people who have no warehouse at hand.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import duckdb

from product_signals.config import ANY, Config, config_message, nearest
from product_signals.errors import UserError
from product_signals.inputs import NEEDED, REQUIRED
from product_signals.package import package_root
from product_signals.project import SEED_PREFIX
from product_signals.render import render_model
from product_signals.seeds import COLUMNS, seed_files, seed_variables
from product_signals.sql import identifier

# More names than these are no help to choose from.
MOST_NAMES = 30

# Columns whose values are names -> the seed and column with the known names.
_NAMES = {
    "event_name": ("event_catalog", "event_name"),
    "feature": ("features", "feature"),
    "metric": ("metrics", "metric"),
    "checklist": ("activation_checklists", "checklist"),
    "weight_set": ("event_weights", "weight_set"),
}


@dataclass(frozen=True)
class Problem:
    """Something the gate found.

    Attributes:
        severity: error, warning or note.
        seed: The seed without its prefix, such as bands.
        row: The row, by its key columns.
        column: The column.
        value: Its value.
        problem: What is wrong with the value.
        fix: What to do.
    """

    severity: str
    seed: str
    row: dict[str, str]
    column: str
    value: str
    problem: str
    fix: str


def check_config(
    config: Config,
    path: Path,
    variables: dict[str, Any] | None = None,
    *,
    notes: bool = False,
) -> list[str]:
    """Checks a configuration file beyond its shape.

    Args:
        config: The content of the file.
        path: The file, for messages.
        variables: Variables of the package that the check depends on.
        notes: Also return what a build says nothing about.

    Returns:
        One message per warning or note.

    Raises:
        UserError: The configuration is refused; each message names the line,
            the key, the value and the fix.
    """
    return _sorted_out(
        _problems(config, {}, variables or {}),
        lambda found: config_message(
            path, _keys(found), found.value, found.problem, found.fix
        ),
        notes=notes,
    )


def check_seeds(
    folder: Path,
    variables: dict[str, Any] | None = None,
    *,
    notes: bool = False,
) -> list[str]:
    """Checks seed CSVs that were written or edited by hand.

    Args:
        folder: The folder of the seeds, which all have one prefix.
        variables: Variables of the package that the check depends on.
        notes: Also return what a build says nothing about.

    Returns:
        One message per warning or note.

    Raises:
        UserError: A file is missing, or the configuration is refused; each
            message names the file, the line, the value and the fix.
    """
    catalogs = sorted(folder.glob("*_event_catalog.csv"))
    if len(catalogs) != 1:
        raise UserError(
            f"{folder}: has {len(catalogs)} files *_event_catalog.csv; check"
            " a folder with the seeds of one prefix"
        )
    prefix = catalogs[0].name.removesuffix("_event_catalog.csv")
    files = {seed: folder / f"{prefix}_{seed}.csv" for seed in COLUMNS}
    missing = [
        f"{path}: there is no such file; copy it from the package"
        for path in files.values()
        if not path.is_file()
    ]
    if missing:
        raise UserError(*missing)

    def message(found: Problem) -> str:
        path = files.get(found.seed)
        place = ", ".join(f"{key}={value}" for key, value in found.row.items())
        where = f"{found.seed}, {place}"
        if path:
            line = _line(path, found.row)
            where = f"{path}{f', line {line}' if line else ''}"
            where += f" ({place})" if place else ""
        return (
            f'{where}: {found.column} "{found.value}" {found.problem};'
            f" {found.fix}"
        )

    return _sorted_out(
        _problems(_empty_config(prefix), files, variables or {}),
        message,
        notes=notes,
    )


def _sorted_out(
    problems: list[Problem],
    message: Callable[[Problem], str],
    *,
    notes: bool,
) -> list[str]:
    errors = [message(p) for p in problems if p.severity == "error"]
    if errors:
        raise UserError(*errors)
    return [message(p) for p in problems if notes or p.severity == "warning"]


def empty_inputs(
    connection: duckdb.DuckDBPyConnection,
    variables: dict[str, Any],
    schema: str = "main",
    prefix: str = "product_signals_",
) -> None:
    """Makes input tables without rows, for checks that only look at columns.

    Args:
        connection: The database for the tables.
        variables: Variables of the package; those that name attributes add
            columns.
        schema: The schema for the tables, made if missing.
        prefix: What the names of the tables begin with.
    """
    connection.execute(f"create schema if not exists {identifier(schema)}")
    for name in NEEDED:
        attributes = variables.get(f"{name[:-1]}_attributes", [])
        columns = dict.fromkeys(
            str(column).lower()
            for column in (
                *REQUIRED[name],
                *(attributes if isinstance(attributes, list) else []),
            )
        )
        listed = ", ".join(f"{identifier(c)} text" for c in columns)
        connection.execute(
            f"create table {identifier(schema)}.{identifier(prefix + name)}"
            f" ({listed})"
        )


def _problems(
    config: Config,
    files: dict[str, Path],
    variables: dict[str, Any],
) -> list[Problem]:
    """Runs the gate's checks and returns what they found.

    Files take the place of seeds from the configuration.
    """
    configured = config.model_copy(update={"seed_prefix": SEED_PREFIX})
    metrics = "product_signals_config_metrics"
    texts = {
        **{
            name.removesuffix(".csv"): (Path(name), text)
            for name, text in seed_files(configured).items()
            if name.endswith(".csv")
        },
        **{
            f"{SEED_PREFIX}_{seed}": (path, _text(path))
            for seed, path in files.items()
        },
        metrics: (path := package_root() / f"seeds/{metrics}.csv", _text(path)),
    }
    with duckdb.connect() as connection:
        # The tables are so small that optimising costs more than it saves.
        connection.execute("pragma disable_optimizer")
        empty_inputs(connection, variables)
        for name, (path, text) in texts.items():
            _load_seed(connection, name, path, text)
        checks = render_model(
            "int_product_signals__problems",
            {**variables, **seed_variables(configured)},
            connection,
        )
        rows = connection.execute(
            "select severity, source, row_name, column_name, value, problem,"
            f" fix from ({checks}) as problems"
            " order by severity, source, row_name, column_name"
        ).fetchall()
        names = {
            column: _distinct(connection, _seed_table(seed), name)
            for column, (seed, name) in _NAMES.items()
        }
    return [
        _problem(config.seed_prefix, row, names.get(row[3], [])) for row in rows
    ]


def _distinct(
    connection: duckdb.DuckDBPyConnection, table: str, column: str
) -> list[str]:
    """The distinct values of a column; none if the table lacks it."""
    seed = connection.table(table)
    if column not in map(str.lower, seed.columns):
        return []
    found = seed.select(identifier(column)).distinct().fetchall()
    return [cell for (cell,) in found if cell]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not UTF-8; save it as UTF-8") from error


def _load_seed(
    connection: duckdb.DuckDBPyConnection, name: str, path: Path, text: str
) -> None:
    """Loads a seed as text, because that is how the package reads its cells."""
    columns, lines = _table(path, text)
    listed = ", ".join(f"{identifier(column)} text" for column in columns)
    connection.execute(f"create table {identifier(name)} ({listed})")
    if lines:
        # Insert by column: a statement per row would take a second in all.
        lists = ", ".join(["unnest(cast(? as text[]))"] * len(columns))
        rows = ([cell or None for cell in cells] for cells in lines.values())
        connection.execute(
            f"insert into {identifier(name)} select {lists}",
            list(map(list, zip(*rows, strict=True))),
        )


def _table(path: Path, text: str) -> tuple[list[str], dict[int, list[str]]]:
    """Reads the columns of a seed, and its rows by the line they end on.

    Empty columns at the end, which spreadsheets write as commas, are dropped.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    lines = {}
    for cells in _cells(reader, path):
        if not columns:
            columns = _header(f"{path}, line {reader.line_num}", cells)
            continue
        if any(cells[len(columns) :]):
            raise UserError(
                f"{path}, line {reader.line_num}: has {_cells_of(cells)}, the"
                f" header {len(columns)}; put a cell that holds a comma in"
                " double quotes"
            )
        if cells and len(cells) < len(columns):
            raise UserError(
                f"{path}, line {reader.line_num}: has {_cells_of(cells)}, the"
                f" header {len(columns)}; write a comma for each that is empty"
            )
        if cells:
            lines[reader.line_num] = cells[: len(columns)]
    if not columns:
        raise UserError(f"{path}: is empty; copy it from the package")
    return columns, lines


def _cells_of(cells: list[str]) -> str:
    return "1 cell" if len(cells) == 1 else f"{len(cells)} cells"


def _header(where: str, cells: list[str]) -> list[str]:
    """Reads the column names in the first line of a seed."""
    if cells and cells[0].lower().startswith("sep="):
        raise UserError(
            f'{where}: "{",".join(cells)}" is no header; take the line out'
        )
    columns = [cell.strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) == 1:
        for separator, name in ((";", '";"'), ("\t", "a tab"), ("|", '"|"')):
            if separator in columns[0]:
                raise UserError(
                    f"{where}: has {name} between its cells; save the file"
                    " with commas"
                )
    for number, column in enumerate(columns):
        if not column:
            raise UserError(
                f"{where}: column {number + 1} has no name; name it, or take"
                " it out"
            )
        for other in columns[:number]:
            if other.lower() == column.lower():
                raise UserError(
                    f'{where}: has column "{other}" twice; take one out'
                )
    return columns


def _cells(reader: Any, path: Path) -> Iterator[list[str]]:
    """Yields the lines of a seed as cells."""
    first = 1  # of the lines of a row
    try:
        for cells in reader:
            yield cells
            first = reader.line_num + 1
    except csv.Error as error:
        raise UserError(
            f"{path}, line {first}: is not CSV ({error}); close each double"
            " quote, and write one inside a cell twice"
        ) from error


def _problem(prefix: str, row: tuple, names: list[str]) -> Problem:
    severity, source, row_name, column, value, problem, fix = map(str, row)
    source, problem, fix = (
        re.sub(
            rf"\b{SEED_PREFIX}_({'|'.join(COLUMNS)})\b", rf"{prefix}_\1", text
        )
        for text in (source, problem, fix)
    )
    if re.match(r"is (no|not an?) ", problem) and names and value not in names:
        suggestion = nearest(value, names)
        if suggestion.endswith("?"):
            fix = f"{suggestion} Else {fix}"
        elif len(names) <= MOST_NAMES:
            fix = f"{suggestion}; else {fix}"
    return Problem(
        severity,
        source.removeprefix(f"{prefix}_"),
        _row(row_name),
        column,
        value,
        problem,
        fix,
    )


def _row(row_name: str) -> dict[str, str]:
    """Reads a row's key: column=value, column=value; values may have commas."""
    columns = "|".join(sorted({c for cs in COLUMNS.values() for c in cs}))
    cells = re.split(rf"(?:^|, )({columns})=", row_name)[1:]
    return dict(zip(cells[::2], cells[1::2], strict=True))


def _seed_table(seed: str) -> str:
    owner = "product_signals_config" if seed == "metrics" else SEED_PREFIX
    return identifier(f"{owner}_{seed}")


def _empty_config(prefix: str) -> Config:
    """The smallest configuration, for a project whose seeds come as files."""
    least = Config.model_validate(
        {"events": {"none": {}}, "profiles": {"none": {}}}
    )
    return least.model_copy(update={"seed_prefix": prefix})


def _keys(found: Problem) -> tuple[str | int, ...]:
    """Where a problem is in the configuration file.

    A problem without a row or a cell, such as too few events, is at the keys
    above.
    """
    return tuple(takewhile(lambda key: key != "", _all_keys(found)))


def _all_keys(found: Problem) -> tuple[str | int, ...]:
    """Where the cell of a seed comes from."""
    row, column = found.row, found.column
    if column.startswith("filter_"):
        tail: tuple[str, ...] = ("filter", column.removeprefix("filter_"))
    else:
        tail = (column,)
    match found.seed:
        case "event_catalog":
            return ("events", row.get("event_name", ""), *tail)
        case "features":
            return ("features", row.get("feature", ""), *tail)
        case "event_weights":
            event = row.get("event_name", "")
            weight_set = row.get("weight_set", "default")
            if weight_set == "default":
                return ("events", event, *tail)
            return ("weight_sets", weight_set, event, *tail)
        case "score_profiles":
            return ("profiles", row.get("profile", ""), *tail)
        case "activation_checklists":
            return ("checklists", row.get("checklist", ""), *tail)
        case "activation_steps":
            return (
                "checklists", row.get("checklist", ""),
                "steps", row.get("step", ""), *tail,
            )  # fmt: skip
        case "bands":
            return ("bands", row.get("metric", ""), row.get("band", ""))
        case "signals":
            return ("signals", row.get("signal", ""), *tail)
        case "signal_conditions":
            return (
                "signals", row.get("signal", ""), "groups",
                int(row.get("condition_group", 1)) - 1,
                int(row.get("condition_number", 1)) - 1, *tail,
            )  # fmt: skip
        case "signal_actions":
            return (
                "signals", row.get("signal", ""), "actions",
                int(row.get("action_order", 1)) - 1, *tail,
            )  # fmt: skip
        case "health_components":
            stage, tier = (
                row.get(key, "(empty)").replace("(empty)", ANY)
                for key in ("lifecycle_stage", "tier")
            )
            component = [row["component"]] if "component" in row else []
            return ("health", stage, tier, *component, *tail)
        case _:
            return (found.seed, *row.values(), *tail)


def _line(path: Path, row: dict[str, str]) -> int | None:
    """Finds the line of a row in a CSV."""
    columns, lines = _table(path, _text(path))
    for line, cells in lines.items():
        found = dict(zip(columns, cells, strict=True))
        if row and all(
            (found.get(key) or "(empty)").strip() == value
            for key, value in row.items()
        ):
            return line
    return None
