"""Checks a configuration by the package's own gate, in a scratch database.

The rules live in SQL, where everybody's configuration meets them; this is how
they reach somebody who has no warehouse at hand.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from product_signals.builder import dbt, write_profile
from product_signals.config import Config, config_message, nearest
from product_signals.errors import UserError
from product_signals.inputs import REQUIRED
from product_signals.package import package_root
from product_signals.project import SEED_PREFIX, write_project
from product_signals.seeds import COLUMNS

INPUTS = ("events", "users", "accounts")

# Columns whose values are names, and the seed and column that has the names.
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
        severity: error or warning.
        seed: The seed without its prefix, such as bands.
        row: The row, by its key columns.
        column: The column.
        value: What it holds.
        problem: What is wrong with that.
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
    config: Config, path: Path, variables: dict[str, Any] | None = None
) -> list[str]:
    """Checks a configuration file beyond its shape.

    Args:
        config: What the file holds.
        path: The file, for messages.
        variables: Variables of the package that the check depends on.

    Returns:
        Warnings, one message each.

    Raises:
        UserError: The configuration is refused; each problem names the line,
            the key, the value and the fix.
    """
    return _sorted_out(
        _problems(config, {}, variables or {}),
        lambda found: config_message(
            path, _keys(found), found.value, found.problem, found.fix
        ),
    )


def check_seeds(
    folder: Path, variables: dict[str, Any] | None = None
) -> list[str]:
    """Checks seed CSVs that were written or edited by hand.

    Args:
        folder: Where they are; all of them with one prefix.
        variables: Variables of the package that the check depends on.

    Returns:
        Warnings, one message each.

    Raises:
        UserError: A file is missing, or the configuration is refused; each
            problem names the file, the line, the value and the fix.
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
            where = f"{path}{f', line {line}' if line else ''} ({place})"
        return (
            f'{where}: {found.column} "{found.value}" {found.problem};'
            f" {found.fix}"
        )

    return _sorted_out(
        _problems(_empty_config(prefix), files, variables or {}), message
    )


def _sorted_out(
    problems: list[Problem], message: Callable[[Problem], str]
) -> list[str]:
    errors = [message(p) for p in problems if p.severity == "error"]
    if errors:
        raise UserError(*errors)
    return [message(p) for p in problems]


def _problems(
    config: Config,
    files: dict[str, Path],
    variables: dict[str, Any],
) -> list[Problem]:
    """Runs the gate and reads what it found.

    Files take the place of the configuration's seeds.
    """
    with TemporaryDirectory(prefix="product-signals-") as folder:
        project = Path(folder)
        database = project / "check.duckdb"
        with duckdb.connect(str(database)) as connection:
            connection.execute("create schema raw")
            for name in INPUTS:
                columns = [
                    *REQUIRED[name],
                    *variables.get(f"{name[:-1]}_attributes", []),
                ]
                listed = ", ".join(f'"{column}" text' for column in columns)
                connection.execute(f"create table raw.{name} ({listed})")
        write_project(project, config, INPUTS, package_root(), variables)
        for seed, path in files.items():
            shutil.copy(path, project / "seeds" / f"{SEED_PREFIX}_{seed}.csv")
        write_profile(project, {"type": "duckdb", "path": str(database)})
        try:
            dbt(project, "build", "--select", "+int_product_signals__gate")
        except UserError:
            # What it refused is in the table; anything else is not about
            # the configuration.
            if not _has_table(database):
                raise
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute(
                "select severity, source, row_name, column_name, value,"
                " problem, fix from int_product_signals__problems"
                " order by severity, source, row_name, column_name"
            ).fetchall()
            names = {
                column: [
                    row[0]
                    for row in connection.execute(
                        f'select distinct "{name}" from {_seed_table(seed)}'
                    ).fetchall()
                    if row[0]
                ]
                for column, (seed, name) in _NAMES.items()
            }
    return [
        _problem(config.seed_prefix, row, names.get(row[3], [])) for row in rows
    ]


def _problem(prefix: str, row: tuple, names: list[str]) -> Problem:
    severity, source, row_name, column, value, problem, fix = (
        str(cell).replace(f"{SEED_PREFIX}_", f"{prefix}_") for cell in row
    )
    if re.match(r"is (no|not an?) ", problem) and names and value not in names:
        fix = f"{nearest(value, names)} Else {fix}"
    return Problem(
        severity,
        source.removeprefix(f"{prefix}_"),
        dict(re.findall(r"(\w+)=(.*?)(?=, \w+=|$)", row_name)),
        column,
        value,
        problem,
        fix,
    )


def _seed_table(seed: str) -> str:
    owner = "product_signals_config" if seed == "metrics" else SEED_PREFIX
    return f'"{owner}_{seed}"'


def _has_table(database: Path) -> bool:
    with duckdb.connect(str(database), read_only=True) as connection:
        return bool(
            connection.execute(
                "select 1 from information_schema.tables"
                " where table_name = 'int_product_signals__problems'"
            ).fetchall()
        )


def _empty_config(prefix: str) -> Config:
    """The least there can be, for a project whose seeds come as files."""
    least = Config.model_validate(
        {"events": {"none": {}}, "profiles": {"none": {}}}
    )
    return least.model_copy(update={"seed_prefix": prefix})


def _keys(found: Problem) -> tuple[str | int, ...]:
    """Where in the configuration file a seed's cell comes from."""
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
        case _:
            return (found.seed, *row.values(), *tail)


def _line(path: Path, row: dict[str, str]) -> int | None:
    """The line of a CSV that a row is on."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for cells in reader:
            if all(
                (cells.get(key) or "(empty)").strip() == value
                for key, value in row.items()
            ):
                return reader.line_num
    return None
