"""Tables of event tools become the inputs of the contract (K2).

A folder of tests/mappings has a tool's tables in its own columns, with a type
after the name of those that aren't text; models as a user would write them; and
what comes out of each, expected_<model>.csv. Every tool's tables have the same
ten traps, called by the ids of their rows.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from product_signals.package import package_root
from servers import CSV, SCHEMA
from warehouse import Warehouse

MAPPINGS = package_root() / "tests" / "mappings"
EXPECTED = sorted(MAPPINGS.glob("*/expected_*.csv"))


@pytest.fixture(scope="module")
def mapped(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    """A project with nothing but a view for each model of the mappings."""
    warehouse = warehouse_factory("mapped")
    models = warehouse.project / "models"
    models.mkdir(parents=True)
    sources = []
    for tool in sorted(path for path in MAPPINGS.iterdir()):
        tables = [
            path
            for path in sorted(tool.glob("*.csv"))
            if not path.stem.startswith("expected_")
        ]
        for table in tables:
            _load(warehouse, tool.name, table)
        sources.append(
            {
                "name": tool.name,
                "tables": [{"name": table.stem} for table in tables],
            }
        )
        for model in tool.glob("*.sql"):
            (models / f"{tool.name}_{model.name}").write_text(
                model.read_text(encoding="utf-8"), encoding="utf-8"
            )
    (models / "_sources.yml").write_text(
        yaml.safe_dump({"sources": sources}), encoding="utf-8"
    )
    (warehouse.project / "dbt_project.yml").write_text(
        yaml.safe_dump(
            {
                "name": "mapped",
                "version": "1.0.0",
                "profile": "product_signals",
                "models": {"mapped": {"+materialized": "view"}},
            }
        ),
        encoding="utf-8",
    )
    # Without its models, which take dbt far longer to read than this to run.
    package = warehouse.project / "dbt_packages" / "product_signals"
    package.mkdir(parents=True)
    for part in ("dbt_project.yml", "macros"):
        (package / part).symlink_to(package_root() / part)
    warehouse.connect(warehouse.project, threads=1)
    warehouse.dbt(warehouse.project, "run")
    return warehouse


@pytest.mark.parametrize(
    "expected", EXPECTED, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_what_comes_out(mapped: Warehouse, expected: Path) -> None:
    model = expected.stem.removeprefix("expected_")
    name = f"{expected.parent.name}_{model}"
    with expected.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = _fetched(mapped, name)
    actual = mapped.rows(f"select columns(*)::varchar from {table}")
    for row in rows:
        for column, value in row.items():
            row[column] = value or None
    assert sorted(map(_cells, actual)) == sorted(map(_cells, rows))


def test_every_model_is_looked_at() -> None:
    assert len(EXPECTED) == len(list(MAPPINGS.glob("*/*.sql"))) > 0


def _cells(row: dict[str, str | None]) -> list[tuple[str, str]]:
    return sorted((column, value or "") for column, value in row.items())


def _load(warehouse: Warehouse, tool: str, table: Path) -> None:
    """Makes a table of a file whose header has names and types."""
    with table.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    columns = [cell.partition(" ") for cell in header]
    declared = ", ".join(
        f'"{name}" {kind or "text"}' for name, _, kind in columns
    )
    values = ", ".join(
        "("
        + ", ".join(
            "'" + cell.replace("'", "''") + "'" if cell else "null"
            for cell in row
        )
        + ")"
        for row in rows
    )
    warehouse.execute(
        f"create schema if not exists {tool};"
        f' create table {tool}."{table.stem}" ({declared});'
        f' insert into {tool}."{table.stem}" values {values}'
    )
    warehouse.send(f"{tool}.{table.stem}")


def _fetched(warehouse: Warehouse, name: str) -> str:
    """The view as a table of DuckDB, wherever it was made."""
    if not warehouse.server:
        return name
    file = warehouse.folder / "rows.csv"
    columns = warehouse.server.read(f"{SCHEMA}.{name}", file)
    declared = ", ".join(f"{key} {kind}" for key, kind in columns.items())
    warehouse.execute(f"create or replace table {name} ({declared})")
    warehouse.execute(f"copy {name} from '{file}' ({CSV}, auto_detect false)")
    return name
